"""What the virtual store knows of a store: its zones, devices, goods and hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from gateway.config.load import Store
    from gateway.config.model_ble import BeaconSection

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_OPENING = (36_000.0, 72_000.0)
"""Seconds after local midnight, for a store that names no hours."""

FIRST_DAY = date(2026, 3, 2)
"""Virtual days begin here, a Monday, so that the same seed gives the same bytes at any time."""


BLE = "ble"
"""The `src` of the scanner."""

POWER_1M_DBM = -59
"""What a beacon says of its own strength at one metre."""


@dataclass(frozen=True, slots=True)
class ZonePlan:
    """A zone; `kind` is one of shelf, backroom, fitting, hold, till, exit."""

    id: str
    kind: str = "shelf"


@dataclass(frozen=True, slots=True)
class AntennaPlan:
    """One antenna of a reader and the zone it is there for."""

    reader: str
    number: int
    zone: str


@dataclass(frozen=True, slots=True)
class BeaconPlan:
    """One BLE device or scale of the store: what it is for and what its adverts carry."""

    id: str
    role: str
    zone: str | None = None
    gtin: str | None = None
    address: str | None = None
    manufacturer: Mapping[int, bytes] = field(default_factory=dict)
    service: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """A catalogue row as far as a world of things needs it."""

    gtin: str
    name: str = ""
    unit_grams: float | None = None


@dataclass(frozen=True, slots=True)
class StorePlan:
    """The store to be simulated.

    Attributes:
        hours: openings by weekday (mon … sun) in seconds after local midnight.
        doors: ids of the door counters.
        planogram: capacity by (zone id, GTIN).
        scanner: `src` of the BLE scanner, None without one.
    """

    id: str
    zones: tuple[ZonePlan, ...]
    timezone: str = "UTC"
    hours: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    antennas: tuple[AntennaPlan, ...] = ()
    doors: tuple[str, ...] = ()
    beacons: tuple[BeaconPlan, ...] = ()
    articles: tuple[ArticlePlan, ...] = ()
    planogram: Mapping[tuple[str, str], int] = field(default_factory=dict)
    scanner: str | None = None

    def without_exit_antennas(self) -> StorePlan:
        """The same store as if nobody had paid for the antennas at the doors."""
        exits = {zone.id for zone in self.zones if zone.kind == "exit"}
        kept = tuple(antenna for antenna in self.antennas if antenna.zone not in exits)
        return replace(self, antennas=kept)

    def openings(self, since: float, until: float) -> list[tuple[float, float]]:
        """Opening and closing times in seconds UTC that touch [`since`, `until`)."""
        zone = ZoneInfo(self.timezone)
        day = datetime.fromtimestamp(since, zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(until, zone).date()
        found = []
        while day <= last:
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            for opens, closes in self._hours_of(day):
                start = (midnight + timedelta(seconds=opens)).timestamp()
                end = (midnight + timedelta(seconds=closes)).timestamp()
                if end > since and start < until:
                    found.append((start, end))
            day += timedelta(days=1)
        return found

    def first_opening(self) -> float:
        """When a virtual day begins unless told otherwise: the first opening from `FIRST_DAY`."""
        midnight = datetime(
            FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=ZoneInfo(self.timezone)
        ).timestamp()
        openings = self.openings(midnight, midnight + 8 * 86_400.0)
        later = [start for start, _ in openings if start >= midnight]
        return later[0] if later else midnight + USUAL_OPENING[0]

    def _hours_of(self, day: date) -> tuple[tuple[float, float], ...]:
        if not any(self.hours.values()):
            return (USUAL_OPENING,)
        return self.hours.get(WEEKDAYS[day.weekday()], ())


def plan_of(store: Store) -> StorePlan:
    """The plan of a configured store."""
    config = store.config
    return StorePlan(
        id=config.store.id,
        timezone=config.store.timezone,
        hours={
            day: tuple((60.0 * span.start, 60.0 * span.end) for span in spans)
            for day, spans in config.store.hours.items()
        },
        zones=tuple(ZonePlan(zone.id, str(zone.kind)) for zone in config.zone),
        antennas=tuple(
            AntennaPlan(reader.id, antenna.number, antenna.zone)
            for reader in config.reader
            for antenna in reader.antenna
        ),
        doors=tuple(door.id for door in config.door),
        beacons=(
            *(map(_beacon, config.ble.beacon) if config.ble.enabled else ()),
            *(BeaconPlan(scale.id, "scale", scale.zone, scale.gtin) for scale in config.scale),
        ),
        articles=tuple(
            ArticlePlan(row.gtin, row.name, row.unit_grams) for row in store.catalogue.values()
        ),
        planogram=dict(store.planogram),
        scanner=BLE if config.ble.enabled else None,
    )


def ibeacon(uuid: str, major: int, minor: int) -> dict[int, bytes]:
    """Manufacturer data of an iBeacon advert (Apple, Proximity Beacon Specification)."""
    return {0x004C: bytes((0x02, 0x15)) + _proximity(uuid, major, minor)}


def _proximity(uuid: str, major: int, minor: int) -> bytes:
    numbers = major.to_bytes(2, "big") + minor.to_bytes(2, "big")
    return UUID(uuid).bytes + numbers + POWER_1M_DBM.to_bytes(1, "big", signed=True)


def _beacon(beacon: BeaconSection) -> BeaconPlan:
    match = beacon.match
    major, minor = match.major or 0, match.minor or 0
    manufacturer: dict[int, bytes] = {}
    service: dict[str, bytes] = {}
    if match.ibeacon is not None:
        manufacturer = ibeacon(match.ibeacon, major, minor)
    elif match.altbeacon is not None:
        body = _proximity(match.altbeacon, major, minor)
        manufacturer = {0x0118: bytes((0xBE, 0xAC)) + body + b"\x00"}
    elif match.eddystone is not None:
        unique = bytes.fromhex(match.eddystone + (match.instance or ""))
        service = {"feaa": bytes((0x00, 0xE3)) + unique + b"\x00\x00"}
    return BeaconPlan(
        beacon.id, beacon.role, beacon.zone, beacon.gtin, match.address, manufacturer, service
    )
