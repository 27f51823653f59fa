"""iBeacon: its makers' vectors, and another decoder as the judge."""

from __future__ import annotations

from uuid import UUID

import pytest
from home_assistant_bluetooth import BluetoothServiceInfo
from hypothesis import given
from hypothesis import strategies as st
from ibeacon_ble import iBeaconParser

from drivers.ble.advertising import parse_payload
from drivers.ble.ibeacon import APPLE, PREFIX, IBeacon, decode_ibeacon
from tests.drivers.ble import vectors


def apple_of(text: str) -> bytes:
    return parse_payload(bytes.fromhex(text)).manufacturer[APPLE]


def test_airlocate() -> None:
    beacon = decode_ibeacon(apple_of(vectors.AIRLOCATE))
    uuid = UUID("E2C56DB5-DFFB-48D2-B060-D0F5A71096E0").bytes
    assert beacon == IBeacon(uuid, 0, 0, -59)


def test_letters() -> None:
    beacon = decode_ibeacon(apple_of(vectors.LETTERS))
    assert beacon == IBeacon(b"ABCDEFGHI@ABCDEF", 1, 2, -8)


@pytest.mark.parametrize("size", range(23))
def test_a_cut_one_is_none(size: int) -> None:
    assert decode_ibeacon(apple_of(vectors.AIRLOCATE)[:size]) is None


@given(st.binary(min_size=21, max_size=24))
def test_the_other_decoder_reads_the_same(tail: bytes) -> None:
    data = PREFIX + tail
    info = BluetoothServiceInfo("x", "no address", -60, {APPLE: data}, {}, [], "here")
    theirs, ours = iBeaconParser().parse(info), decode_ibeacon(data)
    if theirs is None:  # it knows a few hydrometers by their UUID and leaves them out
        return
    assert ours == IBeacon(theirs.uuid.bytes, theirs.major, theirs.minor, theirs.power)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_beacon_or_none(data: bytes) -> None:
    decode_ibeacon(data)
