"""Every tagged thing of ours: where it is, who has it, and the truth about it as it changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from drivers.rfid.epc import decode_epc, encode_sgtin96
from gateway.simulate.truth import TruthLog
from tests.bench.second_store.link import Floats, Ints, Link
from tests.bench.second_store.premises import COMPANY, Article, Premises

LYING, CARRIED, SOLD, GONE, WORN = "lying", "carried", "sold", "gone", "worn"
HEIGHTS = (0.35, 1.7)
BOXED_DB = 2.0
"""Goods in the stockroom stand in boxes."""


@dataclass(slots=True)
class Thing:
    """One tag's life."""

    row: int
    article: Article
    epc: bytes
    urn: str
    state: str = GONE
    zone: int | None = None
    left_behind: bool = False


@dataclass(slots=True)
class Goods:
    """All things, with room for those that come in during the day."""

    shop: Premises
    link: Link
    truth: TruthLog
    rng: np.random.Generator
    now: float = 0.0
    things: list[Thing] = field(default_factory=list)
    on_hand: Counter[str] = field(default_factory=Counter)
    lying: dict[str, Counter[int]] = field(default_factory=dict)

    def make(self, article: Article) -> Thing:
        """A new tag, not in the shop yet."""
        row = len(self.things)
        epc = encode_sgtin96(article.gtin, len(COMPANY), 1_000 + 37 * row)
        thing = Thing(row, article, epc, decode_epc(epc).urn)
        self.things.append(thing)
        return thing

    def bring(self, things: Sequence[Thing], zone: int) -> None:
        """They come into the building: at opening or with a delivery."""
        for thing in things:
            self.on_hand[thing.article.gtin] += 1
        self.put(things, zone)

    def put(self, things: Sequence[Thing], zone: int) -> None:
        """Lay things down in a zone."""
        if not things:
            return
        place = self.shop.places[zone]
        low, high = (0.9, 1.1) if place.kind == "till" else HEIGHTS
        at = np.column_stack(
            [
                place.x + self.rng.uniform(-0.5, 0.5, len(things)) * place.length,
                place.y + self.rng.uniform(-0.2, 0.2, len(things)),
                self.rng.uniform(low, high, len(things)),
            ]
        )
        self.link.lay(_rows(things), at, BOXED_DB if place.kind == "backroom" else 0.0)
        for thing in things:
            thing.state, thing.zone, thing.left_behind = LYING, zone, False
            self._lying(thing)[zone] += 1
            self.truth.item(self.now, thing.urn, place.id, "placed")
        self._say(things)

    def pick(self, things: Sequence[Thing]) -> None:
        """Take things up; where they then are, `carry` says."""
        for thing in things:
            assert thing.zone is not None
            self._lying(thing)[thing.zone] -= 1
            thing.state, thing.zone = CARRIED, None
            self.truth.item(self.now, thing.urn, None, "picked")
        self._say(things)

    def carry(self, things: Sequence[Thing], x: float, y: float, hidden: Floats) -> None:
        """Things in somebody's hands are here now."""
        if things:
            at = np.column_stack(
                [
                    x + self.rng.normal(0.0, 0.2, len(things)),
                    y + self.rng.normal(0.0, 0.2, len(things)),
                    self.rng.uniform(0.7, 1.3, len(things)),
                ]
            )
            self.link.carry(
                _rows(things), at, hidden, bagged=np.array([t.state == SOLD for t in things])
            )

    def sell(self, things: Sequence[Thing], receipt: str) -> None:
        """They are the customer's from now on."""
        for thing in things:
            self._unlie(thing)
            thing.state = SOLD
            self.on_hand[thing.article.gtin] -= 1
            self.truth.item(self.now, thing.urn, None, "sold")
        self._say(things)
        self.truth.receipt(self.now, "sale", receipt, [thing.urn for thing in things])

    def pass_gate(self, things: Sequence[Thing], zone: int) -> None:
        """Carried through the gate, unpaid or somebody's own."""
        for thing in things:
            if thing.state != SOLD:
                self.truth.item(self.now, thing.urn, self.shop.places[zone].id, "passed")

    def enter(self, things: Sequence[Thing]) -> None:
        """Somebody comes in with these on."""
        for thing in things:
            thing.state = WORN
            self.truth.item(self.now, thing.urn, None, "entered")

    def out(self, things: Sequence[Thing]) -> None:
        """Out of the door."""
        if not things:
            return
        self.link.remove(_rows(things))
        stolen = [thing for thing in things if thing.state == CARRIED]
        for thing in things:
            if thing.state == WORN:
                self.truth.item(self.now, thing.urn, None, "left")
            thing.state = GONE
        for thing in stolen:
            self.on_hand[thing.article.gtin] -= 1
            self.truth.item(self.now, thing.urn, None, "stolen")
        self._say(stolen)

    def at(self, zone: int) -> list[Thing]:
        """What lies in a zone."""
        return [thing for thing in self.things if thing.zone == zone and thing.state == LYING]

    def count(self, gtin: str, zone: int) -> int:
        """How many of a GTIN lie in a zone."""
        return self.lying.get(gtin, Counter())[zone]

    def _lying(self, thing: Thing) -> Counter[int]:
        return self.lying.setdefault(thing.article.gtin, Counter())

    def _unlie(self, thing: Thing) -> None:
        if thing.zone is not None:
            self._lying(thing)[thing.zone] -= 1
            thing.zone = None

    def _say(self, things: Sequence[Thing]) -> None:
        for gtin in dict.fromkeys(thing.article.gtin for thing in things):
            counts = {z: n for z, n in sorted(self.lying.get(gtin, {}).items()) if n}
            floor = sum(n for z, n in counts.items() if self.shop.places[z].kind == "shelf")
            zones = {self.shop.places[z].id: n for z, n in counts.items()}
            self.truth.stock(self.now, gtin, self.on_hand[gtin], zones, floor)


def _rows(things: Sequence[Thing]) -> Ints:
    return np.array([thing.row for thing in things], np.int64)
