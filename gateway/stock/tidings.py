"""What is worth saying about single items: arrived, moved, departed, each once and when sure.

Sure of the item and of its zone. What is carried past shelves or lies between two antennas would
make a storm of moves that nobody made. A door is no place for goods: what is heard there has left,
which is said as `departed`, or it comes back, which is not said.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Change, ItemEvent, ItemEventKind, LedgerLine
from gateway.stock.misses import unheard
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import AWAY, HERE, Status, Tags

SURE = 0.9
SETTLED_SECONDS = 10.0
"""A place is told when the item has been there so long: no storm while it is carried."""
LAID_SECONDS = 60.0
"""The same for a move from shelf to shelf, and for an item's silence before it is told departed: it
takes about that long to read a label, or to stand and talk in the door."""
OPEN_SECONDS = 7200.0
"""A sale that may have meant another unit tells no departure after so long."""
JUDGED, AGAIN_SECONDS = 100, 10.0
"""So many items are judged in one turn, and those that stay in doubt not again so soon."""

Rows = NDArray[np.int64]
_HERE = int(Status.HERE)


class Tidings:
    """Item events, from what was last told of each tag (`tags.told`)."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        presence: Presence,
        unsure: dict[int, float],
    ) -> None:
        self._places, self._tags = places, tags
        self._presence, self._unsure = presence, unsure
        self._judged: NDArray[np.float64] = np.zeros(0)

    def of_items(self, now: float) -> list[Change]:
        """Events of items whose told place is no longer the believed one."""
        tags, n = self._tags, self._tags.count
        if n == 0:
            return []
        # Few tags are away, and few elsewhere than told: only those are looked at closely.
        gone = np.flatnonzero((tags.belief[:n, AWAY] > SURE) & (tags.told[:n] != NOWHERE))
        gone = gone[self._live(gone) & ~(now - tags.last[gone] < LAID_SECONDS)]
        there = np.flatnonzero(tags.home[:n] != tags.told[:n])
        there = there[self._live(there) & (tags.belief[there, HERE] > SURE)]
        home = tags.home[there]
        rests = now - tags.since[there] >= self._patience(home, tags.told[there])
        there = there[rests & (home != NOWHERE) & ~self._presence.exit[home]]
        changes = self._of_unsure_sales(now)
        for row in gone.tolist():
            away = float(tags.belief[row, AWAY])
            changes += self._departed(row, float(tags.last[row]), away, now)
        for row in self._sure(there, now):
            changes += self._there(row, now)
        return changes

    def _live(self, rows: Rows) -> NDArray[np.bool_]:
        tags = self._tags
        return np.asarray((tags.status[rows] == _HERE) & (tags.account[rows] >= 0))

    def _patience(self, home: NDArray[np.int16], told: NDArray[np.int16]) -> NDArray[np.float64]:
        storage = self._places.storage
        shelf_to_shelf = storage[home] & storage[told] & (told != NOWHERE)
        return np.where(shelf_to_shelf, LAID_SECONDS, SETTLED_SECONDS)

    def _sure(self, rows: Rows, now: float) -> list[int]:
        """Those whose reads leave no doubt which storage zone it is."""
        new = self._tags.count - len(self._judged)
        if new:
            self._judged = np.concatenate([self._judged, np.full(new, -np.inf)])
        waits = np.abs(now - self._judged[rows]) < AGAIN_SECONDS
        rows = rows[~waits][:JUDGED]
        if not len(rows):
            return []
        self._judged[rows] = now
        passing = ~self._places.storage[self._tags.home[rows]]
        sure: list[int] = rows[passing | (self._presence.whereabouts.surety(rows) > SURE)].tolist()
        return sure

    def _of_unsure_sales(self, now: float) -> list[Change]:
        """Units that a sale may have meant and that have not been heard of since."""
        tags, changes = self._tags, list[Change]()
        for row, chance in list(self._unsure.items()):
            sold = float(tags.sold[row])
            if tags.status[row] != Status.SOLD or tags.told[row] == NOWHERE:
                del self._unsure[row]
            elif now - sold > OPEN_SECONDS:
                del self._unsure[row]
                tags.told[row] = NOWHERE
            elif now - sold >= LAID_SECONDS and not self._heard_since(row, sold, now):
                p = 1.0 - (1.0 - chance) * self._unheard(row)
                changes += self._departed(row, sold, p, now) if p > SURE else []
        return changes

    def _heard_since(self, row: int, sold: float, now: float) -> bool:
        """Whether it was heard just now, or longer than a bag is on its way to the door."""
        return bool(self._tags.last[row] > min(sold + LAID_SECONDS, now - LAID_SECONDS))

    def _unheard(self, row: int) -> float:
        """P(a tag that lies where it lay is silent for so long): misses in a row are alike."""
        rows = np.array([row])
        return float(unheard(self._tags.quiet[rows], self._presence.misses.of(rows))[0])

    def _departed(self, row: int, began: float, p: float, now: float) -> list[Change]:
        home = int(self._tags.home[row])
        self._tags.told[row] = NOWHERE
        event = self._event(row, ItemEventKind.DEPARTED, home, p, began, now)
        if self._tags.status[row] == Status.SOLD:
            return [event]  # its line was written with the sale
        return [event, self._line(event, -1)]

    def _there(self, row: int, now: float) -> list[Change]:
        tags = self._tags
        told, home = int(tags.told[row]), int(tags.home[row])
        kind = ItemEventKind.ARRIVED if told == NOWHERE else ItemEventKind.MOVED
        tags.told[row] = home
        p, began = float(tags.belief[row, HERE]), float(tags.since[row])
        source = None if told == NOWHERE else self._places.zones[told]
        event = self._event(row, kind, home, p, began, now, source)
        return [event, self._line(event, 1 if kind is ItemEventKind.ARRIVED else 0)]

    def _event(
        self,
        row: int,
        kind: ItemEventKind,
        zone: int,
        p: float,
        began: float,
        now: float,
        source: str | None = None,
    ) -> ItemEvent:
        tags = self._tags
        return ItemEvent(
            t=now,
            began=began,
            epc=tags.urns[row],
            gtin=tags.gtins[row],
            event=kind,
            zone=self._places.zones[zone],
            p=round(p, 4),
            source=source,
        )

    @staticmethod
    def _line(event: ItemEvent, qty: int) -> LedgerLine:
        return LedgerLine(
            event.t, event.gtin, event.event.value, qty, zone=event.zone, epc=event.epc
        )
