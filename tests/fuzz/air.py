"""BLE: payloads, beacons, sensors, and the roster behind the scanner."""

from __future__ import annotations

import math

from drivers.ble.advertising import parse_payload
from drivers.ble.altbeacon import decode_altbeacon
from drivers.ble.bthome import Packet, Session, decode_objects
from drivers.ble.eddystone import decode_eddystone
from drivers.ble.hci import reports_in
from drivers.ble.ibeacon import decode_ibeacon
from drivers.ble.identity import ByAddress, ByAltBeacon, ByEddystone, ByEid, ByIBeacon, Match
from drivers.ble.pushing import Slide
from drivers.ble.receivers import BleReceivers
from drivers.ble.roster import ListedBeacon, Role, Roster
from drivers.ble.ruuvi import decode_ruuvi
from drivers.ble.sensing import sensed_in
from drivers.ble.weighing import GRAMS_MOST
from drivers.mqtt_link import Broker, Incoming
from drivers.observations import Reading, Weight
from tests.fuzz.target import Take, Target, pieces, script

KEY = bytes(range(16))
ADDRESS, SCALE = "C4:7C:8D:6A:11:02", "C4:7C:8D:6A:11:03"
BADGE = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
PLAIN = bytes.fromhex("40000201610610270A640500C9B200")
LOCKED = bytes.fromhex("41a47266c95f730011223378237214")
IBEACON = bytes.fromhex("0215f7826da64fa24e988024bc5b71e0893e00010007c5")
ALTBEACON = bytes.fromhex("beacf7826da64fa24e988024bc5b71e0893e00010007c500")
UID = bytes.fromhex("00ee" + "11" * 10 + "22" * 6 + "0000")
TLM = bytes.fromhex("20000bb8170000000001000000ff")
RUUVI = bytes.fromhex("0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F")


def _payload(data: bytes) -> None:
    found = parse_payload(data)
    sensed_in(found.manufacturer, found.service)


def _beacons(data: bytes) -> None:
    decode_ibeacon(data)
    decode_altbeacon(data)
    decode_eddystone(data)
    decode_ruuvi(data)


def _reports(data: bytes) -> None:
    for kind in (2, 13):
        for report in reports_in(bytes([4, 0x3E, 0, kind]) + data):
            assert -128 <= report.rssi <= 127
            parse_payload(report.data)


def _objects(data: bytes) -> None:
    packet = decode_objects(data)
    assert 0 <= packet.unread <= len(data)


def _bthome() -> Take:
    """Act 0 and 1: to the plain device and to the one with a key."""
    plain, keyed = Session(None), Session(KEY)

    def take(data: bytes) -> None:
        for act, content in pieces(data):
            said = (keyed if act & 1 else plain).take(content, bytes.fromhex("C47C8D6A1102"))
            assert not (act & 1 and isinstance(said, Packet) and content[0] & 1 == 0)

    return take


def _roster_of_all() -> Roster:
    matches: tuple[Match, ...] = (
        ByAddress(ADDRESS),
        ByIBeacon(BADGE, 1, None),
        ByAltBeacon(BADGE, 1, 7),
        ByEddystone("11" * 10),
        ByEid(KEY, 4, 0.0),
    )
    roles = (Role.PUSHER, Role.STAFF, Role.BASKET, Role.FRIDGE, Role.OPENER)
    listed = [
        ListedBeacon(f"b{i}", role, match, key=KEY if i == 3 else None, slide=Slide(50.0, 400.0))
        for i, (role, match) in enumerate(zip(roles, matches, strict=True))
    ]
    scale = ListedBeacon("scale", Role.SCALE, ByAddress(SCALE))
    return Roster([*listed, scale], {"ble": "a", "r/door": "b"})


def _roster() -> Take:
    """Pieces are payloads; `act` says from which address, the listed one or one of many."""
    roster = _roster_of_all()
    now = 1_763_740_800.0

    def take(data: bytes) -> None:
        nonlocal now
        for act, content in pieces(data):
            now += 0.1
            addr = f"00:00:00:00:{act:02X}:{len(content):02X}"
            addr = (SCALE if act & 2 else ADDRESS) if act & 1 else addr
            said = parse_payload(content)
            rssi = float(int.from_bytes(content[-1:], "big", signed=True))
            heard = roster.hear(
                addr, rssi, said.manufacturer, said.service, src="ble", t=now, at=now
            )
            for one in heard:
                assert not isinstance(one, Weight) or abs(one.grams) <= GRAMS_MOST
                assert not isinstance(one, Reading) or math.isfinite(one.value)

    return take


def _receivers() -> Take:
    source = BleReceivers("r", "S", Broker("127.0.0.1", 1883), _roster_of_all())
    now = 1_763_740_800.0

    def take(data: bytes) -> None:
        nonlocal now
        now += 0.1
        for topic in ("shelfcast/ble/S/door", data[:40].decode("latin-1")):
            source.take(Incoming(topic, data, 1, 0), lambda _heard: None, now)

    return take


def _part(kind: int, body: bytes) -> bytes:
    return bytes((len(body) + 1, kind)) + body


_SCALE = _part(0x16, b"\xd2\xfc" + PLAIN)
_BADGE = _part(0xFF, b"\x4c\0" + IBEACON)

AIR = (
    Target("ble_payload", lambda: _payload, (_SCALE + _BADGE, _part(0xFF, b"\x99\4" + RUUVI))),
    Target("ble_beacons", lambda: _beacons, (IBEACON, ALTBEACON, UID, TLM, RUUVI)),
    Target(
        "hci_reports",
        lambda: _reports,
        (b"\1\0\1" + bytes(6) + bytes((len(_SCALE),)) + _SCALE + b"\xb9",),
    ),
    Target("bthome_objects", lambda: _objects, (PLAIN[1:], bytes.fromhex("530568656c6c6f3a01"))),
    Target("bthome_session", _bthome, (script((0, PLAIN), (1, LOCKED)),)),
    Target(
        "ble_receivers",
        _receivers,
        (
            b'{"adverts": [{"addr": "C4:7C:8D:6A:11:02", "rssi": -71, "age": 0.2, "data": "'
            + _SCALE.hex().encode()
            + b'"}]}',
        ),
    ),
    Target(
        "ble_roster",
        _roster,
        (script((1, _SCALE), (2, _BADGE), (4, _part(0x16, b"\xaa\xfe" + UID))),),
    ),
)
