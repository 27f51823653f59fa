"""A score as a table for people and as JSON for machines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gateway.simulate.score import Score


def score_rows(score: Score) -> list[tuple[str, str]]:
    """What is measured, and its figure, in the order of the table."""
    items, people = score.items, score.people
    return [
        ("GTINs, hours", f"{score.gtins}, {score.hours:.2f}"),
        ("GTINs of others spoken of", str(score.strangers)),
        ("wrong count in the building", _share(score.wrong_building)),
        ("wrong count on the floor", _share(score.wrong_floor)),
        ("mean error of the count", f"{score.count_error:.4f}"),
        ("falsely available (promised, there are none)", _share(score.false_available)),
        ("falsely in stock (state, there are none)", _share(score.false_in_stock)),
        ("more promised than there is", _share(score.over_promised)),
        ("falsely out (state, there are some)", _share(score.false_out)),
        ("false outs a store-day", f"{score.false_outs_a_day:.2f}"),
        ("unknown", _share(score.unknown)),
        ("last unit left, said", f"{score.out_said} of {score.outs}"),
        ("seconds to out, p50 / p95", f"{_time(score.out_p50)} / {_time(score.out_p95)}"),
        ("Brier score of p_available", _plain(score.brier, 5)),
        ("item events right", f"{items.right} of {items.said} ({_share(items.precision)})"),
        ("moved: said, right, true", f"{items.moved}, {items.moved_right}, {items.true_moves}"),
        (
            "departed: said, right, true",
            f"{items.departed}, {items.departed_right}, {items.true_departures}",
        ),
        ("entries: said, true", f"{_plain(people.entries)}, {people.true_entries}"),
        ("exits: said, true", f"{_plain(people.exits)}, {people.true_exits}"),
        ("occupancy: mean error", _plain(people.occupancy_error, 3)),
        (
            "conversion: said, true",
            f"{_share(people.conversion)}, {_share(people.true_conversion)}",
        ),
    ]


def reliability_rows(score: Score) -> list[tuple[str, str, str, str]]:
    """The reliability diagram: bin, GTIN-hours, mean said, share true."""
    return [
        (f"{b.low:g}-{b.high:g}", f"{b.seconds / 3600:.1f}", f"{b.said:.4f}", f"{b.true:.4f}")
        for b in score.reliability
    ]


BESIDE = (
    "",
    "building",
    "floor",
    "falsely available",
    "falsely out",
    "false outs a day",
    "out said",
    "out p50 s",
    "out p95 s",
    "Brier",
)
"""Heads of `beside_rows`."""


def beside_rows(score: Score, others: Mapping[str, Score]) -> list[tuple[str, ...]]:
    """The timeline's figures and those of other rules on the same capture, a row each."""
    return [_beside("this timeline", score)] + [_beside(*item) for item in others.items()]


def _beside(name: str, score: Score) -> tuple[str, ...]:
    return (
        name,
        _share(score.wrong_building),
        _share(score.wrong_floor),
        _share(score.false_available),
        _share(score.false_out),
        f"{score.false_outs_a_day:.2f}",
        f"{score.out_said} of {score.outs}",
        _time(score.out_p50),
        _time(score.out_p95),
        _plain(score.brier, 5),
    )


def beside_text(score: Score, others: Mapping[str, Score]) -> str:
    """The rows of `beside_rows` in columns."""
    table = [BESIDE, *beside_rows(score, others)]
    widths = [max(len(row[i]) for row in table) for i in range(len(BESIDE))]
    lines = [
        f"{name:<{widths[0]}}  "
        + "  ".join(f"{cell:>{wide}}" for cell, wide in zip(cells, widths[1:], strict=True))
        for name, *cells in table
    ]
    return "\n".join(["wrong counts and promises, shares of GTIN-seconds", *lines]) + "\n"


def score_text(score: Score) -> str:
    """Plain text, the same for the same score wherever it is printed."""
    rows = [*score_rows(score), ("", ""), ("p_available  GTIN-hours  said  true", "")]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {figure}".rstrip() for name, figure in rows]
    lines += ["  ".join(f"{cell:>10}" for cell in row) for row in reliability_rows(score)]
    if score.worst:
        lines += ["", "worst GTINs, share of time with a wrong count in the building"]
        lines += [f"{gtin}  {_share(share)}" for gtin, share in score.worst]
    return "\n".join(lines) + "\n"


def score_json(score: Score) -> dict[str, Any]:
    """The score as JSON values; a time that never came is the text "never"."""
    plain: dict[str, Any] = _finite(asdict(score))
    plain["people"] |= {
        "conversion": score.people.conversion,
        "true_conversion": score.people.true_conversion,
    }
    return plain


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return "never" if isinstance(value, float) and math.isinf(value) else value


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.3f} %"


def _time(value: float | None) -> str:
    if value is None:
        return "-"
    return "never" if math.isinf(value) else f"{value:.1f}"


def _plain(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
