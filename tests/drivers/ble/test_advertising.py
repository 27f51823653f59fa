"""Advertising payloads: taken apart as they come over the air."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.advertising import parse_payload, short_uuid
from tests.drivers.ble import vectors


def test_a_thermometer_with_a_name() -> None:
    payload = parse_payload(bytes.fromhex(vectors.THERMOMETER))
    assert payload.name == "DIY-sensor"
    assert payload.service == {"fcd2": bytes.fromhex("4002c40903bf13")}
    assert payload.manufacturer == {}
    assert not payload.torn


@pytest.mark.parametrize(
    ("text", "company", "size"),
    [
        (vectors.AIRLOCATE, 0x004C, 23),
        (vectors.ALTBEACON, 0x0118, 24),
        (vectors.RUUVI, 0x0499, 24),
    ],
)
def test_manufacturer_data_by_company(text: str, company: int, size: int) -> None:
    payload = parse_payload(bytes.fromhex(text))
    assert {key: len(data) for key, data in payload.manufacturer.items()} == {company: size}


def test_service_data_beside_a_list_of_services() -> None:
    payload = parse_payload(bytes.fromhex(vectors.EDDYSTONE_URL))
    assert payload.service == {"feaa": bytes.fromhex("10f8036769746875620063697472757a")}


def test_a_length_that_does_not_fit_is_torn_and_what_came_before_stands() -> None:
    shorter = vectors.ALTBEACON.replace("1bff", "1aff")
    assert parse_payload(bytes.fromhex(shorter)).torn
    cut = parse_payload(bytes.fromhex(vectors.THERMOMETER)[:-1])
    assert cut.torn
    assert cut.name == "DIY-sensor"
    assert cut.service == {}


def test_a_zero_length_ends_early() -> None:
    payload = parse_payload(bytes.fromhex("020106" + "00" * 28))
    assert not payload.torn


def test_long_uuids_in_service_data() -> None:
    base = "0000fcd2-0000-1000-8000-00805f9b34fb"
    own = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"
    wire = b""
    for uuid in (base, own):
        raw = bytes.fromhex(uuid.replace("-", ""))[::-1]
        wire += bytes((18, 0x21)) + raw + b"\x07"
    assert parse_payload(wire).service == {"fcd2": b"\x07", own.replace("-", ""): b"\x07"}
    assert parse_payload(bytes.fromhex("0620d2fc000009")).service == {"fcd2": b"\x09"}


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("FCD2", "fcd2"),
        ("0000fcd2-0000-1000-8000-00805f9b34fb", "fcd2"),
        ("0000FCD200001000800000805F9B34FB", "fcd2"),
        ("0000fcd2", "fcd2"),
        ("1234fcd2", "1234fcd200001000800000805f9b34fb"),
        ("F7826DA6-4FA2-4E98-8024-BC5B71E0893E", "f7826da64fa24e988024bc5b71e0893e"),
        ("no uuid", "no uuid"),
    ],
)
def test_uuids_have_one_form(written: str, short: str) -> None:
    assert short_uuid(written) == short


@given(st.binary(max_size=64))
def test_any_bytes_are_a_payload(data: bytes) -> None:
    parse_payload(data)
