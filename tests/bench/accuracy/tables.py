"""The figures as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tests.bench.accuracy.goals import (
    Goal,
    false_outs_a_day,
    kept_by_day,
    kept_by_seed,
    mean,
    seconds_to_out,
    worst,
)
from tests.bench.accuracy.promises import EDGES, LEVELS, Bins
from tests.bench.accuracy.stores import OURS, StoreDay, Stores
from tests.bench.tables import Lines, markdown


def goals_table(goals: Iterable[Goal]) -> Lines:
    """Every goal with what was reached."""
    yield from markdown(
        ("goal", "where", "allowed", "reached", ""),
        [(g.what, g.where, g.allowed, g.reached, "met" if g.met else "**missed**") for g in goals],
    )


STORE_COLUMNS = (
    ("building %", "building"),
    ("floor %", "floor"),
    ("falsely available %", "false_available"),
    ("falsely in stock %", "false_in"),
    ("more promised than there %", "over"),
    ("falsely out %", "false_out"),
    ("unknown %", "unknown"),
)


def store_table(days: list[StoreDay]) -> Lines:
    """Every rule in one kind of store: mean over seeds, and the worst seed in brackets."""
    heads = [title for title, _ in STORE_COLUMNS]
    heads += [
        "false outs a day", "out p50, s", "p95, s", "events right", "moved said / right / true",
        "Brier", "work an hour, s",
    ]  # fmt: skip
    rows = [_store_row(days, rule) for rule in days[0].rules]
    yield from markdown(["mean (worst seed)", *heads], rows)


def _store_row(days: list[StoreDay], rule: str) -> list[str]:
    cells = [_mean_worst(days, rule, column) for _, column in STORE_COLUMNS]
    most = worst(days, rule, "false_outs_a_day")
    cells.append(f"{false_outs_a_day(days, rule):.2f} ({most:.0f})")
    cells += [_seconds(seconds_to_out(days, rule, share)) for share in (0.5, 0.95)]
    done = [day.rules[rule] for day in days]
    said = sum(its.said for its in done)
    cells.append(f"{sum(its.right for its in done) / said:.1%}" if said else "")
    moved = [sum(its.moved[i] for its in done) for i in range(3)]
    cells.append(f"{moved[0]} / {moved[1]} / {moved[2]}" if moved[0] else "")
    brier = mean(days, rule, "brier")
    cells.append("" if brier is None else f"{brier:.5f}")
    cells.append(f"{sum(its.seconds for its in done) / sum(12 * its.days for its in done):.1f}")
    return [f"**{rule}**" if rule == OURS else rule, *cells]


def _mean_worst(days: list[StoreDay], rule: str, column: str) -> str:
    usual, most = mean(days, rule, column), worst(days, rule, column)
    return "" if usual is None or most is None else f"{usual:.3f} ({most:.2f})"


def _seconds(value: float | None) -> str:
    return "" if value is None else "never" if math.isinf(value) else f"{value:.0f}"


def reliability_table(bins: Bins) -> Lines:
    """Said against true, bin by bin."""
    whole = sum(seconds for seconds, _, _ in bins) or 1.0
    uppers = [*EDGES[1:], 1.0]
    yield from markdown(
        ("said between", "share of the time", "mean said", "true", "true less said"),
        [
            (
                f"{low:g}–{high:g}", f"{100 * seconds / whole:.3f} %", f"{said / seconds:.4f}",
                f"{true / seconds:.4f}", f"{(true - said) / seconds:+.4f}",
            )
            for low, high, (seconds, said, true) in zip(EDGES, uppers, bins, strict=True)
            if seconds
        ],
    )  # fmt: skip


def promise_table(stores: Stores) -> Lines:
    """For each level, the share of the time in which at least the promised quantity was there."""
    by_level = {level: kept_by_seed(stores, level) for level in LEVELS}
    seeds = list(next(iter(by_level.values())))
    yield from markdown(
        ["level", "worst of all days", *map(str, seeds), "days met"],
        [
            [
                f"{level:g}", f"{min(days):.4f}", *(_share(kept.get(seed)) for seed in seeds),
                f"{sum(share >= level for share in days)} of {len(days)}",
            ]
            for level, kept in by_level.items()
            if (days := kept_by_day(stores, level))
        ],
    )  # fmt: skip


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
