"""What must outlive a power cut: each GTIN's book and where its tags were last believed."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Change, Remember
from gateway.stock.book import Account
from gateway.stock.goods import Goods
from gateway.stock.layout import Item
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import AWAY, Presence
from gateway.stock.tags import FOREIGN, Status, Tags

FLUSH_SECONDS = 20.0
"""How often changed places of items are remembered."""

Small = NDArray[np.int8] | NDArray[np.int16]


class Memory:
    """One piece of text per GTIN, written anew when book, holds or a tag's told place changed."""

    def __init__(self, places: Places, tags: Tags, goods: Goods, presence: Presence) -> None:
        self._places, self._tags, self._goods = places, tags, goods
        self._presence = presence
        self._written: dict[str, str] = {}
        self._status: NDArray[np.int8] = np.zeros(0, np.int8)
        self._told: NDArray[np.int16] = np.zeros(0, np.int16)
        self._waiting: dict[int, None] = {}
        self._flushed = -np.inf

    def changed(self, now: float) -> list[Change]:
        """Memories that differ from what was last written.

        What was sold, booked or counted is remembered at once, places of items now and then: they
        are found again by the antennas.
        """
        numbers = self._goods.entered()
        numbers += self._accounts(self._differs(self._status, self._tags.status))
        self._waiting.update(
            dict.fromkeys(self._accounts(self._differs(self._told, self._tags.told)))
        )
        if now - self._flushed >= FLUSH_SECONDS or now < self._flushed:
            self._flushed = now
            numbers += list(self._waiting)
            self._waiting = {}
        n = self._tags.count
        self._status, self._told = self._tags.status[:n].copy(), self._tags.told[:n].copy()
        return [
            change for number in dict.fromkeys(sorted(numbers)) for change in self._write(number)
        ]

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
        numbers: list[int] = np.unique(self._tags.account[: len(moved)][moved]).tolist()
        return [number for number in numbers if number >= 0]

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
        for urn, status, zone, here, last, booked, rate in said["tags"]:
            self._restore_tag(gtin, urn, (status, zone, here, last, booked, rate), now)
        self._written[account.gtin] = text

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
            self._presence.place(np.array([row]), home, now, strength=rate)
            if not here:
                tags.belief[row] = (0.0, 0.02, 0.03, 0.95)
            else:
                tags.told[row] = home
        tags.home[row] = home
        if last is not None:
            tags.last[row] = tags.first[row] = last
        if status == Status.SOLD:
            tags.sold[row] = last if last is not None else now

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
                    round(float(tags.rate[row].max(initial=0.0)), 2),
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
