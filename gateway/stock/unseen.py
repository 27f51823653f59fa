"""How many units there are of which no tag is known, and how many of them lie on the shelf floor.

Books say how many there should be; `unread` weighs that against how tags and books differ in this
store, `filling` against how full its shelves are kept.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from gateway.stock import answer
from gateway.stock.book import Account, ZoneCount, trust
from gateway.stock.filling import Filling
from gateway.stock.goods import Goods
from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import Tags
from gateway.stock.unread import Unread

FRESH_SECONDS = 150.0
"""Units delivered so short ago may simply not have been read yet."""
BEFORE_NOTE_SECONDS = 180.0
"""Delivered goods may be read so long before their note is entered."""
FIRST_LESSON, LAST_LESSON = 8.0, 300.0
"""Seconds of listening after which books and tags are first compared; again each time after twice
as long, until they are compared every minute anyway."""
DOUBTS_A_TURN = 150
"""So many answers are made anew at once for that; the others wait for the next minute."""
WEIGHED_MOST = 12
"""Beyond so many unread units goods carry no tags, and how full a shelf is says nothing of them."""
MISCOUNTED, FAR_OFF = 0.05, 0.001
"""Share of people's counts of a GTIN in a zone that are off by one, and by more."""
AGAIN = 1e-4
"""Share of them that are still off when somebody found the same units beyond the tags again."""
LIKELY = 1e-4
"""Less likely numbers of units are not looked at."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Unseen:
    """Units of the books that antennas have not found."""

    def __init__(
        self, layout: Layout, places: Places, tags: Tags, goods: Goods, presence: Presence
    ) -> None:
        self._tags, self._goods = tags, goods
        self._unread = Unread()
        self._filling = Filling(layout, places, tags, presence.lessons)
        self._all_watched = bool((places.watched | ~places.storage).all())
        self._backs: list[int] = np.flatnonzero(places.are(ZoneKind.BACKROOM)).tolist()
        self._only_back = self._backs[0] if len(self._backs) == 1 else NOWHERE
        self._lesson = FIRST_LESSON / 2

    def learn(self, now: float) -> None:
        """Compare every settled book with its tags, and look how full shelves are."""
        self._learn(self._beyond_tags(), now)

    def learn_early(self, now: float) -> None:
        """At first, seconds decide how many tags are unread: learn, and answer anew."""
        listened = self._listened(now)
        if not FIRST_LESSON <= 2 * self._lesson <= listened < LAST_LESSON:
            return
        self._lesson = listened
        beyond = self._beyond_tags()
        self._learn(beyond, now)
        doubtful = [number for number, (*_, more) in enumerate(beyond) if more and more > 0]
        for number in doubtful[:DOUBTS_A_TURN]:
            self._goods.doubt(number)

    def weigh(
        self, account: Account, units: int, now: float, *, deaf: bool
    ) -> tuple[Floats, Floats | None]:
        """How many units in the book without a known tag are there, and how many on their shelf.

        Args:
            units: how many there are in the book.
            deaf: no antenna hears.

        Answers P(k of them are there), and P(j lie on the shelves that the planogram names); None
        where that is unknown.
        """
        sure = trust(account, now)
        if not self._all_watched or deaf:
            return answer.booked(units, sure), None
        returned = min(units, account.brought_back)
        known = min(units, returned + account.confirmed)
        arrivals = account.arriving(now)
        arriving, fresh = self._arriving(account, arrivals, units - known, now)
        settled = units - known - arriving
        shelved = None
        # What is known to be there may still lie on its shelf or behind it, as any unread unit.
        somewhere = settled + known - returned
        if somewhere <= WEIGHED_MOST:
            shelved = self._shelved(account, np.arange(somewhere + 1))
        tags = self._goods.in_book(account)
        bare = not self._goods.ever_read(account)
        seen = None
        if shelved is not None and settled == units:
            seen = _seen(account, units, shelved)
        spread = self._unread.spread(
            tags, answer.booked(settled, sure), bare=bare, learned=not arrivals, seen=seen
        )
        if arriving:
            booked = answer.booked(arriving, sure)
            late = self._unread.spread(tags, booked, bare=bare, learned=False)
            spread = np.convolve(spread, fresh * booked + (1 - fresh) * late)
        if known:
            spread = np.convolve(spread, answer.booked(known, sure))
        # What came back is taken home to its shelf, what comes in lies in the back room until a
        # count finds it elsewhere.
        likely = np.flatnonzero(spread > LIKELY)
        brought = max(0, arriving - account.delivered) if self._backs else 0
        home = np.minimum(likely, returned + brought)
        unread = np.maximum(0, likely - home - (arriving - brought))
        if shelved is not None:
            shelved = shelved[unread]
        elif somewhere > WEIGHED_MOST:
            shelved = self._shelved(account, unread)
        if shelved is None:
            return spread, None
        return spread, _on_shelf(spread, likely, home, shelved)

    def _shelved(self, account: Account, unread: Ints) -> Floats | None:
        """P(shelves and counts as they were, j of k unread units on the planned shelf), [k, j]."""
        if self._lies_elsewhere(account):
            return None
        number = self._goods.number(account)
        shelved = self._filling.shelved(number, unread)
        if shelved is None or not account.counted:
            return shelved
        lying = np.arange(shelved.shape[1])
        read, shelf = self._goods.ever_read(account), self._filling.zone_of(number)
        for zone, found in account.counted.items():
            if found.read != read:
                continue
            if zone == shelf:
                shelved = shelved * _found(found, lying)
            elif zone == self._only_back:
                shelved = shelved * _found(found, unread[:, None] - lying)
        return shelved

    def _lies_elsewhere(self, account: Account) -> bool:
        """Whether people found units where neither the planogram nor a back room has them."""
        if not account.lying:
            return False
        usual = {self._filling.zone_of(self._goods.number(account)), *self._backs}
        return not usual.issuperset(account.known_lying())

    def _arriving(
        self, account: Account, arrivals: list[tuple[float, int]], unseen: int, now: float
    ) -> tuple[int, float]:
        """Delivered units not read yet, and P(antennas had no fair chance yet to read them)."""
        if not arrivals or not unseen:
            return 0, 0.0
        before, newest = arrivals[0][0] - BEFORE_NOTE_SECONDS, arrivals[-1][0]
        found = int((self._tags.first[self._goods.live(account)] >= before).sum())
        waiting = min(unseen, max(0, sum(units for _, units in arrivals) - found))
        return waiting, math.exp(-max(0.0, now - newest) / FRESH_SECONDS)

    def _beyond_tags(self) -> list[tuple[int, int, int | None]]:
        """Of every account: tags in its book, tags ever read, and units in its book beyond those
        tags; None with no book."""
        booked, read = self._goods.tallies()
        return [
            (
                tags,
                ever,
                None if one.book is None else one.book - one.brought_back - one.confirmed - tags,
            )
            for one, tags, ever in zip(self._goods.accounts, booked, read, strict=True)
        ]

    def _learn(self, beyond: list[tuple[int, int, int | None]], now: float) -> None:
        gtins = [account.gtin for account in self._goods.accounts]
        self._filling.learn(gtins, np.array([more in {None, 0} for *_, more in beyond], np.bool_))
        cases: Counter[tuple[int, int]] = Counter()
        bare: Counter[int] = Counter()
        seen: list[tuple[int, int, Floats]] = []
        for account, (tags, ever, more) in zip(self._goods.accounts, beyond, strict=True):
            if more is None or account.arriving(now):
                continue
            if not ever:
                if more > 0:
                    bare[more] += 1
                continue
            shelved = None
            if tags and 0 <= more <= WEIGHED_MOST and (more or account.moved):
                shelved = self._shelved(account, np.arange(more + 1))
            if shelved is None:
                cases[tags, more] += 1
            else:
                seen.append((tags, *_seen(account, more, shelved)))
        self._unread.learn(cases, bare, self._listened(now), seen)

    def _listened(self, now: float) -> float:
        """Seconds since the first read of all."""
        return now - self._tags.first_read(now)


def _seen(account: Account, more: int, shelved: Floats) -> tuple[int, Floats]:
    """What the book had beyond the tags before counts moved it, and P(seen | k unread)."""
    likely = shelved.sum(axis=1)
    return more - (account.moved or 0), likely / likely.max()


def _on_shelf(spread: Floats, likely: Ints, home: Ints, shelved: Floats) -> Floats:
    """P(j units lie on their shelf), j = 0, 1, ….

    Args:
        spread: P(k of them are there).
        likely: the k that are looked at.
        home: how many of each k are known to lie there.
        shelved: for each k, how likely j of its others lie there, but for a factor; [k, j].
    """
    each = shelved * (spread[likely] / shelved.sum(axis=1))[:, None]
    chance = np.zeros(len(spread))
    for first, one in zip(home.tolist(), each, strict=True):
        chance[first : first + len(one)] += one
    return np.asarray(chance / chance.sum(), np.float64)


def _found(count: ZoneCount, lying: Ints) -> Floats:
    """P(count), had so many unread units lain in its zone."""
    off = np.abs(lying - count.beyond)
    once = np.select([off == 0, off == 1], [1 - MISCOUNTED, MISCOUNTED / 2], FAR_OFF)
    if count.again:
        once[off > 0] *= AGAIN
    return np.asarray(once, np.float64)
