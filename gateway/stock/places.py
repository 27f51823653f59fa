"""Zones and antennas as numbers, so that the filter can keep its beliefs in columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.layout import Layout, ZoneKind

NOWHERE = -1
"""No zone: an item whose place is not known."""


class Places:
    """The layout's zones and antennas in a fixed order.

    Attributes:
        zones: zone ids; a zone's number is its place in this tuple.
        antennas: (reader id, antenna number), sorted; an antenna's number likewise.
        zone_of: zone number of each antenna, int16[antennas].
        own: 1 where an antenna is the zone's own, else 0, float32[antennas, zones].
        watched: whether a zone has an antenna, bool[zones].
        storage: where goods lie until somebody takes them, bool[zones].
        behind: those of them where customers do not go, bool[zones].
    """

    def __init__(self, layout: Layout) -> None:
        self.zones: tuple[str, ...] = tuple(zone.id for zone in layout.zones)
        self.kinds: tuple[ZoneKind, ...] = tuple(zone.kind for zone in layout.zones)
        self._zone = {zone: number for number, zone in enumerate(self.zones)}
        self.antennas: tuple[tuple[str, int], ...] = tuple(
            sorted(key for key, zone in layout.antennas.items() if zone in self._zone)
        )
        self._antenna = {key: number for number, key in enumerate(self.antennas)}
        self.zone_of: NDArray[np.int16] = np.array(
            [self._zone[layout.antennas[key]] for key in self.antennas], dtype=np.int16
        )
        numbers = np.arange(len(self.zones))
        self.own: NDArray[np.float32] = np.equal.outer(self.zone_of, numbers).astype(np.float32)
        self.watched: NDArray[np.bool_] = np.zeros(len(self.zones), dtype=np.bool_)
        self.watched[self.zone_of] = True
        self.behind = self.are(ZoneKind.BACKROOM, ZoneKind.HOLD)
        self.storage = self.behind | self.are(ZoneKind.SHELF)

    def zone(self, zone: str | None) -> int:
        """The zone's number, `NOWHERE` when there is no such zone."""
        return NOWHERE if zone is None else self._zone.get(zone, NOWHERE)

    def antenna(self, src: str, number: int) -> int | None:
        """The antenna's number, None when the layout does not know it."""
        return self._antenna.get((src, number))

    def of_source(self, src: str) -> list[int]:
        """The antennas of one reader."""
        return [number for number, key in enumerate(self.antennas) if key[0] == src]

    def most(self, of: NDArray[np.float64]) -> NDArray[np.float64]:
        """The largest value that a zone's antennas have, 0 in zones without one, [zones]."""
        most = np.zeros(len(self.zones))
        np.maximum.at(most, self.zone_of, of)
        return most

    def are(self, *kinds: ZoneKind) -> NDArray[np.bool_]:
        """Which zones are of one of the kinds, bool[zones]."""
        return np.array([kind in kinds for kind in self.kinds], dtype=np.bool_)

    def first(self, kind: ZoneKind) -> int:
        """The first zone of a kind, `NOWHERE` when there is none."""
        return self.kinds.index(kind) if kind in self.kinds else NOWHERE
