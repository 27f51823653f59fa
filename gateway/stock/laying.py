"""Where units lie that no antenna tells apart: never read, on a scale, or beside it."""

from __future__ import annotations

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
        self._backroom = places.first(ZoneKind.BACKROOM)
        floor = np.flatnonzero(self._floor).tolist()
        self.floor_ids = {places.zones[zone]: place for place, zone in enumerate(floor)}
        self._planned: dict[str, list[str]] = {}
        for zone, gtin in layout.planogram:
            self._planned.setdefault(gtin, []).append(zone)

    def unseen(
        self, account: Account, hidden: NDArray[np.float64], zones: dict[str, float]
    ) -> float:
        """Place units that were never read: where counted or delivered, else like the others.

        Answers how many of them are expected on the shop floor.
        """
        before = answer.on_floor(zones, self.floor_ids)
        if len(hidden) > 1:
            self._among(account, answer.mean(hidden), zones)
        return answer.on_floor(zones, self.floor_ids) - before

    def _among(self, account: Account, units: float, zones: dict[str, float]) -> None:
        lying = {zone: qty for zone, qty in account.lying.items() if zone != NOWHERE and qty > 0}
        weights = lying or self._likely_zones(account, zones)
        total = sum(weights.values())
        for zone, share in weights.items():
            name = self._places.zones[zone]
            zones[name] = zones.get(name, 0.0) + units * share / total

    def _likely_zones(self, account: Account, zones: dict[str, float]) -> dict[int, float]:
        """Where units lie that no antenna hears: with their like, where antennas hear badly."""
        planned = self._planned.get(account.gtin, [])
        shelves = float(self._presence.lessons.crowd[self._floor].sum())
        weights = {}
        for zone in np.flatnonzero(self._presence.storage).tolist():
            name = self._places.zones[zone]
            usual = float(self._presence.lessons.crowd[zone])
            if self._floor[zone] and planned:
                usual = shelves / len(planned) if name in planned else 0.1 * usual
            like = 0.5 * (usual + zones.get(name, 0.0))
            weights[zone] = (like + 0.01) * float(self._presence.lessons.unheard[zone])
        return weights or {0: 1.0}

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
