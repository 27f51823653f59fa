"""The virtual store as one event loop in virtual time.

`World(plan, seed).step(until)` runs everything up to `until` and answers with what the devices
said and what became true, in time order. The same plan, scenario and seed give the same steps; how
the time is cut into steps makes no difference. It knows no wall clock and does no I/O: `simulate`
writes what it says into a capture, the demo puts the same onto real wires.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from drivers.observations import Device, DeviceState, Observation
from gateway.simulate import opening, shoppers, staff
from gateway.simulate.arrivals import Arrivals
from gateway.simulate.beacons import Beacons
from gateway.simulate.chances import Chances
from gateway.simulate.plan import StorePlan
from gateway.simulate.readers import ReaderRun
from gateway.simulate.scenario import USUAL, Scenario
from gateway.simulate.schedule import Schedule
from gateway.simulate.shop import AntennaRound, Emission, Shop
from gateway.simulate.truth import TruthLine

DOOR_HEARTBEAT, DRIFT_EVERY, TRUTH_MINUTE, SCALES_EVERY = 10.0, 60.0, 60.0, 5.0


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
        self._schedule = Schedule(self.shop, self.start)
        self._arrivals = Arrivals(self.shop, self._schedule)
        self._tasks: deque[int] = deque()
        self._begin()

    def step(self, until: float) -> Step:
        """Run to `until` (seconds UTC, not before now)."""
        shop = self.shop
        self._schedule.run(until)
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
            self._schedule.at(
                self.start + reader.lasts() * float(shop.rng.random()), self._round(reader)
            )
        if self.readers:
            self._schedule.every(DRIFT_EVERY, lambda: shop.radio.drift(DRIFT_EVERY))
        self._schedule.every(TRUTH_MINUTE, self._truth_minute, aligned=True)
        if shop.doors:
            self._schedule.every(DOOR_HEARTBEAT, self._heartbeat)
        if self._beacons.any:
            self._schedule.every(1.0, self._beacons.advertise)
        if self._beacons.scales:
            self._schedule.every(SCALES_EVERY, self._beacons.weigh)
        self._employ()
        self._arrivals.next_party()
        self._schedule.often(self.scenario.returns, self._arrivals.bring_back)
        Chances(shop, self._schedule, self.readers, self._tasks).plan()

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
            self._schedule.script(
                staff.employee(shop, person, self._tasks), float(shop.rng.uniform(1.0, 60.0))
            )
        shop.log.occupancy(self.start, 0, shop.staff)

    # Things that happen ----------------------------------------------------------------------

    def _round(self, reader: ReaderRun) -> Callable[[], None]:
        def act() -> None:
            reader.finish()
            self._schedule.at(self.shop.now + reader.lasts(), act)

        return act

    def _truth_minute(self) -> None:
        for counter in self.shop.doors:
            counter.tell(self.shop.log, self.shop.now)

    def _heartbeat(self) -> None:
        self.shop.out += [counter.count(self.shop.now) for counter in self.shop.doors]
