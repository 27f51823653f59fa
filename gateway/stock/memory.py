"""What must outlive a power cut: each GTIN's book and where its tags were last believed."""

from __future__ import annotations

import json
import math

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Change, Remember
from gateway.stock.book import Account, ZoneCount
from gateway.stock.evidence import distinct
from gateway.stock.goods import Goods
from gateway.stock.layout import Item
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import Presence
from gateway.stock.tags import AWAY, FOREIGN, Status, Tags

FLUSH_SECONDS = 20.0
"""So long after an item's place changed it is remembered, with what else changed by then."""
WRITTEN_A_TURN = 50
"""So many GTINs' places are written in one turn; the rest follows in the next turns."""
GONE = 0.5
"""A tag is remembered as away from this belief on."""

Small = NDArray[np.int8] | NDArray[np.int16]


class Memory:
    """One piece of text per GTIN, written anew when book, holds or a tag's place changed."""

    def __init__(self, places: Places, tags: Tags, goods: Goods, presence: Presence) -> None:
        self._places, self._tags, self._goods = places, tags, goods
        self._presence = presence
        self._written: dict[str, str] = {}
        self._status: NDArray[np.int8] = np.zeros(0, np.int8)
        self._told: NDArray[np.int16] = np.zeros(0, np.int16)
        self._away: NDArray[np.int8] = np.zeros(0, np.int8)
        self._waiting: dict[int, float] = {}
        self._restored: dict[int, tuple[int, bool, float]] = {}

    def changed(self, now: float) -> list[Change]:
        """Memories that differ from what was last written.

        What was sold, booked or counted is remembered at once, places of items now and then: they
        are found again by the antennas.
        """
        numbers = self._goods.entered()
        numbers += self._accounts(self._differs(self._status, self._tags.status))
        n = self._tags.count
        # Doubt comes long before anybody is told that an item departed.
        away = (self._tags.belief[:n, AWAY] >= GONE).astype(np.int8)
        moved = self._differs(self._told, self._tags.told) | self._differs(self._away, away)
        for number in self._accounts(moved):
            self._waiting.setdefault(number, now)
        for number in numbers:
            self._waiting.pop(number, None)
        numbers += self._due(now)
        self._status, self._told = self._tags.status[:n].copy(), self._tags.told[:n].copy()
        self._away = away
        return [
            change for number in dict.fromkeys(sorted(numbers)) for change in self._write(number)
        ]

    def rest(self, now: float) -> list[Change]:
        """All that differs from what was last written: when tags were heard, and how well, too."""
        said = self.changed(now)
        self._waiting = {}
        return said + [
            change for number in range(len(self._goods.accounts)) for change in self._write(number)
        ]

    def _due(self, now: float) -> list[int]:
        """Accounts that have waited long enough, those that waited longest first."""
        waited = [n for n, since in self._waiting.items() if not 0 <= now - since < FLUSH_SECONDS]
        due = waited[:WRITTEN_A_TURN]
        for number in due:
            del self._waiting[number]
        return due

    def _write(self, number: int) -> list[Change]:
        account = self._goods.accounts[number]
        text = self._text(account)
        if text is None or text == self._written.get(account.gtin):
            return []
        self._written[account.gtin] = text
        return [Remember("stock", f"gtin:{account.gtin}", text)]

    def _differs(self, before: Small, column: Small) -> NDArray[np.bool_]:
        moved = np.ones(self._tags.count, np.bool_)
        moved[: len(before)] = column[: len(before)] != before
        return moved

    def _accounts(self, moved: NDArray[np.bool_]) -> list[int]:
        if not moved.any():
            return []
        return [
            number for number in distinct(self._tags.account[: len(moved)][moved]) if number >= 0
        ]

    def restore(self, gtin: str, text: str, now: float) -> None:
        """Take one GTIN back; raises `ValueError`, `KeyError` or `TypeError` on foreign text."""
        said = json.loads(text)
        account = self._goods.account(gtin)
        if account is None:
            return
        account.book, account.booked_at = said["book"], said["booked_at"]
        account.counted_at, account.unavailable = said["counted_at"], int(said["unavailable"])
        # Tags that were known by then are no longer told from what came back before.
        account.returns_from = now if account.unavailable else None
        account.heard, account.whole_at = said["heard"], said.get("whole_at")
        lying = {self._places.zone(zone): int(qty) for zone, qty in said["lying"].items()}
        account.lying = {zone: qty for zone, qty in lying.items() if zone != NOWHERE}
        account.confirmed = int(said.get("confirmed", 0))
        account.delivered = int(said.get("delivered", 0))
        moved = said.get("moved", 0)
        account.moved = None if moved is None else int(moved)
        for name, (beyond, again, read) in said.get("counted", {}).items():
            if self._places.zone(name) != NOWHERE:
                count = ZoneCount(int(beyond), bool(again), int(read))
                account.counted[self._places.zone(name)] = count
        for urn, status, zone, here, last, booked, rate in said["tags"]:
            self._restore_tag(gtin, urn, (status, zone, here, last, booked, rate), now)
        self._written[account.gtin] = text

    def lay(self, now: float) -> None:
        """Put the restored tags where they lay: by zones, as one by one takes far longer."""
        restored, self._restored = self._restored, {}
        rows = np.fromiter(restored, np.int64, len(restored))
        homes = np.array([home for home, _, _ in restored.values()], np.int16)
        here = np.array([here for _, here, _ in restored.values()], np.bool_)
        rates = np.array([rate for _, _, rate in restored.values()])
        for zone in distinct(homes):
            mine = homes == zone
            self._presence.place(rows[mine], zone, now, strength=rates[mine])
        self._tags.belief[rows[~here]] = (0.0, 0.02, 0.03, 0.95)
        self._tags.told[rows[here]] = homes[here]

    def _restore_tag(
        self,
        gtin: str,
        urn: str,
        said: tuple[int, str | None, int, float | None, bool, float],
        now: float,
    ) -> None:
        tags = self._tags
        status, zone, here, last, booked, rate = said
        row = tags.of_item(Item(urn, gtin))
        if row == FOREIGN:
            return
        self._goods.take_tags()
        tags.status[row] = Status(status)
        tags.booked[row] = booked
        home = self._places.zone(zone)
        if status == Status.HERE:
            self._restored[row] = home, bool(here), max(0.0, min(1.0, rate))
        tags.home[row] = home
        if last is not None:
            last = min(last, now)
            tags.last[row] = tags.first[row] = last
        if status == Status.SOLD:
            tags.sold[row] = last if last is not None else now

    def _text(self, account: Account) -> str | None:
        if account.book is None and not account.rows and not account.unavailable:
            return None
        said = {
            "book": account.book,
            "booked_at": account.booked_at,
            "counted_at": account.counted_at,
            "heard": account.heard,
            "unavailable": account.unavailable,
            "delivered": account.delivered,
            "lying": {self._places.zones[z]: q for z, q in account.lying.items() if z != NOWHERE},
            "tags": self._listed(account),
            **self._counts(account),
        }
        if account.confirmed:
            said["confirmed"] = account.confirmed
        if account.whole_at is not None:
            said["whole_at"] = account.whole_at
        return json.dumps(said, separators=(",", ":"))

    def _counts(self, account: Account) -> dict[str, object]:
        """Counts of single zones; most GTINs have none."""
        zones = self._places.zones
        counted = {zones[z]: (c.beyond, int(c.again), c.read) for z, c in account.counted.items()}
        told = counted or account.moved != 0
        return {"moved": account.moved, "counted": counted} if told else {}

    def _listed(self, account: Account) -> list[tuple[object, ...]]:
        tags, rows = self._tags, self._goods.rows(account)
        columns = zip(
            account.rows,
            tags.status[rows].tolist(),
            tags.home[rows].tolist(),
            (tags.belief[rows, AWAY] < GONE).tolist(),
            tags.last[rows].tolist(),
            tags.booked[rows].tolist(),
            tags.best[rows].tolist(),
            strict=True,
        )
        return [
            (
                tags.urns[row],
                status,
                None if home == NOWHERE else self._places.zones[home],
                int(here),
                None if math.isnan(last) else round(last, 1),
                booked,
                round(best, 2),
            )
            for row, status, home, here, last, booked, best in columns
        ]
