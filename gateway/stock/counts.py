"""What people count: a stocktake of the building, or of one zone, against book and tags."""

from __future__ import annotations

import numpy as np

from drivers.observations import Stocktake
from gateway.stock.book import Account, ZoneCount
from gateway.stock.goods import Goods
from gateway.stock.layout import ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import AWAY, HERE, HIDDEN, Status, Tags

STRAY_SECONDS = 60.0
"""A tag heard so shortly before a count elsewhere is not what was counted."""
STILL_THERE_SECONDS = 5.0
"""A tag read so shortly before a count in its zone outweighs the count."""


class Counts:
    """Enters stocktakes."""

    def __init__(self, places: Places, tags: Tags, goods: Goods, presence: Presence) -> None:
        self._places, self._tags = places, tags
        self._goods, self._presence = goods, presence
        self._arrivals = places.first(ZoneKind.BACKROOM)
        self._floor = places.are(ZoneKind.SHELF)
        self._storage = set(np.flatnonzero(places.storage).tolist())

    def enter(self, account: Account, fact: Stocktake) -> None:
        """Hold a count, of a zone that there is or of the building, against what is known."""
        if account.counted_since(fact.t):
            return
        if fact.zone is None:
            self._count_all(account, fact)
        else:
            self._count_zone(account, self._places.zone(fact.zone), fact)
            account.unavailable = max(0, account.unavailable - fact.qty)
            account.brought_back = max(0, account.brought_back - fact.qty)

    def _count_all(self, account: Account, fact: Stocktake) -> None:
        tags = self._tags
        for row in account.rows:
            if tags.status[row] == Status.HERE and tags.belief[row, AWAY] > 0.5:
                tags.status[row] = Status.LOST
                tags.belief[row] = 0.0
        account.pin_whole(fact.qty, fact.t, self._goods.in_book(account))
        account.lying, account.delivered, account.arrivals = {}, 0, []
        account.counted.clear()
        surplus = self._goods.in_book(account) - (account.book or 0)
        if surplus > 0:
            self._doubt(account.rows, surplus, fact.t, away=0.8)

    def _count_zone(self, account: Account, zone: int, fact: Stocktake) -> None:
        """A count of one zone moves units between zones before it adds or takes any."""
        tags = self._tags
        live = [row for row in account.rows if tags.status[row] == Status.HERE]
        here = [row for row in live if tags.home[row] == zone and self._placed(row) > 0.3]
        surplus = fact.qty - len(here)
        if surplus > 0:
            found = self._strays(live, here, fact.t)[:surplus]
            for row in found:
                self._presence.place(np.array([row]), zone, fact.t)
                tags.belief[row] = (0.1, 0.8, 0.08, 0.02)
            surplus -= len(found)
        beyond = max(0, surplus)
        unseen = account.unseen(len(live))
        elsewhere = sum(n for place, n in account.lying.items() if place not in (zone, NOWHERE))
        book = account.book if account.book is not None else len(live)
        # A tag that we place on the next shelf may well be what was counted on this one: a count
        # of a zone brings new units only where all of these are not enough.
        surplus -= min(max(0, surplus), self._nearby(live, here))
        account.lying[zone] = max(0, surplus)
        wanted = max(0, surplus - max(0, unseen - elsewhere))
        new = wanted - self._brought_out(account, zone, wanted)
        begun = account.book is None or account.moved is None
        # What is not here may be where nobody has counted, if anything else says that it is.
        all_counted = self._storage <= account.counted.keys() | {zone}
        gone = max(0, unseen - elsewhere - max(0, surplus)) if begun or all_counted else 0
        moved = None if begun else (account.moved or 0) + new - gone
        account.pin(book + new - gone, fact.t)
        account.moved = moved
        self._note_count(account, zone, beyond)
        if surplus < 0:
            self._doubt(here, -surplus, fact.t, away=0.2)

    def _note_count(self, account: Account, zone: int, beyond: int) -> None:
        read, before = self._goods.ever_read(account), account.counted.get(zone)
        same = before is not None and (before.beyond, before.read) == (beyond, read)
        account.counted[zone] = ZoneCount(beyond, same and beyond > 0, read)

    def _placed(self, row: int) -> float:
        return float(self._tags.belief[row, HERE] + self._tags.belief[row, HIDDEN])

    def _brought_out(self, account: Account, zone: int, wanted: int) -> int:
        """Delivered units that a count finds on a shelf: nobody says when they leave the back."""
        if zone == self._arrivals:
            account.delivered = 0
            return 0
        brought = min(wanted, account.delivered)
        account.delivered -= brought
        if brought:
            account.lying[self._arrivals] -= brought
        return brought

    def _nearby(self, live: list[int], here: list[int]) -> int:
        """Tags on the shop floor outside the counted zone."""
        floor = set(np.flatnonzero(self._floor).tolist())
        return sum(int(self._tags.home[row]) in floor for row in live if row not in here)

    def _strays(self, live: list[int], here: list[int], t: float) -> list[int]:
        """Tags that a count in a zone may have found: not heard elsewhere, most doubtful first."""
        tags = self._tags
        silent = [row for row in live if row not in here and not tags.last[row] > t - STRAY_SECONDS]
        return sorted(silent, key=lambda row: (self._placed(row), row))

    def _doubt(self, rows: list[int], surplus: int, t: float, away: float) -> None:
        """The `surplus` tags silent longest were not found by a count, unless read just then."""
        tags = self._tags
        silent = [
            row
            for row in rows
            if tags.status[row] == Status.HERE and not tags.last[row] > t - STILL_THERE_SECONDS
        ]
        silent.sort(key=lambda row: (float(np.nan_to_num(tags.last[row])), row))
        for row in silent[:surplus]:
            tags.belief[row] = (0.02, 0.08, 0.9 - away, away)
