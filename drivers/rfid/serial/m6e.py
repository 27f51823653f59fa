"""The wire of ThingMagic M6E and M7E modules: bytes in, notices out; no I/O, no clock.

Frame: `FF len opcode [status16] data crc16`; `len` counts data alone, the status stands in answers
only. The CRC is the maker's own: polynomial 1021 and start FFFF like CRC-16/CCITT-FALSE, but the
message is divided as it is, without sixteen zero bits behind it.

A tag record has the fields that its metadata flags name, then the EPC in bits with PC and CRC.

Source: the maker's Mercury API (serial reader, level 3): message format, opcodes, tag metadata.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import Final, TypeAlias

from drivers.rfid.serial.cutting import Decoder, Shape

HEAD = 0xFF
GET_VERSION, BOOT_FIRMWARE = 0x03, 0x04
READ_MULTIPLE, GET_TAGS, CLEAR_TAGS = 0x22, 0x29, 0x2A
MULTI_PROTOCOL = 0x2F
GET_REGION = 0x67
SET_ANTENNA, SET_READ_POWER, SET_PROTOCOL, SET_REGION, SET_PROTOCOL_PARAMETER = (
    0x91, 0x92, 0x93, 0x97, 0x9B,
)  # fmt: skip

OK, NO_TAGS = 0x0000, 0x0400
NO_ANTENNA, TOO_HOT, HIGH_RETURN_LOSS = 0x0503, 0x0504, 0x0505

_AROUND = 7
"""Bytes of an answer that are not data."""
_SHIFTED_START = 0x1D0F
"""FFFF moved on by sixteen bits under the polynomial."""
GEN2 = 0x05
FLAGS = 0x0047
"""What we ask of each tag: read count, RSSI, antenna, protocol."""
_LARGE_POPULATION = 0x0010
_METADATA = 0x10
_STREAMED_TAG = 0x01
_COUNT_AT: Final = {4: 3, 5: 4, 7: 3, 8: 4}
"""Where the count of tags begins (it goes to the end), by the length of the answer: after an option
of one byte or two and the flags, in one byte on old modules and in four on new ones."""

_COUNT, _RSSI, _ANTENNA, _DATA, _PROTOCOL = 0x001, 0x002, 0x004, 0x080, 0x040
_FIELDS: Final = (
    (_COUNT, 1), (_RSSI, 1), (_ANTENNA, 1), (0x008, 3), (0x010, 4), (0x020, 2), (_PROTOCOL, 1),
    (_DATA, 2), (0x100, 1),
)  # fmt: skip
"""Flag and bytes, in the order of the wire: then frequency, timestamp, phase, protocol, GPIO."""
_KNOWN = 0x1FF

REGIONS: Final = {
    "na": 0x01, "in": 0x04, "jp": 0x05, "prc": 0x06, "eu": 0x08, "kr": 0x09, "au": 0x0B, "nz": 0x0C,
}  # fmt: skip
"""The regions that a store may be in, by the name in the config."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag's record. `antenna` is the transmitting port, `n` how often it was read."""

    antenna: int
    pc: int
    epc: bytes
    rssi: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Tags:
    """Records of the module's buffer, or of one that it sent by itself while it reads."""

    tags: tuple[Tag, ...]
    streamed: bool = False


@dataclass(frozen=True, slots=True)
class ReadOver:
    """A read command has ended with `status`; `found` tags lie in the buffer."""

    status: int
    found: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Any other answer."""

    opcode: int
    status: int
    data: bytes


Notice: TypeAlias = Tags | ReadOver | Answer


def crc16(data: bytes) -> int:
    """The maker's CRC over length to data."""
    return binascii.crc_hqx(data[:-2], _SHIFTED_START) ^ int.from_bytes(data[-2:], "big")


def command(opcode: int, data: bytes = b"") -> bytes:
    """A frame to the module."""
    body = bytes((len(data), opcode)) + data
    return bytes((HEAD,)) + body + crc16(body).to_bytes(2, "big")


def stop_streaming() -> bytes:
    """End a reading that the module goes on with by itself."""
    return command(MULTI_PROTOCOL, b"\x00\x00\x02")


def set_antenna(port: int) -> bytes:
    """Send and listen on `port` (from 1)."""
    return command(SET_ANTENNA, bytes((port, port)))


def set_read_power(dbm: float) -> bytes:
    """Power of reads, kept until the module is off."""
    return command(SET_READ_POWER, round(dbm * 100).to_bytes(2, "big"))


def set_protocol() -> bytes:
    """Speak Gen2."""
    return command(SET_PROTOCOL, bytes((0, GEN2)))


def set_region(region: int) -> bytes:
    """Obey the radio rules of `region`."""
    return command(SET_REGION, bytes((region,)))


def set_session(session: int) -> bytes:
    """Inventory in Gen2 `session` (0-3)."""
    return command(SET_PROTOCOL_PARAMETER, bytes((GEN2, 0x00, session)))


def set_target(*, both: bool) -> bytes:
    """Inventory target A, or A and then B."""
    return command(SET_PROTOCOL_PARAMETER, bytes((GEN2, 0x01, not both, 0x00)))


def read_multiple(milliseconds: int) -> bytes:
    """Read on the chosen antenna for `milliseconds`; the tags stay in the module's buffer."""
    flags, time = _LARGE_POPULATION.to_bytes(2, "big"), milliseconds.to_bytes(2, "big")
    return command(READ_MULTIPLE, b"\x00" + flags + time)


def get_tags(flags: int = FLAGS) -> bytes:
    """Ask for as many of the buffer's next records as a frame holds."""
    return command(GET_TAGS, flags.to_bytes(2, "big") + b"\x00")


def _size(buffer: bytearray, at: int) -> int | None:
    return None if at + 2 > len(buffer) else buffer[at + 1] + _AROUND


def _check(frame: bytes) -> bool:
    return crc16(frame[1:-2]) == int.from_bytes(frame[-2:], "big")


class M6eDecoder(Decoder[Notice]):
    """Cuts a byte stream into notices. Faults: those of the cutter, `bad_tag`, `bad_answer`."""

    shape = Shape(bytes((HEAD,)), _size, _check)

    def read(self, frame: bytes) -> list[Notice]:
        """The notice of one sound frame."""
        opcode, status, data = frame[2], int.from_bytes(frame[3:5], "big"), frame[5:-2]
        if opcode == READ_MULTIPLE:
            return self._read_multiple(status, data)
        if opcode == GET_TAGS and status == OK:
            return self._buffered(data)
        return [Answer(opcode, status, data)]

    def _read_multiple(self, status: int, data: bytes) -> list[Notice]:
        if status != OK:
            return [ReadOver(status, 0)]
        if len(data) > 6 and data[0] & _METADATA:
            if data[5] != _STREAMED_TAG:
                return [Answer(READ_MULTIPLE, status, data)]
            return self._records(data[6:], int.from_bytes(data[3:5], "big"), 1, streamed=True)
        at = _COUNT_AT.get(len(data))
        if at is None:
            self.faults["bad_answer"] += 1
            return []
        return [ReadOver(status, int.from_bytes(data[at:], "big"))]

    def _buffered(self, data: bytes) -> list[Notice]:
        if len(data) < 4:
            self.faults["bad_answer"] += 1
            return []
        return self._records(data[4:], int.from_bytes(data[:2], "big"), data[3], streamed=False)

    def _records(self, data: bytes, flags: int, count: int, *, streamed: bool) -> list[Notice]:
        tags: list[Tag] = []
        for _ in range(count):
            taken = _record(data, flags)
            if taken is None:
                self.faults["bad_tag"] += 1
                break
            tag, size = taken
            data = data[size:]
            if tag is not None:
                tags.append(tag)
        return [Tags(tuple(tags), streamed)]


def _record(data: bytes, flags: int) -> tuple[Tag | None, int] | None:
    """The first record and its bytes; no tag for another protocol than Gen2, None for no record."""
    if flags & ~_KNOWN:
        return None
    values: dict[int, int] = {}
    at = 0
    for flag, size in _FIELDS:
        if flags & flag:
            values[flag] = int.from_bytes(data[at : at + size], "big")
            at += size
            if flag == _DATA:
                at += (values[flag] + 7) // 8
    size = (int.from_bytes(data[at : at + 2], "big") + 7) // 8
    end = at + 2 + size
    if end > len(data) or size < 4:
        return None
    if values.get(_PROTOCOL, GEN2) != GEN2:
        return None, end
    pc = int.from_bytes(data[at + 2 : at + 4], "big")
    epc = data[at + 4 : at + 4 + (pc >> 11) * 2]
    if not epc or at + 4 + len(epc) > end - 2 or len(epc) != (pc >> 11) * 2:
        return None
    return Tag(_port(values), pc, epc, _signed(values.get(_RSSI)), values.get(_COUNT) or 1), end


def _port(values: dict[int, int]) -> int:
    """The transmitting port stands in the upper half; port 16 as 0. 0: the record does not say."""
    return (values[_ANTENNA] >> 4 or 16) if _ANTENNA in values else 0


def _signed(value: int | None) -> int | None:
    return value if value is None else value - (value >> 7 << 8)
