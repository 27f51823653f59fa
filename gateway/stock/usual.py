"""Where goods usually lie: a prior over zones for each GTIN, from planogram and kinds of zones.

How far the planogram is kept is learned: in most shops nearly every unit lies where it is planned,
in some a fifth does not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places

_BY_KIND = {
    ZoneKind.SHELF: -1.0,
    ZoneKind.BACKROOM: -0.7,
    ZoneKind.HOLD: -1.5,
    ZoneKind.FITTING: -2.5,
    ZoneKind.TILL: -3.0,
    ZoneKind.EXIT: -3.0,
}
"""Nats less than a shelf that the planogram names for the GTIN; with no plan, shelves are usual."""
_MISPLACED, _MISPLACED_TAGS = 0.02, 100.0
"""Share of units on shelves that lie on another than planned, before the store has taught any, and
how many units that is worth."""
_KEPT = 2000.0
"""So many units' worth of lessons is remembered."""
_RESTORED = 500.0
"""The same over a restart: the plan may be another."""
_LEAST, _MOST = 0.004, 0.5


class Usual:
    """Log priors over zones, up to a constant."""

    def __init__(self, layout: Layout, places: Places, gtins: list[str]) -> None:
        general = np.array([_BY_KIND[kind] for kind in places.kinds])
        shelf = places.are(ZoneKind.SHELF)
        self._shelves = int(shelf.sum())
        self._planned: NDArray[np.bool_] = np.zeros((len(gtins) + 1, len(places.zones)), np.bool_)
        number_of = {gtin: number for number, gtin in enumerate(gtins)}
        for zone, gtin in layout.planogram:
            number = places.zone(zone)
            if number != NOWHERE and gtin in number_of:
                self._planned[number_of[gtin], number] = True
        self._has_plan: NDArray[np.bool_] = np.asarray(self._planned.any(axis=1))
        self._astray = self._has_plan[:, None] & shelf & ~self._planned
        self._table = np.where(self._has_plan[:, None], general, np.where(shelf, 0.0, general))
        self._table[self._planned] = 0.0
        self._units, self._misplaced = _MISPLACED_TAGS, _MISPLACED * _MISPLACED_TAGS
        self._renew()

    def of(self, account: NDArray[np.int32]) -> NDArray[np.float64]:
        """Log prior of tags of these GTINs, [tags, zones]; goods without a plan are all alike."""
        rows = np.minimum(account, len(self._table) - 1)
        usual = self._table.take(rows, axis=0)
        usual[self._astray.take(rows, axis=0)] = self._off_plan
        return usual

    def planned(self, account: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Zones that the planogram names for these GTINs, [tags, zones]."""
        return self._planned.take(np.minimum(account, len(self._table) - 1), axis=0)

    def learn(self, account: NDArray[np.int32], zones: NDArray[np.float64]) -> None:
        """Take settled tags: their GTIN and the probability of each zone, [tags, zones]."""
        rows = np.minimum(account, len(self._table) - 1)
        astray = self._astray.take(rows, axis=0)
        on_shelf = (zones * (self._planned.take(rows, axis=0) | astray)).sum(axis=1)
        on_shelf = np.where(self._has_plan.take(rows), on_shelf, 0.0)
        kept = min(1.0, _KEPT / (self._units + 1e-9))
        self._units = self._units * kept + float(on_shelf.sum())
        self._misplaced = self._misplaced * kept + float((zones * astray).sum())
        self._renew()

    @property
    def misplaced(self) -> tuple[float, float]:
        """Units on shelves that taught how far the plan is kept; of them, those off their place."""
        return self._units, self._misplaced

    def restore(self, units: float, misplaced: float) -> None:
        """Begin with an earlier `misplaced`, which new lessons outweigh soon."""
        kept = min(1.0, _RESTORED / units)
        self._units, self._misplaced = units * kept, misplaced * kept
        self._renew()

    def _renew(self) -> None:
        share = min(max(self._misplaced / self._units, _LEAST), _MOST)
        self._off_plan = math.log(share / max(1, self._shelves - 1))
