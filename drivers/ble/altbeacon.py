"""AltBeacon: twenty bytes of identity in the manufacturer data of any company.

Source: AltBeacon Protocol Specification v1.0 (altbeacon.org), "AltBeacon Protocol Format".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PREFIX = b"\xbe\xac"
SIZE = 24
IDENTITY = slice(2, 22)
"""Where the identity stands in the manufacturer data; by custom 16 bytes and two numbers."""

_body = struct.Struct(">16sHHbB")


@dataclass(frozen=True, slots=True)
class AltBeacon:
    """`power` is the RSSI at one metre, dBm, by the beacon's own word; `data` is its maker's."""

    uuid: bytes
    major: int
    minor: int
    power: int
    data: int


def decode_altbeacon(data: bytes) -> AltBeacon | None:
    """The AltBeacon in manufacturer data (company id taken off); None where it is none."""
    if len(data) != SIZE or not data.startswith(PREFIX):
        return None
    return AltBeacon(*_body.unpack_from(data, 2))
