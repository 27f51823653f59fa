"""Bars of a day's hours, as numbers that a template draws in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.desk import FootfallBucket
from gateway.web.speech import Speech

WIDTH = 720.0
HEIGHT = 160.0
GAP = 4.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour. `sold` is the height of the part that stands for sales, in the same units."""

    x: float
    width: float
    height: float
    sold: float
    hour: str
    visitors: int
    transactions: int
    estimated: bool

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return self.x + self.width / 2


def hour_bars(hours: Sequence[FootfallBucket], speech: Speech) -> list[Bar]:
    """A bar an hour from the first to the last with anybody in it; empty when nobody came."""
    busy = [i for i, hour in enumerate(hours) if hour.visitors or hour.transactions]
    if not busy:
        return []
    shown = hours[busy[0] : busy[-1] + 1]
    most = max(max(hour.visitors, hour.transactions) for hour in shown)
    # A day with few hours must not become three slabs.
    slot = WIDTH / max(len(shown), 10)
    return [
        Bar(
            x=i * slot + GAP / 2,
            width=slot - GAP,
            height=HEIGHT * hour.visitors / most,
            sold=HEIGHT * hour.transactions / most,
            hour=speech.time(hour.since),
            visitors=hour.visitors,
            transactions=hour.transactions,
            estimated=hour.estimated,
        )
        for i, hour in enumerate(shown)
    ]
