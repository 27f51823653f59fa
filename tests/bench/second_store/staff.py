"""Those who work here: refill, tidy, fetch from the cabins, count a shelf, take a delivery in."""

from __future__ import annotations

from itertools import count

from drivers.observations import Delivery, DeliveryLine, Stocktake
from tests.bench.second_store.floor import Floor, Person, Script
from tests.bench.second_store.goods import Thing

OFFICE = "backoffice"
DELIVERED_GTINS, DELIVERED_UNITS = (2, 5), (2, 5)


class Staff:
    """Scripts of the shop's own people."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._goods, self._shop, self._rng = floor, floor.goods, floor.shop, floor.rng
        self._back = self._shop.of_kind("backroom")[0]
        self._cabins = self._shop.of_kind("fitting")[0]
        self._shelves = self._shop.of_kind("shelf")
        self._spoken_for: set[int] = set()
        self._deliveries = count(1)

    def work(self) -> Script:
        """One person's day: look what is to do, do it, look again."""
        person = Person(self._shop.width / 2.0, self._shop.back_wall - 0.5, staff=True)
        self._floor.enter(person)
        while True:
            yield float(self._rng.uniform(120.0, 420.0))
            draw = self._rng.random()
            if draw < 0.12:
                yield from self._count(person)
            elif draw < 0.4:
                yield from self._refill(person)
            elif draw < 0.7:
                yield from self._bring_home(person, self._in_cabins())
            else:
                yield from self._bring_home(person, self._misplaced())

    def delivery(self, listed: bool) -> Script:
        """Boxes are unpacked in the stockroom and written down."""
        low, high = DELIVERED_GTINS
        chosen = self._rng.choice(
            len(self._shop.articles), int(self._rng.integers(low, high)), replace=False
        )
        lines = []
        for i in sorted(chosen.tolist()):
            article = self._shop.articles[i]
            units = [
                self._goods.make(article) for _ in range(int(self._rng.integers(*DELIVERED_UNITS)))
            ]
            self._goods.bring(units, self._back)
            epcs = tuple(thing.epc.hex().upper() for thing in units) if listed else ()
            lines.append(DeliveryLine(article.gtin, len(units), epcs))
        now, number = self._floor.now, next(self._deliveries)
        self._floor.heard.append(Delivery(OFFICE, now, now + 0.5, f"ASN-{number}", tuple(lines)))
        yield 0.0

    def _count(self, person: Person) -> Script:
        zone = int(self._rng.choice(self._shelves))
        yield from self._floor.go_to(person, zone)
        yield from self._floor.linger(person, float(self._rng.uniform(20.0, 60.0)))
        homed = [a.gtin for a in self._shop.articles if a.home == zone]
        there = [thing.article.gtin for thing in self._goods.at(zone)]
        for gtin in dict.fromkeys([*homed, *there]):
            units = there.count(gtin)
            if self._rng.random() < 0.03:
                units = max(0, units + int(self._rng.choice([-1, 1])))
            now = self._floor.now
            self._floor.heard.append(
                Stocktake(OFFICE, now, now, gtin, units, self._shop.places[zone].id)
            )

    def _refill(self, person: Person) -> Script:
        for article in self._shop.articles:
            spare = [t for t in self._free(self._back) if t.article is article]
            lacking = article.shown - self._goods.count(article.gtin, article.home)
            if spare and lacking > 0:
                yield from self._bring_home(person, spare[:lacking])
                return

    def _bring_home(self, person: Person, things: list[Thing]) -> Script:
        """Fetch things that lie together and put each on its shelf."""
        zone = things[0].zone if things else None
        if zone is None:
            return
        rows = {thing.row for thing in things}
        self._spoken_for |= rows
        yield from self._floor.go_to(person, zone)
        there = [thing for thing in things if thing.zone == zone]
        self._floor.take(person, there)
        for thing in there:
            yield from self._floor.go_to(person, thing.article.home)
            yield 2.0
            self._floor.put(person, [thing], thing.article.home)
        self._spoken_for -= rows

    def _in_cabins(self) -> list[Thing]:
        return [thing for thing in self._free(self._cabins) if thing.left_behind]

    def _misplaced(self) -> list[Thing]:
        zones = self._rng.permutation(self._shelves)[: len(self._shelves) // 2]
        for zone in zones.tolist():
            wrong = [thing for thing in self._free(zone) if thing.article.home != zone]
            if wrong:
                return wrong
        return []

    def _free(self, zone: int) -> list[Thing]:
        return [thing for thing in self._goods.at(zone) if thing.row not in self._spoken_for]
