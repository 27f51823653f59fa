"""Tags that are read again after their sale, and units that leave just after the sale of another.

For a while it is a bag on its way out. Later, or plainly on a shelf: the till meant another unit of
the same GTIN (then that one is sold and this one is not), or the customer brought it back. A unit
that lies on a shelf, well read, is on hand and available; it has been looked at by whoever put it
there. A unit that is heard at the door just after a sale was given to another one, silent on its
shelf, is the one that was sold.
"""

from __future__ import annotations

import numpy as np

from gateway.changes import Change, LedgerLine
from gateway.stock import explain
from gateway.stock.goods import Goods
from gateway.stock.layout import ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import Status, Tags

BAG_SECONDS = 90.0
"""Reads so soon after the sale say nothing."""
LOOK_ON_SECONDS = 600.0
"""The same of what was at the till, or was sold by its EPC: that is in the customer's bag for sure,
and some look on with it."""
READS, SPAN_SECONDS = 4, 30.0
"""Reads in a storage zone, and for how long, until the unit is believed to lie there."""
EXCHANGE_SECONDS = 7200.0
"""A sale by GTIN may be given to another unit so long."""
EXCHANGE_WEIGHT = 0.5
"""How well another unit must explain the sale (see `explain.weight`)."""
TO_THE_DOOR_SECONDS = 120.0
"""From the till to the door takes less."""
NOT_SOLD = (0.05, 0.6, 0.3, 0.05)
"""Belief in a silent unit whose sale was another's."""
EXCHANGED = 0.5
"""P(it was that one) before its own silence is heard."""


class Afterlife:
    """Watches sold tags."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        goods: Goods,
        presence: Presence,
        unsure: dict[int, float],
    ) -> None:
        self._places, self._tags, self._goods = places, tags, goods
        self._presence, self._unsure = presence, unsure
        self._heard: dict[int, tuple[int, float]] = {}
        self._shelf = places.are(ZoneKind.SHELF)
        self._passing = explain.passing_of(places)
        self._exit = places.are(ZoneKind.EXIT)

    def consider(self) -> list[Change]:
        """Judge the sold tags that were read since the last call."""
        self._see_out()
        changes: list[Change] = []
        for row, t in self._presence.take_sold():
            # Late reports bring many reads at once: the first of them may have settled it.
            if self._tags.status[row] != Status.SOLD or t < self._tags.sold[row] + self._bag(row):
                continue
            zone = self._presence.whereabouts.likeliest(row)
            if zone == NOWHERE or not self._places.storage[zone]:
                self._heard.pop(row, None)
                continue
            count, since = self._heard.get(row, (0, t))
            self._heard[row] = (count + 1, since)
            if count + 1 >= READS and t - since >= SPAN_SECONDS:
                del self._heard[row]
                changes += self._revive(row, zone, t)
        return changes

    def _bag(self, row: int) -> float:
        """Seconds after its sale for which a tag may still be carried about."""
        sure = self._tags.named[row] or self._tags.paid[row]
        return LOOK_ON_SECONDS if sure else BAG_SECONDS

    def _see_out(self) -> None:
        """Give sales to the units that were heard at the door just after them."""
        tags, n = self._tags, self._tags.count
        # Few tags are at the door: only those are looked at closely.
        leaving = np.flatnonzero(self._exit.take(tags.home[:n]))
        leaving = leaving[tags.status[leaving] == Status.HERE]
        for row in leaving[tags.home[leaving] != NOWHERE].tolist():
            guessed = self._guessed(row)
            if guessed is not None:
                self._hand_sale_over(guessed, row)
                tags.belief[guessed] = NOT_SOLD
                self._unsure.pop(guessed, None)
                self._goods.touch(tags.gtins[row])

    def _guessed(self, row: int) -> int | None:
        """A unit that was taken for sold just before this one left, but not heard to leave."""
        tags, number = self._tags, int(self._tags.account[row])
        if number < 0:
            return None
        left = float(tags.last[row])
        for other in self._goods.accounts[number].rows:
            if (
                tags.status[other] == Status.SOLD
                and not tags.named[other]
                and 0 <= left - tags.sold[other] < TO_THE_DOOR_SECONDS
                and not tags.last[other] >= tags.sold[other]
                and int(tags.home[other]) not in self._passing.tills | self._passing.exits
            ):
                return other
        return None

    def _hand_sale_over(self, row: int, other: int) -> None:
        """The sale of `row` was that of `other`."""
        tags = self._tags
        tags.status[row], tags.status[other] = Status.HERE, Status.SOLD
        tags.sold[other], tags.sold[row] = tags.sold[row], np.nan
        tags.belief[other] = 0.0
        tags.rival[other] = NOWHERE
        self._unsure[other] = EXCHANGED

    def _revive(self, row: int, zone: int, t: float) -> list[Change]:
        tags = self._tags
        account = self._goods.accounts[int(tags.account[row])]
        other = None if tags.named[row] else self._exchange(row, t)
        tags.status[row] = Status.HERE
        if other is None:
            account.brought_back = max(0, account.brought_back - 1)
        self._presence.place(np.array([row]), zone, t)
        self._goods.touch(account.gtin)
        if other is not None:
            self._hand_sale_over(row, other)
            return []
        tags.sold[row] = np.nan
        if account.unavailable and self._shelf[zone]:
            account.unavailable -= 1
        elif account.book is not None and account.unseen(self._goods.in_book(account) - 1) == 0:
            account.book += 1
        line = LedgerLine(
            t, account.gtin, "returned", 1, zone=self._places.zones[zone], epc=tags.urns[row]
        )
        return [line]

    def _exchange(self, row: int, t: float) -> int | None:
        """The unit that was sold instead of this one, if one is missing."""
        tags = self._tags
        sold = float(tags.sold[row])
        if t - sold > EXCHANGE_SECONDS:
            return None
        rows = self._goods.accounts[int(tags.account[row])].rows
        weights = {
            other: explain.weight(tags, other, sold, self._passing)
            for other in rows
            if other != row and not tags.last[other] > sold + BAG_SECONDS
        }
        best = max(weights, key=lambda other: (weights[other], -other), default=None)
        return best if best is not None and weights[best] >= EXCHANGE_WEIGHT else None
