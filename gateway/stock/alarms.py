"""Things a person should look at: said when it has been so for a while, and taken back.

Said again only when it has become otherwise, and not oftener than after the same while.

`phantom_stock`: the book has units that the sensors do not find. `shelf_empty`, `shelf_short`:
none, or hardly any, of what the planogram gives room for, and the back room has more.
`misplaced`: units on a shelf that is not theirs. `cloned_tag`: one EPC in two places.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.changes import Alert, Change, StockChanged, StockState
from gateway.stock.astray import Astray
from gateway.stock.clones import Clones
from gateway.stock.goods import Goods
from gateway.stock.layout import Layout, ZoneKind

REVIEW_SECONDS = 30.0
EMPTY_SECONDS = 300.0
PHANTOM_SECONDS = 3600.0
MISPLACED_SECONDS = 300.0
CLONED_SECONDS = 900.0
SHORT = 0.25
"""A shelf with so much of its capacity, or less, is short."""


class Alarms:
    """Watches the answers that were said, and the tags."""

    def __init__(self, layout: Layout, goods: Goods, astray: Astray, clones: Clones) -> None:
        self._goods, self._astray, self._clones = goods, astray, clones
        kinds = {zone.id: zone.kind for zone in layout.zones}
        self._shelves = frozenset(z for z, kind in kinds.items() if kind is ZoneKind.SHELF)
        self._backs = sorted(z for z, kind in kinds.items() if kind is ZoneKind.BACKROOM)
        self._room: dict[str, dict[str, int]] = {}
        for (zone, gtin), capacity in layout.planogram.items():
            if zone in self._shelves:
                self._room.setdefault(gtin, {})[zone] = capacity
        self._readers = bool(layout.antennas)
        self._since: dict[tuple[str, str], float] = {}
        self._told: dict[tuple[str, str], tuple[float, str]] = {}
        self._reviewed = float("-inf")

    def changed(self, now: float, said: Mapping[str, StockChanged]) -> list[Change]:
        """Alerts that begin or end."""
        if 0 <= now - self._reviewed < REVIEW_SECONDS:
            return []
        self._reviewed = now
        empty, short, phantom = {}, {}, {}
        for account in self._goods.accounts:
            gtin, book = account.gtin, account.book or 0
            answer = said.get(gtin)
            if answer is None or answer.state is StockState.UNKNOWN:
                continue
            empty[gtin], short[gtin] = self._to_fill(answer)
            if self._readers and book > answer.on_hand:
                phantom[gtin] = f"the book says {book}, the sensors {answer.on_hand}"
        return [
            *self._weigh(now, "shelf_empty", EMPTY_SECONDS, empty),
            *self._weigh(now, "shelf_short", EMPTY_SECONDS, short),
            *self._weigh(now, "phantom_stock", PHANTOM_SECONDS, phantom),
            *self._weigh(now, "misplaced", MISPLACED_SECONDS, self._astray.by_gtin()),
            *self._weigh(now, "cloned_tag", CLONED_SECONDS, self._clones.now(now)),
        ]

    def _to_fill(self, answer: StockChanged) -> tuple[str, str]:
        """Why the GTIN's shelf is empty, and why it is short."""
        room = self._room.get(answer.gtin, {})
        mine = room or self._shelves
        back = sum([answer.zones.get(zone, 0.0) for zone in self._backs])
        if back <= 0.9 or not mine:
            return "", ""
        floor = sum([n for zone, n in answer.zones.items() if zone in mine])
        if floor < 0.5:
            return f"none on the shelf, {round(back)} in the back", ""
        capacity = sum(room.values())
        if round(floor) <= SHORT * capacity:
            return "", f"{round(floor)} of {capacity} on the shelf, {round(back)} in the back"
        return "", ""

    def _weigh(
        self, now: float, kind: str, patience: float, why: Mapping[str, str]
    ) -> list[Change]:
        """Alerts of one kind; `why` by subject, those without a reason may be left out."""
        changes: list[Change] = []
        for key in [key for key in self._since if key[0] == kind and not why.get(key[1])]:
            del self._since[key]
            if self._told.pop(key, None) is not None:
                changes.append(Alert(now, kind, key[1], over=True))
        for subject, reason in why.items():
            if not reason:
                continue
            key = (kind, subject)
            since = self._since.setdefault(key, now)
            # A clock set back must not silence it.
            self._since[key] = since = min(since, now)
            before, known = self._told.get(key, (since, ""))
            if reason != known and now - before >= patience:
                self._told[key] = now, reason
                changes.append(Alert(now, kind, subject, reason))
        return changes
