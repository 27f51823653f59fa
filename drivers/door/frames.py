"""Frames on the counter's serial line, out of a stream that may be torn or damaged anywhere.

`00 | COBS(version u8 | type u8 | seq u16 | boot u32 | uptime_ms u32 | body | crc u16) | 00`,
little-endian, at most 254 bytes before the stuffing. The check is CRC-16/IBM-3740 over all that
stands before it. Source: `firmware/README.md`, section "Frame".
"""

from __future__ import annotations

import binascii
import struct
from collections import Counter
from dataclasses import dataclass

from drivers.door.cobs import cobs_decode, cobs_encode

VERSION = 1
FRAME_MOST = 254
"""Bytes of a frame before the stuffing, check included."""
STUFFED_MOST = FRAME_MOST + 1

_header = struct.Struct("<BBHII")
_check = struct.Struct("<H")
BODY_MOST = FRAME_MOST - _header.size - _check.size


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame that passed its check. `uptime_ms` wraps after 49.7 days, `seq` at 2^16."""

    type: int
    seq: int
    boot: int
    uptime_ms: int
    body: bytes


def encode_frame(frame: Frame) -> bytes:
    """A frame as it goes over the wire, with both delimiters.

    Raises:
        ValueError: the body is longer than `BODY_MOST`.
    """
    if len(frame.body) > BODY_MOST:
        raise ValueError(f"a body has at most {BODY_MOST} bytes, not {len(frame.body)}")
    head = _header.pack(VERSION, frame.type, frame.seq, frame.boot, frame.uptime_ms)
    raw = head + frame.body
    return b"\x00" + cobs_encode(raw + _check.pack(checksum(raw))) + b"\x00"


def checksum(data: bytes) -> int:
    """CRC-16/IBM-3740: polynomial 0x1021 from 0xFFFF, nothing reflected."""
    return binascii.crc_hqx(data, 0xFFFF)


class FrameReader:
    """Finds frames in chunks of a byte stream; after damage it goes on at the next zero.

    Drops are counted in `faults`: `too_long`, `too_short`, `bad_stuffing`, `bad_check`,
    `bad_version`. What stood before the first zero is passed over: it began before we listened.
    """

    def __init__(self, faults: Counter[str]) -> None:
        self._faults = faults
        self._rest = bytearray()
        self._skipping = True

    def feed(self, chunk: bytes) -> list[Frame]:
        """Every whole frame that ends in `chunk`, in order."""
        self._rest += chunk
        *pieces, rest = self._rest.split(b"\x00")
        self._rest = rest
        frames = [frame for piece in pieces if (frame := self._piece(bytes(piece))) is not None]
        if len(self._rest) > STUFFED_MOST and not self._skipping:
            self._faults["too_long"] += 1
            self._skipping = True
        if self._skipping:
            self._rest.clear()
        return frames

    def _piece(self, piece: bytes) -> Frame | None:
        if self._skipping or not piece:
            self._skipping = False
            return None
        frame = open_frame(piece)
        if isinstance(frame, str):
            self._faults[frame] += 1
            return None
        return frame


def open_frame(stuffed: bytes) -> Frame | str:
    """The frame between two delimiters, or the name of the fault for which it is dropped."""
    if len(stuffed) > STUFFED_MOST:
        return "too_long"
    raw = cobs_decode(stuffed)
    if raw is None:
        return "bad_stuffing"
    if len(raw) < _header.size + _check.size:
        return "too_short"
    body, check = raw[:-2], raw[-2:]
    if checksum(body) != _check.unpack(check)[0]:
        return "bad_check"
    version, kind, seq, boot, uptime_ms = _header.unpack_from(body)
    if version != VERSION:
        return "bad_version"
    return Frame(kind, seq, boot, uptime_ms, body[_header.size :])
