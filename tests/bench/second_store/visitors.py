"""Those who come in: customers, thieves, and people who wear what they once bought here."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.observations import Line, Sale
from tests.bench.second_store.floor import Floor, Person, Script
from tests.bench.second_store.goods import LYING, Thing
from tests.bench.second_store.knobs import Knobs

TILL = "till"
EVENLY = 3.0
"""Shape of the times between thefts; 1 would be chance alone."""


class Visitors:
    """Scripts of the public, and when they come."""

    def __init__(self, floor: Floor, knobs: Knobs, worn: Sequence[Thing]) -> None:
        self._floor, self._knobs, self._rng = floor, knobs, floor.rng
        self._shop, self._goods = floor.shop, floor.goods
        self._habits = floor.shop.habits
        self._shelves = self._shop.of_kind("shelf")
        self._likes = self._rng.dirichlet([4.0] * len(self._shelves))
        self._worn = list(worn)

    def arrivals(self) -> Script:
        """Customers, one after the other."""
        while True:
            yield float(self._rng.exponential(3600.0 / self._habits.visitors))
            self._floor.begin(self._customer(), 0.0)

    def crimes(self) -> Script:
        """Thieves, now and then; seldom two close together."""
        while True:
            mean = 3600.0 / self._habits.thefts
            yield float(self._rng.gamma(EVENLY, mean / EVENLY))
            self._floor.begin(self._thief(), 0.0)

    def _came_in(self) -> Person:
        person = Person(*self._shop.door)
        self._floor.enter(person)
        if self._worn and self._rng.random() < self._knobs.wearers:
            thing = self._worn.pop()
            person.bag.append(thing)
            person.hidden[thing.row] = float(self._rng.uniform(3.0, 12.0))
            self._goods.enter([thing])
        return person

    def _customer(self) -> Script:
        floor, habits, rng = self._floor, self._habits, self._rng
        person = self._came_in()
        for _ in range(1 + rng.poisson(habits.stops - 1.0)):
            yield from self._browse(person, int(rng.choice(self._shelves, p=self._likes)))
        if self._taken(person) and rng.random() < habits.tries:
            yield from self._try_on(person)
        unwanted = [t for t in self._taken(person) if rng.random() >= habits.buys]
        for thing in unwanted:
            yield from floor.go_to(person, thing.article.home)
            floor.put(person, [thing], thing.article.home)
        if self._taken(person):
            yield from self._pay(person)
        yield from self._go_out(person)

    def _taken(self, person: Person) -> list[Thing]:
        return [thing for thing in person.bag if thing.state == "carried"]

    def _browse(self, person: Person, zone: int) -> Script:
        floor, habits, rng = self._floor, self._habits, self._rng
        yield from floor.go_to(person, zone)
        yield from floor.linger(person, float(min(60.0, 5.0 + rng.exponential(15.0))))
        if person.bag and rng.random() < habits.elsewhere:
            floor.put(person, self._taken(person)[:1], zone)
        for _ in range(rng.poisson(habits.picks)):
            here = self._goods.at(zone)
            if not here:
                break
            thing = here[int(rng.integers(len(here)))]
            floor.take(person, [thing])
            yield from floor.linger(person, float(rng.uniform(4.0, 25.0)))
            if rng.random() >= habits.keeps:
                floor.put(person, [thing], zone)

    def _try_on(self, person: Person) -> Script:
        floor, rng = self._floor, self._rng
        cabins = self._shop.of_kind("fitting")[0]
        yield from floor.go_to(person, cabins)
        tried = self._taken(person)
        floor.put(person, tried, cabins)
        yield float(rng.uniform(180.0, 720.0))
        for thing in tried:
            if rng.random() < 0.25:
                thing.left_behind = True
            else:
                floor.take(person, [thing])

    def _pay(self, person: Person) -> Script:
        floor, rng = self._floor, self._rng
        desk = self._shop.of_kind(TILL)[0]
        yield from floor.go_to(person, desk)
        yield from floor.linger(person, float(rng.exponential(25.0)))
        bought = self._taken(person)
        floor.put(person, bought, desk)
        yield float(rng.uniform(12.0, 45.0))
        floor.receipts += 1
        receipt = f"R-{floor.receipts:06d}"
        self._goods.sell(bought, receipt)
        said = floor.now + float(rng.uniform(0.1, 1.5))
        floor.heard.append(Sale("till", floor.now, said, receipt, self._lines(bought)))
        person.bag += bought
        floor.move(person, person.x, person.y)
        yield float(rng.uniform(4.0, 15.0))

    def _lines(self, bought: Sequence[Thing]) -> tuple[Line, ...]:
        if self._rng.random() < self._habits.till_reads_epc:
            return tuple(Line(t.article.gtin, 1, t.epc.hex().upper()) for t in bought)
        gtins = [thing.article.gtin for thing in bought]
        return tuple(Line(gtin, gtins.count(gtin)) for gtin in dict.fromkeys(gtins))

    def _go_out(self, person: Person) -> Script:
        floor, gates = self._floor, self._shop.of_kind("exit")
        door = self._shop.door
        yield from floor.walk(person, door[0], 1.8)
        for part in (1.2, 0.6, 0.6, 0.1):
            floor.move(person, door[0], part)
            if gates and part == 1.2:
                self._goods.pass_gate(person.bag, gates[0])
            yield float(self._rng.uniform(1.2, 2.8))
        floor.leave(person)
        self._goods.out(person.bag)
        person.bag.clear()

    def _thief(self) -> Script:
        floor, rng = self._floor, self._rng
        person = Person(*self._shop.door)
        floor.enter(person)
        booty = self._booty()
        if booty:
            zone = booty[0].zone
            assert zone is not None
            yield from floor.go_to(person, zone)
            yield from floor.linger(person, float(rng.uniform(10.0, 40.0)))
            floor.take(person, [t for t in booty if t.zone == zone], float(rng.uniform(2.0, 8.0)))
            for _ in range(1 + rng.poisson(0.7)):
                yield from floor.go_to(person, int(rng.choice(self._shelves)))
                yield from floor.linger(person, float(rng.uniform(5.0, 40.0)))
        yield from self._go_out(person)

    def _booty(self) -> list[Thing]:
        """All that is left of a GTIN, or one thing of whatever is there."""
        shown = [t for zone in self._shelves for t in self._goods.at(zone) if t.state == LYING]
        if not shown:
            return []
        if self._rng.random() < self._knobs.sweep:
            on_hand = self._goods.on_hand
            few = [
                t for t in shown if on_hand[t.article.gtin] <= 4
                and self._goods.count(t.article.gtin, t.article.home) == on_hand[t.article.gtin]
            ]  # fmt: skip
            if few:
                gtin = few[int(self._rng.integers(len(few)))].article.gtin
                return [t for t in few if t.article.gtin == gtin]
        return [shown[int(self._rng.integers(len(shown)))]]
