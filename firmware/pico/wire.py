"""Frames on the serial line, as `firmware/README.md` has them; runs on MicroPython and CPython.

Nothing here knows a board. Without type hints' modules and other comforts, because the same file is
copied to the Pico.
"""

import struct

VERSION = 1
HELLO, STATE, EVENT, PONG, GET, PING = 0x01, 0x02, 0x03, 0x04, 0x81, 0x82

HEADER = "<BBHII"
HEADER_BYTES = 12
CHECK_BYTES = 2
RAW_MOST = 254
STUFFED_MOST = RAW_MOST + 1
RUN_MOST = 254


def checksum(data: bytes) -> int:
    """CRC-16/IBM-3740: polynomial 0x1021 from 0xFFFF, nothing reflected."""
    check = 0xFFFF
    for byte in data:
        check = (check >> 8 | check << 8) & 0xFFFF
        check ^= byte
        check ^= (check & 0xFF) >> 4
        check ^= check << 12 & 0xFFFF
        check ^= (check & 0xFF) << 5
    return check


def stuff(raw: bytes) -> bytes:
    """`raw` without zeros; at most RAW_MOST bytes."""
    out = bytearray(1)
    code = 0
    for byte in raw:
        if len(out) - code > RUN_MOST:
            out[code] = len(out) - code
            code = len(out)
            out.append(0)
        if byte:
            out.append(byte)
        else:
            out[code] = len(out) - code
            code = len(out)
            out.append(0)
    out[code] = len(out) - code
    return bytes(out)


def unstuff(data: bytes):
    """What was stuffed into `data`; None where no encoder made that."""
    out = bytearray()
    place = 0
    while place < len(data):
        code = data[place]
        if code == 0 or place + code > len(data):
            return None
        out += data[place + 1 : place + code]
        place += code
        if code <= RUN_MOST and place < len(data):
            out.append(0)
    return bytes(out)


def write_frame(kind: int, seq: int, boot: int, uptime_ms: int, body: bytes) -> bytes:
    """A frame as it goes over the wire, with both delimiters."""
    raw = struct.pack(HEADER, VERSION, kind, seq, boot, uptime_ms) + body
    return b"\x00" + stuff(raw + struct.pack("<H", checksum(raw))) + b"\x00"


def open_frame(stuffed: bytes):
    """(type, seq, boot, uptime_ms, body) of a sound frame between two delimiters, else None."""
    raw = unstuff(stuffed)
    if raw is None or len(raw) < HEADER_BYTES + CHECK_BYTES:
        return None
    if checksum(raw[:-CHECK_BYTES]) != struct.unpack("<H", raw[-CHECK_BYTES:])[0]:
        return None
    version, kind, seq, boot, uptime_ms = struct.unpack(HEADER, raw[:HEADER_BYTES])
    if version != VERSION:
        return None
    return kind, seq, boot, uptime_ms, raw[HEADER_BYTES:-CHECK_BYTES]


class Reader:
    """Finds frames in a stream that may be damaged anywhere; `dropped` counts what was not one."""

    def __init__(self):
        self.dropped = 0
        self._rest = bytearray()
        self._skipping = True

    def feed(self, chunk: bytes) -> list:
        """Every sound frame that ends in `chunk`, as `open_frame` gives it."""
        frames = []
        for byte in chunk:
            if byte:
                self._keep(byte)
                continue
            if self._rest and not self._skipping:
                frame = open_frame(bytes(self._rest))
                if frame is None:
                    self.dropped += 1
                else:
                    frames.append(frame)
            self._skipping = False
            self._rest = bytearray()
        return frames

    def _keep(self, byte: int) -> None:
        if self._skipping:
            return
        if len(self._rest) == STUFFED_MOST:
            self.dropped += 1
            self._skipping = True
            return
        self._rest.append(byte)
