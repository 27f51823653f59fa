"""What the store's own BLE devices send, and what its shelf scales weigh."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from drivers.observations import Advert, Weight
from gateway.simulate.floor import Point
from gateway.simulate.plan import BLE, POWER_1M_DBM, BeaconPlan
from gateway.simulate.shop import Shop

LOST, FADING_DB, EXPONENT = 0.1, 3.5, 2.2
FLOOR_DBM = -95.0
BTHOME_PLAIN, BTHOME_COUNT = 0x40, 0x09
UNIT_GRAMS, UNIT_SPREAD, SCALE_NOISE_GRAMS = 250.0, 0.02, 2.0


class Beacons:
    """Badges that people wear, devices that stand somewhere, and scales.

    The receiver is the gateway itself, beside the first door.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        beacons = shop.plan.beacons if shop.plan.scanner is not None else ()
        self._badges = {b.id: b for b in beacons if b.role == "staff"}
        self._still = [b for b in beacons if b.role in {"basket", "fridge", "opener"}]
        self.scales = [b for b in shop.plan.beacons if b.role == "scale" and b.zone and b.gtin]
        self._pushers = [b for b in beacons if b.role == "pusher" and b.zone and b.gtin]
        self.any = bool(self._badges or self._still or self._pushers)
        self._receiver: Point = (shop.floor.doors[0] + 1.0, 0.8)
        self._zone = {zone.id: i for i, zone in enumerate(shop.plan.zones)}
        self._gtin = {gtin: i for i, gtin in enumerate(shop.goods.gtins)}
        grams = {a.gtin: a.unit_grams for a in shop.plan.articles}
        self._grams = {b.id: grams.get(b.gtin or "") or UNIT_GRAMS for b in self.scales}

    def advertise(self) -> None:
        """A second of adverts: badges each second, what stands still every fifth."""
        shop = self._shop
        worn = [p for p in shop.crowd.people if p is not None and p.badge in self._badges]
        if worn:
            at = shop.crowd.positions(np.array([p.slot for p in worn]), shop.now)
            for person, spot in zip(worn, at.tolist(), strict=True):
                self._heard(self._badges[person.badge or ""], (spot[0], spot[1]))
        for n, beacon in enumerate((*self._still, *self._pushers)):
            if (int(shop.now) + n) % 5 == 0:
                said = self._pushing(beacon) if beacon.role == "pusher" else beacon
                self._heard(said, self._place(beacon))

    def weigh(self) -> None:
        """What lies on each scale, each unit a little off."""
        shop, rng = self._shop, self._shop.rng
        for beacon in self.scales:
            zone, gtin = self._zone.get(beacon.zone or ""), self._gtin.get(beacon.gtin or "")
            if zone is None or gtin is None:
                continue
            units = int(shop.goods.at[gtin, zone])
            one = self._grams[beacon.id]
            spread = math.sqrt(units) * UNIT_SPREAD * one
            grams = units * one + float(rng.normal(0.0, math.hypot(spread, SCALE_NOISE_GRAMS)))
            shop.out.append(Weight(beacon.id, shop.now, shop.now, round(grams, 1)))

    def _pushing(self, beacon: BeaconPlan) -> BeaconPlan:
        """The pusher with what it says now: a BTHome count (09) of the units before its slide."""
        zone, gtin = self._zone.get(beacon.zone or ""), self._gtin.get(beacon.gtin or "")
        units = 0 if zone is None or gtin is None else int(self._shop.goods.at[gtin, zone])
        said = bytes((BTHOME_PLAIN, BTHOME_COUNT, min(units, 255)))
        return replace(beacon, service={**beacon.service, "fcd2": said})

    def _heard(self, beacon: BeaconPlan, at: Point) -> None:
        shop = self._shop
        far = max(0.3, math.hypot(at[0] - self._receiver[0], at[1] - self._receiver[1]))
        lost, fading = float(shop.rng.random()), float(shop.rng.normal(0.0, FADING_DB))
        rssi = POWER_1M_DBM - 10 * EXPONENT * math.log10(far) + fading
        if lost < LOST or rssi < FLOOR_DBM or far > 40.0:
            return
        shop.out.append(
            Advert(
                src=shop.plan.scanner or BLE,
                t=shop.now,
                at=shop.now,
                beacon=beacon.id,
                addr=address_of(beacon),
                rssi=float(round(rssi)),
                manufacturer=beacon.manufacturer,
                service=beacon.service,
            )
        )

    def _place(self, beacon: BeaconPlan) -> Point:
        zone = self._zone.get(beacon.zone or "")
        return self._shop.floor.areas[zone].middle if zone is not None else (2.0, 3.0)


def address_of(beacon: BeaconPlan) -> str:
    """The beacon's radio address: its own, or a static random one made of its id."""
    if beacon.address is not None:
        return beacon.address
    word = 0
    for byte in beacon.id.encode():
        word = (word * 257 + byte) % (1 << 46)
    raw = (word | 0b11 << 46).to_bytes(6, "big")
    return ":".join(f"{byte:02X}" for byte in raw)
