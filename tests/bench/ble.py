"""Radio: adverts decoded a core-second, ours beside the decoders of others, in one run.

Everybody is given the same payloads, in the form that it asks for, made before the watch starts.
A row of a kind of advert is decoder against decoder. The shop floor is a mixed stream, most of it
phones, and the whole way for us: our roster hears each advert (who is it, is it on the list, what
does it say, which observations are that). There bthome-ble is asked of each advert and does nothing
but decode, and badges are ibeacon-ble's; in the second row they are even spared every phone.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from bthome_ble import BTHomeBluetoothDeviceData
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from home_assistant_bluetooth import BluetoothServiceInfo
from ibeacon_ble import iBeaconParser

from drivers.ble.bthome import Packet, Session
from drivers.ble.ibeacon import APPLE, decode_ibeacon
from drivers.ble.roster import ByAddress, ByIBeacon, ListedBeacon, Role, Roster
from tests.drivers.ble import vectors
from tests.drivers.ble.oracle import bthome_info, bthome_reads

OWN = bytes.fromhex(vectors.ADDRESS.replace(":", ""))
PLAIN = bytes.fromhex("4002c40903bf13")
UUID = "41424344454647484940414243444546"
IBEACON = bytes.fromhex("02154142434445464748494041424344454600010002f8")
ADVERTS = 2_000
TURNS, SECONDS = 8, 0.1
GOAL = 10
FLOOR = "four phones in five, badges, scales"
PHONES, BADGES, PLAIN_SCALES = 0.80, 0.10, 0.05
"""Of the shop floor's adverts; the rest are scales whose weight is encrypted."""
BADGE = "4A:00:00:00:00:01"
SCALE, SEALED_SCALE = vectors.ADDRESS, "54:48:E6:8F:80:A6"

Work: TypeAlias = Callable[[], object]


class Heard(NamedTuple):
    """One advert of the shop floor."""

    addr: str
    manufacturer: dict[int, bytes]
    service: dict[str, bytes]


def run() -> list[str]:
    """A line a kind: adverts a second, and the ratio to the other decoder."""
    logging.disable(logging.WARNING)  # the other decoder says a line for each refusal
    try:
        rows = {
            "iBeacon": _ibeacon(),
            "BTHome, two objects": _plain(),
            "BTHome, two objects, encrypted": _encrypted(),
            FLOOR: _floor(),
            "the same, strangers free for them": _floor(strangers_free=True),
        }
        spent = _seconds({(name, who): work for name, row in rows.items() for who, work in row})
    finally:
        logging.disable(logging.NOTSET)
    lines = [f"adverts decoded a second; the goal is {GOAL} x bthome-ble"]
    for name, ((_, _), (other, _)) in rows.items():
        if name == FLOOR:
            lines.append("a shop floor a second, no goal: ours to observations, theirs decoded")
        ours, theirs = spent[name, "ours"], spent[name, other]
        lines.append(f"{name}: {1 / ours:,.0f}, {other} {1 / theirs:,.0f}, {theirs / ours:.1f} x")
    return [*lines, *_roster()]


Row: TypeAlias = tuple[tuple[str, Work], tuple[str, Work]]


def _ibeacon() -> Row:
    parser: Any = iBeaconParser()
    asyncio.run(parser.async_setup())
    heard = BluetoothServiceInfo("x", vectors.ADDRESS, -60, {APPLE: IBEACON}, {}, [], "here")
    theirs, ours = parser.parse(heard), decode_ibeacon(IBEACON)
    assert ours is not None
    assert (theirs.uuid.bytes, theirs.major, theirs.minor) == ours[:3]
    return (
        ("ours", lambda: [decode_ibeacon(IBEACON) for _ in range(ADVERTS)]),
        ("ibeacon-ble", lambda: [parser.parse(heard) for _ in range(ADVERTS)]),
    )


def _plain() -> Row:
    ours, theirs, info = Session(), BTHomeBluetoothDeviceData(), bthome_info(PLAIN)
    _must_agree(ours.take(PLAIN, OWN), bthome_reads(theirs, PLAIN))
    return (
        ("ours", lambda: [ours.take(PLAIN, OWN) for _ in range(ADVERTS)]),
        ("bthome-ble", lambda: [theirs.update(info) for _ in range(ADVERTS)]),
    )


def _encrypted() -> Row:
    packets = _sealed(PLAIN, OWN, ADVERTS)
    infos = [bthome_info(data) for data in packets]
    # Both must really open the packets: a refusal is quick.
    one = BTHomeBluetoothDeviceData(bindkey=vectors.KEY)
    _must_agree(Session(vectors.KEY).take(packets[0], OWN), bthome_reads(one, packets[0]))

    def ours() -> None:
        session = Session(vectors.KEY)
        taken = [session.take(data, OWN) for data in packets]
        assert isinstance(taken[-1], Packet)

    def theirs() -> None:
        decoder = BTHomeBluetoothDeviceData(bindkey=vectors.KEY)
        for info in infos:
            decoder.update(info)

    return ("ours", ours), ("bthome-ble", theirs)


def _must_agree(ours: object, theirs: list[Any]) -> None:
    assert isinstance(ours, Packet)
    assert [reading.value for reading in ours.readings] == theirs


def _floor(*, strangers_free: bool = False) -> Row:
    heard = _shop_floor(ADVERTS)
    parser: Any = iBeaconParser()
    asyncio.run(parser.async_setup())
    asked = [one for one in map(_asked, heard) if one.addr or not strangers_free]

    def ours() -> None:
        roster = _listed()
        for addr, manufacturer, service in heard:
            roster.hear(addr, -60, manufacturer, service, src="ble", t=1.0, at=1.0)
        assert not roster.faults

    def theirs() -> None:
        unlisted = BTHomeBluetoothDeviceData()
        decoders = {
            SCALE: BTHomeBluetoothDeviceData(),
            SEALED_SCALE: BTHomeBluetoothDeviceData(bindkey=vectors.KEY),
        }
        for addr, info in asked:
            if addr == BADGE:
                parser.parse(info)
            else:
                decoders.get(addr, unlisted).update(info)

    return ("ours", ours), ("bthome-ble and ibeacon-ble", theirs)


class Asked(NamedTuple):
    """An advert in the form in which the others want it; no address: a stranger's."""

    addr: str
    info: Any


def _asked(heard: Heard) -> Asked:
    if heard.service:
        return Asked(heard.addr, bthome_info(heard.service["fcd2"]))
    info = BluetoothServiceInfo("x", heard.addr, -60, heard.manufacturer, {}, [], "here")
    return Asked(heard.addr if heard.addr == BADGE else "", info)


def _shop_floor(count: int) -> list[Heard]:
    chance = random.Random(7)
    weight = bytes.fromhex("40065e1f")
    sealed = iter(_sealed(weight, bytes.fromhex(SEALED_SCALE.replace(":", "")), count))
    found = []
    for _ in range(count):
        which = chance.random()
        addr = chance.randbytes(6).hex(":").upper()
        if which < PHONES:
            found.append(Heard(addr, {APPLE: b"\x12\x19" + chance.randbytes(25)}, {}))
        elif which < PHONES + BADGES:
            found.append(Heard(BADGE, {APPLE: IBEACON}, {}))
        elif which < PHONES + BADGES + PLAIN_SCALES:
            found.append(Heard(SCALE, {}, {"fcd2": weight}))
        else:
            found.append(Heard(SEALED_SCALE, {}, {"fcd2": next(sealed)}))
    return found


def _listed() -> Roster:
    badges = [ListedBeacon(f"b-{n}", Role.STAFF, ByIBeacon(UUID, 1, n)) for n in range(40)]
    scale = ListedBeacon("scale", Role.SCALE, ByAddress(SCALE))
    sealed = ListedBeacon("sealed", Role.SCALE, ByAddress(SEALED_SCALE), key=vectors.KEY)
    return Roster([*badges, scale, sealed])


def _roster() -> list[str]:
    roster = _listed()
    phone, badge = {APPLE: b"\x12\x19" + bytes(25)}, {APPLE: IBEACON}
    weight = {"fcd2": bytes.fromhex("40065e1f")}

    def hear(addr: str, manufacturer: dict[int, bytes], service: dict[str, bytes]) -> Work:
        def work() -> None:
            for _ in range(ADVERTS):
                roster.hear(addr, -60, manufacturer, service, src="ble", t=1.0, at=1.0)

        return work

    spent = _seconds(
        {
            "a stranger dropped": hear("4A:00:00:00:00:02", phone, {}),
            "a badge heard": hear(BADGE, badge, {}),
            "a scale weighed": hear(SCALE, {}, weight),
        }
    )
    return [f"roster of 42, {what}: {1 / each:,.0f}" for what, each in spent.items()]


def _seconds(ways: dict[Any, Work]) -> dict[Any, float]:
    """Processor time an advert: the best of some turns, in which everybody is tried by turns.

    Others share the core, and what they do to it should be met by all.
    """
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(TURNS):
        for name, work in ways.items():
            until = time.process_time() + SECONDS
            while (begun := time.process_time()) < until:
                work()
                best[name] = min(best[name], time.process_time() - begun)
    return {name: seconds / ADVERTS for name, seconds in best.items()}


def _sealed(data: bytes, address: bytes, count: int) -> list[bytes]:
    """Encrypted packets of plain `data` with counters that rise."""
    cipher = AESCCM(vectors.KEY, tag_length=4)
    packets = []
    for number in range(1, count + 1):
        counter = number.to_bytes(4, "little")
        sealed = cipher.encrypt(address + b"\xd2\xfc\x41" + counter, data[1:], None)
        packets.append(b"\x41" + sealed[:-4] + counter + sealed[-4:])
    return packets


if __name__ == "__main__":
    print("\n".join(run()))
