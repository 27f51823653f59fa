"""What anybody can do in the virtual store: walk, take, put down, pay, pass a door.

Scripts of people (`shoppers`, `staff`) are generators that yield the seconds until they go on and
act through this.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from drivers.observations import (
    Advert,
    Count,
    Delivery,
    DeliveryLine,
    Device,
    Line,
    Return,
    Round,
    Sale,
    Stocktake,
    TagReads,
    Weight,
)
from gateway.simulate.crowd import Crowd, Person
from gateway.simulate.doors import DoorCounter
from gateway.simulate.floor import Floor, Point
from gateway.simulate.goods import FOREIGN, Goods, Ints, TagMix
from gateway.simulate.plan import StorePlan
from gateway.simulate.radio import Radio
from gateway.simulate.scenario import Scenario
from gateway.simulate.shelving import shelve
from gateway.simulate.truth import TruthLog

Script: TypeAlias = Generator[float, None, None]

TILL, BACK_OFFICE = "till", "backoffice"
TILL_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class AntennaRound:
    """One finished inventory round of one antenna: its reads (maybe none) and its end.

    `reads.at` and `ended.at` are when the gateway has it; a reader that kept its reports while it
    was cut off sends them late.
    """

    began: float
    reads: TagReads
    ended: Round


Emission: TypeAlias = (
    AntennaRound | Advert | Count | Weight | Sale | Return | Delivery | Stocktake | Device
)


class Shop:
    """The store's state and what may be done to it. `out` collects what the devices say."""

    def __init__(self, plan: StorePlan, scenario: Scenario, seed: int) -> None:
        self.plan, self.scenario = plan, scenario
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.now = 0.0
        self.log = TruthLog()
        self.out: list[Emission] = []
        self.floor = Floor(plan)
        self.crowd = Crowd()
        self.goods = Goods(plan, self.log)
        self.radio = Radio(
            self.floor, self.goods, self.crowd, self.rng,
            shadowing_db=scenario.shadowing_db, power_db=scenario.power_db,
        )  # fmt: skip
        self.shelving = shelve(plan, self.goods.shelves, self.rng)
        self.mix = TagMix(scenario.weak, scenario.dead)
        self.doors = [
            DoorCounter(
                id=door,
                boot=int(self.rng.integers(1, 40)),
                entries=int(self.rng.integers(5000)),
                exits=int(self.rng.integers(5000)),
                miss=scenario.door_miss,
            )
            for door in plan.doors
        ]
        self.visitors = self.staff = 0
        self.outside: list[int] = []
        self._untagged = frozenset(
            np.flatnonzero(self.rng.random(len(plan.articles)) < scenario.untagged).tolist()
        )
        self._till_free = 0.0
        self._receipts = 0

    # What scripts do -------------------------------------------------------------------------

    def walk(self, person: Person, to: Point) -> Script:
        """Go somewhere along the aisles; things in the hands turn on each piece of the way."""
        for lasts in self.crowd.walk(person, self.floor.route(person.at, to), self.now):
            self._turn(person)
            yield lasts

    def enter(self, person: Person, door: int) -> Script:
        """Come in from the street through a door."""
        x = self.floor.doors[door]
        self.crowd.put(person, (x, -2.0))
        yield from self._straight(person, (x, 0.0))
        self._pass(person, door, inward=True)
        if person.bag:
            for row in person.bag:
                self.goods.bring(row, person.slot, self.now)
            self._turn(person)
        yield from self._straight(person, (x, 2.0))

    def leave(self, person: Person, door: int) -> Script:
        """Go out for good."""
        yield from self.go_out(person, door)
        self.crowd.go(person)

    def go_out(self, person: Person, door: int) -> Script:
        """Go out through a door with whatever is in the bag."""
        x = self.floor.doors[door]
        yield from self.walk(person, (x, 2.0))
        self._at_exit(person)
        yield from self._straight(person, (x, 0.0))
        self._pass(person, door, inward=False)
        rows = np.array(person.bag, np.int64)
        yield from self._straight(person, (x, -2.5))
        if len(rows):
            self.goods.gone(rows)
            self.radio.gone(rows)
            self.outside += [row for row in rows.tolist() if self.goods.is_ours_sold(row)]
            person.bag = []

    def pick(self, person: Person, row: int) -> None:
        """Take one unit into the hands."""
        rows = np.array([row], np.int64)
        self.goods.carry(rows, person.slot, self.now)
        self.radio.lift(rows, hidden=person.hides)
        person.bag.append(row)

    def put_down(self, person: Person, rows: list[int], zone: int, *, keep: bool = False) -> None:
        """Put units down in a zone; with `keep` they stay with the person (fitting room, till)."""
        if not rows:
            return
        which = np.array(rows, np.int64)
        if keep:
            self.goods.rest(which, zone, self.now, person.slot)
        else:
            self.goods.rest(which, zone, self.now)
            person.bag = [row for row in person.bag if row not in rows]
        self.radio.put(which, self.floor.spots(zone, len(rows), self.rng))

    def take_up(self, person: Person, rows: list[int]) -> None:
        """Take one's own things up again."""
        if rows:
            which = np.array(rows, np.int64)
            self.goods.carry(which, person.slot, self.now)
            self.radio.lift(which)

    def queue(self) -> float:
        """Join the queue of the till; answers with the seconds until one has paid."""
        start = max(self.now, self._till_free)
        self._till_free = start + TILL_SECONDS * float(self.rng.uniform(0.6, 1.6))
        return self._till_free - self.now

    def pay(self, rows: list[int]) -> None:
        """The till sells units: by GTIN, or by EPC where it reads them."""
        which = np.array(rows, np.int64)
        self.goods.sell(which, self.now)
        self.radio.lift(which)
        by_epc = bool(self.rng.random() < self.scenario.sale_epcs)
        receipt = self._receipt()
        self.out.append(Sale(TILL, self.now, self.now, receipt, self._lines(rows, by_epc=by_epc)))
        self.log.receipt(self.now, "sale", receipt, map(self.goods.urn, rows))

    def give_back(self, person: Person, zone: int) -> None:
        """A customer returns what they bought; it lies at the till and is the store's again."""
        rows, person.bag = person.bag, []
        receipt = self._receipt()
        which = np.array(rows, np.int64)
        self.goods.receive(which, zone, self.now)
        self.radio.put(which, self.floor.spots(zone, len(rows), self.rng))
        lines = self._lines(rows, by_epc=False)
        self.out.append(Return(TILL, self.now, self.now, receipt, lines))
        self.log.receipt(self.now, "return", receipt, map(self.goods.urn, rows))

    def receive(self, gtin: int, count: int, zone: int) -> Ints:
        """New units come into the building, lying in `zone`."""
        rows = self.goods.add(gtin, count, self.rng, self.mix, tags=gtin not in self._untagged)
        self.goods.receive(rows, zone, self.now)
        self.radio.put(rows, self.floor.spots(zone, count, self.rng))
        return rows

    def sold_before(self, gtin: int) -> None:
        """A unit that a customer bought before anything was recorded."""
        rows = self.goods.add(gtin, 1, self.rng, self.mix, tags=gtin not in self._untagged)
        self.goods.sold[rows] = True
        self.outside += rows.tolist()

    def stray_tag(self, person: Person) -> None:
        """Somebody wears what another shop sold, its tag still in it."""
        rows = self.goods.add(FOREIGN, 1, self.rng, self.mix, tags=True)
        self.goods.sold[rows] = True
        person.bag += rows.tolist()

    def told_delivery(self, name: str, units: dict[int, Ints], *, epcs: bool) -> None:
        """The delivery note of what came in, by GTIN index."""
        lines = tuple(
            DeliveryLine(
                self.goods.gtins[gtin], len(rows),
                tuple(self.goods.epc[row].tobytes().hex().upper() for row in rows) if epcs else (),
            )
            for gtin, rows in units.items()
        )  # fmt: skip
        self.out.append(Delivery(BACK_OFFICE, self.now, self.now, name, lines))

    def home(self, gtin: int) -> int:
        """A zone where a GTIN belongs."""
        zones = self.shelving.homes[gtin]
        return zones[int(self.rng.integers(len(zones)))]

    # -----------------------------------------------------------------------------------------

    def _pass(self, person: Person, door: int, *, inward: bool) -> None:
        person.inside = inward
        step = 1 if inward else -1
        if person.staff:
            self.staff += step
        else:
            self.visitors += step
        if self.doors:
            counter = self.doors[door]
            counter.passed(self.now, self.rng, inward=inward, staff=person.staff)
            self.out.append(counter.count(self.now))
        self.log.occupancy(self.now, self.visitors, self.staff)
        if not inward and person.bag:
            self.goods.leave(np.array(person.bag, np.int64), self.now)

    def _at_exit(self, person: Person) -> None:
        """Carried through an exit zone, goods are there for a moment, if in nobody's count."""
        zone = self.floor.nearest(person.at, "exit")
        if zone is None:
            return
        for row in person.bag:
            if self.goods.gtin[row] != FOREIGN:
                self.log.item(self.now, self.goods.urn(row), self.goods.zones[zone], "passed")

    def _straight(self, person: Person, to: Point) -> Script:
        for lasts in self.crowd.walk(person, [to], self.now):
            self._turn(person)
            yield lasts

    def _turn(self, person: Person) -> None:
        if person.bag:
            self.radio.lift(np.array(person.bag, np.int64), hidden=person.hides)

    def _receipt(self) -> str:
        self._receipts += 1
        return f"R-{self._receipts:06d}"

    def _lines(self, rows: list[int], *, by_epc: bool) -> tuple[Line, ...]:
        goods = self.goods
        if by_epc:
            return tuple(
                Line(goods.gtins[goods.gtin[row]], 1, goods.urn(row) if goods.tagged[row] else None)
                for row in rows
            )
        counts: dict[int, int] = {}
        for row in rows:
            counts[int(goods.gtin[row])] = counts.get(int(goods.gtin[row]), 0) + 1
        return tuple(Line(goods.gtins[gtin], n) for gtin, n in counts.items())
