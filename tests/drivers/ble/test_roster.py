"""The roster: whose adverts count, what they say, and that a stranger leaves one number."""

from __future__ import annotations

import gc
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.ibeacon import APPLE
from drivers.ble.roster import (
    ByAddress,
    ByIBeacon,
    ListedBeacon,
    Role,
    Roster,
    RosterError,
)
from drivers.observations import Advert, Observation, Weight
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
    ],
)
def test_a_list_that_cannot_be(beacons: list[ListedBeacon], words: str) -> None:
    with pytest.raises(RosterError, match=words):
        Roster(beacons)


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
    roster = Roster([BADGE, SCALE])
    before = kept_by(roster)
    adverts = phones(3_000)
    for addr, manufacturer, service in adverts:
        assert hear(roster, addr, manufacturer, service) == []
    assert roster.strangers == 3_000
    assert kept_by(roster) - before <= {3_000}


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
