"""The wire of Chainway UR4 and UR8 readers: bytes in, notices out; no I/O, no clock.

Frame: `A5 5A length16 command payload check 0D 0A` (or `C8 8C` first); the length is the whole
frame's, the check the XOR of length to payload. 0D 0A may stand inside, so a frame is cut by its
length. An answer's command is the question's plus one. The same bytes travel over TCP port 8888.

A tag record is PC, EPC (as long as PC says), TID and user memory where the reader was told to read
them, RSSI in tenths of a dBm, antenna.

Source: Chainway UHF RFID application-layer communication protocol V2.x, sections on the frame,
0x02, 0x10, 0x20, 0x26, 0x28, 0x70, 0x82 and 0x8C.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final, TypeAlias

from drivers.rfid.serial.cutting import Decoder, Shape

HEADS: Final = (b"\xa5\x5a", b"\xc8\x8c")
TAIL = b"\r\n"
_AROUND, _LONGEST = 8, 2_048

GET_VERSION, SET_POWER, SET_GEN2, GET_GEN2 = 0x02, 0x10, 0x20, 0x22
RETURN_LOSS, SET_ANTENNAS, SET_TAG_FOCUS, SET_MODE = 0x26, 0x28, 0x60, 0x70
START, TAG, STOP = 0x82, 0x83, 0x8C
OK = b"\x01"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag heard once. `rssi` is dBm, NaN when it cannot be one."""

    antenna: int
    pc: int
    epc: bytes
    rssi: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the question `command`."""

    command: int
    payload: bytes


Notice: TypeAlias = Tag | Answer


def frame(number: int, payload: bytes = b"") -> bytes:
    """A frame, to or from a reader."""
    inside = (len(payload) + _AROUND).to_bytes(2, "big") + bytes((number,)) + payload
    return HEADS[0] + inside + bytes((_xor(inside),)) + TAIL


def start() -> bytes:
    """Read without end on the antennas that are chosen."""
    return frame(START, b"\x00\x00")


def stop() -> bytes:
    """Stop reading: the one thing that a reader answers while it reads."""
    return frame(STOP)


def get_version() -> bytes:
    """Ask for the firmware's version: three bytes."""
    return frame(GET_VERSION)


def return_loss() -> bytes:
    """Ask for the return loss of every port that is chosen."""
    return frame(RETURN_LOSS)


def set_antennas(antennas: tuple[int, ...]) -> bytes:
    """Choose antennas (from 1), until power is off."""
    mask = sum(1 << antenna - 1 for antenna in antennas)
    return frame(SET_ANTENNAS, b"\x00" + mask.to_bytes(2, "big"))


def set_power(powers: dict[int, float]) -> bytes:
    """Set dBm by antenna (from 1), until power is off."""
    payload = b"".join(
        bytes((antenna,)) + round(dbm * 100).to_bytes(2, "big") * 2
        for antenna, dbm in powers.items()
    )
    return frame(SET_POWER, b"\x00" + payload)


def set_epc_only() -> bytes:
    """Send no TID and no user memory with a tag, until power is off."""
    return frame(SET_MODE, b"\x00\x00\x00\x00")


def tag_focus_off() -> bytes:
    """Let tags answer again and again: with TagFocus a tag's silence means nothing."""
    return frame(SET_TAG_FOCUS, b"\x00\x00")


def get_gen2() -> bytes:
    """Ask for the Gen2 parameters: four bytes."""
    return frame(GET_GEN2)


def set_gen2(parameters: bytes) -> bytes:
    """Set the Gen2 parameters."""
    return frame(SET_GEN2, parameters)


def with_session(parameters: bytes, session: int) -> bytes:
    """Gen2 `parameters` with this session and target A."""
    return parameters[:3] + bytes((parameters[3] & 0b1100_0111 | session << 4,))


def losses(payload: bytes) -> dict[int, int]:
    """Return loss in dB by port; 0 dB means no antenna. Half a pair at the end is dropped."""
    return dict(zip(payload[::2], payload[1::2], strict=False))


def _xor(data: bytes) -> int:
    return reduce(xor, data, 0)


def _size(buffer: bytearray, at: int) -> int | None:
    if at + 4 > len(buffer):
        return None
    size = buffer[at + 2] << 8 | buffer[at + 3]
    head = bytes(buffer[at : at + 2])
    return size if head in HEADS and _AROUND <= size <= _LONGEST else 0


def _check(frame: bytes) -> bool:
    return frame[-2:] == TAIL and _xor(frame[2:-3]) == frame[-3]


class ChainwayDecoder(Decoder[Notice]):
    """Cuts a byte stream into notices. Faults: those of the cutter, and `bad_tag`."""

    shape = Shape(bytes(head[0] for head in HEADS), _size, _check)

    def read(self, frame: bytes) -> list[Notice]:
        """The notice of one sound frame."""
        number, payload = frame[4], frame[5:-3]
        if number != TAG:
            return [Answer(number - 1, payload)]
        tag = tag_record(payload)
        if tag is None:
            self.faults["bad_tag"] += 1
            return []
        return [tag]


def tag_record(record: bytes) -> Tag | None:
    """The tag of a record; None when it is none."""
    pc = int.from_bytes(record[:2], "big")
    end = 2 + (pc >> 11) * 2
    if end == 2 or len(record) < end + 3:
        return None
    rssi = int.from_bytes(record[-3:-1], "big", signed=True) / 10
    return Tag(record[-1], pc, record[2:end], rssi if -120 <= rssi <= 0 else math.nan)
