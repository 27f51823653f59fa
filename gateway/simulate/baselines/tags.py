"""What every rule about tags needs: rows for EPCs, zones for antennas, lines for changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from drivers.observations import Delivery, Observation, Return, Sale, Stocktake, TagReads
from drivers.rfid.naming import EpcNaming
from gateway.simulate.baselines.rule import stock_line
from gateway.simulate.plan import StorePlan
from gateway.simulate.reading import Line

Ints = NDArray[np.int64]
NOWHERE = -1


class TagRule(ABC):
    """A rule about tags: what it hears, row by row, and where it then says that each tag is."""

    name = ""

    def __init__(self, plan: StorePlan) -> None:
        self.zones = [zone.id for zone in plan.zones]
        self.kinds = [zone.kind for zone in plan.zones]
        self.antennas = {(a.reader, a.number): i for i, a in enumerate(plan.antennas)}
        zones = [self.zones.index(a.zone) for a in plan.antennas]
        self.zone_of = np.array(zones or [0], np.int64)
        self._gtins: dict[str, int] = {}
        self._names: list[str] = []
        self._rows: dict[bytes, int] = {}
        self._urns: dict[str, int] = {}
        self._naming = EpcNaming()
        self._said: NDArray[np.int64] = np.zeros((0, len(self.zones) + 1), np.int64)
        self.gtin: Ints = np.zeros(0, np.int64)
        self.count = 0

    def observe(self, obs: Observation) -> None:
        """Take reads, one antenna at a time, and facts."""
        if isinstance(obs, TagReads):
            for number in np.unique(obs.antenna).tolist():
                place = self.antennas.get((obs.src, number))
                if place is not None:
                    self._one_antenna(obs, np.flatnonzero(obs.antenna == number), place)
        elif isinstance(obs, Sale | Return | Delivery | Stocktake):
            self.told(obs)

    def advance(self, now: float) -> Iterator[Line]:
        """The lines of GTINs whose tags moved."""
        where = self.settle(now)
        wide = len(self.zones) + 1
        known = np.flatnonzero(where[: self.count] != NOWHERE)
        cells = self.gtin[known] * wide + where[known]
        counts = np.bincount(cells, minlength=len(self._names) * wide)
        table = counts.reshape(-1, wide)
        said = np.zeros_like(table)
        said[: len(self._said)] = self._said
        for gtin in np.flatnonzero((table != said).any(axis=1)).tolist():
            row = table[gtin].tolist()
            zones = {zone: n for zone, n in zip(self.zones, row, strict=False) if n}
            yield stock_line(now, self._names[gtin], sum(row), zones)
        self._said = table

    @abstractmethod
    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """One antenna read these tags, each row once."""

    def told(self, fact: Sale | Return | Delivery | Stocktake) -> None:  # noqa: B027 - a hook for those who listen
        """What somebody wrote down; windows do not listen."""

    @abstractmethod
    def settle(self, now: float) -> Ints:
        """The zone index of each tag now, `NOWHERE` for what is not there."""

    @abstractmethod
    def grow(self, rows: int) -> None:
        """Make room for that many tags."""

    def row_of_urn(self, urn: str) -> int | None:
        """The row of an item that was read before."""
        item = self._naming.of_text(urn)
        return None if item is None else self._urns.get(item.urn)

    def gtin_index(self, gtin: str) -> int:
        """The index of a GTIN, new if need be."""
        if gtin not in self._gtins:
            self._gtins[gtin] = len(self._names)
            self._names.append(gtin)
        return self._gtins[gtin]

    def _one_antenna(self, obs: TagReads, which: Ints, antenna: int) -> None:
        epcs = obs.epcs()
        found = [self._row(epcs[i]) for i in which.tolist()]
        rows = np.array(found, np.int64)
        ours = rows != NOWHERE
        rows, which = rows[ours], which[ours]
        if not len(rows):
            return
        rows, first = np.unique(rows, return_index=True)
        which = which[first]
        self.heard(rows, antenna, float(obs.t.max()), Reads(obs.rssi[which], obs.n[which]))

    def _row(self, epc: bytes) -> int:
        row = self._rows.get(epc)
        if row is not None:
            return row
        item = self._naming.of_bytes(epc)
        if item is None:
            self._rows[epc] = NOWHERE
            return NOWHERE
        row = self._rows[epc] = self._urns[item.urn] = self.count
        self.count += 1
        if row >= len(self.gtin):
            room = 2 * len(self.gtin) + 64
            self.gtin = np.concatenate([self.gtin, np.zeros(room - len(self.gtin), np.int64)])
            self.grow(room)
        self.gtin[row] = self.gtin_index(item.gtin)
        return row


class Reads:
    """Signal strength and number of reads of each row of a batch."""

    __slots__ = ("n", "rssi")

    def __init__(self, rssi: NDArray[np.float32], n: NDArray[np.int32]) -> None:
        self.rssi, self.n = rssi, n
