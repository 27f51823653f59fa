"""What must outlive a power cut: each GTIN's book and where its tags were last believed."""

from __future__ import annotations

import json

import numpy as np

from gateway.changes import Change, Remember
from gateway.stock.book import Account
from gateway.stock.goods import Goods
from gateway.stock.layout import Item
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import AWAY, Presence
from gateway.stock.tags import FOREIGN, Status, Tags


class Memory:
    """One piece of text per GTIN, written anew when book, holds or a tag's told place changed."""

    def __init__(self, places: Places, tags: Tags, goods: Goods, presence: Presence) -> None:
        self._places, self._tags, self._goods = places, tags, goods
        self._presence = presence
        self._written: dict[str, str] = {}
        self._marks: dict[str, object] = {}
        self._tag_marks = np.zeros((0, 2), np.int32)

    def changed(self) -> list[Change]:
        """Memories that differ from what was last written."""
        dirty = self._dirty_tags()
        changes: list[Change] = []
        for number, account in enumerate(self._goods.accounts):
            mark = (account.book, account.booked_at, account.unavailable, *account.lying.items())
            if number not in dirty and self._marks.get(account.gtin) == mark:
                continue
            self._marks[account.gtin] = mark
            text = self._text(account)
            if text is not None and text != self._written.get(account.gtin):
                self._written[account.gtin] = text
                changes.append(Remember("stock", f"gtin:{account.gtin}", text))
        return changes

    def restore(self, gtin: str, text: str, now: float) -> None:
        """Take one GTIN back; raises `ValueError`, `KeyError` or `TypeError` on foreign text."""
        said = json.loads(text)
        account = self._goods.account(gtin)
        if account is None:
            return
        account.book, account.booked_at = said["book"], said["booked_at"]
        account.counted_at, account.unavailable = said["counted_at"], int(said["unavailable"])
        account.heard = said["heard"]
        lying = {self._places.zone(zone): int(qty) for zone, qty in said["lying"].items()}
        account.lying = {zone: qty for zone, qty in lying.items() if zone != NOWHERE}
        for urn, status, zone, here, last, booked in said["tags"]:
            self._restore_tag(gtin, urn, (status, zone, here, last, booked), now)
        self._written[account.gtin] = text

    def _restore_tag(
        self, gtin: str, urn: str, said: tuple[int, str | None, int, float | None, bool], now: float
    ) -> None:
        tags = self._tags
        status, zone, here, last, booked = said
        row = tags.of_item(Item(urn, gtin))
        if row == FOREIGN:
            return
        self._goods.take_tags()
        tags.status[row] = Status(status)
        tags.booked[row] = booked
        home = self._places.zone(zone)
        if status == Status.HERE:
            self._presence.place(np.array([row]), home, now)
            if not here:
                tags.belief[row] = (0.0, 0.02, 0.03, 0.95)
            else:
                tags.told[row] = home
        tags.home[row] = home
        if last is not None:
            tags.last[row] = tags.first[row] = last
        if status == Status.SOLD:
            tags.sold[row] = last if last is not None else now

    def _dirty_tags(self) -> set[int]:
        tags, n = self._tags, self._tags.count
        marks = np.stack([tags.told[:n], tags.status[:n]], axis=1).astype(np.int32)
        old = len(self._tag_marks)
        moved = np.ones(n, np.bool_)
        moved[:old] = (marks[:old] != self._tag_marks).any(axis=1)
        self._tag_marks = marks
        return set(tags.account[:n][moved].tolist())

    def _text(self, account: Account) -> str | None:
        if account.book is None and not account.rows and not account.unavailable:
            return None
        tags = self._tags
        listed = []
        for row in account.rows:
            last = float(tags.last[row])
            home = int(tags.home[row])
            listed.append(
                (
                    tags.urns[row],
                    int(tags.status[row]),
                    None if home == NOWHERE else self._places.zones[home],
                    int(tags.belief[row, AWAY] < 0.5),
                    None if np.isnan(last) else round(last, 1),
                    bool(tags.booked[row]),
                )
            )
        said = {
            "book": account.book,
            "booked_at": account.booked_at,
            "counted_at": account.counted_at,
            "heard": account.heard,
            "unavailable": account.unavailable,
            "lying": {self._places.zones[z]: q for z, q in account.lying.items() if z != NOWHERE},
            "tags": listed,
        }
        return json.dumps(said, separators=(",", ":"))
