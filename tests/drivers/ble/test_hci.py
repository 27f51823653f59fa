"""Advert reports of a controller: made by bumble, torn, and at random."""

from __future__ import annotations

import pytest
from bumble import hci as words
from hypothesis import given
from hypothesis import strategies as st

from drivers.ble.hci import Report, is_advert, reports_in
from tests.drivers.ble import vectors

ADDRESS = "C4:7C:8D:6A:11:02"
DATA = bytes.fromhex(vectors.RUUVI)


def legacy(*payloads: bytes, rssi: int = -71) -> bytes:
    address = words.Address(ADDRESS, words.Address.RANDOM_DEVICE_ADDRESS)
    report = words.HCI_LE_Advertising_Report_Event.Report
    reports = [report(0, address.address_type, address, data, rssi) for data in payloads]
    return bytes(words.HCI_LE_Advertising_Report_Event(reports))


def extended(*payloads: bytes, event: int = 0, kind: int = 1) -> bytes:
    address = words.Address(ADDRESS, words.AddressType(1))
    report = words.HCI_LE_Extended_Advertising_Report_Event.Report
    reports = [
        report(event, kind, address, 1, 1, 0, 0, -42, 0, 0, words.Address.ANY, data)
        for data in payloads
    ]
    return bytes(words.HCI_LE_Extended_Advertising_Report_Event(reports))


def test_legacy_reports() -> None:
    assert list(reports_in(legacy(DATA, b""))) == [
        Report(ADDRESS, -71, DATA),
        Report(ADDRESS, -71, b""),
    ]


def test_extended_reports() -> None:
    long = bytes(150)
    found = list(reports_in(extended(DATA, long)))
    assert found == [Report(ADDRESS, -42, DATA), Report(ADDRESS, -42, long)]


@pytest.mark.parametrize(("event", "kind"), [(0b0010_0000, 1), (0b0100_0000, 1), (0, 0xFF)])
def test_parts_and_anonymous_senders_are_passed_over(event: int, kind: int) -> None:
    packet = bytearray(extended(DATA, b"\x01"))
    packet[5:8] = event.to_bytes(2, "little") + bytes([kind])
    assert list(reports_in(bytes(packet))) == [Report(ADDRESS, -42, b"\x01")]


@pytest.mark.parametrize("make", [legacy, extended])
def test_a_torn_packet_keeps_what_came_before(make) -> None:
    whole = make(DATA, DATA)
    counts = [len(list(reports_in(whole[:size]))) for size in range(len(whole) + 1)]
    assert counts == sorted(counts)
    assert counts[-1] == 2
    assert counts[-2] == 1
    assert counts[6] == 0


def test_other_packets_are_not_ours() -> None:
    for packet in (b"", b"\x04\x0e\x04\x01\x0c\x20\x00", b"\x02\x3e\x0c\x02\x01", b"\x04\x3e\x01"):
        assert not is_advert(packet)
        assert list(reports_in(packet)) == []


@given(st.binary(max_size=80), st.sampled_from([2, 13]), st.integers(0, 255))
def test_any_bytes_are_read_or_passed_over(rest: bytes, subevent: int, count: int) -> None:
    packet = bytes([4, 0x3E, len(rest) & 255, subevent, count]) + rest
    for report in reports_in(packet):
        assert len(report.address) == 17
        assert -128 <= report.rssi <= 127
        assert report.data in packet
