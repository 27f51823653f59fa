"""BTHome v2: published vectors, another decoder as the judge, and who is refused."""

from __future__ import annotations

from typing import Any

import pytest
from bthome_ble import BTHomeBluetoothDeviceData
from bthome_ble.const import MEAS_TYPES
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.advertising import parse_payload
from drivers.ble.bthome import Packet, Refusal, Session, decode_objects
from drivers.ble.bthome_objects import OBJECTS, Form
from tests.drivers.ble import vectors
from tests.drivers.ble.oracle import bthome_reads

OWN = bytes.fromhex(vectors.ADDRESS.replace(":", ""))


def taken(session: Session, text: str, address: bytes = OWN) -> Packet:
    packet = session.take(bytes.fromhex(text), address)
    assert isinstance(packet, Packet), packet
    return packet


def values(packet: Packet) -> list[tuple[str, Any, str]]:
    return [(reading.name, reading.value, reading.unit) for reading in packet.readings]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ("02c40903bf13", [("temperature", 25.0, "°C"), ("humidity", 50.55, "%")]),
        ("065e1f", [("mass", 80.3, "kg")]),
        ("073e1d", [("mass", 74.86, "lb")]),
        ("0960", [("count", 96, "")]),
        ("3d0960", [("count", 24585, "")]),
        ("3e2a2c0960", [("count", 1611213866, "")]),
        ("59ea", [("count", -22, "")]),
        ("5aeaea", [("count", -5398, "")]),
        ("3a04", [("button", "long_press", "")]),
        ("1100", [("opening", False, "")]),
        ("58ea", [("temperature", -7.7, "°C")]),
        ("3c0103", [("dimmer", "rotate_left 3", "")]),
        ("530548656c6c6f", [("text", "Hello", "")]),
        ("540248ff", [("raw", b"H\xff", "")]),
        ("3b020102ff", [("command", b"\x01\x02\xff", "")]),
        ("f100010204f2000106", [("firmware", "4.2.1.0", ""), ("firmware", "6.1.0", "")]),
    ],
)
def test_published_objects(objects: str, expected: list[tuple[str, Any, str]]) -> None:
    packet = decode_objects(bytes.fromhex(objects))
    assert values(packet) == expected
    assert packet.unread == 0


def test_a_packet_with_its_number() -> None:
    advert = "0201060e16d2fc400009015d025d0903b718"
    data = parse_payload(bytes.fromhex(advert)).service["fcd2"]
    packet = taken(Session(), data.hex())
    assert packet.packet_id == 9
    assert [value for _, value, _ in values(packet)] == [93, 23.97, 63.27]


def test_an_unknown_object_ends_the_reading() -> None:
    packet = decode_objects(bytes.fromhex("0960ee01020304"))
    assert values(packet) == [("count", 96, "")]
    assert packet.unread == 5


@pytest.mark.parametrize("cut", ["065e", "53", "53054865", "06"])
def test_a_torn_object_is_left_out(cut: str) -> None:
    packet = decode_objects(bytes.fromhex("0960" + cut))
    assert values(packet) == [("count", 96, "")]
    assert packet.unread == len(cut) // 2


def test_sealed_packets_open_with_the_key() -> None:
    opened = taken(Session(vectors.KEY), vectors.SEALED_THERMOMETER)
    assert values(opened) == [("temperature", 25.06, "°C"), ("humidity", 50.55, "%")]
    assert values(taken(Session(vectors.KEY), vectors.SEALED_MOTION)) == [("motion", True, "")]


def test_the_counter_must_rise() -> None:
    session = Session(vectors.KEY)
    for text in vectors.RISING:
        taken(session, text)
    assert session.take(bytes.fromhex(vectors.RISING[-1]), OWN) is Refusal.REPEATED
    assert session.take(bytes.fromhex(vectors.LOWER), OWN) is Refusal.REPLAYED
    assert session.take(bytes.fromhex(vectors.RISING[0]), OWN) is Refusal.REPLAYED


def test_the_counter_may_begin_again_after_its_last() -> None:
    session = Session(vectors.KEY)
    for text in vectors.WRAPPING:
        taken(session, text)


def test_a_forged_packet_does_not_move_the_counter() -> None:
    session = Session(vectors.KEY)
    high = bytearray.fromhex(vectors.RISING[0])
    high[-5] = 0xFF
    assert session.take(bytes(high), OWN) is Refusal.FORGED
    taken(session, vectors.RISING[0])


@pytest.mark.parametrize(
    ("key", "text", "address", "refusal"),
    [
        (vectors.KEY, vectors.TOO_SHORT, OWN, Refusal.SHORT),
        (vectors.KEY, "40065e1f", OWN, Refusal.PLAIN),
        (None, vectors.SEALED_MOTION, OWN, Refusal.NO_KEY),
        (vectors.KEY, vectors.SEALED_MOTION, bytes(6), Refusal.FORGED),
        (vectors.KEY, vectors.SEALED_MOTION, b"", Refusal.ADDRESS),
        (bytes(16), vectors.SEALED_MOTION, OWN, Refusal.FORGED),
        (None, "20065e1f", OWN, Refusal.VERSION),
        (None, "60065e1f", OWN, Refusal.VERSION),
        (None, "42065e1f", OWN, Refusal.SHORT),
        (None, "", OWN, Refusal.EMPTY),
    ],
)
def test_who_is_refused(key: bytes | None, text: str, address: bytes, refusal: Refusal) -> None:
    assert Session(key).take(bytes.fromhex(text), address) is refusal


def test_a_packet_may_carry_its_senders_address() -> None:
    assert values(taken(Session(), "42a5808fe648540960")) == [("count", 96, "")]


def test_the_same_packet_id_is_a_repeat() -> None:
    session = Session()
    taken(session, "4000090960")
    assert session.take(bytes.fromhex("4000090961"), OWN) is Refusal.REPEATED
    taken(session, "40000a0961")


def test_a_key_has_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes, not 3"):
        Session(b"abc")


def test_the_table_is_the_other_decoders_table() -> None:
    assert set(OBJECTS) == set(MEAS_TYPES)
    for object_id, row in OBJECTS.items():
        theirs = MEAS_TYPES[object_id]
        if row.size:
            assert row.size == theirs.data_length, hex(object_id)
        if row.form in (Form.UINT, Form.SINT):
            assert row.times / row.over == pytest.approx(theirs.factor), hex(object_id)
            assert (row.form is Form.SINT) == (theirs.data_format == "signed_integer")


numbers = [key for key, row in OBJECTS.items() if row.form in (Form.UINT, Form.SINT) and key]


@given(st.sampled_from(numbers), st.binary(min_size=4, max_size=4))
def test_the_other_decoder_reads_the_same_numbers(object_id: int, raw: bytes) -> None:
    data = b"\x40" + bytes((object_id,)) + raw[: OBJECTS[object_id].size]
    theirs = bthome_reads(BTHomeBluetoothDeviceData(), data)
    if object_id == 0xF0:  # kept as the model there, not as a value
        return
    (reading,) = decode_objects(data[1:]).readings
    (value,) = theirs
    seconds = value.timestamp() if hasattr(value, "timestamp") else value
    # It rounds 0.35 °C steps to one digit after the point; we do not.
    assert reading.value == pytest.approx(seconds, abs=0.051 if object_id == 0x58 else 1e-9)


@given(st.binary(max_size=40), st.sampled_from([None, vectors.KEY]), st.binary(max_size=8))
def test_any_bytes_are_a_packet_or_a_refusal(
    data: bytes, key: bytes | None, address: bytes
) -> None:
    assert isinstance(Session(key).take(data, address), Packet | Refusal)


@given(st.binary(max_size=40))
def test_any_bytes_are_objects(data: bytes) -> None:
    assert 0 <= decode_objects(data).unread <= len(data)
