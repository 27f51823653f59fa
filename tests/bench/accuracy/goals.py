"""What we set out to reach, and whether it was reached."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.simulate.spans import percentile
from tests.bench.accuracy.promises import LEVEL, Promises
from tests.bench.accuracy.stores import OURS, Figures, StoreDay, Stores
from tests.bench.presence.textbook import OURS as OURS_TEXTBOOK
from tests.bench.presence.textbook import Textbook, best, to_bound

RULE = "last well read"
TEXTBOOK_GOALS = {"B1": 1.1, "B2": 1.1, "B3": 1.1, "B4": 1.1, "C": 1.3}
EDGEX_GOAL = 5.0
AGAINST_OTHERS, AGAINST_RULE, AVAILABLE_GOAL = 0.25, 0.5, 0.25
OUT_SECONDS, FALSE_OUTS = 15.0, 1.0


@dataclass(frozen=True, slots=True)
class Goal:
    """One line: what, where, the most (or least) allowed, what was reached."""

    what: str
    where: str
    allowed: str
    reached: str
    met: bool


def textbook_goals(table: Textbook) -> Iterator[Goal]:
    """Ratios to the bound, and to EdgeX at its best."""
    for problem, limit in TEXTBOOK_GOALS.items():
        ratio = to_bound(table[problem], table[problem][OURS_TEXTBOOK])
        yield Goal(
            "wrong tag-epochs, ratio to the bound", problem, f"≤ {limit:g}", f"{ratio:.2f}",
            ratio <= limit,
        )  # fmt: skip
    name, edgex = best(table["C"], "EdgeX")
    times = edgex.wrong / table["C"][OURS_TEXTBOOK].wrong
    yield Goal(
        f"times fewer wrong tag-epochs than {name}, its best of nine", "C", f"≥ {EDGEX_GOAL:g}",
        f"{times:.1f}", times >= EDGEX_GOAL,
    )  # fmt: skip


def store_goals(stores: Stores) -> Iterator[Goal]:
    """Wrong counts against the others, how fast and how rightly *out* is said."""
    for scenario, days in stores.items():
        for column in ("building", "floor"):
            yield _against(days, scenario, column, None, AGAINST_OTHERS)
            yield _against(days, scenario, column, RULE, AGAINST_RULE)
        if "no-exit" in scenario:
            yield _against(days, scenario, "false_available", RULE, AVAILABLE_GOAL)
        else:
            yield _out_in_time(days, scenario)
        a_day = false_outs_a_day(days, OURS)
        yield Goal(
            "false “out” a store-day", scenario, f"< {FALSE_OUTS:g}", f"{a_day:.2f}",
            a_day < FALSE_OUTS,
        )  # fmt: skip


def promise_goals(stores: Stores) -> Iterator[Goal]:
    """The promise level is met on every seed in every kind of store."""
    kept = kept_by_day(stores, LEVEL)
    met = sum(share >= LEVEL for share in kept)
    yield Goal(
        f"promised quantity really there, level {LEVEL:g}", "every seed and store",
        f"≥ {LEVEL:g} on each of {len(kept)}", f"{min(kept):.4f} on the worst, met on {met}",
        met == len(kept),
    )  # fmt: skip


def kept_by_day(stores: Stores, level: float) -> list[float]:
    """Share of the time in which the promised quantity was there, of every single day."""
    shares = [day.promises.share_kept(level) for days in stores.values() for day in days]
    return [share for share in shares if share is not None]


def kept_by_seed(stores: Stores, level: float) -> dict[int, float]:
    """Share of the time in which the promised quantity was there, by seed."""
    seeds: dict[int, list[Promises]] = {}
    for days in stores.values():
        for day in days:
            seeds.setdefault(day.seed, []).append(day.promises)
    together = {seed: Promises.together(several) for seed, several in seeds.items()}
    return {
        seed: share
        for seed, promises in together.items()
        if (share := promises.share_kept(level)) is not None
    }


def mean(days: list[StoreDay], rule: str, column: str) -> float | None:
    """Mean over the days; None where the rule does not say."""
    return _over(days, rule, column, lambda values: sum(values) / len(values))


def worst(days: list[StoreDay], rule: str, column: str) -> float | None:
    """The most of all days."""
    return _over(days, rule, column, max)


def rivals(days: list[StoreDay], column: str) -> tuple[str, float]:
    """The window or EdgeX setting that is wrong least, and how much."""
    means = {
        rule: value
        for rule in days[0].rules
        if rule.startswith(("window", "EdgeX")) and (value := mean(days, rule, column)) is not None
    }
    name = min(means, key=lambda rule: means[rule])
    return name, means[name]


def false_outs_a_day(days: list[StoreDay], rule: str) -> float:
    """How often out of stock was said while there were some, a day of twelve hours."""
    outs = sum(day.rules[rule].false_outs for day in days)
    return outs / sum(day.rules[rule].days for day in days)


def seconds_to_out(days: list[StoreDay], rule: str, share: float) -> float | None:
    """A percentile over all days; infinite for never, None where nothing ran out."""
    delays = [
        math.inf if delay is None else delay for day in days for delay in day.rules[rule].delays
    ]
    return percentile(delays, share)


def _against(
    days: list[StoreDay], scenario: str, column: str, rule: str | None, share: float
) -> Goal:
    name, theirs = rivals(days, column) if rule is None else (rule, mean(days, rule, column))
    mine = mean(days, OURS, column)
    assert mine is not None
    assert theirs is not None
    what = {"false_available": "falsely available"}.get(column, f"wrong counts, {column}")
    ratio = mine / theirs if theirs else math.inf if mine else 0.0
    return Goal(
        f"{what}, beside *{name}*", scenario, f"≤ {share:g} × {theirs:.3f} %",
        f"{ratio:.2f} × ({mine:.3f} %)", ratio <= share,
    )  # fmt: skip


def _out_in_time(days: list[StoreDay], scenario: str) -> Goal:
    p50 = seconds_to_out(days, OURS, 0.5)
    reached = "nothing ran out" if p50 is None else f"{p50:.0f} s"
    met = p50 is not None and p50 <= OUT_SECONDS
    return Goal("seconds to “out”, p50", scenario, f"≤ {OUT_SECONDS:g} s", reached, met)


def _over(
    days: list[StoreDay], rule: str, column: str, of: Callable[[list[float]], float]
) -> float | None:
    values = [figure(day.rules[rule], column) for day in days]
    said = [value for value in values if value is not None]
    return of(said) if said else None


def figure(figures: Figures, column: str) -> float | None:
    """One figure; false outs as a rate a day."""
    if column == "false_outs_a_day":
        return figures.false_outs / figures.days
    value: float | None = getattr(figures, column)
    return value
