"""Eddystone in the service data of UUID feaa: UID, URL, TLM and EID frames.

Source: github.com/google/eddystone: protocol-specification.md, and README.md of eddystone-uid,
eddystone-url, eddystone-tlm (tlm-plain.md) and eddystone-eid. An encrypted TLM (version 1) is not
read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeAlias

SERVICE = "feaa"
UID, URL, TLM, EID = 0x00, 0x10, 0x20, 0x30
AT_ONE_METRE = -41
"""dB between the power at 0 m, which Eddystone sends, and that at 1 m, which iBeacon does."""

_SCHEMES = ("http://www.", "https://www.", "http://", "https://")
_ENDINGS = (".com", ".org", ".edu", ".net", ".info", ".biz", ".gov")
_URL_BYTES = 17
_tlm = struct.Struct(">HhII")
_NO_TEMPERATURE = -0x8000


@dataclass(frozen=True, slots=True)
class Uid:
    """`namespace` is 10 bytes, `instance` 6; `power` dBm at 0 m."""

    power: int
    namespace: bytes
    instance: bytes


@dataclass(frozen=True, slots=True)
class Url:
    """A web address, written out."""

    power: int
    url: str


@dataclass(frozen=True, slots=True)
class Tlm:
    """Telemetry: volts and °C (None where the beacon has none), adverts and seconds since boot."""

    volts: float | None
    temperature: float | None
    adverts: int
    uptime: float


@dataclass(frozen=True, slots=True)
class Eid:
    """An ephemeral identity of 8 bytes (see `eid`)."""

    power: int
    eid: bytes


Frame: TypeAlias = Uid | Url | Tlm | Eid


def decode_eddystone(data: bytes) -> Frame | None:
    """The frame in service data of UUID feaa; None where it is torn or of another kind."""
    if len(data) < 2:
        return None
    kind, power, body = data[0], _signed(data[1]), data[2:]
    if kind == UID and len(body) >= 16:  # the two reserved bytes at the end may be missing
        return Uid(power, body[:10], body[10:16])
    if kind == URL and 1 <= len(body) <= 1 + _URL_BYTES and body[0] < len(_SCHEMES):
        return Url(power, _SCHEMES[body[0]] + "".join(map(_expanded, body[1:])))
    if kind == TLM and data[1] == 0 and len(body) >= _tlm.size:
        millivolts, temperature, adverts, tenths = _tlm.unpack_from(body)
        return Tlm(
            millivolts / 1000 if millivolts else None,
            None if temperature == _NO_TEMPERATURE else temperature / 256,
            adverts,
            tenths / 10,
        )
    if kind == EID and len(body) >= 8:
        return Eid(power, body[:8])
    return None


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _expanded(byte: int) -> str:
    if byte < len(_ENDINGS):
        return _ENDINGS[byte] + "/"
    if byte < 2 * len(_ENDINGS):
        return _ENDINGS[byte - len(_ENDINGS)]
    # What is no printable character is written out, so that no terminal obeys it.
    return chr(byte) if 0x21 <= byte <= 0x7E else f"%{byte:02X}"
