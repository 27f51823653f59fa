"""The virtual store in step with the gateway's clock: what happens in it, put onto wires.

The physics is `gateway.simulate`'s. Here stands only who is told what: the door's line, the radio,
the till, and the reader, which asks for itself what each antenna hears.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.observations import (
    Advert,
    Count,
    Delivery,
    Fact,
    Return,
    Sale,
    Stocktake,
    Weight,
)
from gateway.demo.llrp_words import Sighting
from gateway.simulate.plan import StorePlan
from gateway.simulate.scenario import Scenario
from gateway.simulate.shop import Emission
from gateway.simulate.world import World

SEED = 12
BUSY = Scenario(
    visitors_per_hour=360.0,
    buyers=0.2,
    untagged=0.12,
    staff=2,
    deliveries=144.0,
    stocktakes=24.0,
    returns=36.0,
    outages=0.0,
    deaf=False,
    reboots=0.0,
)
"""A good Saturday: enough happens in two minutes to be worth looking at, and new goods come in as
fast as they are sold, so that the store can run for days."""
PHONES_MOST = 8


class Radio(Protocol):
    """Who hears adverts."""

    def advert(self, advert: Advert) -> None:
        """One of the store's own devices is heard."""

    def weight(self, weight: Weight, address: str) -> None:
        """A shelf scale says its grams."""

    def phone(self, rng: random.Random) -> None:
        """A stranger's phone is heard."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told: the door's counter, the radio, the till."""

    door: Callable[[Count], None]
    radio: Radio
    till: Callable[[Fact], None]


class VirtualStore:
    """One store from `now` on (seconds UTC)."""

    def __init__(self, plan: StorePlan, now: float, told: Told, seed: int = SEED) -> None:
        self._world = World(plan, seed, BUSY, start=now)
        for reader in self._world.readers.values():
            # The reader at the end of the wire goes its own rounds.
            reader.cut_off(keeps=False)
        self._told = told
        self._phones = random.Random(seed)  # noqa: S311 - made-up phones
        self._second = int(now)
        self._antennas = {antenna.number: i for i, antenna in enumerate(plan.antennas)}
        self._scales = {
            beacon.id: beacon.address
            for beacon in plan.beacons
            if beacon.role == "scale" and beacon.address is not None
        }

    def advance(self, now: float) -> None:
        """Let everything happen up to `now`, and tell it."""
        if now <= self._world.shop.now:
            return
        for emission in self._world.step(now).emissions:
            self._tell(emission)
        while self._second < int(now):
            self._second += 1
            for _ in range(min(self._world.shop.visitors, PHONES_MOST)):
                self._told.radio.phone(self._phones)

    def hear(self, antenna: int, since: float, until: float) -> Sequence[Sighting]:
        """What an antenna hears in one round; nothing where the store has no such antenna."""
        self.advance(until)
        which = self._antennas.get(antenna)
        if which is None:
            return ()
        shop = self._world.shop
        lasts = until - since
        rows, rssi, n = shop.radio.round(which, since + lasts / 2, lasts)
        seen = until - lasts * shop.rng.random(len(rows))
        epcs = shop.goods.epc[rows]
        return [
            Sighting(epc.tobytes(), dbm, count, t, t)
            for epc, dbm, count, t in zip(
                epcs, rssi.tolist(), n.tolist(), seen.tolist(), strict=True
            )
        ]

    def truth(self) -> dict[str, object]:
        """What is really so: people, and goods by GTIN (in the building, and on its shelves)."""
        shop = self._world.shop
        return {
            "t": shop.now,
            "people": {
                "inside": shop.visitors,
                "in": sum(door.came - door.staff_came for door in shop.doors),
                "out": sum(door.went - door.staff_went for door in shop.doors),
            },
            "stock": {
                gtin: {"on_hand": on_hand, "floor": floor}
                for gtin, (on_hand, floor) in self._world.counts().items()
            },
        }

    def _tell(self, emission: Emission) -> None:
        match emission:
            case Count():
                self._told.door(emission)
            case Advert():
                self._told.radio.advert(emission)
            case Weight() if emission.src in self._scales:
                self._told.radio.weight(emission, self._scales[emission.src])
            case Sale() | Return() | Delivery() | Stocktake():
                self._told.till(emission)
            case _:
                pass  # rounds and the state of devices: the wires say those themselves
