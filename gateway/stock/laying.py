"""Where units lie that no antenna tells apart: never read, on a scale, or beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gateway.stock import answer
from gateway.stock.book import Account
from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence


class Laying:
    """Adds such units to the zones of an answer: zone id -> units.

    Attributes:
        floor_ids: zones of the shop floor, each with its place among them.
    """

    def __init__(self, layout: Layout, places: Places, presence: Presence) -> None:
        self._places, self._presence = places, presence
        self._floor = places.are(ZoneKind.SHELF)
        self._back = places.are(ZoneKind.BACKROOM)
        self._backroom = places.first(ZoneKind.BACKROOM)
        floor: list[int] = np.flatnonzero(self._floor).tolist()
        self.floor_ids = {places.zones[zone]: place for place, zone in enumerate(floor)}
        self._planned: dict[str, list[int]] = {}
        for name, gtin in layout.planogram:
            zone = places.zone(name)
            if zone in floor:
                self._planned.setdefault(gtin, []).append(zone)
        self._backs: list[int] = np.flatnonzero(self._back).tolist()
        self._storage: list[int] = np.flatnonzero(places.storage).tolist()

    def unseen(
        self,
        account: Account,
        spread: NDArray[np.float64],
        shelved: NDArray[np.float64] | None,
        zones: dict[str, float],
    ) -> NDArray[np.float64]:
        """Place units that were never read: where counted or delivered, else like the others.

        Args:
            spread: P(k of them are there).
            shelved: P(j of them lie on the shelves planned for them), where that is known.

        Answers P(so many of them lie on the shop floor).
        """
        units, before = answer.mean(spread), answer.on_floor(zones, self.floor_ids)
        planned = self._planned.get(account.gtin, [])
        if shelved is not None and planned and self._backs:
            here = answer.mean(shelved)
            shelf = self._likely(account, planned, zones)
            back = self._likely(account, self._backs, zones)
            self._share(here, shelf, zones)
            self._share(units - here, back, zones)
            return shelved
        known = account.known_lying()
        rest = max(0.0, units - sum(known.values()))
        others = [zone for zone in self._storage if zone not in account.counted]
        weights = self._likely(account, others, zones)
        self._share(units - rest if weights else units, known or {0: 1.0}, zones)
        self._share(rest, weights, zones)
        laid = answer.on_floor(zones, self.floor_ids) - before
        return answer.part(spread, laid / units if units else 0.0)

    def _share(self, units: float, weights: Mapping[int, float], zones: dict[str, float]) -> None:
        total = sum(weights.values())
        if not units:
            return
        for zone, weight in weights.items():
            name = self._places.zones[zone]
            zones[name] = zones.get(name, 0.0) + units * weight / total

    def _likely(
        self, account: Account, among: list[int], zones: Mapping[str, float]
    ) -> dict[int, float]:
        """Where units lie that no antenna hears: with their like, where antennas hear badly."""
        planned, lessons = self._planned.get(account.gtin, []), self._presence.lessons
        shelves = float(lessons.crowd[self._floor].sum())
        weights = {}
        for zone in among:
            usual = float(lessons.crowd[zone])
            if self._floor[zone] and planned:
                usual = shelves / len(planned) if zone in planned else 0.1 * usual
            like = 0.5 * (usual + zones.get(self._places.zones[zone], 0.0))
            weights[zone] = (like + 0.01) * float(lessons.unheard[zone])
        return weights

    def on_scale(self, account: Account, units: float, zones: dict[str, float]) -> None:
        """Units that scales weigh lie on them, by the share of each of the weight."""
        grams = sum(account.weighed_in.values())
        for zone, part in account.weighed_in.items():
            if zone != NOWHERE:
                share = part / grams if grams > 0 else 1 / len(account.weighed_in)
                zones[self._places.zones[zone]] = units * share

    def beside_scale(self, account: Account, units: int, zones: dict[str, float]) -> None:
        """Units that are not on the scale lie in the back room, where there is one."""
        if units and self._backroom not in (NOWHERE, *account.weighed_in):
            name = self._places.zones[self._backroom]
            zones[name] = zones.get(name, 0.0) + units
