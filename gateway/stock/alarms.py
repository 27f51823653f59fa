"""Things a person should look at: stock that only the book has, a shelf to be filled from the back.

Each is said once when it has been so for a while and taken back when it is over.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.changes import Alert, Change, StockChanged, StockState
from gateway.stock.goods import Goods
from gateway.stock.layout import Layout, ZoneKind

REVIEW_SECONDS = 30.0
EMPTY_SECONDS = 300.0
PHANTOM_SECONDS = 3600.0


class Alarms:
    """Watches the answers that were said."""

    def __init__(self, layout: Layout, goods: Goods) -> None:
        self._goods = goods
        kinds = {zone.id: zone.kind for zone in layout.zones}
        self._shelves = frozenset(z for z, kind in kinds.items() if kind is ZoneKind.SHELF)
        self._backs = frozenset(z for z, kind in kinds.items() if kind is ZoneKind.BACKROOM)
        self._readers = bool(layout.antennas)
        self._since: dict[tuple[str, str], float] = {}
        self._told: set[tuple[str, str]] = set()
        self._reviewed = float("-inf")

    def changed(self, now: float, said: Mapping[str, StockChanged]) -> list[Change]:
        """Alerts that begin or end."""
        if 0 <= now - self._reviewed < REVIEW_SECONDS:
            return []
        self._reviewed = now
        changes: list[Change] = []
        for account in self._goods.accounts:
            answer = said.get(account.gtin)
            if answer is None:
                continue
            empty = self._shelf_empty(answer)
            changes += self._weigh(now, "shelf_empty", account.gtin, EMPTY_SECONDS, empty)
            phantom = self._phantom(answer, account.book or 0)
            changes += self._weigh(now, "phantom_stock", account.gtin, PHANTOM_SECONDS, phantom)
        return changes

    def _shelf_empty(self, answer: StockChanged) -> str:
        floor = sum(n for zone, n in answer.zones.items() if zone in self._shelves)
        back = sum(n for zone, n in answer.zones.items() if zone in self._backs)
        if self._shelves and floor < 0.5 <= 0.9 < back and answer.state is not StockState.UNKNOWN:
            return f"none on the shelf, {round(back)} in the back"
        return ""

    def _phantom(self, answer: StockChanged, book: int) -> str:
        missing = book - answer.on_hand
        if self._readers and missing > 0 and answer.state is not StockState.UNKNOWN:
            return f"the book says {book}, the sensors {answer.on_hand}"
        return ""

    def _weigh(self, now: float, kind: str, gtin: str, patience: float, why: str) -> list[Change]:
        key = (kind, gtin)
        if not why:
            self._since.pop(key, None)
            if key in self._told:
                self._told.discard(key)
                return [Alert(now, kind, gtin, over=True)]
            return []
        since = self._since.setdefault(key, now)
        if key in self._told or now - since < patience:
            return []
        self._told.add(key)
        return [Alert(now, kind, gtin, why)]
