"""The wire of M100, QM100, R200 and YRM100 modules: bytes in, notices out; no I/O, no clock.

Frame: `BB type command length16 payload checksum 7E`, the checksum the sum of type to payload. The
end byte may stand inside, so a frame is cut by its length, never by looking for 7E. After anything
that does not check one byte is dropped and the next BB is tried.

A tag notice has RSSI (signed, dBm), PC, as many EPC words as PC's top five bits say, and the CRC
that the tag itself sent (CRC-16/GENIBUS over PC and EPC). Some modules append bytes after it.

Source: MagicRF M100 and QM100 firmware command manual: frame, inventory, region and power.
"""

from __future__ import annotations

import binascii
from collections import Counter
from dataclasses import dataclass
from typing import Final, TypeAlias

HEAD, END = 0xBB, 0x7E
_AROUND = 7
"""Bytes of a frame that are not payload."""
MAX_PAYLOAD = 256
"""A tag notice has at most 5 + 62 bytes, a module's info text a few dozen."""

COMMAND, ANSWER, NOTICE = 0x00, 0x01, 0x02
GET_INFO, SINGLE_POLL, MULTI_POLL, STOP_POLL, ERROR = 0x03, 0x22, 0x27, 0x28, 0xFF
SET_REGION, SET_POWER = 0x07, 0xB6
DONE = 0x00
"""First byte of the answer to a setting that was taken."""
REGIONS = {"prc": 1, "na": 2, "eu": 3, "kr": 6}
"""By the config's word. China's 800 MHz band (4) has none."""
NO_TAG = 0x15
"""Error code of a poll that heard no tag, or none whose CRC was right."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag heard once."""

    rssi: int
    pc: int
    epc: bytes


@dataclass(frozen=True, slots=True)
class NoTag:
    """One inventory round of the module is over and nothing was heard in it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The module says that it did not do `what` was asked (its error code)."""

    code: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The module answers a command."""

    command: int
    payload: bytes


Notice: TypeAlias = Tag | NoTag | Refused | Answer


def command(number: int, payload: bytes = b"") -> bytes:
    """A frame to the module."""
    return _frame(COMMAND, number, payload)


def single_poll() -> bytes:
    """One inventory round."""
    return command(SINGLE_POLL)


def multi_poll(rounds: int) -> bytes:
    """`rounds` (1-65535) inventory rounds in a row; 0x22 is reserved and as the manual says."""
    return command(MULTI_POLL, b"\x22" + rounds.to_bytes(2, "big"))


def stop_poll() -> bytes:
    """End a multi-poll."""
    return command(STOP_POLL)


def get_info(kind: int) -> bytes:
    """Ask for hardware (0), firmware (1) or maker (2)."""
    return command(GET_INFO, bytes((kind,)))


def set_region(region: str) -> bytes:
    """Send by the rules of one of `REGIONS`, until power is off."""
    return command(SET_REGION, bytes((REGIONS[region],)))


def set_power(dbm: float) -> bytes:
    """Send with 0 to 36 dBm, in steps of 0.01, until power is off; a module takes what it can."""
    return command(SET_POWER, round(dbm * 100).to_bytes(2, "big"))


def tag_notice(rssi: int, epc: bytes) -> bytes:
    """What a module sends for a tag: for whoever plays one."""
    air = (len(epc) // 2 << 11).to_bytes(2, "big") + epc
    payload = rssi.to_bytes(1, "big", signed=True) + air + crc16_genibus(air).to_bytes(2, "big")
    return _frame(NOTICE, SINGLE_POLL, payload)


def no_tag_answer() -> bytes:
    """What a module sends for a round without a tag: for whoever plays one."""
    return _frame(ANSWER, ERROR, bytes((NO_TAG,)))


def crc16_genibus(data: bytes) -> int:
    """CRC-16/GENIBUS (polynomial 1021, start FFFF, inverted), the tag's own over the air."""
    return binascii.crc_hqx(data, 0xFFFF) ^ 0xFFFF


def _frame(kind: int, number: int, payload: bytes) -> bytes:
    inside = bytes((kind, number)) + len(payload).to_bytes(2, "big") + payload
    return bytes((HEAD,)) + inside + bytes((sum(inside) & 0xFF, END))


class M100Decoder:
    """Cuts a byte stream into notices. Never raises; what it drops is counted.

    Attributes:
        faults: `bad_check`, `noise` (bytes), `bad_tag`, `bad_tag_crc`, `unknown_type`.
    """

    def __init__(self, faults: Counter[str] | None = None) -> None:
        self.faults: Final[Counter[str]] = Counter() if faults is None else faults
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Notice]:
        """The notices that `data` completes."""
        buffer = self._buffer
        buffer += data
        found: list[Notice] = []
        at = 0
        while True:
            start = buffer.find(HEAD, at)
            if start < 0:
                self._noise(len(buffer) - at)
                at = len(buffer)
                break
            self._noise(start - at)
            at = start
            size = _frame_size(buffer, at)
            if size is None or (size and len(buffer) - at < size):
                break
            if not size or not _checks(buffer, at, size):
                self.faults["bad_check"] += 1
                at += 1
                continue
            self._take(buffer[at + 1], buffer[at + 2], bytes(buffer[at + 5 : at + size - 2]), found)
            at += size
        del buffer[:at]
        return found

    def _noise(self, count: int) -> None:
        if count:
            self.faults["noise"] += count

    def _take(self, kind: int, number: int, payload: bytes, found: list[Notice]) -> None:
        if kind == NOTICE and number in (SINGLE_POLL, MULTI_POLL):
            self._tag(payload, found)
        elif kind == ANSWER and number == ERROR and payload:
            found.append(NoTag() if payload[0] == NO_TAG else Refused(payload[0]))
        elif kind == ANSWER:
            found.append(Answer(number, payload))
        else:
            self.faults["unknown_type"] += 1

    def _tag(self, payload: bytes, found: list[Notice]) -> None:
        pc = int.from_bytes(payload[1:3], "big")
        end = 3 + (pc >> 11) * 2
        if len(payload) < end + 2 or end == 3:
            self.faults["bad_tag"] += 1
            return
        if crc16_genibus(payload[1:end]) != int.from_bytes(payload[end : end + 2], "big"):
            self.faults["bad_tag_crc"] += 1
            return
        rssi = int.from_bytes(payload[:1], "big", signed=True)
        found.append(Tag(rssi, pc, payload[3:end]))


def _frame_size(buffer: bytearray, at: int) -> int | None:
    """Bytes of the frame at `at`; 0 when it can be none, None when too little is here to say."""
    if len(buffer) - at < 5:
        return None
    payload = int.from_bytes(buffer[at + 3 : at + 5], "big")
    return payload + _AROUND if payload <= MAX_PAYLOAD else 0


def _checks(buffer: bytearray, at: int, size: int) -> bool:
    return (
        buffer[at + size - 1] == END
        and sum(buffer[at + 1 : at + size - 2]) & 0xFF == buffer[at + size - 2]
    )
