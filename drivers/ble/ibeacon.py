"""iBeacon: a UUID, two numbers and a calibrated power in Apple's manufacturer data.

Source: Apple, "Proximity Beacon Specification", release R1, section 3 (advertising packet).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

APPLE = 76
"""Apple's company id (0x004C)."""
PREFIX = b"\x02\x15"
SIZE = 23
IDENTITY = slice(2, 22)
"""Where UUID, major and minor stand in the manufacturer data, big-endian."""

_fields = struct.Struct(">2x16sHHb")
_new = tuple.__new__


class IBeacon(NamedTuple):
    """`uuid` is 16 bytes; `power` the RSSI at one metre, dBm, by the beacon's own word."""

    uuid: bytes
    major: int
    minor: int
    power: int


def decode_ibeacon(data: bytes) -> IBeacon | None:
    """The iBeacon in manufacturer data of Apple (company id taken off); None where it is another.

    Bytes past the 23 are passed over: some makers put their battery there.
    """
    if len(data) < SIZE or not data.startswith(PREFIX):
        return None
    return _new(IBeacon, _fields.unpack_from(data))
