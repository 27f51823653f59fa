"""Beliefs about units put together into the published answer of each GTIN, said when it changes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Change, StockChanged
from gateway.stock import answer
from gateway.stock.book import Account, certainty
from gateway.stock.goods import Goods
from gateway.stock.hearing import Hearing
from gateway.stock.holds import Holds
from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import AWAY, HERE, HIDDEN, Presence
from gateway.stock.tags import Status, Tags
from gateway.stock.unread import Unread

STEP_EXPECTED, STEP_CHANCE, STEP_ZONE = 0.05, 0.01, 0.25
"""A change of less is not said."""
STEP_BELIEF = 0.02
"""A tag whose belief moved by less needs no new answer."""
BOOK_TRUST = 0.985
"""P(a book is right that somebody has just written)."""
COVERAGE_SECONDS = 60.0
SETTLED_SECONDS = 600.0
"""Books and tags are compared so long after the last booking."""
FRESH_SECONDS = 200.0
"""Units booked so short ago may simply not have been read yet."""
WEIGHT_SPREAD = 0.06
"""Spread of a weighed count, share of a unit for the scale itself."""


@dataclass(slots=True)
class _View:
    """What all answers of one moment share."""

    now: float
    blind_antennas: NDArray[np.bool_]
    all_blind: bool
    any_readers: bool


class Answers:
    """The last answer of every GTIN and the new one where something moved."""

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
        self._goods, self._hearing, self._presence = goods, hearing, presence
        self._said: dict[str, StockChanged] = {}
        self._unread = Unread()
        self._all_watched = bool((places.watched | ~presence.storage).all())
        self._covered = -np.inf
        self._floor = places.are(ZoneKind.SHELF)
        self._floor_ids = tuple(
            zone
            for zone, kind in zip(places.zones, places.kinds, strict=True)
            if kind is ZoneKind.SHELF
        )
        self._basis: NDArray[np.float64] = np.zeros((0, 3))
        self._blind_before: NDArray[np.bool_] = np.zeros(len(places.antennas), np.bool_)

    def changed(self, now: float, holds: Holds) -> list[Change]:
        """New answers worth saying."""
        view = self._view(now)
        self._touch_moved(now, view)
        said: list[Change] = []
        for number in self._goods.touched():
            account = self._goods.accounts[number]
            fresh = self._make(account, view, holds)
            before = self._said.get(account.gtin)
            if before is None or self._worth_saying(before, fresh):
                self._said[account.gtin] = fresh
                said.append(fresh)
        return said

    def _worth_saying(self, before: StockChanged, fresh: StockChanged) -> bool:
        return self._floor_count(before) != self._floor_count(fresh) or _moved(before, fresh)

    def _floor_count(self, said: StockChanged) -> int:
        return round(sum(said.zones.get(zone, 0.0) for zone in self._floor_ids))

    def of(self, account: Account, now: float, holds: Holds) -> StockChanged:
        """The answer of one GTIN this moment."""
        return self._make(account, self._view(now), holds)

    def _view(self, now: float) -> _View:
        blind = self._hearing.blind(now, self._layout.stale_after)
        return _View(now, blind, bool(blind.all()), len(self._places.antennas) > 0)

    def _touch_moved(self, now: float, view: _View) -> None:
        """Accounts of tags whose belief moved, and all when sight changed or time went by."""
        tags, n = self._tags, self._tags.count
        if now - self._covered >= COVERAGE_SECONDS:
            self._covered = now
            self._cover(now)
            self._touch_doubtful()
        if (view.blind_antennas != self._blind_before).any():
            self._blind_before = view.blind_antennas
            self._goods.touch_all(np.arange(len(self._goods.accounts), dtype=np.int32))
        basis = np.empty((n, 3))
        belief = tags.belief[:n]
        basis[:, 0] = belief[:, AWAY]
        basis[:, 1] = belief[:, HERE] + belief[:, HIDDEN]
        basis[:, 2] = tags.home[:n] + 1000.0 * tags.status[:n]
        old = len(self._basis)
        moved = np.ones(n, np.bool_)
        moved[:old] = (np.abs(basis[:old, :2] - self._basis[:, :2]) > STEP_BELIEF).any(axis=1)
        moved[:old] |= basis[:old, 2] != self._basis[:, 2]
        if moved.any():
            self._goods.touch_all(tags.account[:n][moved])
            kept = basis
            kept[:old][~moved[:old]] = self._basis[~moved[:old]]
            self._basis = kept

    def _touch_doubtful(self) -> None:
        for account in self._goods.accounts:
            if account.book is not None:
                self._goods.touch(account.gtin)

    def _cover(self, now: float) -> None:
        cases: Counter[tuple[int, int]] = Counter()
        booked, read = self._goods.tallies()
        for number, account in enumerate(self._goods.accounts):
            if account.book is None or account.booked_at is None:
                continue
            if now - account.booked_at > SETTLED_SECONDS:
                cases[read[number], account.book - booked[number]] += 1
        self._unread.learn(cases)

    def _make(self, account: Account, view: _View, holds: Holds) -> StockChanged:
        chances, zones, blind = self._of_tags(account, view)
        floor = self._floor_chances(account)
        unseen = account.unseen(self._goods.in_book(account))
        fresh = self._fresh(account, view)
        book = answer.booked(unseen, BOOK_TRUST * certainty(account, view.now))
        hidden = self._unread.spread(self._goods.ever_read(account), book, fresh)
        sources = ("tags",) * bool(chances) + ("book",) * (account.book is not None)
        if account.weighed is not None and account.article.unit_grams:
            spread, sources = self._weighed(account, zones), ("scale",)
        else:
            spread = np.convolve(answer.distribution(chances), hidden)
            laid = self._lay_unseen(account, hidden, zones)
            floor += [laid / unseen] * unseen if unseen else []
        judged = answer.judge(spread, self._layout.level)
        zones = self._even(zones, floor)
        return self._say(account, view, holds, judged, zones, sources, blind)

    def _say(
        self,
        account: Account,
        view: _View,
        holds: Holds,
        judged: answer.Judged,
        zones: dict[str, float],
        sources: tuple[str, ...],
        blind: bool,  # noqa: FBT001 - one caller
    ) -> StockChanged:
        reserved = holds.reserved(account.gtin)
        aside = reserved + account.unavailable
        safety = account.article.safety
        kept = self._layout.safety if safety is None else safety
        available = 0 if blind else max(0, judged.sure_of - aside - kept)
        p_some = judged.at_least(aside + 1)
        before = self._said.get(account.gtin)
        return StockChanged(
            t=view.now,
            gtin=account.gtin,
            on_hand=judged.on_hand,
            expected=round(judged.expected, 2),
            p_available=round(p_some, 4),
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
            zones={z: round(v, 2) for z, v in sorted(zones.items()) if v >= 0.005},
            heard=self._newest(account),
            sources=sources,
        )

    def _even(self, zones: dict[str, float], floor: list[float]) -> dict[str, float]:
        likely = int(answer.distribution(floor).argmax())
        return answer.even(zones, self._floor_ids, likely)

    def _floor_chances(self, account: Account) -> list[float]:
        """Chance of each tag to lie on the shop floor."""
        tags = self._tags
        rows = [row for row in account.rows if tags.status[row] == Status.HERE]
        belief = tags.belief[rows]
        placed: list[float] = (
            (belief[:, HERE] + belief[:, HIDDEN]) * self._floor[tags.home[rows]]
        ).tolist()
        return placed

    def _of_tags(self, account: Account, view: _View) -> tuple[list[float], dict[str, float], bool]:
        """Chance of each tag to be in the building, expected by zone, and whether all is blind."""
        tags = self._tags
        rows = [row for row in account.rows if tags.status[row] == Status.HERE]
        zones: dict[str, float] = {}
        if not rows:
            known = account.book is not None or account.weighed is not None
            nothing = not account.rows or view.all_blind
            return [], zones, not known and nothing
        belief = tags.belief[rows]
        placed = belief[:, HERE] + belief[:, HIDDEN]
        for home, share in zip(tags.home[rows].tolist(), placed.tolist(), strict=True):
            if home != NOWHERE:
                zone = self._places.zones[home]
                zones[zone] = zones.get(zone, 0.0) + share
        chances = (1.0 - belief[:, AWAY]).tolist()
        return chances, zones, self._blind(rows, belief, view)

    def _blind(self, rows: list[int], belief: NDArray[np.float64], view: _View) -> bool:
        """Whether no antenna that could hear one of these tags can hear."""
        if not view.blind_antennas.any():
            return False
        likely = [
            row for row, away in zip(rows, belief[:, AWAY].tolist(), strict=True) if away < 0.5
        ]
        hears = self._tags.rate[likely] > 0.03
        return bool(view.all_blind or (likely and not (hears & ~view.blind_antennas).any()))

    def _fresh(self, account: Account, view: _View) -> float:
        """P(antennas had no fair chance yet to read what was booked)."""
        if not self._all_watched or view.all_blind or account.booked_at is None:
            return 1.0
        return math.exp(-max(0.0, view.now - account.booked_at) / FRESH_SECONDS)

    def _lay_unseen(
        self, account: Account, hidden: NDArray[np.float64], zones: dict[str, float]
    ) -> float:
        """Place units that were never read: where counted or delivered, else like the others.

        Answers how many of them are expected on the shop floor.
        """
        before = sum(zones.get(zone, 0.0) for zone in self._floor_ids)
        if len(hidden) > 1:
            self._lay(account, float(hidden @ np.arange(len(hidden))), zones)
        return sum(zones.get(zone, 0.0) for zone in self._floor_ids) - before

    def _lay(self, account: Account, units: float, zones: dict[str, float]) -> None:
        lying = {zone: qty for zone, qty in account.lying.items() if zone != NOWHERE and qty > 0}
        weights = lying or self._likely_zones(account, zones)
        total = sum(weights.values())
        for zone, share in weights.items():
            name = self._places.zones[zone]
            zones[name] = zones.get(name, 0.0) + units * share / total

    def _likely_zones(self, account: Account, zones: dict[str, float]) -> dict[int, float]:
        """Where units lie that no antenna hears: with their like, and where antennas hear worst."""
        planned = [z for z, gtin in self._layout.planogram if gtin == account.gtin]
        shelves = float(self._presence.crowd[self._floor].sum())
        weights = {}
        for zone in np.flatnonzero(self._presence.storage).tolist():
            name = self._places.zones[zone]
            usual = float(self._presence.crowd[zone])
            if self._floor[zone] and planned:
                usual = shelves / len(planned) if name in planned else 0.1 * usual
            like = 0.5 * (usual + zones.get(name, 0.0))
            weights[zone] = (like + 0.01) * float(self._presence.unheard[zone])
        return weights or {0: 1.0}

    def _weighed(self, account: Account, zones: dict[str, float]) -> NDArray[np.float64]:
        """Distribution of a count by weight."""
        assert account.weighed is not None
        assert account.article.unit_grams
        units = max(0.0, account.weighed / account.article.unit_grams)
        counts = np.arange(int(units) + 4)
        width = WEIGHT_SPREAD * (1 + np.sqrt(units))
        spread = np.exp(-0.5 * ((counts - units) / width) ** 2) + 1e-12
        spread /= spread.sum()
        if account.weighed_zone != NOWHERE:
            zones[self._places.zones[account.weighed_zone]] = float(spread @ counts)
        return np.asarray(spread, np.float64)

    def _newest(self, account: Account) -> float | None:
        times = [t for t in (account.heard, account.weighed_t) if t is not None]
        if account.rows:
            last = self._tags.last[account.rows]
            if not np.isnan(last).all():
                times.append(float(np.nanmax(last)))
        return max(times) if times else None


def _moved(before: StockChanged, fresh: StockChanged) -> bool:
    same = replace(
        fresh,
        t=before.t,
        heard=before.heard,
        expected=before.expected,
        p_available=before.p_available,
        zones=before.zones,
    )
    return (
        same != before
        or abs(fresh.expected - before.expected) >= STEP_EXPECTED
        or abs(fresh.p_available - before.p_available) >= STEP_CHANCE
        or _zones_moved(before.zones, fresh.zones)
    )


def _zones_moved(before: Mapping[str, float], fresh: Mapping[str, float]) -> bool:
    return any(
        abs(fresh.get(zone, 0.0) - before.get(zone, 0.0)) >= STEP_ZONE
        for zone in before.keys() | fresh.keys()
    )
