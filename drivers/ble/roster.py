"""The roster: the store's own radio devices, and what one heard advert says about them.

Pure and deterministic: the live scanner and the replay of a capture use the same object. Of a
stranger nothing is kept but that there was one more: no address, no hash, no set of any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.ble.advertising import short_uuid
from drivers.ble.bthome import SERVICE, Refusal, Session
from drivers.ble.identity import (
    ByAddress,
    ByAltBeacon,
    ByEddystone,
    ByEid,
    ByIBeacon,
    Identities,
    Match,
    octets_of,
)
from drivers.ble.sensing import Sensed, of_bthome, sensed_in
from drivers.ble.weighing import GRAMS_MOST, grams_of
from drivers.observations import Advert, Device, DeviceState, Observation, Weight

__all__ = [
    "ByAddress",
    "ByAltBeacon",
    "ByEddystone",
    "ByEid",
    "ByIBeacon",
    "ListedBeacon",
    "Match",
    "Role",
    "Roster",
    "RosterError",
]

RSSI_ABSENT = -127.0
RSSI_MOST = 20.0
"""dBm; HCI says 127 where it does not know (Core 5.4, vol 4, part E, section 7.7.65.2)."""


class Role(StrEnum):
    """What a listed device is for."""

    STAFF = "staff"
    BASKET = "basket"
    SCALE = "scale"
    FRIDGE = "fridge"
    OPENER = "opener"


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
        facts: what each device says of itself in words (`battery`, `temperature`, `door` …), by
            device id; of badges nothing, for it would tell who is in.
        low: ids of devices whose battery is low, badges too.

    Raises:
        RosterError: two devices with one identity, or an identity that is none.
    """

    def __init__(self, beacons: Iterable[ListedBeacon]) -> None:
        self.strangers = 0
        self.faults: Counter[str] = Counter()
        self.batteries: dict[str, int] = {}
        self.facts: dict[str, dict[str, str]] = {}
        self.low: set[str] = set()
        self._known: Identities[_Known] = Identities()
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

        When a battery begins or ceases to be low, a `Device` of `src` says which ones are.

        Args:
            addr: the sender's address as the radio wrote it, in either case.
            rssi: dBm; -127 and what is no RSSI at all mean that nothing was heard.
            manufacturer: payloads by company id.
            service: payloads by UUID, short or long, in either case.
            src: the scanner's device id; a `Weight` bears the scale's own.
            t: event time.
            at: arrival time.
        """
        known = self._known.find(addr, manufacturer, service, t)
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
        low = len(self.low)
        grams = self._packet(known, services, addr)
        if grams is not None and beacon.role is Role.SCALE:
            heard.append(Weight(beacon.id, t, at, grams))
        if (said := sensed_in(manufacturer, services)) is not None:
            self._sense(beacon, said)
        if low != len(self.low):
            heard.append(Device(src, t, at, DeviceState.ONLINE, detail=self.attention))
        return heard

    @property
    def attention(self) -> str:
        """What a person should look at, as one line; empty when all is well."""
        return f"battery low: {', '.join(sorted(self.low))}" if self.low else ""

    def _packet(self, known: _Known, services: Mapping[str, bytes], addr: str) -> float | None:
        """Take the device's BTHome packet, if there is a new one; its weight where it has one."""
        data = services.get(SERVICE)
        if data is None:
            return None
        packet = known.session.take(data, octets_of(addr))
        if isinstance(packet, Refusal):
            if packet is not Refusal.REPEATED:
                self.faults[packet.value] += 1
            return None
        if packet.unread:
            self.faults["bthome_unread"] += 1
        self._sense(known.beacon, of_bthome(packet))
        grams = grams_of(packet)
        if grams is not None and abs(grams) > GRAMS_MOST:
            self.faults["absurd_weight"] += 1
            return None
        return grams

    def _sense(self, beacon: ListedBeacon, said: Sensed) -> None:
        if said.percent is not None:
            self.batteries[beacon.id] = said.percent
        if said.battery_low(before=beacon.id in self.low):
            self.low.add(beacon.id)
        else:
            self.low.discard(beacon.id)
        if said.facts and beacon.role is not Role.STAFF:
            self.facts.setdefault(beacon.id, {}).update(said.facts)

    def _enlist(self, beacon: ListedBeacon) -> None:
        if beacon.id in self._roles:
            raise RosterError(f"{beacon.id} is listed twice")
        try:
            known = _Known(beacon, Session(beacon.key))
            other = self._known.place(beacon.match, known)
        except ValueError as wrong:
            raise RosterError(f"{beacon.id}: {wrong}") from wrong
        if other is not known:
            raise RosterError(f"{beacon.id} and {other.beacon.id} have the same identity")
        self._roles[beacon.id] = beacon.role
