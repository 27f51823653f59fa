"""What happens by chance: deliveries, counts by hand, and things that break."""

from __future__ import annotations

from collections import deque

import numpy as np

from gateway.simulate.readers import NOTICED_AFTER, ReaderRun
from gateway.simulate.schedule import Schedule
from gateway.simulate.shop import Shop


class Chances:
    """Schedules them by the scenario's rates. `tasks`: zones that somebody should count."""

    def __init__(
        self, shop: Shop, schedule: Schedule, readers: dict[str, ReaderRun], tasks: deque[int]
    ) -> None:
        self._shop, self._schedule = shop, schedule
        self._readers, self._tasks = readers, tasks
        self._deliveries = 0

    def plan(self) -> None:
        """Begin."""
        scenario, often = self._shop.scenario, self._schedule.often
        often(scenario.deliveries, self._delivery)
        often(scenario.stocktakes, self._stocktake)
        if self._readers:
            often(scenario.outages, self._outage)
            often(scenario.deaf, self._deafen)
        if self._shop.doors:
            often(scenario.reboots, self._reboot)

    def _delivery(self) -> None:
        shop = self._shop
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
        epcs = bool(shop.rng.random() < self._shop.scenario.delivery_epcs)
        name = f"ASN-{self._deliveries:04d}"
        self._schedule.at(
            shop.now + float(shop.rng.uniform(0.0, 90.0)),
            lambda: shop.told_delivery(name, units, epcs=epcs),
        )

    def _stocktake(self) -> None:
        self._tasks.append(int(self._shop.rng.integers(len(self._shop.plan.zones))))

    def _outage(self) -> None:
        shop = self._shop
        reader = self._readers[list(self._readers)[int(shop.rng.integers(len(self._readers)))]]
        if reader.kept is not None or not reader.powered:
            return
        reader.cut_off(keeps=bool(shop.rng.random() < self._shop.scenario.held))
        shop.log.fault(shop.now, reader.name, "offline")
        lasts = NOTICED_AFTER + float(shop.rng.exponential(300.0))
        self._schedule.at(shop.now + NOTICED_AFTER, reader.noticed)
        self._schedule.at(shop.now + lasts + 1.0, lambda: self._reader_back(reader))

    def _reader_back(self, reader: ReaderRun) -> None:
        self._shop.log.fault(self._shop.now, reader.name, "online")
        reader.back()

    def _reboot(self) -> None:
        counter = self._shop.doors[int(self._shop.rng.integers(len(self._shop.doors)))]
        counter.reboot()
        self._shop.log.fault(self._shop.now, counter.id, "reboot")
        self._shop.out.append(counter.count(self._shop.now))

    def _deafen(self) -> None:
        shop = self._shop
        kinds = [shop.floor.kinds[zone] for zone in shop.floor.antenna_zone]
        shelves = [antenna for antenna, kind in enumerate(kinds) if kind == "shelf"]
        if shop.radio.deaf.any() or not shelves:
            return
        antenna = int(shop.rng.choice(np.array(shelves)))
        shop.radio.deaf[antenna] = True
        plan = self._shop.plan.antennas[antenna]
        self._shop.log.fault(self._shop.now, plan.reader, "deaf", plan.number)
