"""Beacons and sensors in range, and never a phone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from drivers.ble.advertising import parse_payload
from drivers.ble.lasting_scan import lasting
from drivers.ble.scan import Hear, ScanFailed
from gateway.discovery.radio import device_of, in_range
from tests.drivers.ble import vectors

IBEACON = "02011a1aff4c000215e2c56db5dffb48d2b060d0f5a71096e000000000c5"
EDDYSTONE = "0201060303aafe1716aafe00e3123456789012346789010000000000010000"
TLM = "0201060303aafe1116aafe20000b1813000000146700002ac4"
BTHOME = "0201060b094449592d73656e736f720a16d2fc4002c40903bf13"
NEARBY = "02011a0aff4c001005031c8ba89d"
"""What a phone says of itself: Apple's "nearby info", no beacon."""
STATIC, PHONE = "C4:7C:8D:6A:11:02", "5A:7C:8D:6A:11:02"


@pytest.mark.parametrize(
    ("address", "kind", "lasts"),
    [
        ("00:11:22:33:44:55", "public", True),
        (STATIC, "random", True),
        (PHONE, "random", False),
        ("0A:7C:8D:6A:11:02", "random", False),
        (STATIC, None, False),
        ("", "random", False),
        ("zz-1", "random", False),
    ],
)
def test_addresses_that_last(address: str, kind: str | None, lasts: bool) -> None:
    assert lasting(address, kind) is lasts


@pytest.mark.parametrize(
    ("payload", "match"),
    [
        (IBEACON, {"ibeacon": "e2c56db5-dffb-48d2-b060-d0f5a71096e0", "major": 0, "minor": 0}),
        (EDDYSTONE, {"eddystone": "12345678901234678901", "instance": "000000000001"}),
        (TLM, {"address": STATIC}),
        (BTHOME, {"address": STATIC}),
        (vectors.RUUVI, {"address": STATIC}),
        (
            vectors.ALTBEACON,
            {"altbeacon": "2f234454-cf6d-4a0f-adf2-f4911ba9ffa6", "major": 1, "minor": 2},
        ),
    ],
)
def test_what_speaks_as_ours_do_is_known(payload: str, match: Mapping[str, object]) -> None:
    said = parse_payload(bytes.fromhex(payload))
    found = device_of(STATIC, said.manufacturer, said.service)
    assert found is not None
    assert tomllib.loads(found.fragment(3))["ble"]["beacon"][0]["match"] == match
    if "address" not in match:
        assert STATIC not in found.fragment(1)


def test_what_is_neither_beacon_nor_sensor() -> None:
    said = parse_payload(bytes.fromhex(NEARBY))
    assert device_of(STATIC, said.manufacturer, said.service) is None
    assert device_of(STATIC, {76: b"\x02\x15short"}, {"feaa": b"", "180f": b"d"}) is None


class PlayedScan:
    """A radio that hears all its adverts at once."""

    stops = True

    def __init__(self, _adapter: str, hear: Hear) -> None:
        self.hear = hear

    async def start(self) -> None:
        for rssi, payload in ((-80, IBEACON), (-40, BTHOME), (-60, IBEACON), (-30, NEARBY)):
            said = parse_payload(bytes.fromhex(payload))
            self.hear(STATIC, rssi, said.manufacturer, said.service)

    async def stop(self) -> None:
        raise ScanFailed("switched off")


async def test_each_once_the_strongest_first() -> None:
    found = await in_range("hci0", 0, PlayedScan)
    assert [(one.driver, one.facts["rssi"]) for one in found] == [
        ("bthome", "-40 dBm"),
        ("ibeacon", "-60 dBm"),
    ]
