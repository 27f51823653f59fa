"""Adverts in the packets of a Bluetooth controller: HCI events, bytes in, reports out.

For a radio that is ours alone, with no BlueZ between. Source: Bluetooth Core Specification 5.4,
vol 4, part E, sections 7.7.65.2 (LE Advertising Report) and 7.7.65.13 (LE Extended Advertising
Report); the packet indicator is that of vol 4, part A (UART).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

EVENT, LE_META = 0x04, 0x3E
LEGACY, EXTENDED = 0x02, 0x0D
_legacy = struct.Struct("<BB6sB")
_extended = struct.Struct("<HB6sBBBbbHB6sB")
_REPORTS = 5
"""Where the reports begin: indicator, event, length, subevent, count."""
_MORE_TO_COME = 0b0110_0000
_ANONYMOUS = 0xFF


class Report(NamedTuple):
    """One advert: the sender's address, dBm (127 where the radio does not know), its payload."""

    address: str
    rssi: int
    data: bytes


def is_advert(packet: bytes) -> bool:
    """Whether a packet reports adverts: nobody else need look at it then."""
    return (
        len(packet) >= _REPORTS
        and packet[0] == EVENT
        and packet[1] == LE_META
        and packet[3] in (LEGACY, EXTENDED)
    )


def reports_in(packet: bytes) -> Iterator[Report]:
    """The adverts in a packet; never raises. A torn report ends it, what came before it stands.

    Passed over: senders without an address, and parts of a payload that does not fit one report.
    """
    if not is_advert(packet):
        return
    place = _REPORTS
    for _ in range(packet[4]):
        found = _read(packet, place)
        if found is None:
            return
        report, place = found
        if report is not None:
            yield report


def _read(packet: bytes, place: int) -> tuple[Report | None, int] | None:
    """The report at `place`, None in it where it says nothing; and where the next one begins."""
    head = _legacy if packet[3] == LEGACY else _extended
    start = place + head.size
    if start > len(packet):
        return None
    if packet[3] == LEGACY:
        _, kind, raw, size = _legacy.unpack_from(packet, place)
        end = start + size + 1
        if end > len(packet):
            return None
        (rssi,) = struct.unpack_from("b", packet, end - 1)
        return _report(kind, raw, rssi, packet[start : start + size]), end
    event, kind, raw, _, _, _, _, rssi, _, _, _, size = _extended.unpack_from(packet, place)
    end = start + size
    if end > len(packet):
        return None
    whole = not event & _MORE_TO_COME
    return _report(kind, raw, rssi, packet[start:end]) if whole else None, end


def _report(kind: int, raw: bytes, rssi: int, data: bytes) -> Report | None:
    return None if kind == _ANONYMOUS else Report(raw[::-1].hex(":").upper(), rssi, data)
