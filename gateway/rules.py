"""From a store's files to what the engines must know of it. Pure translations."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

from gateway.config.layout import layout_of
from gateway.config.load import Store
from gateway.core import CoreRules
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.health import ANTENNA_DEAF_SECONDS, HealthRules
from gateway.stock.layout import ZoneKind

DAY = 86_400.0
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GOODS = frozenset({ZoneKind.SHELF, ZoneKind.BACKROOM})
"""Where goods always lie: an antenna there that reads nothing is deaf, or the zone is empty."""

READER_SILENT_SECONDS = 60.0
"""A reader that inventories says a round a second; with no tags in sight it still says rounds."""
DOOR_SILENT_SECONDS = 30.0
"""Our counter's heartbeat is 1 Hz; bought ones push each minute."""
PUSHED_DOOR_SILENT_SECONDS = 300.0
SCALE_SILENT_SECONDS = 30.0
"""A wired scale says its weight each second."""
SCANNER_SILENT_SECONDS = 180.0
BEACON_SILENT_SECONDS = 600.0
"""A real chip may give one advert in 10 s for a beacon, and a badge goes home at night."""


def core_rules(store: Store) -> CoreRules:
    """Everything that the core must know of `store`."""
    return CoreRules(
        layout=layout_of(store),
        footfall=_footfall(store),
        health=_health(store),
        keep_seconds=store.config.privacy.keep_days * DAY,
    )


def _footfall(store: Store) -> FootfallRules:
    config = store.config
    return FootfallRules(
        doors={door.id: DoorRule(door.id, door.calibration, door.invert) for door in config.door},
        staff=frozenset(beacon.id for beacon in config.ble.beacon if beacon.role == "staff"),
        timezone=ZoneInfo(config.store.timezone),
        hours={
            WEEKDAYS.index(day): tuple((one.start, one.end) for one in spans)
            for day, spans in config.store.hours.items()
        },
        exceptions={
            day: tuple((one.start, one.end) for one in spans)
            for day, spans in config.store.hours_exceptions.items()
        },
    )


def _health(store: Store) -> HealthRules:
    config = store.config
    devices = {reader.id: READER_SILENT_SECONDS for reader in config.reader}
    for door in config.door:
        own = door.driver in {"shelfcast", "gpio"}
        devices[door.id] = DOOR_SILENT_SECONDS if own else PUSHED_DOOR_SILENT_SECONDS
    devices |= {scale.id: SCALE_SILENT_SECONDS for scale in config.scale}
    if config.ble.enabled:
        devices["ble"] = SCANNER_SILENT_SECONDS
        for beacon in config.ble.beacon:
            if beacon.role != "staff":
                devices[beacon.id] = BEACON_SILENT_SECONDS
    # A till has nothing to say for hours: it is offline when its driver says so, never silent.
    devices |= {f"till-{way}": math.inf for way in config.till.sources if way != "http"}
    if any(door.topic for door in config.door):
        devices["doors-mqtt"] = math.inf
    goods = {zone.id for zone in config.zone if zone.kind in GOODS}
    antennas = {
        (reader.id, antenna.number): ANTENNA_DEAF_SECONDS if antenna.zone in goods else None
        for reader in config.reader
        for antenna in reader.antenna
    }
    return HealthRules(devices, antennas)
