"""The roster: the store's own radio devices, and what one heard advert says about them.

Pure and deterministic: the live scanner and the replay of a capture use the same object. Of a
stranger nothing is kept but that there was one more: no address, no hash, no set of any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.ble.advertising import short_uuid
from drivers.ble.bthome import SERVICE, Packet, Refusal, Session
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
from drivers.ble.pushing import Slide, units_of
from drivers.ble.sensing import Sensed, of_bthome, sensed_in
from drivers.ble.weighing import GRAMS_MOST, grams_of
from drivers.ble.whereabouts import Whereabouts
from drivers.observations import (
    Advert,
    Device,
    DeviceState,
    Observation,
    Quantity,
    Reading,
    Weight,
)

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
    PUSHER = "pusher"


_STAFF, _SCALE, _FRIDGE, _OPENER, _PUSHER = (
    Role.STAFF, Role.SCALE, Role.FRIDGE, Role.OPENER, Role.PUSHER,
)  # fmt: skip
"""For `Roster.hear`: an enumeration's own member takes as long to look up as a badge to find."""


@dataclass(frozen=True, slots=True)
class ListedBeacon:
    """A device on the store's own list; `key` is its 16-byte BTHome key.

    `slide` is a pusher's, where it says a distance and not a number.
    """

    id: str
    role: Role
    match: Match
    zone: str | None = None
    gtin: str | None = None
    key: bytes | None = None
    slide: Slide | None = None


class RosterError(ValueError):
    """The list contradicts itself or holds no valid identity; one plain line says where."""


@dataclass(slots=True)
class _Known:
    beacon: ListedBeacon
    session: Session


class Roster:
    """Who is on the list, and what their adverts say.

    Args:
        beacons: the list.
        zones: the zone of each receiver that has one, by the `src` of its adverts; where they are
            said, baskets are told from zone to zone.

    Attributes:
        strangers: adverts of devices that are not on the list; the one trace they leave.
        faults: counted drops of listed devices by reason.
        batteries: percent by device id, from those that say it; of badges nothing.
        facts: what each device says of itself in words (`battery`, `temperature`, `door` …), by
            device id; of badges nothing, for it would tell who is in.
        low: ids of devices whose battery is low, badges too.

    Raises:
        RosterError: two devices with one identity, or an identity that is none.
    """

    def __init__(
        self, beacons: Iterable[ListedBeacon], zones: Mapping[str, str] | None = None
    ) -> None:
        self.strangers = 0
        self.faults: Counter[str] = Counter()
        self.batteries: dict[str, int] = {}
        self.facts: dict[str, dict[str, str]] = {}
        self.low: set[str] = set()
        self._known: Identities[_Known] = Identities()
        self._roles: dict[str, Role] = {}
        for beacon in beacons:
            self._enlist(beacon)
        moving = {name: role.value for name, role in self._roles.items() if role is Role.BASKET}
        self._whereabouts = Whereabouts(zones or {}, moving if zones else {})

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
        """What one advert says: nothing for a stranger, else an `Advert` and what follows from it.

        Of a scale that is its `Weight`, of a fridge or an opener a `Reading` of its temperature or
        door, of a pusher one of its units, of a basket its `Sighting`. When a battery begins or
        ceases to be low, a `Device` of the beacon says so.

        Args:
            addr: the sender's address as the radio wrote it, in either case.
            rssi: dBm; -127 and what is no RSSI at all mean that nothing was heard.
            manufacturer: payloads by company id.
            service: payloads by UUID, short or long, in either case.
            src: the scanner's device id; what a device measures bears the device's own.
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
        services = {short_uuid(uuid): data for uuid, data in service.items()} if service else {}
        heard: list[Observation] = [
            Advert(src, t, at, beacon.id, addr.upper(), rssi, dict(manufacturer), services)
        ]
        if (packet := self._packet(known, services, addr)) is not None:
            heard += self._held(beacon, packet, t, at)
            heard += self._sense(beacon, of_bthome(packet), t, at)
        if (said := sensed_in(manufacturer, services)) is not None:
            heard += self._sense(beacon, said, t, at)
        if (sighting := self._whereabouts.hear(beacon.id, src, rssi, t, at)) is not None:
            heard.append(sighting)
        return heard

    def _packet(self, known: _Known, services: Mapping[str, bytes], addr: str) -> Packet | None:
        """The device's BTHome packet, if there is a new one that may be believed."""
        data = services.get(SERVICE)
        if data is None:
            return None
        # Plain data is read without its sender's address.
        packet = known.session.take(data, octets_of(addr) if known.beacon.key else b"")
        if not isinstance(packet, Packet):
            if packet is not Refusal.REPEATED:
                self.faults[packet.value] += 1
            return None
        if packet.unread:
            self.faults["bthome_unread"] += 1
        return packet

    def _held(
        self, beacon: ListedBeacon, packet: Packet, t: float, at: float
    ) -> Iterator[Observation]:
        """What of the packet is goods, for a device that goods lie on."""
        if beacon.role is _SCALE and (grams := grams_of(packet)) is not None:
            if abs(grams) > GRAMS_MOST:
                self.faults["absurd_weight"] += 1
            else:
                yield Weight(beacon.id, t, at, grams)
        if beacon.role is _PUSHER and (units := units_of(packet, beacon.slide)) is not None:
            self.facts.setdefault(beacon.id, {})["units"] = str(units)
            yield Reading(beacon.id, t, at, Quantity.UNITS, float(units))

    def _sense(
        self, beacon: ListedBeacon, said: Sensed, t: float, at: float
    ) -> Iterator[Observation]:
        worn = beacon.role is _STAFF
        if said.percent is not None and not worn:
            self.batteries[beacon.id] = said.percent
        if said.facts and not worn:
            self.facts.setdefault(beacon.id, {}).update(said.facts)
        if beacon.role is _FRIDGE and said.temperature is not None:
            yield Reading(beacon.id, t, at, Quantity.TEMPERATURE, said.temperature)
        if beacon.role in (_FRIDGE, _OPENER) and said.opened is not None:
            yield Reading(beacon.id, t, at, Quantity.OPEN, float(said.opened))
        before = beacon.id in self.low
        if (low := said.battery_low(before=before)) != before:
            (self.low.add if low else self.low.discard)(beacon.id)
            detail = f"battery low: {said.battery}" if low else ""
            yield Device(beacon.id, t, at, DeviceState.ONLINE, detail=detail)

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
