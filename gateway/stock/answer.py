"""From beliefs about units to one answer per GTIN: how many, how sure, what may be promised."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.changes import StockState

SURE = 0.999
"""A unit surer than this is counted as certain, which keeps the convolution short."""

MANY = 400
"""More doubtful units than these are a bell curve: exact to a promise's level, and never slow."""
FEW = 20
"""So few units are done sooner one by one than as arrays."""
_COUNTS = np.arange(100, dtype=np.float64)


def distribution(chances: Sequence[float]) -> NDArray[np.float64]:
    """P(count = k) for independent units with these chances (Poisson-binomial)."""
    certain, doubtful = 0, []
    for chance in chances:
        if chance >= SURE:
            certain += 1
        elif chance > 1 - SURE:
            doubtful.append(chance)
    if len(doubtful) > MANY:
        return np.concatenate([np.zeros(certain), _bell(np.array(doubtful))])
    few, many = doubtful[:FEW], doubtful[FEW:]
    spread = np.array([0.0] * certain + _of_few(few))
    for chance in many:
        wider = np.zeros(len(spread) + 1)
        wider[:-1] = spread * (1 - chance)
        wider[1:] += spread * chance
        spread = wider
    return spread


def _bell(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for very many: a normal distribution of their mean and variance."""
    mean, width = chances.sum(), math.sqrt(float((chances * (1 - chances)).sum()))
    off = (np.arange(len(chances) + 1) - mean) / max(width, 1e-3)
    spread = np.exp(-0.5 * np.minimum(off * off, 1400.0))
    return np.asarray(spread / spread.sum(), np.float64)


def _of_few(chances: list[float]) -> list[float]:
    spread = [1.0]
    for chance in chances:
        wider = [one * (1 - chance) for one in spread]
        wider.append(0.0)
        for count, one in enumerate(spread, 1):
            wider[count] += one * chance
        spread = wider
    return spread


def booked(units: int, trust: float) -> NDArray[np.float64]:
    """P(count = k) for `units` that stand in the book alone, all there with chance `trust`.

    A book is wrong as a whole (a delivery short by some, a theft), not unit by unit: most likely it
    is right however large it is, and where it is wrong, small mistakes are likelier than large.
    """
    spread = np.zeros(units + 1)
    spread[units] = 1.0
    if units:
        short = 0.5 ** np.arange(units, 0, -1)
        spread[:units] = (1.0 - trust) * short / short.sum()
        spread[units] = trust
    return spread


def part(spread: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """P(j units are of a part to which each belongs by chance `share`), j = 0, 1, …"""
    share = min(max(share, 0.0), 1.0)
    if share in {0.0, 1.0}:
        return spread if share else np.eye(1, len(spread))[0]
    inside = np.zeros(len(spread))
    for units in np.flatnonzero(spread > 0.0).tolist():
        some = np.arange(units + 1)
        each = np.concatenate([[0.0], np.log((units - some[:-1]) / some[1:])]).cumsum()
        chance = np.exp(each + some * math.log(share) + (units - some) * math.log1p(-share))
        inside[: units + 1] += spread[units] * chance
    return np.asarray(inside / inside.sum(), np.float64)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a distribution says.

    Attributes:
        on_hand: most likely count. expected: its mean.
        sure_of: largest q with P(count >= q) at least the promise level.
        tail: P(count >= k) for k = most, …, 1, 0.
    """

    on_hand: int
    expected: float
    sure_of: int
    tail: NDArray[np.float64]

    def at_least(self, count: int) -> float:
        """P(at least `count` units)."""
        if count <= 0:
            return 1.0
        return min(float(self.tail[-1 - count]), 1.0) if count < len(self.tail) else 0.0


def judge(spread: NDArray[np.float64], sure: NDArray[np.float64], level: float) -> Judged:
    """Read a distribution; the promise is read from `sure`, which may be more careful."""
    tail = spread[::-1].cumsum()
    sure_tail = tail if sure is spread else sure[::-1].cumsum()
    enough = len(sure) - 1 - int(sure_tail.searchsorted(level))
    return Judged(
        on_hand=int(spread.argmax()),
        expected=mean(spread),
        sure_of=max(0, enough),
        tail=tail,
    )


def mean(spread: NDArray[np.float64]) -> float:
    """Mean count of a distribution over 0, 1, 2, …"""
    many = len(spread)
    counts = _COUNTS[:many] if many <= len(_COUNTS) else np.arange(many, dtype=np.float64)
    return float(spread @ counts)


def on_floor(zones: Mapping[str, float], floor: Mapping[str, int]) -> float:
    """Sum of the floor's zones, in the order of the floor: `floor` gives each zone's place in it.

    Most GTINs lie in few of a store's zones.
    """
    mine = [(floor[zone], units) for zone, units in zones.items() if zone in floor]
    return sum([units for _, units in sorted(mine)], 0.0)


def even(zones: dict[str, float], floor: Mapping[str, int], count: int) -> dict[str, float]:
    """Zones with the floor's sum brought to where it rounds to its most likely count.

    A sum of many nearly sure units falls short of the count that is most likely by far; whoever
    rounds it should get that count. The least change is made, in proportion.
    """
    total = on_floor(zones, floor)
    wanted = min(max(total, count - 0.45), count + 0.45)
    if total <= 0 or abs(wanted - total) < 1e-9:
        return zones
    return {z: v * wanted / total if z in floor else v for z, v in zones.items()}


def state_of(
    *, blind: bool, on_hand: int, available: int, p_some: float, low: int, before: StockState | None
) -> StockState:
    """The one-word answer, with hysteresis about *out of stock*."""
    if blind:
        return StockState.UNKNOWN
    out_below = 0.5 if before is StockState.OUT_OF_STOCK else 0.03
    if on_hand == 0 and p_some < out_below:
        return StockState.OUT_OF_STOCK
    few = available <= low
    return StockState.LOW if few or available == 0 else StockState.IN_STOCK
