"""The figures as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from tests.bench.accuracy.goals import (
    Goal,
    false_outs_a_day,
    kept_by_seed,
    mean,
    seconds_to_out,
    to_bound,
    worst,
)
from tests.bench.accuracy.promises import EDGES, LEVELS, Bins
from tests.bench.accuracy.stores import StoreDay, Stores
from tests.bench.presence.columns import Columns
from tests.bench.presence.textbook import BOUND, BOUND_READS, OURS, Textbook, best

Lines = Iterator[str]


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """A table; the first column to the left, the others to the right."""
    yield "| " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def goals_table(goals: Iterable[Goal]) -> Lines:
    """Every goal with what was reached."""
    yield from markdown(
        ("goal", "where", "allowed", "reached", ""),
        [(g.what, g.where, g.allowed, g.reached, "met" if g.met else "**missed**") for g in goals],
    )


KINDS = {
    f"**{OURS}**": OURS,
    "best window": "window",
    "best *most reads in the window*": "most",
    "rule to beat": "rule",
    "SMURF, better δ": "SMURF",
    "EdgeX as shipped": "EdgeX 600 s",
    "EdgeX, best setting": "EdgeX",
    "bound without RSSI": BOUND_READS,
    "bound": BOUND,
}
"""Title, and how the names of the rules begin of which the best is shown."""


def headline(table: Textbook) -> Lines:
    """Percent of tag-epochs wrong, and the ratio to the bound, the best of each kind."""
    rows = []
    for title, start in KINDS.items():
        cells = []
        for done in table.values():
            fits = {name for name in done if name.startswith(start)}
            its = best(done, start)[1] if fits else None
            cells.append("" if its is None else f"{its.wrong:.2f} ({to_bound(done, its):.2f} ×)")
        rows.append([title, *cells])
    yield from markdown(["% wrong (ratio to the bound)", *table], rows)


def problem_table(done: dict[str, Columns]) -> Lines:
    """Every rule and every column of one problem."""
    heads = (
        "", "% wrong", "elsewhere", "missed", "ghost", "count error", "departure p50, s", "p95, s",
        "false departures / 1,000", "moved said", "true", "× bound",
    )  # fmt: skip
    yield from markdown(heads, [_problem_row(done, name, its) for name, its in done.items()])


def _problem_row(done: dict[str, Columns], name: str, its: Columns) -> list[str]:
    return [
        f"**{name}**" if name == OURS else name, f"{its.wrong:.2f}", f"{its.elsewhere:.2f}",
        f"{its.missed:.2f}", f"{its.ghost:.2f}", f"{its.count_error:.2f}",
        _or_never(its.late_p50), _or_never(its.late_p95), f"{its.false_departures:.2f}",
        f"{its.moved:,}", f"{its.truly_moved:,}", f"{to_bound(done, its):.2f}",
    ]  # fmt: skip


def _or_never(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f}"


STORE_COLUMNS = (
    ("building %", "building"),
    ("floor %", "floor"),
    ("falsely available %", "false_available"),
    ("more promised than there %", "over"),
    ("falsely out %", "false_out"),
    ("unknown %", "unknown"),
)


def store_table(days: list[StoreDay]) -> Lines:
    """Every rule in one kind of store: mean over seeds, and the worst seed in brackets."""
    heads = [title for title, _ in STORE_COLUMNS]
    heads += ["false outs a day", "out p50, s", "p95, s", "moved said / right / true", "Brier"]
    rows = [_store_row(days, rule) for rule in days[0].rules]
    yield from markdown(["mean (worst seed)", *heads], rows)


def _store_row(days: list[StoreDay], rule: str) -> list[str]:
    cells = [_mean_worst(days, rule, column) for _, column in STORE_COLUMNS]
    most = worst(days, rule, "false_outs_a_day")
    cells.append(f"{false_outs_a_day(days, rule):.2f} ({most:.0f})")
    cells += [_seconds(seconds_to_out(days, rule, share)) for share in (0.5, 0.95)]
    moved = [sum(day.rules[rule].moved[i] for day in days) for i in range(3)]
    cells.append(f"{moved[0]} / {moved[1]} / {moved[2]}" if moved[0] else "")
    brier = mean(days, rule, "brier")
    cells.append("" if brier is None else f"{brier:.5f}")
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
        ["level", "worst seed", *map(str, seeds), "met on"],
        [
            [
                f"{level:g}", f"{min(kept.values()):.4f}", *(f"{kept[seed]:.4f}" for seed in seeds),
                f"{sum(share >= level for share in kept.values())} of {len(kept)}",
            ]
            for level, kept in by_level.items()
        ],
    )  # fmt: skip
