"""From a store's files to what the engines must know of it. Pure translations."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

from gateway.conditions import Limits
from gateway.config.layout import layout_of
from gateway.config.load import Store
from gateway.config.model_ble import FORWARDED, OWN_RADIOS, BeaconSection
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
"""A real chip may give one advert in 10 s for a beacon."""
RECEIVER_SILENT_SECONDS = 300.0
"""A receiver sends a message a minute at least, with no advert in it when it heard none."""
WARMEST = 8.0
"""°C, of a fridge whose limits nobody said: what may be sold from it must not be warmer."""
TEMPERATURE_ALARM_SECONDS = 900.0
"""A fridge whose door was opened for a customer is well again by then."""
OPEN_ALARM_SECONDS = 300.0


def core_rules(store: Store) -> CoreRules:
    """Everything that the core must know of `store`."""
    return CoreRules(
        layout=layout_of(store),
        footfall=_footfall(store),
        health=_health(store),
        keep_seconds=store.config.privacy.keep_days * DAY,
        limits={
            beacon.id: _limits(beacon)
            for beacon in store.config.ble.beacon
            if beacon.role in ("fridge", "opener")
        },
    )


def _footfall(store: Store) -> FootfallRules:
    config = store.config
    return FootfallRules(
        doors={door.id: DoorRule(door.id, door.calibration, door.invert) for door in config.door},
        staff=frozenset(beacon.id for beacon in config.ble.beacon if beacon.role == "staff"),
        receivers=_hung(store),
        timezone=ZoneInfo(config.store.timezone),
        hours={
            WEEKDAYS.index(day): tuple((one.start, one.end) for one in spans)
            for day, spans in config.store.hours.items()
        },
        exceptions={
            day: tuple((one.start, one.end) for one in spans)
            for day, spans in config.store.hours_exceptions.items()
        },
        minimum_count=config.privacy.minimum_count,
    )


def _hung(store: Store) -> dict[str, str | None]:
    """The door of each receiver by the `src` of its adverts, None for one that is elsewhere.

    One of which nothing is said is not named, nor one in an exit's zone whose door is not said:
    they may be at any door.
    """
    exits = {zone.id for zone in store.config.zone if zone.kind is ZoneKind.EXIT}
    return {
        receiver.src: receiver.door
        for receiver in store.config.ble.receiver
        if receiver.door is not None or (receiver.zone is not None and receiver.zone not in exits)
    }


def _limits(beacon: BeaconSection) -> Limits:
    if beacon.role == "opener":
        return Limits(open_after=beacon.alarm_after or OPEN_ALARM_SECONDS)
    said = beacon.warmest is not None or beacon.coldest is not None
    return Limits(
        warmest=beacon.warmest if said else WARMEST,
        coldest=beacon.coldest,
        temperature_after=beacon.alarm_after or TEMPERATURE_ALARM_SECONDS,
        open_after=OPEN_ALARM_SECONDS,
    )


def _radio_devices(store: Store) -> dict[str, float]:
    """Seconds after which a scanner, receiver or beacon is silent; badges left out."""
    ble = store.config.ble
    devices: dict[str, float] = {}
    if ble.enabled:
        devices[OWN_RADIOS[0]] = SCANNER_SILENT_SECONDS
    if ble.dongle is not None:
        devices[OWN_RADIOS[1]] = SCANNER_SILENT_SECONDS
    if ble.receivers:
        devices[FORWARDED] = math.inf
        devices |= {
            one.src: RECEIVER_SILENT_SECONDS for one in ble.receiver if one.id not in OWN_RADIOS
        }
    if devices:
        devices |= {
            beacon.id: beacon.silent_after or BEACON_SILENT_SECONDS
            for beacon in ble.beacon
            if beacon.role != "staff"
        }
    return devices


def _health(store: Store) -> HealthRules:
    config = store.config
    devices = {reader.id: READER_SILENT_SECONDS for reader in config.reader}
    for door in config.door:
        own = door.driver in {"shelfcast", "gpio"}
        devices[door.id] = DOOR_SILENT_SECONDS if own else PUSHED_DOOR_SILENT_SECONDS
    devices |= {scale.id: SCALE_SILENT_SECONDS for scale in config.scale}
    devices |= _radio_devices(store)
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
    return HealthRules(
        devices,
        antennas,
        exactly=frozenset(one.id for one in config.ble.beacon if one.silent_after is not None),
        discreet=frozenset(one.id for one in config.ble.beacon if one.role == "staff"),
    )
