"""What makes one kind of day differ from another; all the rest is drawn for each seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

Span: TypeAlias = tuple[float, float]
"""Least and most; a store draws its own value between the two."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """A kind of day.

    Attributes:
        exit_gate: an antenna hangs over the way out. planogram: the gateway is told one.
        book_wrong: share of GTINs whose opening book is off by one or two.
        visitors, thefts: an hour. sweep: share of thieves who take all that is left of a GTIN.
        power_db: added to every antenna. dead: share of tags that are never read.
        weak: share of tags that answer only at close range; weak_db: how much less they hear.
        wearers: share of visitors who come in with our goods on them, tags alive.
        stops, picks: shelves a visitor stops at; things taken in hand at each.
        keeps: share of what is taken in hand that is not put back at once.
        elsewhere: share of what is carried about that is put down on another shelf.
        tries, buys: share of those carrying who try on; of what they carry that is bought.
        deaf_minutes, offline_minutes: how long an antenna is deaf, a reader cut off.
    """

    name: str = "usual"
    exit_gate: bool = True
    planogram: bool = True
    book_wrong: float = 0.0
    visitors: Span = (13.0, 23.0)
    thefts: Span = (0.4, 0.9)
    sweep: float = 0.95
    power_db: float = 0.0
    dead: float = 0.0
    weak: Span = (0.01, 0.03)
    weak_db: Span = (8.0, 13.0)
    wearers: float = 0.0
    stops: Span = (2.0, 4.0)
    picks: Span = (0.45, 0.8)
    keeps: Span = (0.28, 0.48)
    elsewhere: Span = (0.03, 0.10)
    tries: Span = (0.2, 0.4)
    buys: Span = (0.2, 0.42)
    deaf_minutes: Span = (10.0, 40.0)
    offline_minutes: Span = (2.0, 6.0)


USUAL = Knobs()
SCENARIOS = {
    knobs.name: knobs
    for knobs in (
        USUAL,
        replace(USUAL, name="no-exit", exit_gate=False),
        replace(USUAL, name="book-wrong", book_wrong=0.25),
        replace(USUAL, name="no-exit-book-wrong", exit_gate=False, book_wrong=0.25),
        replace(USUAL, name="poor", power_db=-4.0, dead=0.03),
        replace(USUAL, name="busy", visitors=tuple(3.0 * v for v in USUAL.visitors)),  # type: ignore[arg-type]  # two in, two out
        replace(USUAL, name="no-planogram", planogram=False),
        replace(USUAL, name="wearers", wearers=0.06),
    )
}
DEFAULT = ("usual", "no-exit", "book-wrong", "no-exit-book-wrong")
