"""Whom an advert is from: the ways in which a listed device is known, and an index of them.

A beacon's telemetry (Eddystone TLM) bears no identity: it belongs to the listed beacon whose
identity was heard last from the same address. That address, and none other, is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from drivers.ble import altbeacon, eddystone, ibeacon
from drivers.ble.advertising import short_uuid
from drivers.ble.eid import EidWindow
from drivers.ble.ibeacon import APPLE

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ByIBeacon:
    """Known by its iBeacon identity, whatever its address; None in a number means any."""

    uuid: str
    major: int | None = None
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class ByAltBeacon:
    """Known by its AltBeacon identity, whatever its address; None in a number means any."""

    uuid: str
    major: int | None = None
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class ByEddystone:
    """Known by its Eddystone UID (hex of 10 and 6 bytes); None in the instance means any."""

    namespace: str
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class ByEid:
    """Known by its Eddystone EID, with its `key`.

    Attributes:
        key: its 16-byte identity key.
        rotation: K: its identity changes every 2^K seconds.
        since: when its clock was at 0, seconds UTC.
    """

    key: bytes
    rotation: int
    since: float


@dataclass(frozen=True, slots=True)
class ByAddress:
    """Known by its address (six pairs of hex digits)."""

    address: str


Match: TypeAlias = ByIBeacon | ByAltBeacon | ByEddystone | ByEid | ByAddress

_Numbered: TypeAlias = tuple[bytes, int | None, int | None]
_IDENTITY = struct.Struct(">16sHH")


class Identities(Generic[T]):
    """Finds the thing that was placed under the identity in an advert; the closest match wins."""

    def __init__(self) -> None:
        self._by_address: dict[str, T] = {}
        self._by_ibeacon: dict[_Numbered, T] = {}
        self._by_altbeacon: dict[_Numbered, T] = {}
        self._by_eddystone: dict[tuple[bytes, bytes | None], T] = {}
        self._by_eid: list[tuple[ByEid, EidWindow, T]] = []
        self._heard_from: dict[str, T] = {}

    def place(self, match: Match, thing: T) -> T:
        """Place a thing; answers what stands there already, or the thing itself.

        Raises:
            ValueError: the identity is none; the message ends a sentence about the device.
        """
        match match:
            case ByAddress(address):
                octets = octets_of(address)
                if len(octets) != 6:
                    raise ValueError("its address is not six pairs of hex digits")
                return self._by_address.setdefault(octets.hex(":").upper(), thing)
            case ByIBeacon(uuid, major, minor):
                return self._by_ibeacon.setdefault((_uuid(uuid, "iBeacon"), major, minor), thing)
            case ByAltBeacon(uuid, major, minor):
                key = (_uuid(uuid, "AltBeacon"), major, minor)
                return self._by_altbeacon.setdefault(key, thing)
            case ByEddystone(namespace, instance):
                spot = (_sized(namespace, 10, "namespace"), None)
                if instance is not None:
                    return self._by_eddystone.setdefault(
                        (spot[0], _sized(instance, 6, "instance")), thing
                    )
                return self._by_eddystone.setdefault(spot, thing)
            case ByEid(key, rotation, since):
                for other, _, known in self._by_eid:
                    if other == match:
                        return known
                self._by_eid.append((match, EidWindow(key, rotation, since), thing))
                return thing

    def find(
        self, addr: str, manufacturer: Mapping[int, bytes], service: Mapping[str, bytes], t: float
    ) -> T | None:
        """Whose advert this is; None for a stranger. `t` tells which EIDs are in use."""
        if (known := self._by_address.get(addr)) is not None:
            return known
        if (known := self._by_address.get(addr.upper())) is not None:
            return known
        if self._by_ibeacon and (apple := manufacturer.get(APPLE)):
            known = self._ibeacon(apple)
        if known is None and self._by_altbeacon:
            known = self._altbeacon(manufacturer)
        if known is not None:
            self._remember(addr, known)
            return known
        return self._eddystone(addr, service, t)

    def _ibeacon(self, apple: bytes) -> T | None:
        if len(apple) < ibeacon.SIZE or not apple.startswith(ibeacon.PREFIX):
            return None
        return _closest(self._by_ibeacon, apple[ibeacon.IDENTITY])

    def _altbeacon(self, manufacturer: Mapping[int, bytes]) -> T | None:
        for data in manufacturer.values():
            if (
                len(data) == altbeacon.SIZE
                and data.startswith(altbeacon.PREFIX)
                and (known := _closest(self._by_altbeacon, data[altbeacon.IDENTITY])) is not None
            ):
                return known
        return None

    def _eddystone(self, addr: str, service: Mapping[str, bytes], t: float) -> T | None:
        if not (service and (self._by_eddystone or self._by_eid or self._heard_from)):
            return None
        data = _feaa(service)
        frame = None if data is None else eddystone.decode_eddystone(data)
        match frame:
            case eddystone.Uid(namespace=namespace, instance=instance):
                known = self._by_eddystone.get((namespace, instance))
                known = known or self._by_eddystone.get((namespace, None))
            case eddystone.Eid(eid=eid):
                found = (thing for _, window, thing in self._by_eid if window.holds(eid, t))
                known = next(found, None)
            case eddystone.Tlm():
                return self._heard_from.get(addr)
            case _:
                return None
        if known is not None:
            self._remember(addr, known)
        return known

    def _remember(self, addr: str, known: T) -> None:
        if self._heard_from.get(addr) is known:
            return
        for old in [old for old, thing in self._heard_from.items() if thing is known]:
            del self._heard_from[old]
        self._heard_from[addr] = known


def octets_of(address: str) -> bytes:
    """The six bytes of a written address; fewer or none where it is not one."""
    return _hex(address.replace(":", "").replace("-", ""))


def _closest(known: Mapping[_Numbered, T], identity: bytes) -> T | None:
    uuid, major, minor = _IDENTITY.unpack(identity)
    if (thing := known.get((uuid, major, minor))) is not None:
        return thing
    for key in ((major, None), (None, minor), (None, None)):
        if (thing := known.get((uuid, *key))) is not None:
            return thing
    return None


def _feaa(service: Mapping[str, bytes]) -> bytes | None:
    return next((d for uuid, d in service.items() if short_uuid(uuid) == eddystone.SERVICE), None)


def _uuid(text: str, what: str) -> bytes:
    raw = _hex(text.replace("-", ""))
    if len(raw) != 16:
        raise ValueError(f"its {what} UUID has not 32 hex digits")
    return raw


def _sized(text: str, size: int, what: str) -> bytes:
    raw = _hex(text)
    if len(raw) != size:
        raise ValueError(f"its Eddystone {what} has not {2 * size} hex digits")
    return raw


def _hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""
