"""The shop while it is open: a clock for everybody's scripts, walking, the door, what is heard."""

from __future__ import annotations

import heapq
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from drivers.observations import Count, Observation
from gateway.simulate.truth import TruthLog
from tests.bench.second_store.goods import Goods, Thing
from tests.bench.second_store.link import Body, Floats
from tests.bench.second_store.premises import Premises

Script: TypeAlias = Generator[float, None, None]
"""What somebody does; yields the seconds until the next thing."""

PACE, STRIDE = 0.9, 1.5
DOOR = "door-main"
COUNT_EVERY, TRUTH_EVERY = 30.0, 60.0


@dataclass(slots=True)
class Person:
    """Somebody in the shop with what they carry."""

    x: float
    y: float
    staff: bool = False
    bag: list[Thing] = field(default_factory=list)
    hidden: dict[int, float] = field(default_factory=dict)

    def cover(self) -> Floats:
        """Decibels by which body and bag hide each thing."""
        return np.array([self.hidden[thing.row] for thing in self.bag])


class Floor:
    """Time, people and goods."""

    def __init__(
        self, shop: Premises, goods: Goods, rng: np.random.Generator, start: float
    ) -> None:
        self.shop, self.goods, self.rng, self.now = shop, goods, rng, start
        self.truth: TruthLog = goods.truth
        self.heard: list[Observation] = []
        self.receipts = 0
        self._queue: list[tuple[float, int, Script]] = []
        self._begun = 0
        self._passed = np.zeros(4, np.int64)
        self._inside = [0, 0]
        self._counted = np.zeros(2, np.int64)
        self._boot = int(rng.integers(1, 400))
        self.begin(self._counting(), 0.0)
        self.begin(self._witness(), 0.0)

    def begin(self, script: Script, after: float) -> None:
        """Start a script some seconds from now."""
        self._begun += 1
        heapq.heappush(self._queue, (self.now + after, self._begun, script))

    def run(self, until: float) -> None:
        """Let everything happen that happens before a moment."""
        while self._queue and self._queue[0][0] < until:
            self.now, _, script = heapq.heappop(self._queue)
            self.goods.now = self.now
            wait = next(script, None)
            if wait is not None:
                self.begin(script, wait)

    def enter(self, person: Person) -> None:
        """In by the door."""
        self._pass(person, 0)

    def leave(self, person: Person) -> None:
        """Out by the door."""
        self._pass(person, 1)

    def walk(self, person: Person, x: float, y: float) -> Script:
        """Straight there; what is carried is heard from wherever one passes."""
        far = math.hypot(x - person.x, y - person.y)
        steps = max(1, math.ceil(far / (PACE * STRIDE)))
        if not person.bag:
            yield far / PACE
        else:
            start = person.x, person.y
            for step in range(1, steps + 1):
                part = step / steps
                self.move(
                    person, start[0] + part * (x - start[0]), start[1] + part * (y - start[1])
                )
                yield far / PACE / steps
        person.x, person.y = x, y

    def go_to(self, person: Person, zone: int) -> Script:
        """To where one stands before a zone."""
        place = self.shop.places[zone]
        aside = self.rng.uniform(-0.5, 0.5) * place.length
        yield from self.walk(person, place.x + aside, place.y + 0.6 * place.front)

    def move(self, person: Person, x: float, y: float) -> None:
        """Here now, with all one has."""
        person.x, person.y = x, y
        self.goods.carry(person.bag, x, y, person.cover())

    def linger(self, person: Person, seconds: float) -> Script:
        """Stand; a body in the way of the antennas, goods in hand that turn about."""
        body = Body(person.x, person.y, self.shop.air.body * self.rng.uniform(0.6, 1.4))
        self.goods.link.stand(body)
        left = seconds
        while left > 0.0:
            wait = min(left, 4.0 * STRIDE) if person.bag else left
            if person.bag:
                self.move(person, person.x, person.y)
            yield wait
            left -= wait
        self.goods.link.step_aside(body)

    def take(self, person: Person, things: Sequence[Thing], hidden: float | None = None) -> None:
        """Into the hands, or under a coat with more to hide it."""
        self.goods.pick(things)
        for thing in things:
            cover = self.rng.gamma(2.0, 2.5) if hidden is None else hidden
            if hidden is None and self.rng.random() < 0.2:
                cover += self.rng.uniform(5.0, 12.0)
            person.bag.append(thing)
            person.hidden[thing.row] = float(cover)
        self.move(person, person.x, person.y)

    def put(self, person: Person, things: Sequence[Thing], zone: int) -> None:
        """Out of the hands, into a zone."""
        for thing in things:
            person.bag.remove(thing)
        self.goods.put(list(things), zone)

    def restart_counter(self) -> None:
        """The counter at the door begins again at nothing."""
        self._boot += 1
        self._counted[:] = 0

    def _pass(self, person: Person, way: int) -> None:
        self._passed[way] += 1
        self._passed[2 + way] += person.staff
        self._inside[person.staff] += 1 if way == 0 else -1
        if self.rng.random() < 0.985:
            self._counted[way] += 1
            self._tell()
        self.truth.occupancy(self.now, self._inside[0], self._inside[1])

    def _tell(self) -> None:
        came, gone = self._counted.tolist()
        self.heard.append(Count(DOOR, self.now, self.now, self._boot, came, gone))

    def _counting(self) -> Script:
        while True:
            self._tell()
            yield COUNT_EVERY

    def _witness(self) -> Script:
        while True:
            came, gone, staff_came, staff_gone = self._passed.tolist()
            self.truth.door(self.now, DOOR, came, gone, (staff_came, staff_gone))
            yield TRUTH_EVERY
