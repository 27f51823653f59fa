"""Every unit of goods that the virtual store knows of, as columns, and the counts that are true.

A unit is `AWAY` (not in the building), `RESTING` in a zone or `CARRIED` by somebody. On hand is
what is in the building and not sold: in a shopper's hand it still counts, out of the door it does
not. Zone counts are of resting units alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from gateway.simulate import epcs
from gateway.simulate.plan import StorePlan
from gateway.simulate.truth import TruthLog

Ints = NDArray[np.int64]
FOREIGN = -1
"""The GTIN index of another shop's tags."""

NOBODY = -1
FOREIGN_GTIN = "02990001000014"


class Where(IntEnum):
    """Whether a unit is out of the building, lies somewhere, or is in somebody's hands."""

    AWAY = 0
    RESTING = 1
    CARRIED = 2


@dataclass(frozen=True, slots=True)
class TagMix:
    """How good the tags are. Sensitivities in dBm; `weak` and `dead` are shares."""

    weak: float
    dead: float
    mean_dbm: float = -15.5
    spread_db: float = 1.2
    weak_db: float = 6.0


class Goods:
    """The units, one row each. Rows are only ever added.

    Attributes:
        gtin: index into `gtins`, or `FOREIGN`. zone: index of the zone where it lies, -1 elsewhere.
        tagged: it has a tag that works. sens: dBm that wake it. sold: it belongs to a customer.
        holder: the person who carries it or has it with them, `NOBODY` otherwise.
        on_hand: true count by GTIN index. at: true count by GTIN index and zone index.
    """

    def __init__(self, plan: StorePlan, log: TruthLog) -> None:
        self.gtins = [article.gtin for article in plan.articles]
        self.zones = [zone.id for zone in plan.zones]
        self.shelves = [i for i, zone in enumerate(plan.zones) if zone.kind == "shelf"]
        self._log = log
        self.size = 0
        self._room(64)
        self.on_hand = np.zeros(len(self.gtins), np.int64)
        self.at = np.zeros((len(self.gtins), len(self.zones)), np.int64)
        self._serials = [1] * (len(self.gtins) + 1)
        self._changed: dict[int, None] = {}

    def add(
        self, gtin: int, count: int, rng: np.random.Generator, mix: TagMix, *, tags: bool
    ) -> Ints:
        """Make `count` new units of a GTIN, all `AWAY`; answers with their rows."""
        rows = np.arange(self.size, self.size + count)
        self._room(self.size + count)
        self.size += count
        first = self._serials[gtin]
        self._serials[gtin] += count
        name = FOREIGN_GTIN if gtin == FOREIGN else self.gtins[gtin]
        for i, row in enumerate(rows.tolist()):
            self.epc[row] = np.frombuffer(epcs.memory_of(name, first + i), np.uint8)
        self.serial[rows] = np.arange(first, first + count)
        self.gtin[rows] = gtin
        weak = rng.random(count) < mix.weak
        self.sens[rows] = rng.normal(mix.mean_dbm, mix.spread_db, count) + mix.weak_db * weak
        self.tagged[rows] = tags & (rng.random(count) >= mix.dead)
        return rows

    def urn(self, row: int) -> str:
        """The pure identity of a unit."""
        name = FOREIGN_GTIN if self.gtin[row] == FOREIGN else self.gtins[self.gtin[row]]
        return epcs.urn_of(name, int(self.serial[row]))

    def is_ours_sold(self, row: int) -> bool:
        """Whether a unit is one that this store sold."""
        return bool(self.sold[row]) and bool(self.gtin[row] != FOREIGN)

    def resting(self, zone: int) -> Ints:
        """Units that lie in a zone with nobody's hand on them, oldest first."""
        n = self.size
        free = (self.zone[:n] == zone) & (self.holder[:n] == NOBODY)
        return np.flatnonzero(free & (self.where[:n] == Where.RESTING))

    def receive(self, rows: Ints, zone: int, t: float) -> None:
        """New or returned units become the store's, lying in `zone`."""
        self.sold[rows] = False
        for row in rows.tolist():
            self.on_hand[self.gtin[row]] += 1
        self.rest(rows, zone, t)

    def rest(self, rows: Ints, zone: int, t: float, holder: int = NOBODY) -> None:
        """Put units down in `zone`; `holder` keeps them as theirs (fitting room, till)."""
        self._unplace(rows)
        self.where[rows], self.zone[rows], self.holder[rows] = Where.RESTING, zone, holder
        for row in rows.tolist():
            self._count(row, zone, 1)
            self._log.item(t, self.urn(row), self.zones[zone], "placed")

    def carry(self, rows: Ints, holder: int, t: float) -> None:
        """Somebody takes units into their hands."""
        self._unplace(rows)
        self.where[rows], self.zone[rows], self.holder[rows] = Where.CARRIED, -1, holder
        for row in rows.tolist():
            self._log.item(t, self.urn(row), None, "picked")

    def sell(self, rows: Ints, t: float) -> None:
        """Units are paid for: on hand no longer, still in the building."""
        self._unplace(rows)
        self.where[rows], self.zone[rows], self.sold[rows] = Where.CARRIED, -1, True
        for row in rows.tolist():
            self._drop_one(row)
            self._log.item(t, self.urn(row), None, "sold")

    def bring(self, row: int, holder: int, t: float) -> None:
        """Somebody comes in with a unit that is theirs."""
        self.where[row], self.zone[row], self.holder[row] = Where.CARRIED, -1, holder
        if self.gtin[row] != FOREIGN:
            self._log.item(t, self.urn(row), None, "entered")

    def leave(self, rows: Ints, t: float) -> None:
        """Units go out of the door; what was not sold is stolen."""
        for row in rows.tolist():
            stolen = not self.sold[row] and self.gtin[row] != FOREIGN
            if stolen:
                self._drop_one(row)
            if self.gtin[row] != FOREIGN:
                self._log.item(t, self.urn(row), None, "stolen" if stolen else "left")

    def gone(self, rows: Ints) -> None:
        """Units that left are out of reach."""
        self.where[rows], self.zone[rows], self.holder[rows] = Where.AWAY, -1, NOBODY

    def flush(self, t: float) -> None:
        """Write the counts that changed since the last call into the truth."""
        for gtin in self._changed:
            row = self.at[gtin]
            zones = {self.zones[z]: int(row[z]) for z in np.flatnonzero(row).tolist()}
            floor = int(row[self.shelves].sum())
            self._log.stock(t, self.gtins[gtin], int(self.on_hand[gtin]), zones, floor)
        self._changed.clear()

    def touch_all(self) -> None:
        """Have the next `flush` write every GTIN."""
        self._changed = dict.fromkeys(range(len(self.gtins)))

    def _unplace(self, rows: Ints) -> None:
        for row in rows.tolist():
            if self.where[row] == Where.RESTING:
                self._count(row, int(self.zone[row]), -1)

    def _count(self, row: int, zone: int, step: int) -> None:
        gtin = int(self.gtin[row])
        if gtin != FOREIGN and not self.sold[row]:
            self.at[gtin, zone] += step
            self._changed[gtin] = None

    def _drop_one(self, row: int) -> None:
        gtin = int(self.gtin[row])
        self.on_hand[gtin] -= 1
        self._changed[gtin] = None

    def _room(self, wanted: int) -> None:
        """Make the columns at least `wanted` long."""
        have = len(self.gtin) if hasattr(self, "gtin") else 0
        if wanted <= have:
            return
        more = max(wanted, 2 * have) - have

        def longer(name: str, fill: NDArray[np.generic]) -> None:
            grown = np.concatenate([getattr(self, name), fill]) if have else fill
            setattr(self, name, grown)

        longer("gtin", np.full(more, FOREIGN, np.int32))
        longer("serial", np.zeros(more, np.int64))
        longer("epc", np.zeros((more, 12), np.uint8))
        longer("sens", np.zeros(more, np.float32))
        longer("tagged", np.zeros(more, np.bool_))
        longer("sold", np.zeros(more, np.bool_))
        longer("where", np.zeros(more, np.int8))
        longer("zone", np.full(more, -1, np.int32))
        longer("holder", np.full(more, NOBODY, np.int32))

    gtin: NDArray[np.int32]
    serial: NDArray[np.int64]
    epc: NDArray[np.uint8]
    sens: NDArray[np.float32]
    tagged: NDArray[np.bool_]
    sold: NDArray[np.bool_]
    where: NDArray[np.int8]
    zone: NDArray[np.int32]
    holder: NDArray[np.int32]
