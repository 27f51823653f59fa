"""The published answer of each GTIN: which need making anew, and which are worth saying."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Change, StockChanged, StockState
from gateway.stock.answer import on_floor
from gateway.stock.book import Account
from gateway.stock.composing import Composer, View
from gateway.stock.evidence import distinct
from gateway.stock.goods import Goods
from gateway.stock.holds import Holds
from gateway.stock.tags import AWAY, HERE, HIDDEN, Tags

STEP_EXPECTED, STEP_CHANCE, STEP_ZONE = 0.05, 0.01, 0.25
"""A change of less is not said."""
STEP_BELIEF, STEP_GONE = 0.05, 0.01
"""A tag whose belief moved by less needs no new answer; of one that is nearly gone, half of what is
left of its belief does, down to the second."""
REVIEW_SECONDS = 60.0
"""How often books are compared with tags, and answers that rest on more than tags made anew."""
REVIEW_WITHIN = 50.0
"""Spread over so many seconds."""
BOOK_REVIEWS, TAG_REVIEWS = 3, 15
"""What is learned of books moves slowly: answers that rest on them have their turn in so many
reviews; the others, where small steps of belief may add up, in so many."""
ANSWERS_A_TURN = 150
"""Answers made anew in one turn because beliefs moved; the rest follows in the next turns. What a
person or the till said is answered at once and does not count."""


class Answers:
    """The last answer of every GTIN."""

    def __init__(self, tags: Tags, goods: Goods, composer: Composer) -> None:
        self._tags, self._goods, self._composer = tags, goods, composer
        self.said: dict[str, StockChanged] = {}
        # Of those the floor's count, where it was asked for.
        self._floor_said: dict[str, int] = {}
        self._reviewed = -np.inf
        # What was believed of every tag when its answer was last made anew.
        self._away: NDArray[np.float64] = np.zeros(0)
        self._here: NDArray[np.float64] = np.zeros(0)
        self._home: NDArray[np.int16] = np.zeros(0, np.int16)
        self._status: NDArray[np.int8] = np.zeros(0, np.int8)
        self._blind_before: NDArray[np.bool_] | None = None
        self._young = False
        self._waiting: dict[int, None] = {}
        self._to_review: list[int] = []
        self._reviews = self._in_review = 0

    def changed(self, now: float, holds: Holds) -> list[Change]:
        """New answers worth saying."""
        view = self._composer.view(now)
        self._note_moved(now, view)
        numbers = self._goods.touched()
        for number in list(self._waiting)[:ANSWERS_A_TURN]:
            del self._waiting[number]
            numbers.append(number)
        left = math.floor(self._in_review * max(0.0, 1.0 - (now - self._reviewed) / REVIEW_WITHIN))
        numbers += self._to_review[left:]
        del self._to_review[left:]
        said: list[Change] = []
        for number in dict.fromkeys(numbers):
            account = self._goods.accounts[number]
            before = self.said.get(account.gtin)
            fresh = self._composer.make(account, view, holds, before)
            if before is None or self._worth_saying(before, fresh):
                self.said[account.gtin] = fresh
                self._floor_said.pop(account.gtin, None)
                said.append(fresh)
        return said

    def of(self, account: Account, now: float, holds: Holds) -> StockChanged:
        """The answer of one GTIN this moment."""
        before = self.said.get(account.gtin)
        return self._composer.make(account, self._composer.view(now), holds, before)

    def _note_moved(self, now: float, view: View) -> None:
        """Accounts of tags whose belief moved, and those that rest on sight when it changed."""
        if not 0 <= now - self._reviewed < REVIEW_SECONDS:
            self._reviewed = now
            self._composer.learn(now)
            self._review(view)
        if self._blind_before is None or (view.blind != self._blind_before).any():
            self._blind_before = view.blind
            self._waiting.update(dict.fromkeys(range(len(self._goods.accounts))))
        if self._young and not view.young:
            for number, account in enumerate(self._goods.accounts):
                if self._unknown(account):
                    self._waiting[number] = None
        self._young = view.young
        moved = self._moved_tags()
        if len(moved):
            accounts = distinct(self._tags.account[moved])
            self._waiting.update(dict.fromkeys(one for one in accounts if one >= 0))

    def _review(self, view: View) -> None:
        """Note which answers are made anew by and by, though nothing moved them."""
        self._waiting.update(dict.fromkeys(self._to_review))
        self._reviews += 1
        in_book, _ = self._goods.tallies()
        self._to_review = [
            number
            for number, account in enumerate(self._goods.accounts)
            if (number + self._reviews) % self._turns(account, in_book[number], view) == 0
        ]
        self._in_review = len(self._to_review)

    def _turns(self, account: Account, in_book: int, view: View) -> int:
        """In how many reviews an answer has its turn."""
        ages = view.some_blind or account.weighed is not None or self._unknown(account)
        if ages or account.arriving(view.now):
            return 1
        return BOOK_REVIEWS if account.unseen(in_book) else TAG_REVIEWS

    def _unknown(self, account: Account) -> bool:
        before = self.said.get(account.gtin)
        return before is not None and before.state is StockState.UNKNOWN

    def _moved_tags(self) -> NDArray[np.int64]:
        """Rows whose belief or place moved since they were last among these; new rows."""
        tags, n, old = self._tags, self._tags.count, len(self._away)
        away, here = tags.belief[:n, AWAY], tags.belief[:n, HERE] + tags.belief[:n, HIDDEN]
        moved = np.ones(n, np.bool_)
        nearly_gone = np.clip(0.5 * (1.0 - self._away), STEP_GONE, STEP_BELIEF)
        moved[:old] = _stepped(away[:old], self._away, nearly_gone)
        moved[:old] |= _stepped(here[:old], self._here, STEP_BELIEF)
        moved[:old] |= tags.home[:old] != self._home
        moved[:old] |= tags.status[:old] != self._status
        rows = np.flatnonzero(moved)
        if n > old:
            more = n - old
            self._away, self._here = np.pad(self._away, (0, more)), np.pad(self._here, (0, more))
            self._home = np.pad(self._home, (0, more))
            self._status = np.pad(self._status, (0, more))
        self._away[rows], self._here[rows] = away[rows], here[rows]
        self._home[rows], self._status[rows] = tags.home[rows], tags.status[rows]
        return rows

    def _worth_saying(self, before: StockChanged, fresh: StockChanged) -> bool:
        if _moved(before, fresh):
            return True
        floor = self._floor_said.get(before.gtin)
        if floor is None:
            floor = self._floor_said[before.gtin] = self._floor_count(before)
        return floor != self._floor_count(fresh)

    def _floor_count(self, said: StockChanged) -> int:
        return round(on_floor(said.zones, self._composer.floor_ids))


def _stepped(
    now: NDArray[np.float64], before: NDArray[np.float64], step: NDArray[np.float64] | float
) -> NDArray[np.bool_]:
    change = now - before
    np.abs(change, out=change)
    return np.asarray(change > step)


def _moved(before: StockChanged, fresh: StockChanged) -> bool:
    return (
        _plain(fresh) != _plain(before)
        or abs(fresh.expected - before.expected) >= STEP_EXPECTED
        or abs(fresh.p_available - before.p_available) >= STEP_CHANCE
        or _zones_moved(before.zones, fresh.zones)
    )


def _plain(said: StockChanged) -> tuple[object, ...]:
    """What is worth saying however little it changes."""
    return (
        said.on_hand,
        said.available,
        said.state,
        said.reserved,
        said.unavailable,
        said.sources,
    )


def _zones_moved(before: Mapping[str, float], fresh: Mapping[str, float]) -> bool:
    for zone, units in fresh.items():
        if abs(units - before.get(zone, 0.0)) >= STEP_ZONE:
            return True
    if before.keys() <= fresh.keys():
        return False
    return any(units >= STEP_ZONE for zone, units in before.items() if zone not in fresh)
