"""The page's plots, by file name."""

from __future__ import annotations

from tests.bench.accuracy.goals import mean
from tests.bench.accuracy.plots import Dot, Point, Row, dot_plot, reliability_plot
from tests.bench.accuracy.promises import Bins, Promises
from tests.bench.accuracy.stores import OURS, StoreDay, Stores
from tests.bench.presence.textbook import OURS as OURS_TEXTBOOK
from tests.bench.presence.textbook import Textbook, best, to_bound


def drawings(textbook: Textbook, stores: Stores) -> dict[str, str]:
    """File name and content."""
    return {
        "yardstick.svg": _yardstick(textbook),
        "stores.svg": _stores(stores),
        "reliability.svg": _reliability(stores),
    }


def _yardstick(textbook: Textbook) -> str:
    starts = {
        OURS_TEXTBOOK: OURS_TEXTBOOK, "best window": "window", "most reads, best": "most",
        "SMURF, better δ": "SMURF", "EdgeX as shipped": "EdgeX 600 s", "EdgeX, best": "EdgeX",
        "rule to beat": "rule",
    }  # fmt: skip
    rows = []
    for problem, done in textbook.items():
        dots = {
            title: Dot(to_bound(done, best(done, start)[1]))
            for title, start in starts.items()
            if any(name.startswith(start) for name in done)
        }
        rows.append(Row(problem, dots))
    return dot_plot("The yardstick", "wrong tag-epochs, ratio to the bound", rows, 1.0, 100.0)


def _stores(stores: Stores) -> str:
    rows = [
        Row(f"{scenario}, {column}", _dots(days, column))
        for scenario, days in stores.items()
        for column in ("building", "floor")
    ]
    title = "Wrong counts in virtual stores: mean and range over seeds"
    return dot_plot(title, "% of GTIN-seconds", rows, 0.02, 50.0)


def _dots(days: list[StoreDay], column: str) -> dict[str, Dot]:
    dots = {}
    for rule in days[0].rules:
        usual = mean(days, rule, column)
        if usual is not None:
            values = [getattr(day.rules[rule], column) for day in days]
            wide = rule == OURS
            dots[rule] = Dot(usual, min(values), max(values)) if wide else Dot(usual)
    return dots


def _reliability(stores: Stores) -> str:
    together = Promises.together(day.promises for days in stores.values() for day in days)
    panels = [("p_available", _points(together.some)), ("P(on hand ≥ k)", _points(together.counts))]
    return reliability_plot("Said and true; a larger dot has more time in it", panels)


def _points(bins: Bins) -> list[Point]:
    whole = sum(seconds for seconds, _, _ in bins) or 1.0
    return [
        Point(said / seconds, true / seconds, seconds / whole)
        for seconds, said, true in bins
        if seconds
    ]
