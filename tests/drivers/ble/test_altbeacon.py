"""AltBeacon: the published vector, and the one that must be refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.advertising import parse_payload
from drivers.ble.altbeacon import AltBeacon, decode_altbeacon
from tests.drivers.ble import vectors

RADIUS = 0x0118


def test_the_published_beacon() -> None:
    data = parse_payload(bytes.fromhex(vectors.ALTBEACON)).manufacturer[RADIUS]
    uuid = bytes.fromhex("2f234454cf6d4a0fadf2f4911ba9ffa6")
    assert decode_altbeacon(data) == AltBeacon(uuid, 1, 2, -59, 9)


def test_a_wrong_length_is_refused() -> None:
    payload = parse_payload(bytes.fromhex(vectors.ALTBEACON.replace("1bff", "1aff")))
    assert all(decode_altbeacon(data) is None for data in payload.manufacturer.values())


@pytest.mark.parametrize("size", range(24))
def test_a_cut_one_is_none(size: int) -> None:
    data = parse_payload(bytes.fromhex(vectors.ALTBEACON)).manufacturer[RADIUS]
    assert decode_altbeacon(data[:size]) is None


@given(st.binary(max_size=40))
def test_any_bytes_are_a_beacon_or_none(data: bytes) -> None:
    decode_altbeacon(data)
