"""Whether what was said of single items happened."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from gateway.simulate.reading import Line

GRACE_SECONDS = 120.0
"""An event may speak of where the item was so long before the time that it gives."""

ROUNDED = 0.001
"""A timeline's times are whole milliseconds, the truth's are not."""

GONE = ("sold", "stolen", "left")


@dataclass(slots=True)
class ItemScore:
    """`said` events of each kind and how many of them were `right`; None shares: none were said.

    An `arrived` or `moved` is right when the item was in that zone between two minutes before the
    event's time and when it was said; a `departed` when it was sold or out of the building then.
    `true_moves`: how often an item really came to lie in another zone than before.
    """

    said: int = 0
    right: int = 0
    precision: float | None = None
    moved: int = 0
    moved_right: int = 0
    true_moves: int = 0
    departed: int = 0
    departed_right: int = 0
    true_departures: int = 0


def score_items(said: list[Line], true: list[Line], since: float, until: float) -> ItemScore:
    """Judge the timeline's item events of [`since`, `until`)."""
    score = ItemScore()
    lives = _lives(true)
    for life in lives.values():
        _count_true(score, life, since)
    for line in said:
        if since <= line["t"] < until:
            _judge(score, line, lives.get(line["epc"], []))
    if score.said:
        score.precision = score.right / score.said
    return score


def _lives(true: list[Line]) -> dict[str, list[tuple[float, str | None, bool]]]:
    """By EPC: (time, zone from then on, gone from then on)."""
    lives: dict[str, list[tuple[float, str | None, bool]]] = {}
    for line in true:
        life = lives.setdefault(line["epc"], [])
        life.append((float(line["t"]), line.get("zone"), line["event"] in GONE))
    return lives


def _count_true(score: ItemScore, life: list[tuple[float, str | None, bool]], since: float) -> None:
    last, here = None, False
    for t, zone, gone in life:
        if zone is not None:
            score.true_moves += t > since and here and last is not None and zone != last
            last, here = zone, True
        if gone and here:
            score.true_departures += 1
            last, here = None, False


def _judge(score: ItemScore, line: Line, life: list[tuple[float, str | None, bool]]) -> None:
    begin, end = line["t"] - GRACE_SECONDS, float(line.get("said") or line["t"]) + ROUNDED
    first = max(0, bisect_right(life, begin, key=lambda piece: piece[0]) - 1)
    last = bisect_right(life, end, key=lambda piece: piece[0])
    states = life[first:last]
    if line["event"] == "departed":
        right = any(gone for _, _, gone in states) or not states
        score.departed += 1
        score.departed_right += right
    else:
        right = any(zone == line.get("zone") for _, zone, _ in states)
        if line["event"] == "moved":
            score.moved += 1
            score.moved_right += right
    score.said += 1
    score.right += right
