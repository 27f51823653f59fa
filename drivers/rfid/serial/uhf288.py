"""The wire of Chafon CF-RU, UHFReader18 and UHFReader288: bytes in, notices out; no I/O, no clock.

Frame: `len address command [status] data crcL crcH`; `len` counts the bytes after itself, the check
is CRC-16/MCRF4XX over len to data. No byte marks a frame's beginning: after damage every byte is
tried as a length, and the CRC decides.

Two families share the frame. UHFReader288 and its like put the antenna before the tags and an RSSI
after each; UHFReader18 has one antenna and says neither. Which it is, the reader's information
tells (`ReaderInfo`); the bytes of an inventory alone do not.

The RSSI's unit is documented nowhere, so it is no dBm here. A tag's PC is not sent either: its
length byte is what there is.

Source: UHFReader288MP user manual v1.14, sections 3 (frames), 8.2.1 (inventory) and 8.4 (the
reader's own settings); UHFReader18 user manual, the same commands.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import TypeAlias

from drivers.rfid.serial.cutting import Decoder, Shape

EVERYBODY = 0xFF
INVENTORY, GET_INFO, SET_POWER, TAG_BY_ITSELF = 0x01, 0x21, 0x2F, 0xEE
DONE, TIME_OVER, MORE, MEMORY_FULL = 0x01, 0x02, 0x03, 0x04
ANTENNA_ERROR, NO_TAG = 0xF8, 0xFB
OK = 0x00

SCAN_SECONDS = 0.1
"""Unit of an inventory's scan time; 3 to 255 of them."""
_FAST_ID, _TID_BYTES = 0x80, 12
_ONE_ANTENNA = {0x03: "RRU9803M", 0x08: "RRU9803M", 0x09: "UHFReader18"}
_MODELS = _ONE_ANTENNA | {
    0x0C: "UHFReader288M",
    0x0F: "UHFReader86",
    0x10: "UHFReader86",
    0x16: "RRU9883M",
    0x20: "UHFReader288MP",
    0x8B: "UHFReader288ADV",
}
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as an inventory tells it. `raw_rssi` is None where the family does not say it."""

    epc: bytes
    raw_rssi: int | None


@dataclass(frozen=True, slots=True)
class Inventory:
    """One frame of an inventory: a part of it, or its end.

    Attributes:
        status: `DONE`, `TIME_OVER`, `MORE`, `MEMORY_FULL`, `ANTENNA_ERROR`, or an error.
        antenna: as the reader says it, a bit mask or an index; None where the family does not.
    """

    status: int
    antenna: int | None
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """What the reader says of itself. `antennas` is False for a family without antenna and RSSI."""

    address: int
    firmware: str
    model: str
    power_dbm: int
    antennas: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Any other answer."""

    command: int
    status: int


Notice: TypeAlias = Inventory | ReaderInfo | Answer


def crc16(data: bytes) -> int:
    """CRC-16/MCRF4XX: polynomial 1021 reflected, start FFFF."""
    # The reflected CRC is the plain one of reversed bytes, reversed: so the C routine serves.
    plain = binascii.crc_hqx(data.translate(_REVERSED), 0xFFFF)
    return _REVERSED[plain & 0xFF] << 8 | _REVERSED[plain >> 8]


def frame(address: int, number: int, data: bytes = b"") -> bytes:
    """A frame, to a reader (or from one, with the status as first byte of `data`)."""
    body = bytes((len(data) + 4, address, number)) + data
    return body + crc16(body).to_bytes(2, "little")


def get_info(address: int = EVERYBODY) -> bytes:
    """Ask for the reader's information."""
    return frame(address, GET_INFO)


def set_power(address: int, dbm: int) -> bytes:
    """Set the power of all antennas (0-30 dBm). The reader keeps it in its flash."""
    return frame(address, SET_POWER, bytes((dbm,)))


def inventory(
    address: int, antenna: int, *, q: int, session: int, target: int, scan_time: int
) -> bytes:
    """Inventory on `antenna` (from 0), no mask, for `scan_time` tenths of a second at most."""
    no_mask = b"\x01\x00\x00\x00"
    data = bytes((q, session)) + no_mask + bytes((target, 0x80 | antenna, scan_time))
    return frame(address, INVENTORY, data)


def plain_inventory(address: int) -> bytes:
    """Inventory on a reader of the UHFReader18 family, which takes no settings with it."""
    return frame(address, INVENTORY)


def _size(buffer: bytearray, at: int) -> int | None:
    return buffer[at] + 1 if buffer[at] >= 5 else 0


def _check(frame: bytes) -> bool:
    return crc16(frame[:-2]) == frame[-2] | frame[-1] << 8


class Uhf288Decoder(Decoder[Notice]):
    """Cuts a byte stream into notices. Faults: those of the cutter, `bad_tag`, `bad_info`.

    Attributes:
        antennas: whether inventories name antenna and RSSI; False for UHFReader18.
    """

    shape = Shape(b"", _size, _check)
    antennas = True

    def read(self, frame: bytes) -> list[Notice]:
        """The notice of one sound frame."""
        address, number, status, data = frame[1], frame[2], frame[3], frame[4:-2]
        if number == INVENTORY:
            return self._inventory(status, data)
        if number == GET_INFO and status == OK:
            return self._info(address, data)
        return [Answer(number, status)]

    def _info(self, address: int, data: bytes) -> list[Notice]:
        if len(data) < 8:
            self.faults["bad_info"] += 1
            return []
        antennas = data[2] not in _ONE_ANTENNA and len(data) > 8
        model = _MODELS.get(data[2], f"type {data[2]:#04x}")
        return [ReaderInfo(address, f"{data[0]}.{data[1]}", model, data[6], antennas)]

    def _inventory(self, status: int, data: bytes) -> list[Notice]:
        antenna = None
        if self.antennas and data:
            antenna, data = data[0], data[1:]
        tags = _tags(data, with_rssi=self.antennas) if data else ()
        if tags is None:
            self.faults["bad_tag"] += 1
            # The end of an inventory stays its end.
            tags = ()
        return [Inventory(status, antenna, tags)]


def _tags(data: bytes, *, with_rssi: bool) -> tuple[Tag, ...] | None:
    """The tags of `count (length EPC [RSSI])…`; None when that does not fill `data` exactly."""
    found: list[Tag] = []
    at, end = 1, len(data)
    for _ in range(data[0]):
        if at >= end:
            return None
        size = data[at] & ~_FAST_ID
        stop = at + 1 + size
        epc = data[at + 1 : stop - (_TID_BYTES if data[at] & _FAST_ID else 0)]
        if stop + with_rssi > end or not epc or len(epc) % 2:
            return None
        found.append(Tag(epc, data[stop] if with_rssi else None))
        at = stop + with_rssi
    return tuple(found) if at == end else None
