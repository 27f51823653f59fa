"""The virtual store as one event loop in virtual time.

`World(plan, seed).step(until)` runs everything up to `until` and answers with what the devices
said and what became true, in time order. The same plan, scenario and seed give the same steps; how
the time is cut into steps makes no difference. It knows no wall clock and does no I/O: `simulate`
writes what it says into a capture, the demo puts the same onto real wires.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from drivers.observations import Device, DeviceState, Observation
from gateway.simulate import opening, shoppers, staff
from gateway.simulate.beacons import Beacons
from gateway.simulate.crowd import Person
from gateway.simulate.plan import StorePlan
from gateway.simulate.readers import NOTICED_AFTER, ReaderRun
from gateway.simulate.scenario import USUAL, Scenario
from gateway.simulate.shop import AntennaRound, Emission, Script, Shop
from gateway.simulate.truth import TruthLine

DOOR_HEARTBEAT, DRIFT_EVERY, TRUTH_MINUTE, SCALES_EVERY = 10.0, 60.0, 60.0, 5.0
DAY = 43_200.0
"""Seconds that the rates of a scenario are about: twelve hours."""

PROFILE = (0.5, 0.7, 0.9, 1.2, 1.0, 0.9, 1.0, 1.3, 1.5, 1.0)
"""Arrivals over the parts of an opening, mean 1: a first wave at noon, a second before the end."""

GROUPS = (0.68, 0.24, 0.08)
"""Share of parties of one, two and three."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happened in (previous until, `until`]."""

    until: float
    emissions: list[Emission]
    truth: list[TruthLine]

    def observations(self) -> list[Observation]:
        """The emissions as the observations that drivers would make of them."""
        flat: list[Observation] = []
        for emission in self.emissions:
            if isinstance(emission, AntennaRound):
                if len(emission.reads):
                    flat.append(emission.reads)
                flat.append(emission.ended)
            else:
                flat.append(emission)
        return flat


class World:
    """A store, its goods and its people from `start` on (default: the plan's first opening).

    Attributes:
        shop: the state that is true now (`goods.on_hand`, `goods.at`, `crowd`, `doors` …).
        readers: by id.
    """

    def __init__(
        self, plan: StorePlan, seed: int, scenario: Scenario = USUAL, start: float | None = None
    ) -> None:
        if not scenario.exit_antennas:
            plan = plan.without_exit_antennas()
        self.plan, self.seed, self.scenario = plan, seed, scenario
        self.start = plan.first_opening() if start is None else start
        self.shop = Shop(plan, scenario, seed)
        self.shop.now = self.start
        names = dict.fromkeys(antenna.reader for antenna in plan.antennas)
        self.readers = {name: ReaderRun(self.shop, name) for name in names}
        self._beacons = Beacons(self.shop)
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._tie = 0
        self._tasks: deque[int] = deque()
        self._deliveries = 0
        self._opening = self._opening_at(self.start)
        self._begin()

    def step(self, until: float) -> Step:
        """Run to `until` (seconds UTC, not before now)."""
        shop = self.shop
        while self._heap and self._heap[0][0] <= until:
            t, _, act = heapq.heappop(self._heap)
            shop.now = t
            act()
            shop.goods.flush(t)
        shop.now = max(shop.now, until)
        said, shop.out = shop.out, []
        return Step(until, said, shop.log.take())

    def counts(self) -> dict[str, tuple[int, int]]:
        """(on hand, on the floor) by GTIN, as it is now."""
        goods = self.shop.goods
        floor = goods.at[:, goods.shelves].sum(axis=1)
        return {name: (int(goods.on_hand[i]), int(floor[i])) for i, name in enumerate(goods.gtins)}

    # What begins by itself -------------------------------------------------------------------

    def _begin(self) -> None:
        shop = self.shop
        opening.lay_out(shop)
        shop.goods.touch_all()
        shop.goods.flush(self.start)
        self._online()
        shop.out += opening.first_facts(shop)
        for reader in self.readers.values():
            self._at(self.start + reader.lasts() * float(shop.rng.random()), self._round(reader))
        if self.readers:
            self._every(DRIFT_EVERY, lambda: shop.radio.drift(DRIFT_EVERY))
        self._every(TRUTH_MINUTE, self._truth_minute, aligned=True)
        if shop.doors:
            self._every(DOOR_HEARTBEAT, self._heartbeat)
        if self._beacons.any:
            self._every(1.0, self._beacons.advertise)
        if self._beacons.scales:
            self._every(SCALES_EVERY, self._beacons.weigh)
        self._employ()
        self._next_party()
        self._plan_faults()

    def _online(self) -> None:
        shop, now = self.shop, self.start
        names = [*self.readers, *self.plan.doors]
        if self.plan.scanner is not None:
            names.append(self.plan.scanner)
        shop.out += [Device(name, now, now, DeviceState.ONLINE) for name in names]
        for counter in shop.doors:
            shop.out.append(counter.count(now))
            counter.tell(shop.log, now)

    def _employ(self) -> None:
        shop = self.shop
        badges = [beacon.id for beacon in self.plan.beacons if beacon.role == "staff"]
        wanted = self.scenario.staff
        hands = 2 + len(shop.goods.shelves) // 8 if wanted is None else wanted
        for n in range(hands):
            person = shop.crowd.come(1.1, staff=True)
            person.inside = True
            person.badge = badges[n] if n < len(badges) else None
            shop.crowd.put(
                person, shoppers.stand(shop, int(shop.rng.integers(len(shop.floor.areas))))
            )
            shop.staff += 1
            self._run(staff.employee(shop, person, self._tasks), float(shop.rng.uniform(1.0, 60.0)))
        shop.log.occupancy(self.start, 0, shop.staff)

    def _plan_faults(self) -> None:
        shop, scenario = self.shop, self.scenario
        self._often(scenario.deliveries, self._delivery)
        self._often(scenario.stocktakes, self._stocktake)
        self._often(scenario.returns, self._return)
        if self.readers:
            self._often(scenario.outages, self._outage)
            self._often(scenario.deaf, self._deafen)
        if shop.doors:
            self._often(scenario.reboots, self._reboot)

    # Things that happen ----------------------------------------------------------------------

    def _round(self, reader: ReaderRun) -> Callable[[], None]:
        def act() -> None:
            reader.finish()
            self._at(self.shop.now + reader.lasts(), act)

        return act

    def _truth_minute(self) -> None:
        for counter in self.shop.doors:
            counter.tell(self.shop.log, self.shop.now)

    def _heartbeat(self) -> None:
        self.shop.out += [counter.count(self.shop.now) for counter in self.shop.doors]

    def _next_party(self) -> None:
        """Schedule who comes next: exponential gaps at the busiest rate, thinned by the profile."""
        shop = self.shop
        usual = 12.0 + 5.0 * len(shop.goods.shelves)
        hourly = self.scenario.visitors_per_hour
        people = sum(share * (n + 1) for n, share in enumerate(GROUPS))
        parties = (usual if hourly is None else hourly) / people
        if parties <= 0:
            return
        peak = parties * max(PROFILE) / 3600.0
        t = shop.now
        while True:
            t += float(shop.rng.exponential(1.0 / peak))
            spans = self.plan.openings(t, t + 1.0) if not _within(t, self._opening) else None
            if spans is not None:
                if not spans:
                    t = self._next_opening(t)
                    continue
                self._opening = spans[0]
            opens, closes = self._opening
            part = PROFILE[
                min(int(len(PROFILE) * (t - opens) / (closes - opens)), len(PROFILE) - 1)
            ]
            if shop.rng.random() < part / max(PROFILE):
                break
        self._at(t, self._party)

    def _party(self) -> None:
        shop = self.shop
        size = 1 + int(shop.rng.choice(len(GROUPS), p=GROUPS))
        door = int(shop.rng.integers(len(shop.floor.doors)))
        chance = shop.rng.random()
        thieves, buyers = self.scenario.thieves, self.scenario.buyers
        leader = "steal" if chance < thieves else "buy" if chance < thieves + buyers else "look"
        for n in range(size):
            person = self._person()
            intent = leader if n == 0 else "look"
            script = shoppers.visitor(shop, person, door, self._opening[1] - 300.0, intent)
            self._run(script, n * float(shop.rng.uniform(0.4, 2.0)))
        self._next_party()

    def _person(self) -> Person:
        person = self.shop.crowd.come(float(np.clip(self.shop.rng.normal(1.0, 0.2), 0.5, 1.6)))
        if self.shop.rng.random() < self.scenario.foreign:
            self.shop.stray_tag(person)
        return person

    def _return(self) -> None:
        shop = self.shop
        if not shop.outside or not _within(shop.now, self._opening):
            return
        row = shop.outside.pop(int(shop.rng.integers(len(shop.outside))))
        person = shop.crowd.come(1.0)
        person.bag.append(row)
        self._run(
            shoppers.returner(shop, person, int(shop.rng.integers(len(shop.floor.doors)))), 0.0
        )

    def _delivery(self) -> None:
        shop = self.shop
        if not shop.goods.gtins:
            return
        self._deliveries += 1
        kinds = max(1, len(shop.goods.gtins) // 12)
        chosen = shop.rng.choice(
            len(shop.goods.gtins), min(kinds, len(shop.goods.gtins)), replace=False
        )
        stores = [i for i, kind in enumerate(shop.floor.kinds) if kind == "backroom"]
        units = {}
        for gtin in sorted(chosen.tolist()):
            zone = stores[0] if stores else shop.home(gtin)
            units[gtin] = shop.receive(gtin, int(shop.rng.integers(1, 7)), zone)
        epcs = bool(shop.rng.random() < self.scenario.delivery_epcs)
        name = f"ASN-{self._deliveries:04d}"
        self._at(
            shop.now + float(shop.rng.uniform(0.0, 90.0)),
            lambda: shop.told_delivery(name, units, epcs=epcs),
        )

    def _stocktake(self) -> None:
        self._tasks.append(int(self.shop.rng.integers(len(self.plan.zones))))

    def _outage(self) -> None:
        shop = self.shop
        reader = self.readers[list(self.readers)[int(shop.rng.integers(len(self.readers)))]]
        if reader.kept is not None or not reader.powered:
            return
        reader.cut_off(keeps=bool(shop.rng.random() < self.scenario.held))
        shop.log.fault(shop.now, reader.name, "offline")
        lasts = NOTICED_AFTER + float(shop.rng.exponential(300.0))
        self._at(shop.now + NOTICED_AFTER, reader.noticed)
        self._at(shop.now + lasts + 1.0, lambda: self._reader_back(reader))

    def _reader_back(self, reader: ReaderRun) -> None:
        self.shop.log.fault(self.shop.now, reader.name, "online")
        reader.back()

    def _reboot(self) -> None:
        counter = self.shop.doors[int(self.shop.rng.integers(len(self.shop.doors)))]
        counter.reboot()
        self.shop.log.fault(self.shop.now, counter.id, "reboot")
        self.shop.out.append(counter.count(self.shop.now))

    def _deafen(self) -> None:
        shop = self.shop
        kinds = [shop.floor.kinds[zone] for zone in shop.floor.antenna_zone]
        shelves = [antenna for antenna, kind in enumerate(kinds) if kind == "shelf"]
        if shop.radio.deaf.any() or not shelves:
            return
        antenna = int(shop.rng.choice(np.array(shelves)))
        shop.radio.deaf[antenna] = True
        plan = self.plan.antennas[antenna]
        self.shop.log.fault(self.shop.now, plan.reader, "deaf", plan.number)

    # The loop --------------------------------------------------------------------------------

    def _at(self, t: float, act: Callable[[], None]) -> None:
        self._tie += 1
        heapq.heappush(self._heap, (t, self._tie, act))

    def _every(self, seconds: float, act: Callable[[], None], *, aligned: bool = False) -> None:
        def again() -> None:
            act()
            self._at(self.shop.now + seconds, again)

        first = self.start + seconds
        self._at(first - first % seconds if aligned else first, again)

    def _often(self, a_day: float, act: Callable[[], None]) -> None:
        """Have something happen by chance, so many times in twelve hours."""
        if a_day <= 0:
            return

        def again() -> None:
            act()
            self._at(self.shop.now + float(self.shop.rng.exponential(DAY / a_day)), again)

        self._at(self.start + float(self.shop.rng.exponential(DAY / a_day)), again)

    def _run(self, script: Script, after: float) -> None:
        def on() -> None:
            wait = next(script, None)
            if wait is not None:
                self._at(self.shop.now + wait, on)

        self._at(self.shop.now + after, on)

    def _opening_at(self, t: float) -> tuple[float, float]:
        spans = self.plan.openings(t, t + 1.0)
        return spans[0] if spans else (t - 1.0, t - 1.0)

    def _next_opening(self, t: float) -> float:
        spans = [start for start, _ in self.plan.openings(t, t + 8 * 86_400.0) if start >= t]
        return spans[0] if spans else t + 8 * 86_400.0


def _within(t: float, span: tuple[float, float]) -> bool:
    return span[0] <= t < span[1]
