"""One GTIN's answer, put together from its tags, its book, its scale and its holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.changes import StockChanged
from gateway.stock import answer
from gateway.stock.book import Account, trust
from gateway.stock.goods import Goods
from gateway.stock.hearing import Hearing
from gateway.stock.holds import Holds
from gateway.stock.laying import Laying
from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import AWAY, HERE, HIDDEN, Tags
from gateway.stock.unseen import Unseen

WEIGHT_SPREAD = 0.06
"""Spread of a weighed count, share of a unit for the scale itself."""
UNHEARD_WORTH = 0.85
"""What a tag is worth for a promise that was not read lately and that no antenna would miss."""
STALE_HALF_SECONDS = 1800.0
"""While nothing is heard of goods, half of what was sure about them goes in this time."""
COUNT_MOST = 10_000
YOUNG_SECONDS = 20.0
HEARS = 0.03
"""Rate from which an antenna's silence about a tag means something."""


@dataclass(slots=True)
class View:
    """What all answers of one moment share."""

    now: float
    blind: NDArray[np.bool_]
    """Antennas that have not been able to hear for too long."""
    all_blind: bool
    some_blind: bool
    young: bool
    """Antennas have only begun to hear, or may do so any moment."""


@dataclass(slots=True)
class _Units:
    """The tagged units of one GTIN at one moment."""

    chances: list[float]
    promised: list[float]
    floor: list[float]
    zones: dict[str, float]
    blind: bool


def _rounds_to_likeliest(chances: list[float]) -> bool:
    """Whether the sum of these chances plainly rounds to their most likely count.

    The mode of a Poisson-binomial is the whole number by its mean when that is nearer than a bound
    (Darroch, Annals of Mathematical Statistics 35, 1964).
    """
    mean = sum(chances)
    nearest = round(mean)
    off = mean - nearest
    if off >= 0.0:
        return off < min(0.45, 1.0 / (nearest + 2))
    return -off < min(0.45, 1.0 / (len(chances) - nearest + 2))


class Composer:
    """Makes answers."""

    def __init__(
        self,
        layout: Layout,
        places: Places,
        tags: Tags,
        goods: Goods,
        hearing: Hearing,
        presence: Presence,
    ) -> None:
        self._layout, self._places, self._tags = layout, places, tags
        self._goods, self._hearing = goods, hearing
        self._laying = Laying(layout, places, presence)
        self._unseen = Unseen(layout, places, tags, goods, presence)
        self._began: float | None = None
        self._deaf_so_far = True
        self._is_floor: list[bool] = places.are(ZoneKind.SHELF).tolist()
        self.floor_ids = self._laying.floor_ids

    def view(self, now: float) -> View:
        """What is so for all answers at `now`."""
        blind = self._hearing.blind(now, self._layout.stale_after)
        if self._began is None or (self._deaf_so_far and not blind.all()):
            self._began = now
        self._deaf_so_far &= bool(blind.all())
        self._unseen.learn_early(now)
        young = len(blind) > 0 and 0 <= now - self._began < YOUNG_SECONDS
        return View(now, blind, bool(blind.all()), bool(blind.any()), young)

    def learn(self, now: float) -> None:
        """Learn from the store, once a minute, how many units are unread, and where they lie."""
        self._unseen.learn(now)

    def make(
        self, account: Account, view: View, holds: Holds, before: StockChanged | None
    ) -> StockChanged:
        """The answer of one GTIN; `before` is the last one, for hysteresis."""
        units = self._of_tags(account, view)
        blind = units.blind
        unseen = account.unseen(len(units.chances))
        floor, laid = units.floor, np.ones(1)
        sources = ("tags",) * bool(len(units.chances)) + ("book",) * (account.book is not None)
        if self._weighs(account, view.now):
            units.zones.clear()
            spread, sources = self._weighed(account), ("scale",)
            self._laying.on_scale(account, answer.mean(spread), units.zones)
            beside = account.beside_scale(view.now)
            if beside:
                booked = answer.booked(beside, trust(account, view.now))
                spread = np.convolve(spread, booked)
                sources = ("book", "scale")
                self._laying.beside_scale(account, min(beside, account.elsewhere or 0), units.zones)
            sure, floor, unseen = spread, [], 0
            # Whoever cannot tell which of two articles lies there does not know.
            blind = account.mixed is not None and account.book is None
        else:
            spread = sure = answer.distribution(units.chances)
            if view.some_blind:
                sure = answer.distribution(units.promised)
            if unseen:
                hidden, shelved = self._unseen.weigh(account, unseen, view.now, deaf=view.all_blind)
                spread = np.convolve(spread, hidden)
                sure = np.convolve(sure, hidden) if view.some_blind else spread
                laid = self._laying.unseen(account, hidden, shelved, units.zones)
        zones = units.zones
        if unseen or (floor and not _rounds_to_likeliest(floor)):
            likely = np.convolve(answer.distribution(floor), laid)
            zones = answer.even(zones, self.floor_ids, int(likely.argmax()))
        judged = answer.judge(spread, sure, self._layout.level)
        return self._say(account, view, holds, judged, zones, sources, before, blind=blind)

    def _say(
        self,
        account: Account,
        view: View,
        holds: Holds,
        judged: answer.Judged,
        zones: dict[str, float],
        sources: tuple[str, ...],
        before: StockChanged | None,
        *,
        blind: bool,
    ) -> StockChanged:
        reserved = holds.reserved(account.gtin)
        aside = reserved + account.unavailable
        safety = account.article.safety
        kept = self._layout.safety if safety is None else safety
        available = 0 if blind else max(0, judged.sure_of - aside - kept)
        return StockChanged(
            t=view.now,
            gtin=account.gtin,
            on_hand=judged.on_hand,
            expected=round(judged.expected, 2),
            p_available=round(self._doubted(judged.at_least(aside + 1), account, view, blind), 4),
            available=available,
            state=answer.state_of(
                blind=blind,
                on_hand=judged.on_hand,
                available=available,
                p_some=judged.at_least(1),
                low=account.article.low,
                before=None if before is None else before.state,
            ),
            reserved=reserved,
            unavailable=account.unavailable,
            zones={z: round(zones[z], 2) for z in sorted(zones) if zones[z] >= 0.005},
            heard=self._newest(account),
            sources=sources,
        )

    def _doubted(self, p: float, account: Account, view: View, blind: bool) -> float:  # noqa: FBT001 - one caller
        """`p` of goods that are not seen: a yes goes stale, towards a coin's toss."""
        if not blind or p <= 0.5:
            return p
        heard = self._newest(account)
        age = math.inf if heard is None else max(0.0, view.now - heard - self._layout.stale_after)
        return 0.5 + (p - 0.5) * UNHEARD_WORTH * math.exp2(-age / STALE_HALF_SECONDS)

    def _weighs(self, account: Account, now: float) -> bool:
        """Whether a scale has spoken lately; one that fell silent is no evidence."""
        if account.weighed_t is None or not account.article.unit_grams:
            return False
        return now - account.weighed_t <= self._layout.stale_after

    def _of_tags(self, account: Account, view: View) -> _Units:
        tags = self._tags
        rows = self._goods.live(account)
        if not len(rows):
            known = account.book is not None or self._weighs(account, view.now)
            # A book of none proves nothing before antennas had time to contradict it.
            known &= not (view.young and account.book == 0)
            nothing = not account.rows or view.all_blind
            return _Units([], [], [], {}, not known and nothing)
        # A GTIN has few tags: lists are sooner done than arrays.
        belief, home = tags.belief[rows].tolist(), tags.home[rows].tolist()
        by_zone: dict[int, float] = {}
        floor = []
        for zone, state in zip(home, belief, strict=True):
            placed = 0.0 if zone == NOWHERE else state[HERE] + state[HIDDEN]
            by_zone[zone] = by_zone.get(zone, 0.0) + placed
            floor.append(placed if placed and self._is_floor[zone] else 0.0)
        zones = {self._places.zones[z]: by_zone[z] for z in sorted(by_zone) if by_zone[z]}
        chances = [1.0 - state[AWAY] for state in belief]
        if not view.some_blind:
            return _Units(chances, chances, floor, zones, blind=False)
        promised, blind = self._promised(rows, np.array(chances), view)
        return _Units(chances, promised, floor, zones, blind)

    def _promised(
        self, rows: NDArray[np.int64], chances: NDArray[np.float64], view: View
    ) -> tuple[list[float], bool]:
        """What tags are worth for a promise while some antennas cannot hear; are all unheard?"""
        tags = self._tags
        missed = ((tags.voice[rows] > HEARS) & ~view.blind).any(axis=1)
        lately = view.now - tags.last[rows] <= self._layout.stale_after
        unheard = ~(missed | lately)
        promised: list[float] = np.where(unheard, UNHEARD_WORTH * chances, chances).tolist()
        likely = chances > 0.5
        return promised, view.all_blind or bool(likely.any() and not (likely & ~unheard).any())

    def _weighed(self, account: Account) -> NDArray[np.float64]:
        """Distribution of a count by weight."""
        if account.mixed is not None:
            return account.mixed
        assert account.weighed is not None
        assert account.article.unit_grams
        units = max(0.0, account.weighed / account.article.unit_grams)
        counts = np.arange(int(min(units, COUNT_MOST)) + 4)
        width = WEIGHT_SPREAD * (1 + np.sqrt(units))
        spread = np.exp(-0.5 * ((counts - units) / width) ** 2) + 1e-12
        return np.asarray(spread / spread.sum(), np.float64)

    def _newest(self, account: Account) -> float | None:
        times = [t for t in (account.heard, account.weighed_t) if t is not None]
        if account.rows:
            heard = self._tags.last[self._goods.rows(account)].tolist()
            times += [t for t in heard if not math.isnan(t)]
        return max(times) if times else None
