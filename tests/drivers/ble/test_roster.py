"""The roster: whose adverts count, what they say, and that a stranger leaves one number."""

from __future__ import annotations

import gc
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.advertising import parse_payload
from drivers.ble.eid import eid_at
from drivers.ble.ibeacon import APPLE
from drivers.ble.pushing import Slide
from drivers.ble.roster import (
    ByAddress,
    ByAltBeacon,
    ByEddystone,
    ByEid,
    ByIBeacon,
    ListedBeacon,
    Role,
    Roster,
    RosterError,
)
from drivers.observations import Advert, Device, Observation, Reading, Sighting, Weight
from tests.drivers.ble import vectors

UUID = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
SCALE_ADDRESS = "C4:7C:8D:6A:11:02"
LONG_FCD2 = "0000fcd2-0000-1000-8000-00805f9b34fb"

BADGE = ListedBeacon("badge-7", Role.STAFF, ByIBeacon(UUID, 1, 7))
SCALE = ListedBeacon("scale-3", Role.SCALE, ByAddress(SCALE_ADDRESS), "shelf-c", "03453120000028")


def ibeacon(major: int, minor: int, uuid: str = UUID) -> dict[int, bytes]:
    numbers = major.to_bytes(2, "big") + minor.to_bytes(2, "big") + b"\xc5"
    return {APPLE: b"\x02\x15" + bytes.fromhex(uuid.replace("-", "")) + numbers}


def hear(
    roster: Roster,
    addr: str = SCALE_ADDRESS,
    manufacturer: Mapping[int, bytes] | None = None,
    service: Mapping[str, bytes] | None = None,
    rssi: float = -71.0,
) -> list[Observation]:
    return roster.hear(addr, rssi, manufacturer or {}, service or {}, src="ble", t=10.0, at=10.5)


def bthome(text: str) -> dict[str, bytes]:
    return {"fcd2": bytes.fromhex(text)}


def test_a_badge_is_known_by_its_ibeacon_whatever_its_address() -> None:
    roster = Roster([BADGE])
    data = ibeacon(1, 7)
    for addr in ("11:22:33:44:55:66", "7a:00:00:00:00:01"):
        assert hear(roster, addr, data) == [
            Advert("ble", 10.0, 10.5, "badge-7", addr.upper(), -71.0, data, {})
        ]
    assert hear(roster, manufacturer=ibeacon(1, 8)) == []
    assert hear(roster, manufacturer=ibeacon(2, 7)) == []
    assert hear(roster, manufacturer=ibeacon(1, 7, "00" * 16)) == []
    assert roster.strangers == 3


def test_the_closest_ibeacon_identity_wins() -> None:
    fleet = ListedBeacon("fleet", Role.BASKET, ByIBeacon(UUID.upper()))
    floor = ListedBeacon("floor", Role.BASKET, ByIBeacon(UUID, major=1))
    sevens = ListedBeacon("sevens", Role.BASKET, ByIBeacon(UUID, minor=7))
    roster = Roster([fleet, sevens, floor, BADGE])
    found = [hear(roster, manufacturer=ibeacon(*who)) for who in ((1, 7), (1, 8), (2, 7), (2, 8))]
    beacons = [advert.beacon for (advert,) in found if isinstance(advert, Advert)]
    assert beacons == ["badge-7", "floor", "sevens", "fleet"]


@pytest.mark.parametrize("uuid", ["fcd2", "FCD2", LONG_FCD2, LONG_FCD2.upper().replace("-", "")])
def test_a_scale_says_its_weight(uuid: str) -> None:
    data = bytes.fromhex("40065e1f")
    advert, weight = hear(Roster([SCALE]), SCALE_ADDRESS.lower(), service={uuid: data})
    assert weight == Weight("scale-3", 10.0, 10.5, 80_300.0)
    assert isinstance(advert, Advert)
    assert (advert.addr, advert.service) == (SCALE_ADDRESS, {"fcd2": data})


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("4006b800", 1_840.0),
        ("40073e1d", 33_955.925),
        ("4059ea", -22.0),
        ("405aeaea", -5398.0),
        ("4006b80059ea", 1_840.0),
        ("400960", None),
        ("403d0960", None),
        ("4002c409", None),
    ],
)
def test_which_objects_are_a_weight(text: str, grams: float | None) -> None:
    weights = [
        o.grams for o in hear(Roster([SCALE]), service=bthome(text)) if isinstance(o, Weight)
    ]
    assert weights == ([] if grams is None else [pytest.approx(grams, abs=1e-3)])


def test_only_a_scale_weighs() -> None:
    fridge = ListedBeacon("fridge-1", Role.FRIDGE, ByAddress(SCALE_ADDRESS))
    roster = Roster([fridge])
    assert [type(o) for o in hear(roster, service=bthome("40015d065e1f"))] == [Advert]
    assert roster.batteries == {"fridge-1": 93}


def test_a_repeated_packet_is_presence_but_no_new_weight() -> None:
    roster = Roster([SCALE])
    packets = [bthome(text) for text in ("400001065e1f", "400001065e1f", "400002065e1f")]
    kinds = [[type(o) for o in hear(roster, service=packet)] for packet in packets]
    assert kinds == [[Advert, Weight], [Advert], [Advert, Weight]]
    assert not roster.faults


def test_a_scale_with_a_key_and_somebody_who_plays_it_back() -> None:
    listed = ListedBeacon("t", Role.SCALE, ByAddress(vectors.ADDRESS), key=vectors.KEY)
    roster = Roster([listed])
    for text in (vectors.RISING[1], vectors.RISING[0], "40065e1f", vectors.LOWER):
        assert len(hear(roster, vectors.ADDRESS, service=bthome(text))) == 1
    assert roster.faults == {"bthome_replayed": 2, "bthome_plain": 1}


@pytest.mark.parametrize("rssi", [-127, -128.0, 127, float("nan"), float("inf")])
def test_an_advert_without_rssi_was_not_heard(rssi: float) -> None:
    roster = Roster([SCALE])
    assert hear(roster, service=bthome("40065e1f"), rssi=rssi) == []
    assert roster.faults == {"no_rssi": 1}
    assert roster.strangers == 0


@pytest.mark.parametrize(
    ("beacons", "words"),
    [
        ([BADGE, BADGE], "badge-7 is listed twice"),
        ([SCALE, ListedBeacon("b", Role.STAFF, SCALE.match)], "b and scale-3 have the same"),
        ([ListedBeacon("b", Role.STAFF, ByAddress("C4:7C"))], "b: its address"),
        ([ListedBeacon("b", Role.STAFF, ByIBeacon("xyz"))], "b: its iBeacon UUID"),
        ([ListedBeacon("b", Role.STAFF, SCALE.match, key=b"k")], "b: a BTHome key has 16 bytes"),
        ([ListedBeacon("b", Role.STAFF, ByAltBeacon("xyz"))], "b: its AltBeacon UUID"),
        ([ListedBeacon("b", Role.STAFF, ByEddystone("12"))], "b: its Eddystone namespace"),
        ([ListedBeacon("b", Role.STAFF, ByEddystone("12" * 10, "x"))], "b: its Eddystone inst"),
        ([ListedBeacon("b", Role.STAFF, ByEid(b"k", 10, 0.0))], "b: an EID key has 16 bytes"),
    ],
)
def test_a_list_that_cannot_be(beacons: list[ListedBeacon], words: str) -> None:
    with pytest.raises(RosterError, match=words):
        Roster(beacons)


def payload(text: str) -> tuple[dict[int, bytes], dict[str, bytes]]:
    found = parse_payload(bytes.fromhex(text))
    return found.manufacturer, found.service


def test_a_beacon_is_known_by_its_altbeacon() -> None:
    uuid = "2f234454-cf6d-4a0f-adf2-f4911ba9ffa6"
    listed = ListedBeacon("a", Role.BASKET, ByAltBeacon(uuid, 1, 2))
    roster = Roster([listed])
    manufacturer, service = payload(vectors.ALTBEACON)
    (advert,) = hear(roster, "11:22:33:44:55:66", manufacturer, service)
    assert isinstance(advert, Advert)
    assert advert.beacon == "a"
    assert (
        hear(
            Roster([ListedBeacon("a", Role.BASKET, ByAltBeacon(uuid, 1, 3))]),
            manufacturer=manufacturer,
        )
        == []
    )
    shorter, _ = payload(vectors.ALTBEACON.replace("1bff", "1aff"))
    assert hear(roster, manufacturer=shorter) == []


@pytest.mark.parametrize("uuid", ["feaa", "0000FEAA-0000-1000-8000-00805F9B34FB"])
def test_a_beacon_is_known_by_its_eddystone_uid_and_its_telemetry_follows(uuid: str) -> None:
    listed = ListedBeacon("e", Role.FRIDGE, ByEddystone("12345678901234678901", "000000000001"))
    roster = Roster([listed])
    uid = {uuid: payload(vectors.EDDYSTONE_UID)[1]["feaa"]}
    tlm = {uuid: payload(vectors.EDDYSTONE_TLM)[1]["feaa"]}
    first, second = "C0:00:00:00:00:01", "C0:00:00:00:00:02"
    assert hear(roster, first, service=tlm) == [], "whose telemetry it is, is not known yet"
    assert [type(o) for o in hear(roster, first, service=uid)] == [Advert]
    advert, warmth = hear(roster, first, service=tlm)
    assert isinstance(advert, Advert)
    assert advert.beacon == "e"
    assert readings([warmth]) == [("e", "temperature", 19.0)]
    assert roster.facts == {"e": {"battery": "2.84 V", "temperature": "19.00 °C"}}
    hear(roster, second, service=uid)
    assert hear(roster, first, service=tlm) == [], "it speaks from another address now"
    assert roster.strangers == 2


def test_the_closest_eddystone_identity_wins() -> None:
    fleet = ListedBeacon("fleet", Role.BASKET, ByEddystone("12345678901234678901"))
    one = ListedBeacon("one", Role.BASKET, ByEddystone("12345678901234678901", "000000000001"))
    uid = payload(vectors.EDDYSTONE_UID)[1]
    other = {"feaa": uid["feaa"][:12] + bytes(6)}
    heard = [hear(Roster([fleet, one]), service=data)[0] for data in (uid, other)]
    assert [a.beacon for a in heard if isinstance(a, Advert)] == ["one", "fleet"]


def test_a_beacon_is_known_by_its_eid_at_the_right_time() -> None:
    roster = Roster([ListedBeacon("x", Role.BASKET, ByEid(vectors.EID_KEY, 10, -50_000.0))])
    now = eid_at(vectors.EID_KEY, 10, 50_010)
    later = eid_at(vectors.EID_KEY, 10, 90_000)
    assert len(hear(roster, service={"feaa": b"\x30\xe3" + now})) == 1
    assert hear(roster, service={"feaa": b"\x30\xe3" + later}) == []
    assert roster.strangers == 1


def test_what_a_sensor_says_is_shown_and_of_a_badge_nothing() -> None:
    fridge = ListedBeacon("fridge", Role.FRIDGE, ByAddress(SCALE_ADDRESS))
    badge = ListedBeacon("badge", Role.STAFF, ByAddress("C4:7C:8D:6A:11:03"))
    roster = Roster([fridge, badge])
    hear(roster, service=bthome("4001500290011a01"))
    assert roster.facts == {"fridge": {"battery": "80 %", "temperature": "4.0 °C", "door": "open"}}
    hear(roster, service=bthome("401a00"))
    assert roster.facts["fridge"]["door"] == "closed"
    manufacturer, service = payload(vectors.RUUVI)
    hear(roster, manufacturer=manufacturer, service=service)
    assert roster.facts["fridge"]["battery"] == "2.98 V"
    assert roster.facts["fridge"]["temperature"] == "24.30 °C"
    hear(roster, "C4:7C:8D:6A:11:03", service=bthome("400150"))
    assert list(roster.facts) == list(roster.batteries) == ["fridge"]


def test_a_low_battery_is_said_once_and_over_when_it_was_changed() -> None:
    roster = Roster([SCALE, ListedBeacon("badge", Role.STAFF, ByAddress("C4:7C:8D:6A:11:03"))])

    def said(text: str, addr: str = SCALE_ADDRESS) -> list[tuple[str, str]]:
        heard = hear(roster, addr, service=bthome(text))
        return [(o.src, o.detail) for o in heard if isinstance(o, Device)]

    assert said("400110") == []
    assert said("40010f") == [("scale-3", "battery low: 15 %")]
    assert said("40010e") == [], "it is said once, not at each percent"
    assert said("400112") == [], "a battery recovers a little when it is warm"
    assert said("401501", "C4:7C:8D:6A:11:03") == [("badge", "battery low: by its own word")]
    assert said("4001ff") == [], "no percentage"
    assert said("400164") == [("scale-3", "")]
    assert said("401500", "C4:7C:8D:6A:11:03") == [("badge", "")]


def test_volts_of_telemetry_and_of_a_ruuvi_tell_a_low_battery_too() -> None:
    listed = ListedBeacon("e", Role.FRIDGE, ByEddystone("12345678901234678901", "000000000001"))
    tag = ListedBeacon("r", Role.FRIDGE, ByAddress("CB:B8:33:4C:88:4F"))
    roster = Roster([listed, tag])

    def details(heard: list[Observation]) -> list[tuple[str, str]]:
        return [(o.src, o.detail) for o in heard if isinstance(o, Device)]

    hear(roster, "C0:00:00:00:00:01", service=payload(vectors.EDDYSTONE_UID)[1])
    tlm = bytearray(payload(vectors.EDDYSTONE_TLM)[1]["feaa"])
    for millivolts, said in ((0, []), (2_399, [("e", "battery low: 2.40 V")]), (2_450, [])):
        tlm[2:4] = millivolts.to_bytes(2, "big")
        assert details(hear(roster, "C0:00:00:00:00:01", service={"feaa": bytes(tlm)})) == said
    ruuvi = bytearray(payload(vectors.RUUVI)[0][0x0499])
    for raw, said in ((700, [("r", "battery low: 2.30 V")]), (0x7FF, []), (901, [("r", "")])):
        ruuvi[13:15] = (raw << 5).to_bytes(2, "big")
        found = hear(roster, "CB:B8:33:4C:88:4F", {0x0499: bytes(ruuvi)})
        assert details(found) == said, "none said is none low"


def readings(heard: list[Observation]) -> list[tuple[str, str, float]]:
    return [(o.src, o.quantity.value, o.value) for o in heard if isinstance(o, Reading)]


def test_a_fridge_says_its_temperature_and_door_and_an_opener_its_door() -> None:
    fridge = ListedBeacon("fridge", Role.FRIDGE, ByAddress(SCALE_ADDRESS))
    door = ListedBeacon("back", Role.OPENER, ByAddress("C4:7C:8D:6A:11:03"))
    roster = Roster([fridge, door])
    heard = readings(hear(roster, service=bthome("400290011a01")))
    assert heard == [("fridge", "temperature", 4.0), ("fridge", "open", 1.0)]
    said = readings(hear(roster, "C4:7C:8D:6A:11:03", service=bthome("400290011100")))
    assert said == [("back", "open", 0.0)], "an opener is about its door alone"
    assert readings(hear(roster, manufacturer=payload(vectors.RUUVI)[0])) == [
        ("fridge", "temperature", 24.3)
    ]


@pytest.mark.parametrize(
    ("slide", "text", "units"),
    [
        (None, "400907", 7),
        (None, "403d0700", 7),
        (None, "4059ff", None),
        (None, "403de903", None),
        (None, "40402c01", None),
        (Slide(60.0), "40402c01", 5),
        (Slide(60.0), "404003000905", 5),
        (Slide(60.0), "40404a01", None),
        (Slide(60.0, 400.0), "40402c01", None),
        (Slide(50.0, 400.0), "40402c01", 2),
        (Slide(50.0, 400.0), "40409501", 0),
        (Slide(50.0, 400.0), "4040c201", None),
        (Slide(100.0), "410300", None),
    ],
)
def test_what_a_pusher_holds(slide: Slide | None, text: str, units: int | None) -> None:
    pusher = ListedBeacon("p", Role.PUSHER, ByAddress(SCALE_ADDRESS), "a", "g", slide=slide)
    roster = Roster([pusher])
    told = [] if units is None else [("p", "units", float(units))]
    assert readings(hear(roster, service=bthome(text))) == told
    assert roster.facts.get("p", {}).get("units") == (None if units is None else str(units))


def test_only_a_basket_is_sighted_and_only_where_receivers_have_zones() -> None:
    basket = ListedBeacon("basket", Role.BASKET, ByAddress(SCALE_ADDRESS))
    badge = ListedBeacon("badge", Role.STAFF, ByAddress("C4:7C:8D:6A:11:03"))

    def walk(roster: Roster) -> list[Sighting]:
        heard: list[Observation] = []
        for t in range(60):
            shoes, home = (-60.0, -80.0) if t < 30 else (-80.0, -60.0)
            for addr in (SCALE_ADDRESS, "C4:7C:8D:6A:11:03"):
                for src, rssi in (("ble", shoes), ("ble-receivers/home", home)):
                    heard += roster.hear(addr, rssi, {}, {}, src=src, t=float(t), at=t + 0.5)
        return [one for one in heard if isinstance(one, Sighting)]

    assert walk(Roster([basket, badge])) == []
    said = walk(Roster([basket, badge], {"ble": "shoes", "ble-receivers/home": "home"}))
    assert {(one.beacon, one.role) for one in said} == {("basket", "basket")}
    assert [one.zone for one in said] == ["shoes"] * 4 + ["home"] * 2
    assert said[0].at == said[0].t + 0.5


def test_who_never_leaves_the_store() -> None:
    assert not Roster([BADGE]).stationary
    assert Roster([BADGE, SCALE]).stationary


def phones(count: int) -> list[tuple[str, dict[int, bytes], dict[str, bytes]]]:
    """Adverts as phones send them: random addresses, exposure, finding, iBeacons of others."""
    random.seed(4)
    adverts = []
    for number in range(count):
        raw = random.randbytes(6)
        addr = raw.hex(":").upper()
        shapes: list[tuple[dict[int, bytes], dict[str, bytes]]] = [
            ({APPLE: b"\x12\x19" + random.randbytes(25)}, {}),
            ({APPLE: b"\x10\x05" + random.randbytes(5)}, {}),
            (ibeacon(1, 7, random.randbytes(16).hex()), {}),
            ({}, {"fd6f": random.randbytes(20)}),
            ({}, {"fcd2": bytes.fromhex("40065e1f")}),
            ({117: random.randbytes(24)}, {"fe2c": random.randbytes(8)}),
            ({}, {"feaa": b"\x30\xe3" + random.randbytes(8)}),
            ({}, {"feaa": b"\x20\x00" + random.randbytes(12)}),
        ]
        adverts.append((addr, *shapes[number % len(shapes)]))
    return adverts


def kept_by(thing: object) -> set[Any]:
    """Every text and bytes that can be reached from a thing."""
    seen: set[int] = set()
    found: set[Any] = set()
    todo = [thing]
    while todo:
        item = todo.pop()
        if id(item) in seen or isinstance(item, type) or callable(item):
            continue
        seen.add(id(item))
        if isinstance(item, str | bytes | int):
            found.add(item)
        todo.extend(gc.get_referents(item))
    return found


def test_of_phones_nothing_is_kept_but_how_many_adverts() -> None:
    tag = ListedBeacon("tag", Role.BASKET, ByEid(vectors.EID_KEY, 10, 0.0))
    cart = ListedBeacon("cart", Role.BASKET, ByEddystone("12" * 10))
    roster = Roster([BADGE, SCALE, tag, cart])
    hear(roster, "", {}, {"feaa": b"\x30\xe3" + bytes(8)})
    before = kept_by(roster)
    adverts = phones(3_000)
    for addr, manufacturer, service in adverts:
        assert hear(roster, addr, manufacturer, service) == []
    assert roster.strangers == 3_001
    assert kept_by(roster) - before <= {3_001}


payloads = st.binary(max_size=30)


@given(
    st.sampled_from([SCALE_ADDRESS, "", "x", "C4:7C"]),
    st.dictionaries(st.sampled_from([APPLE, 1]), payloads | st.just(ibeacon(1, 7)[APPLE])),
    st.dictionaries(st.sampled_from(["fcd2", LONG_FCD2, "", "x"]), payloads),
    st.floats(),
)
def test_any_advert_is_heard_or_dropped(
    addr: str, manufacturer: dict[int, bytes], service: dict[str, bytes], rssi: float
) -> None:
    roster = Roster([BADGE, SCALE])
    hear(roster, addr, manufacturer, service, rssi)


def test_a_weight_that_no_shelf_bears_is_counted_and_not_told() -> None:
    roster = Roster([SCALE])
    heard = hear(roster, service=bthome("405bffffff7f"))
    assert not any(isinstance(one, Weight) for one in heard)
    assert roster.faults["absurd_weight"] == 1
