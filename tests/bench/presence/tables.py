"""The yardstick's tables."""

from __future__ import annotations

from tests.bench.presence.columns import Columns
from tests.bench.presence.textbook import BOUND, BOUND_READS, OURS, Textbook, best, to_bound
from tests.bench.tables import Lines, markdown

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
