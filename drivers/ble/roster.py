"""The roster: the store's own radio devices, and what one heard advert says about them.

Pure and deterministic: the live scanner and the replay of a capture use the same object. Of a
stranger nothing is kept but that there was one more: no address, no hash, no set of any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from drivers.ble.advertising import short_uuid
from drivers.ble.bthome import SERVICE, Refusal, Session
from drivers.ble.ibeacon import APPLE, IDENTITY, PREFIX, SIZE
from drivers.ble.weighing import grams_of
from drivers.observations import Advert, Observation, Weight

RSSI_ABSENT = -127.0
RSSI_MOST = 20.0
"""dBm; HCI says 127 where it does not know (Core 5.4, vol 4, part E, section 7.7.65.2)."""

_BATTERY = 0x01


class Role(StrEnum):
    """What a listed device is for."""

    STAFF = "staff"
    BASKET = "basket"
    SCALE = "scale"
    FRIDGE = "fridge"
    OPENER = "opener"


@dataclass(frozen=True, slots=True)
class ByIBeacon:
    """Known by its iBeacon identity, whatever its address; None in a number means any."""

    uuid: str
    major: int | None = None
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class ByAddress:
    """Known by its address (six pairs of hex digits)."""

    address: str


Match: TypeAlias = ByIBeacon | ByAddress


@dataclass(frozen=True, slots=True)
class ListedBeacon:
    """A device on the store's own list; `key` is its 16-byte BTHome key."""

    id: str
    role: Role
    match: Match
    zone: str | None = None
    gtin: str | None = None
    key: bytes | None = None


class RosterError(ValueError):
    """The list contradicts itself or holds no valid identity; one plain line says where."""


@dataclass(slots=True)
class _Known:
    beacon: ListedBeacon
    session: Session


class Roster:
    """Who is on the list, and what their adverts say.

    Attributes:
        strangers: adverts of devices that are not on the list; the one trace they leave.
        faults: counted drops of listed devices by reason.
        batteries: percent by device id, from those that say it.

    Raises:
        RosterError: two devices with one identity, or an identity that is none.
    """

    def __init__(self, beacons: Iterable[ListedBeacon]) -> None:
        self.strangers = 0
        self.faults: Counter[str] = Counter()
        self.batteries: dict[str, int] = {}
        self._by_address: dict[str, _Known] = {}
        self._by_ibeacon: dict[tuple[bytes, int | None, int | None], _Known] = {}
        self._roles: dict[str, Role] = {}
        for beacon in beacons:
            self._enlist(beacon)

    @property
    def stationary(self) -> bool:
        """Somebody is listed who never leaves the store: silence then is a fault."""
        return any(role not in (Role.STAFF, Role.BASKET) for role in self._roles.values())

    def hear(
        self,
        addr: str,
        rssi: float,
        manufacturer: Mapping[int, bytes],
        service: Mapping[str, bytes],
        *,
        src: str,
        t: float,
        at: float,
    ) -> list[Observation]:
        """What one advert says: nothing for a stranger, an `Advert`, for a scale a `Weight` too.

        Args:
            addr: the sender's address as the radio wrote it, in either case.
            rssi: dBm; -127 and what is no RSSI at all mean that nothing was heard.
            manufacturer: payloads by company id.
            service: payloads by UUID, short or long, in either case.
            src: the scanner's device id; a `Weight` bears the scale's own.
            t: event time.
            at: arrival time.
        """
        known = self._by_address.get(addr) or self._find(addr, manufacturer.get(APPLE))
        if known is None:
            self.strangers += 1
            return []
        if not RSSI_ABSENT < rssi <= RSSI_MOST:
            self.faults["no_rssi"] += 1
            return []
        beacon = known.beacon
        services = {short_uuid(uuid): data for uuid, data in service.items()}
        heard: list[Observation] = [
            Advert(src, t, at, beacon.id, addr.upper(), rssi, dict(manufacturer), services)
        ]
        grams = self._sensed(known, services, addr)
        if grams is not None and beacon.role is Role.SCALE:
            heard.append(Weight(beacon.id, t, at, grams))
        return heard

    def _find(self, addr: str, apple: bytes | None) -> _Known | None:
        if (known := self._by_address.get(addr.upper())) is not None:
            return known
        if not apple or not self._by_ibeacon or len(apple) < SIZE or not apple.startswith(PREFIX):
            return None
        identity = apple[IDENTITY]
        uuid = identity[:16]
        major, minor = int.from_bytes(identity[16:18]), int.from_bytes(identity[18:])
        for key in ((major, minor), (major, None), (None, minor), (None, None)):
            if (known := self._by_ibeacon.get((uuid, *key))) is not None:
                return known
        return None

    def _sensed(self, known: _Known, services: Mapping[str, bytes], addr: str) -> float | None:
        """Take the device's BTHome packet, if there is a new one; its weight where it has one."""
        data = services.get(SERVICE)
        if data is None:
            return None
        packet = known.session.take(data, _octets(addr))
        if isinstance(packet, Refusal):
            if packet is not Refusal.REPEATED:
                self.faults[packet.value] += 1
            return None
        if packet.unread:
            self.faults["bthome_unread"] += 1
        for reading in packet.readings:
            if reading.object_id == _BATTERY and isinstance(reading.value, int):
                self.batteries[known.beacon.id] = reading.value
        return grams_of(packet)

    def _enlist(self, beacon: ListedBeacon) -> None:
        if beacon.id in self._roles:
            raise RosterError(f"{beacon.id} is listed twice")
        try:
            known = _Known(beacon, Session(beacon.key))
        except ValueError as wrong:
            raise RosterError(f"{beacon.id}: {wrong}") from wrong
        other = self._place(beacon, known)
        if other is not known:
            raise RosterError(f"{beacon.id} and {other.beacon.id} have the same identity")
        self._roles[beacon.id] = beacon.role

    def _place(self, beacon: ListedBeacon, known: _Known) -> _Known:
        match beacon.match:
            case ByAddress(address):
                octets = _octets(address)
                if len(octets) != 6:
                    raise RosterError(f"{beacon.id}: its address is not six pairs of hex digits")
                return self._by_address.setdefault(octets.hex(":").upper(), known)
            case ByIBeacon(uuid, major, minor):
                raw = _hex(uuid.replace("-", ""))
                if len(raw) != 16:
                    raise RosterError(f"{beacon.id}: its iBeacon UUID has not 32 hex digits")
                return self._by_ibeacon.setdefault((raw, major, minor), known)


def _octets(address: str) -> bytes:
    """The six bytes of a written address; fewer or none where it is not one."""
    return _hex(address.replace(":", "").replace("-", ""))


def _hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""
