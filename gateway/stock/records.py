"""What people and the till say, entered into book and tags: sales, returns, deliveries, counts.

Meanings chosen here:
    A returned unit is on hand and `unavailable` until its tag is read well on a shelf or somebody
    counts the GTIN. A sold tag read again is a bag on its way out for some minutes; later, read
    well on a shelf, it is back on hand. A sale explained by a tag that is then plainly still on its
    shelf is given to the next best unit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from drivers.observations import Delivery, Line, Return, Sale, Stocktake
from gateway.changes import Change, ItemEvent, ItemEventKind, LedgerLine
from gateway.stock import explain
from gateway.stock.book import Account
from gateway.stock.counts import Counts
from gateway.stock.goods import Goods
from gateway.stock.layout import ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import Status, Tags

QTY_MOST = 100_000
"""No receipt or count is taken with more: who says so, is told."""
SURE = 0.9
"""From here on a sale by GTIN tells which unit has departed."""
COLD_SECONDS = 120.0
"""What is first read so soon after the first read of all was there before we were."""
JUST_SECONDS = 10.0
"""Who was heard on a shelf so shortly before a sale has hardly been carried to the till."""
BROUGHT_SECONDS = 180.0
"""What was first read so shortly before a return is what came back."""
UNBOOKED_SECONDS = 1800.0
"""Goods may be read so long before somebody books their delivery."""


class Records:
    """Enters facts.

    Attributes:
        unsure: rows taken off by a sale that may have meant another unit: P(it was this one).
    """

    def __init__(
        self,
        places: Places,
        tags: Tags,
        goods: Goods,
        presence: Presence,
        faults: Counter[str],
    ) -> None:
        self._places, self._tags, self._goods = places, tags, goods
        self._presence, self._faults = presence, faults
        self._passing = explain.passing_of(places)
        self._arrivals = places.first(ZoneKind.BACKROOM)
        self._shelves = set(np.flatnonzero(places.are(ZoneKind.SHELF)).tolist())
        self._counts = Counts(places, tags, goods, presence)
        self.unsure: dict[int, float] = {}

    def enter(self, fact: Sale | Return | Delivery | Stocktake, now: float) -> list[Change]:
        """Enter a fact; answers ledger lines and what it means for items."""
        match fact:
            case Sale():
                return [c for line in fact.lines for c in self._sell(line, fact, now)]
            case Return():
                return [c for line in fact.lines for c in self._bring_back(line, fact)]
            case Delivery():
                return self._deliver(fact)
            case Stocktake():
                return self._count(fact)

    def hand_over(self, account: Account, qty: int, now: float) -> None:
        """Units of a hold leave with the shopper."""
        for _ in range(qty):
            self._take_one(account, None, now)

    def _sell(self, line: Line, sale: Sale, now: float) -> list[Change]:
        account = self._goods.account(line.gtin)
        if account is None or not 0 < line.qty <= QTY_MOST:
            self._faults["bad_line"] += 1
            return []
        changes: list[Change] = []
        for unit in range(line.qty):
            row = None
            if unit == 0 and line.epc:
                row = self._tags.of_text(line.epc)
                self._goods.take_tags()
                if row is None or not self._is_of(account, row):
                    self._faults["bad_sale_epc"] += 1
                    row = None
            changes += self._sell_one(account, row, sale, now)
        return changes

    def _is_of(self, account: Account, row: int) -> bool:
        """Whether a tag is of this account's goods, and not beyond their bound."""
        number = int(self._tags.account[row])
        return number >= 0 and self._goods.accounts[number] is account

    def _sell_one(
        self, account: Account, named: int | None, sale: Sale, now: float
    ) -> list[Change]:
        row, chance = self._take_one(account, named, sale.t)
        self._heard(account, sale.t)
        epc = None if row is None else self._tags.urns[row]
        zone = None if row is None else self._zone_id(int(self._tags.home[row]))
        changes: list[Change] = [
            LedgerLine(sale.t, account.gtin, "sold", -1, zone=zone, epc=epc, ref=sale.id)
        ]
        if row is not None and (chance <= SURE or self._just_heard(row, named, sale.t)):
            self.unsure[row] = chance
        elif row is not None and epc is not None and self._tags.told[row] != NOWHERE:
            self._tags.told[row] = NOWHERE
            changes.append(
                ItemEvent(
                    t=now,
                    began=sale.t,
                    epc=epc,
                    gtin=account.gtin,
                    event=ItemEventKind.DEPARTED,
                    zone=zone or "",
                    p=round(chance, 4),
                )
            )
        return changes

    def _just_heard(self, row: int, named: int | None, t: float) -> bool:
        """Whether a unit that a sale by GTIN is given to answered its shelf a moment ago."""
        tags = self._tags
        return named is None and not tags.paid[row] and t - float(tags.last[row]) < JUST_SECONDS

    def _take_one(self, account: Account, named: int | None, t: float) -> tuple[int | None, float]:
        """Take one unit off book and tags: the named one, or the one that explains it best."""
        tags = self._tags
        row, chance = named, 1.0
        if named is not None and tags.status[named] == Status.SOLD:
            if not self._came_back(account, named):
                return None, 1.0
            account.unavailable = max(0, account.unavailable - 1)
            account.brought_back = max(0, account.brought_back - 1)
        if named is None:
            unseen = account.unseen(self._goods.in_book(account))
            row, chance = explain.best(tags, account.rows, unseen, t, self._passing)
        booked = account.counted_since(t)
        if not booked and account.take_off(1, t):
            self._faults["oversold"] += 1
        if row is not None:
            tags.status[row] = Status.SOLD
            tags.sold[row] = t
            tags.named[row] = named is not None
            tags.paid[row] = explain.at_till(tags, row, t, self._passing)
            tags.belief[row] = 0.0
            tags.rival[row] = NOWHERE
        elif not booked:
            self._take_unseen(account)
        self._goods.touch(account.gtin)
        return row, chance

    def _take_unseen(self, account: Account) -> None:
        """One unit without a known tag left: off a shelf, if one is known to have any."""
        account.confirmed = max(0, account.confirmed - 1)
        if account.unseen(self._goods.in_book(account)) >= sum(account.known_lying().values()):
            return
        zone = max(account.lying, key=lambda z: (z in self._shelves, account.lying[z], -z))
        account.lying[zone] -= 1
        if account.lying[zone] <= 0:
            del account.lying[zone]
        if account.counted:
            zone, found = max(account.counted.items(), key=lambda one: (one[1].beyond, -one[0]))
            account.counted[zone] = replace(found, beyond=max(0, found.beyond - 1))

    def _came_back(self, account: Account, row: int) -> bool:
        """Whether a tag that is sold again was returned or counted since: it was not told twice."""
        since = account.counted_at
        return account.unavailable > 0 or (since is not None and since > self._tags.sold[row])

    def _bring_back(self, line: Line, fact: Return) -> list[Change]:
        account = self._goods.account(line.gtin)
        if account is None or not 0 < line.qty <= QTY_MOST:
            self._faults["bad_line"] += 1
            return []
        if account.book is None:
            newest = min(line.qty, len(self._come_with(account, fact.t)))
            account.begin(self._goods.in_book(account) - newest, fact.t)
        if not account.counted_since(fact.t):
            found = self._come_with(account, fact.t)
            since = min([fact.t, *self._tags.first[found].tolist()])
            pending = account.unavailable and account.returns_from is not None
            account.returns_from = min(since, account.returns_from or since) if pending else since
            before = account.returned_since(min(since, fact.t - BROUGHT_SECONDS))
            came = max(0, len(found) - before)
            account.take_in(line.qty, fact.t, returned=True)
            account.unavailable += line.qty
            account.brought_back += max(0, line.qty - came)
        self._heard(account, fact.t)
        self._goods.touch(account.gtin)
        return [LedgerLine(fact.t, account.gtin, "returned", line.qty, epc=line.epc, ref=fact.id)]

    def _come_with(self, account: Account, t: float) -> list[int]:
        """Tags that came with a return at `t`: the till's antenna may have read them before.

        They were first read a moment before it, or have been at till and door ever since.
        """
        tags, passing = self._tags, self._passing.tills | self._passing.exits
        return [
            row
            for row in account.rows
            if tags.status[row] == Status.HERE
            and (
                tags.first[row] >= t - BROUGHT_SECONDS
                or (int(tags.home[row]) in passing and tags.since[row] == tags.first[row])
            )
        ]

    def _deliver(self, fact: Delivery) -> list[Change]:
        changes: list[Change] = []
        for line in fact.lines:
            account = self._goods.account(line.gtin)
            if account is None or not 0 < line.qty <= QTY_MOST:
                self._faults["bad_line"] += 1
                continue
            qty = max(0, line.qty - self._expect(account, line.epcs))
            if account.book is None:
                account.begin(self._there_before(account, fact.t), fact.t)
            qty = 0 if account.counted_since(fact.t) else qty
            account.take_in(qty, fact.t)
            if qty:
                lying = account.lying
                lying[self._arrivals] = lying.get(self._arrivals, 0) + qty
                account.delivered += qty if self._arrivals != NOWHERE else 0
                account.counted.pop(self._arrivals, None)
                account.arrive(qty, fact.t)
            self._heard(account, fact.t)
            self._goods.touch(account.gtin)
            changes.append(LedgerLine(fact.t, account.gtin, "received", qty, ref=fact.id))
        return changes

    def _expect(self, account: Account, epcs: tuple[str, ...]) -> int:
        """Note the tags of a delivery; answers how many of them were delivered before."""
        again = 0
        for epc in dict.fromkeys(epcs):
            row = self._tags.of_text(epc)
            self._goods.take_tags()
            if row is None or self._tags.gtins[row] != account.gtin:
                self._faults["bad_delivery_epc"] += 1
            elif self._tags.booked[row] and self._tags.status[row] != Status.SOLD:
                again += 1
            else:
                if self._tags.status[row] == Status.SOLD:
                    self._tags.status[row] = Status.EXPECTED
                self._tags.booked[row] = True
        return again

    def _there_before(self, account: Account, t: float) -> int:
        """Tags that were in the building before a first delivery rather than part of it."""
        tags = self._tags
        start = tags.first_read(t)
        known = [row for row in account.rows if tags.status[row] == Status.HERE]
        return sum(
            1
            for row in known
            if tags.first[row] < t - UNBOOKED_SECONDS
            or (tags.first[row] - start < COLD_SECONDS and t - start > COLD_SECONDS)
        )

    def _count(self, fact: Stocktake) -> list[Change]:
        account = self._goods.account(fact.gtin)
        if account is None or not 0 <= fact.qty <= QTY_MOST:
            self._faults["bad_line"] += 1
            return []
        if fact.zone is not None and self._places.zone(fact.zone) == NOWHERE:
            self._faults["unknown_zone"] += 1
            return []
        self._counts.enter(account, fact)
        self._heard(account, fact.t)
        self._goods.touch(account.gtin)
        return [LedgerLine(fact.t, account.gtin, "counted", fact.qty, zone=fact.zone, ref=fact.id)]

    def _heard(self, account: Account, t: float) -> None:
        account.heard = t if account.heard is None else max(account.heard, t)

    def _zone_id(self, zone: int) -> str | None:
        return None if zone == NOWHERE else self._places.zones[zone]
