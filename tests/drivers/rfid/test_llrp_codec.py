"""LLRP framing and parameters: real readers' bytes, round trips, garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.rfid.llrp.framing import Framing, Message, ProtocolError
from drivers.rfid.llrp.parameters import decode, decode_body, encode, make, message
from drivers.rfid.llrp.rospec import Settings, add_ro_spec, reader_config
from drivers.rfid.llrp.shapes import CAN_HOLD_REPORTS, PARAMETERS, TOP_BIT, MessageType, P

CLOSE = bytes.fromhex("043f0000001e0000000700f600140080000c0005ac35bd20d1da01010004")
# Of an Impinj R420's capabilities: status, device (two of its sensitivities), limits.
STATUS = "011f000800000000"
DEVICE = (
    "0089003d000440000000651a001e886a000a352e31342e302e323430"
    "008b00080001000000"
    "8b00080002000a"
    "008d000800040004"
    "008c00090001000101"
)
LIMITS = "008e001c48010000000000010000002000000001000005e400000008"


def test_a_real_readers_close_event():
    (received,) = Framing().feed(CLOSE)
    assert (received.type, received.id) == (MessageType.READER_EVENT_NOTIFICATION, 7)
    data = decode_body(received).parameter(P.READER_EVENT_NOTIFICATION_DATA)
    assert data.child(P.UTC_TIMESTAMP).number("microseconds") == 1596721689842138
    assert data.child(P.CONNECTION_CLOSE_EVENT) is not None
    assert received.to_bytes() == CLOSE


def test_a_real_readers_capabilities():
    status, device, limits = decode(bytes.fromhex(STATUS + DEVICE + LIMITS))
    assert status.number("code") == 0
    assert (device.number("antennas"), device.number("maker")) == (4, 25_882)
    assert device.text("firmware") == "5.14.0.240"
    assert limits.number("specs_per_ro_spec") == 32
    assert limits.number("flags") & CAN_HOLD_REPORTS
    assert encode([status, device, limits]).hex() == STATUS + DEVICE + LIMITS


def test_a_real_readers_antennas():
    answer = bytes.fromhex(
        "011f00080000000000da000f000008001625ffff1125d600dd0009800001000000dd00090000020000"
    )
    _, identity, first, second = decode(answer)
    assert identity.values["id"] == bytes.fromhex("001625ffff1125d6")
    assert first.number("flags") & TOP_BIT
    assert (second.number("antenna"), second.number("flags")) == (2, 0)


def test_a_stream_in_any_pieces_gives_the_same_messages():
    for size in (1, 3, 9, 10, 11, 31):
        framing = Framing()
        stream = CLOSE * 3
        found = [m for i in range(0, len(stream), size) for m in framing.feed(stream[i : i + size])]
        assert [m.id for m in found] == [7, 7, 7]


@pytest.mark.parametrize(
    "header",
    [
        "043e0000000900000000",  # shorter than its own header
        "043e7fffffff00000000",  # longer than any message
        "003e0000000a00000000",  # version 0
        "48545450202020202020",  # HTTP
    ],
)
def test_what_is_no_llrp_is_a_protocol_error(header):
    with pytest.raises(ProtocolError):
        Framing().feed(bytes.fromhex(header))


def test_parameters_that_nobody_listed_pass_through():
    data = bytes.fromhex("0147000740000203ff000e0000651a0000003a0001")
    assert encode(decode(data)) == data


def test_nesting_without_end_is_refused():
    data = b""
    for _ in range(200):
        data = (178).to_bytes(2, "big") + (len(data) + 4).to_bytes(2, "big") + data
    with pytest.raises(ProtocolError, match="deep"):
        decode(data)


@given(st.binary(max_size=200))
def test_garbage_is_parameters_or_a_protocol_error(data):
    try:
        found = decode(data)
    except ProtocolError:
        return
    encode(found)


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_garbage_is_messages_or_a_protocol_error(chunks):
    framing = Framing()
    try:
        for chunk in chunks:
            for received in framing.feed(chunk):
                decode_body(received)
    except ProtocolError:
        pass


NUMBERS = {"B": 0xFF, "H": 0xFFFF, "I": 0xFFFF_FFFF, "Q": (1 << 64) - 1}


def value_of(kind):
    if kind in NUMBERS:
        return st.integers(0, NUMBERS[kind])
    return {
        "b": st.integers(-128, 127),
        "h": st.integers(-32_768, 32_767),
        "12s": st.binary(min_size=12, max_size=12),
        "text": st.text(max_size=20),
        "bytes": st.binary(max_size=20),
        "bits": st.binary(max_size=20),
        "rest": st.binary(max_size=20),
        "u16s": st.lists(st.integers(0, 0xFFFF), max_size=5).map(tuple),
    }[kind]


listed = st.sampled_from(sorted(PARAMETERS)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {name: value_of(field) for name, field in PARAMETERS[kind].fields}
    ).map(lambda values: make(int(kind), **values))
)


@given(st.lists(listed, max_size=6))
def test_every_listed_parameter_comes_back(parameters):
    assert decode(encode(parameters)) == tuple(parameters)


@given(st.lists(listed, max_size=4), st.sampled_from([1, 3, 20, 24, 30, 63, 1023]))
def test_every_message_comes_back(parameters, kind):
    if kind == MessageType.CUSTOM_MESSAGE:
        sent = message(kind, 5, vendor=25_882, subtype=21, data=b"1234")
    else:
        sent = message(kind, 5, *parameters)
    (received,) = Framing().feed(sent.to_bytes())
    body = decode_body(received)
    assert message(kind, 5, *body.parameters, **body.values) == sent


def test_settings_that_cannot_be():
    for antennas in ((), (1, 1), (0,), (70_000,)):
        with pytest.raises(ValueError, match="antenna"):
            Settings(antennas)


@pytest.mark.parametrize(
    ("antennas", "limit", "groups"),
    [
        ((1, 2, 3, 4), 4, [(1,), (2,), (3,), (4,)]),
        ((1, 2), 5, [(1,), (2,), (1,), (2,)]),
        ((1, 2, 3, 4, 5), 2, [(1, 3, 5), (2, 4)]),
        ((7,), 1, [(7,)]),
        ((1, 2), 0, [(1,), (2,)] * 16),
    ],
)
def test_one_ai_spec_an_antenna_as_far_as_the_reader_allows(antennas, limit, groups):
    assert Settings(antennas).groups(limit) == groups


def test_what_we_ask_decodes_with_our_own_decoder():
    settings = Settings((1, 2))
    for sent in (
        add_ro_spec(settings, 4, max_specs=2, impinj=True),
        reader_config(settings, 3, hold=True, impinj=True),
    ):
        body = decode_body(sent)
        assert message(sent.type, sent.id, *body.parameters, **body.values) == sent
    spec = decode_body(add_ro_spec(settings, 4, max_specs=2, impinj=False)).parameter(P.RO_SPEC)
    assert spec.number("id") == settings.ro_spec_id != Settings((1, 3)).ro_spec_id
    assert isinstance(Message(1, 2, b"").to_bytes(), bytes)
