"""Every tagged item that the engine knows, as columns; a tag's row number never changes.

Rows are few thousand to some tens of thousand and bounded; strangers' tags cost no row, only a
counted, bounded note that they are strangers.
"""

from __future__ import annotations

import sys
from collections import Counter
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gateway.stock.layout import Item, Naming
from gateway.stock.places import NOWHERE

FOREIGN = -1
HERE, HIDDEN, HAND, AWAY = 0, 1, 2, 3
"""Columns of `Tags.belief`."""
ROWS_KEPT = 200_000
"""More tags of the store's own goods than any store of this size has: a flood, not stock."""
STRANGERS_KEPT = 50_000
"""Foreign EPCs remembered so that each is decoded once; beyond it the note is started afresh."""
FIRST_ROWS = 256

Floats = NDArray[np.float32]


class Status(IntEnum):
    """What is known of a tag besides where it is."""

    EXPECTED = 0
    """Named by a delivery, never read."""
    HERE = 1
    """Read at least once and not sold; it may have left unseen."""
    SOLD = 2
    LOST = 3
    """Gone without a sale and written off by a count since; a read brings it back."""


class Tags:
    """Columns of tags.

    Attributes:
        status: `Status`, int8.
        home: zone where it was last at rest, int16, `NOWHERE` at first.
        belief: float64[rows, 4]: P(in place and readable), P(in place but hidden from antennas),
            P(in a hand or on its way), P(away). Each row sums to one.
        reads, exposure: decayed reads and rounds an antenna while at rest at home (signature).
        usual_rounds, usual_share: rounds that the zone's usual rates weigh as much as, and what
            share of them is expected of this tag.
        rate: reads a round by antenna at home, from all these.
        voice: the part of `rate` whose silence means something: antennas that hear it well.
        hush: nats that a missed round of each of those antennas says, -log(1 - voice).
        best, voiced: the most of `rate` and the sum of `voice`, over antennas.
        sure: on how many reads `best` rests.
        grade: how well it is read (see `misses`).
        level, levels: mean RSSI by antenna where it lies, dBm, and of how many reads.
        off, offs: dB by which it was off what is usual where it lay before, and of how many reads.
        seen_at: each antenna's rounds when the row was last settled.
        recent: reads of the last seconds by antenna, decayed up to `recent_t`.
        last, first: event times of newest and first read, NaN if none.
        rival, odds, since_rival: a zone that challenges home, by how many nats, since when.
        fresh: reads since the challenge began, not yet in the signature. odd: there may be any.
        quiet: nats against its being in place, by the rounds that missed it since its last read,
            were misses independent.
        told: zone last told in an item event, `NOWHERE` if none or departed.
        booked: named by a delivery. named: its sale named this very tag.
        paid: the till's antenna had read it just before it was sold.
        settled: when the signature was last brought up to date.
        placed, review: when it was given its home, and when that is looked at again.
        since: when it came to rest at home. sold: time of its sale, NaN if none.
    """

    def __init__(self, antennas: int, naming: Naming, faults: Counter[str]) -> None:
        self._naming = naming
        self._faults = faults
        self._by_bytes: dict[bytes, int] = {}
        self._by_urn: dict[str, int] = {}
        self._strangers = 0
        self.urns: list[str] = []
        self.gtins: list[str] = []
        self.count = 0
        self._room = FIRST_ROWS
        rows = self._room
        self.account: NDArray[np.int32] = np.zeros(rows, np.int32)
        self.status: NDArray[np.int8] = np.zeros(rows, np.int8)
        self.home: NDArray[np.int16] = np.full(rows, NOWHERE, np.int16)
        # The filter works state by state over all rows: each state lies in one piece.
        self.belief: NDArray[np.float64] = np.zeros((rows, 4), np.float64, order="F")
        self.reads: Floats = np.zeros((rows, antennas), np.float32)
        self.exposure: Floats = np.zeros((rows, antennas), np.float32)
        self.usual_rounds: Floats = np.zeros(rows, np.float32)
        self.usual_share: Floats = np.zeros(rows, np.float32)
        self.rate: Floats = np.zeros((rows, antennas), np.float32)
        self.voice: Floats = np.zeros((rows, antennas), np.float32)
        self.hush: Floats = np.zeros((rows, antennas), np.float32)
        self.grade: NDArray[np.int8] = np.zeros(rows, np.int8)
        self.best: Floats = np.zeros(rows, np.float32)
        self.voiced: Floats = np.zeros(rows, np.float32)
        self.sure: Floats = np.zeros(rows, np.float32)
        self.level: Floats = np.zeros((rows, antennas), np.float32)
        self.levels: NDArray[np.uint8] = np.zeros((rows, antennas), np.uint8)
        self.off: Floats = np.zeros((rows, antennas), np.float32)
        self.offs: NDArray[np.uint8] = np.zeros((rows, antennas), np.uint8)
        self.seen_at: Floats = np.zeros((rows, antennas), np.float32)
        self.recent: Floats = np.zeros((rows, antennas), np.float32)
        self.recent_t: NDArray[np.float64] = np.zeros(rows, np.float64)
        self.last: NDArray[np.float64] = np.full(rows, np.nan, np.float64)
        self.first: NDArray[np.float64] = np.full(rows, np.nan, np.float64)
        self.since: NDArray[np.float64] = np.full(rows, np.nan, np.float64)
        self.sold: NDArray[np.float64] = np.full(rows, np.nan, np.float64)
        self.settled: NDArray[np.float64] = np.zeros(rows, np.float64)
        self.booked: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self.told: NDArray[np.int16] = np.full(rows, NOWHERE, np.int16)
        self.named: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self.paid: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self.quiet: NDArray[np.float64] = np.zeros(rows, np.float64)
        self.fresh: Floats = np.zeros((rows, antennas), np.float32)
        self.odd: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self.rival: NDArray[np.int16] = np.full(rows, NOWHERE, np.int16)
        self.odds: NDArray[np.float64] = np.zeros(rows, np.float64)
        self.since_rival: NDArray[np.float64] = np.zeros(rows, np.float64)
        self.placed: NDArray[np.float64] = np.zeros(rows, np.float64)
        self.review: NDArray[np.float64] = np.full(rows, np.inf, np.float64)

    def find(self, epc: bytes) -> int:
        """Row of EPC memory content, made when first seen; `FOREIGN` for what is not ours."""
        row = self._by_bytes.get(epc)
        return self._meet(epc) if row is None else row

    def find_all(self, epcs: list[bytes]) -> NDArray[np.int32]:
        """`find` for many, int32[n]."""
        try:
            return np.fromiter(map(self._by_bytes.get, epcs), np.int32, len(epcs))
        except TypeError:  # nothing known of one of them
            return np.fromiter(map(self.find, epcs), np.int32, len(epcs))

    def of_text(self, text: str) -> int | None:
        """Row of an EPC written as hex or URN, made when new; None for what is not ours."""
        item = self._naming.of_text(text)
        row = FOREIGN if item is None else self.of_item(item)
        return None if row == FOREIGN else row

    def of_item(self, item: Item) -> int:
        """Row of an item, made when new; `FOREIGN` when there are too many."""
        row = self._by_urn.get(item.urn)
        if row is not None:
            return row
        if self.count >= ROWS_KEPT:
            self._faults["tags_beyond_bound"] += 1
            return FOREIGN
        return self._add(item)

    def first_read(self, now: float) -> float:
        """Time of the first read of all; `now` where there was none before it."""
        return float(np.fmin.reduce(self.first[: self.count], initial=now))

    def _meet(self, epc: bytes) -> int:
        item = self._naming.of_bytes(epc)
        row = FOREIGN if item is None else self.of_item(item)
        if row == FOREIGN:
            self._faults["foreign_tags"] += 1
            self._strangers += 1
            if self._strangers > STRANGERS_KEPT:
                self._forget_strangers()
        self._by_bytes[epc] = row
        return row

    def _forget_strangers(self) -> None:
        self._by_bytes = {epc: row for epc, row in self._by_bytes.items() if row != FOREIGN}
        self._strangers = 1

    def _add(self, item: Item) -> int:
        row = self.count
        if row == self._room:
            self._grow()
        self._by_urn[item.urn] = row
        self.urns.append(item.urn)
        # Every tag's name comes with its own copy of the GTIN.
        self.gtins.append(sys.intern(item.gtin))
        self.count += 1
        return row

    def _grow(self) -> None:
        extra = max(FIRST_ROWS, self._room // 2)
        # By name: whoever holds on to the old columns needs twice the memory.
        for name in list(vars(self)):
            column = getattr(self, name)
            if isinstance(column, np.ndarray):
                order: Literal["C", "F"] = "C" if column.flags.c_contiguous else "F"
                # Room that no row needs yet costs no memory before somebody writes to it.
                wider = np.zeros((self._room + extra, *column.shape[1:]), column.dtype, order)
                wider[: self._room] = column
                if name in {"last", "first", "since", "sold"}:
                    wider[self._room :] = np.nan
                if name in {"home", "told", "rival"}:
                    wider[self._room :] = NOWHERE
                if name == "review":
                    wider[self._room :] = np.inf
                setattr(self, name, wider)
        self._room += extra
