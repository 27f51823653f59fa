"""Units that lie on a shelf which the planogram does not name for them, while it names another."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from gateway.stock.goods import Goods
from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.tags import Status, Tags


class Astray:
    """Compares where items were told to be (see `tidings`) with the planogram.

    Goods that the planogram names on no shelf of the store may lie on any. Back room, fitting room,
    hold bay and till are nobody's planned place and never a wrong one.
    """

    def __init__(self, layout: Layout, places: Places, tags: Tags, goods: Goods) -> None:
        self._places, self._tags, self._goods = places, tags, goods
        shelves = places.are(ZoneKind.SHELF)
        self._planned: dict[str, list[int]] = {}
        for zone, gtin in layout.planogram:
            number = places.zone(zone)
            if number != NOWHERE and shelves[number]:
                self._planned.setdefault(gtin, []).append(number)
        self._wrong: NDArray[np.bool_] = np.zeros((0, len(places.zones)), np.bool_)
        self._shelves = shelves

    def by_gtin(self) -> dict[str, str]:
        """Where astray units lie and where they belong, in words, by GTIN."""
        if not self._planned:
            return {}
        tags, n = self._tags, self._tags.count
        told, account = tags.told[:n], tags.account[:n]
        lies = (tags.status[:n] == Status.HERE) & (told != NOWHERE) & (told == tags.home[:n])
        rows = np.flatnonzero(lies & (account >= 0))
        rows = rows[self._wrong_places()[account[rows], told[rows]]]
        count: dict[int, Counter[int]] = {}
        for row in rows.tolist():
            count.setdefault(int(account[row]), Counter())[int(told[row])] += 1
        return {
            self._goods.accounts[number].gtin: self._words(number, count[number])
            for number in sorted(count)
        }

    def _wrong_places(self) -> NDArray[np.bool_]:
        """Shelves that are wrong for each account; accounts only ever grow."""
        accounts = self._goods.accounts
        if len(self._wrong) < len(accounts):
            fresh = [self._row(account.gtin) for account in accounts[len(self._wrong) :]]
            self._wrong = np.concatenate([self._wrong, np.array(fresh, np.bool_)])
        return self._wrong

    def _row(self, gtin: str) -> NDArray[np.bool_]:
        wrong = self._shelves.copy()
        planned = self._planned.get(gtin)
        wrong[planned if planned else slice(None)] = False
        return wrong

    def _words(self, number: int, count: Counter[int]) -> str:
        names = self._places.zones
        lie = ", ".join(f"{many} on {names[zone]}" for zone, many in sorted(count.items()))
        planned = sorted(set(self._planned[self._goods.accounts[number].gtin]))
        return f"{lie}; planned on {', '.join(names[zone] for zone in planned)}"
