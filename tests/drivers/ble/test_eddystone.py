"""Eddystone: frames as others print them, and identities that only the key can tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.advertising import parse_payload
from drivers.ble.eddystone import SERVICE, Eid, Tlm, Uid, Url, decode_eddystone
from drivers.ble.eid import EidWindow, eid_at
from tests.drivers.ble import vectors


def frame_of(text: str) -> bytes:
    return parse_payload(bytes.fromhex(text)).service[SERVICE]


def test_published_frames() -> None:
    assert decode_eddystone(frame_of(vectors.EDDYSTONE_UID)) == Uid(
        -29, bytes.fromhex("12345678901234678901"), bytes.fromhex("000000000001")
    )
    assert decode_eddystone(frame_of(vectors.EDDYSTONE_URL)) == Url(-8, "https://github.com/citruz")
    assert decode_eddystone(frame_of(vectors.EDDYSTONE_TLM)) == Tlm(2.84, 19.0, 5223, 1094.8)
    assert decode_eddystone(frame_of(vectors.EDDYSTONE_EID)) == Eid(-29, b"EID_test")


def test_what_a_beacon_does_not_have() -> None:
    frame = decode_eddystone(bytes.fromhex("20000000800000000001000000f0"))
    assert frame == Tlm(None, None, 1, 24.0)
    below = decode_eddystone(bytes.fromhex("20000b18fe80000000010000000a"))
    assert isinstance(below, Tlm)
    assert below.temperature == -1.5


@pytest.mark.parametrize("text", ["", "00", "00e312", "10f804", "10f8", "2001" + "00" * 16, "40e3"])
def test_torn_encrypted_and_strange_frames_are_none(text: str) -> None:
    assert decode_eddystone(bytes.fromhex(text)) is None


def test_a_url_with_an_ending_and_what_no_terminal_should_see() -> None:
    frame = decode_eddystone(bytes.fromhex("100001610700621b"))
    assert frame == Url(0, "https://www.a.com.com/b%1B")


@given(st.binary(max_size=40))
def test_any_bytes_are_a_frame_or_none(data: bytes) -> None:
    frame = decode_eddystone(data)
    if isinstance(frame, Url):
        assert frame.url.isascii()
        assert frame.url.isprintable()


@pytest.mark.parametrize(("t", "eid"), [(0, "A9B76A71C5F89290"), (2000, "4144413E45FEFA58")])
def test_published_identities(t: int, eid: str) -> None:
    assert eid_at(vectors.EID_KEY, 10, t) == bytes.fromhex(eid)


def test_an_identity_stays_for_a_period() -> None:
    assert eid_at(vectors.EID_KEY, 10, 1024) == eid_at(vectors.EID_KEY, 10, 2047)
    assert eid_at(vectors.EID_KEY, 10, 1023) != eid_at(vectors.EID_KEY, 10, 1024)


def test_a_window_forgives_a_clock_that_is_some_periods_off() -> None:
    since = 1_763_740_800.0
    window = EidWindow(vectors.EID_KEY, 10, since)
    at = {n: eid_at(vectors.EID_KEY, 10, (100 + n) << 10) for n in range(-5, 6)}
    held = [n for n, eid in at.items() if window.holds(eid, since + (100 << 10) + 7.5)]
    assert held == [-3, -2, -1, 0, 1, 2, 3]
    assert not window.holds(at[0], since + 200_000)
    assert window.holds(at[0], since + (100 << 10))
    assert not window.holds(at[0], since - 1e6)


@pytest.mark.parametrize(("key", "rotation"), [(b"short", 10), (bytes(16), 16), (bytes(16), -1)])
def test_a_window_that_cannot_be(key: bytes, rotation: int) -> None:
    with pytest.raises(ValueError, match="an EID"):
        EidWindow(key, rotation, 0.0)
