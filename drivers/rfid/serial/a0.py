"""The wire of Invelion, YR903 and R2000 modules: bytes in, notices out; no I/O, no clock.

Frame: `A0 len address command data check`; `len` counts the bytes after itself, and all bytes of a
frame together sum to 0. A tag is told at once, in a frame of its own; the end of an inventory is a
frame of the same command with antenna, rate and total.

Source: UHF RFID Reader Serial Interface Protocol V3.7, sections 1 (packet), 2.1 (reader commands),
2.2 (inventory), 3 (error codes), and its tables of frequencies and RSSI.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from drivers.rfid.serial.cutting import Decoder, Shape

HEAD = 0xA0
ADDRESS, EVERYBODY = 0x01, 0xFF
"""A reader's address as it leaves the factory, and the one that every reader answers to."""

SET_TEMPORARY_POWER, GET_FIRMWARE, SET_WORK_ANTENNA = 0x66, 0x72, 0x74
REAL_TIME_INVENTORY, SESSION_INVENTORY = 0x89, 0x8B
INVENTORIES = (REAL_TIME_INVENTORY, SESSION_INVENTORY)

SUCCESS, ANTENNA_MISSING = 0x10, 0x22

_ROUND_BYTES = 7
"""Antenna, rate16, total32. A tag's data is even in number, so it cannot be taken for one."""
_RSSI_LEAST = 31


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag heard once. `antenna` counts from 0; `rssi` is dBm, NaN below the maker's table."""

    antenna: int
    pc: int
    epc: bytes
    rssi: float


@dataclass(frozen=True, slots=True)
class InventoryOver:
    """An inventory has come to its end: tags a second, and tags heard in it."""

    antenna: int
    rate: int
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Any other answer; `data[0]` of most is an error code, `SUCCESS` when there is none."""

    address: int
    command: int
    data: bytes


Notice: TypeAlias = Tag | InventoryOver | Answer


def frame(address: int, number: int, data: bytes = b"") -> bytes:
    """A frame, to or from a reader."""
    body = bytes((HEAD, len(data) + 3, address, number)) + data
    return body + bytes((-sum(body) & 0xFF,))


def get_firmware(address: int = ADDRESS) -> bytes:
    """Ask for the firmware's version: two bytes, major and minor."""
    return frame(address, GET_FIRMWARE)


def set_work_antenna(address: int, antenna: int) -> bytes:
    """Choose the antenna (from 0) of the inventories to come."""
    return frame(address, SET_WORK_ANTENNA, bytes((antenna,)))


def set_temporary_power(address: int, dbm: int) -> bytes:
    """Power of the inventories to come; unlike 0x76 it does not wear the reader's flash."""
    return frame(address, SET_TEMPORARY_POWER, bytes((dbm,)))


def real_time_inventory(address: int, repeat: int) -> bytes:
    """Inventory `repeat` times with the session that the reader has."""
    return frame(address, REAL_TIME_INVENTORY, bytes((repeat,)))


def session_inventory(address: int, session: int, target: int, repeat: int) -> bytes:
    """Inventory `repeat` times in `session` (0-3) with target A (0) or B (1)."""
    return frame(address, SESSION_INVENTORY, bytes((session, target, repeat)))


def dbm(raw: int) -> float:
    """The maker's RSSI table: 98 is -31 dBm, 31 is -99 dBm, with a step at 89; NaN below.

    Readers send more than 98 too, close to the antenna; the maker's own program takes 129 off.
    """
    if raw < _RSSI_LEAST:
        return math.nan
    return float(raw - 129 if raw > 89 else raw - 130)


def _size(buffer: bytearray, at: int) -> int | None:
    if at + 2 > len(buffer):
        return None
    return buffer[at + 1] + 2 if buffer[at + 1] >= 3 else 0


def _check(frame: bytes) -> bool:
    return not sum(frame) & 0xFF


class A0Decoder(Decoder[Notice]):
    """Cuts a byte stream into notices. Faults: those of the cutter, and `bad_tag`."""

    shape = Shape(bytes((HEAD,)), _size, _check)

    def read(self, frame: bytes) -> list[Notice]:
        """The notice of one sound frame."""
        address, number, data = frame[2], frame[3], frame[4:-1]
        if number not in INVENTORIES or len(data) == 1:
            return [Answer(address, number, data)]
        if len(data) == _ROUND_BYTES:
            rate, total = int.from_bytes(data[1:3], "big"), int.from_bytes(data[3:], "big")
            return [InventoryOver(data[0], rate, total)]
        return self._tag(data)

    def _tag(self, data: bytes) -> list[Notice]:
        pc = int.from_bytes(data[1:3], "big")
        end = 3 + (pc >> 11) * 2
        if end == 3 or len(data) <= end:
            self.faults["bad_tag"] += 1
            return []
        # Readers with eight antennas say in the RSSI's top bit which half of them is meant.
        antenna = data[0] & 3 | data[end] >> 7 << 2
        return [Tag(antenna, pc, data[3:end], dbm(data[end] & 0x7F))]
