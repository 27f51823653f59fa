"""Consistent overhead byte stuffing: any bytes as bytes without a zero, one more in 254.

Source: S. Cheshire, M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on
Networking 7(2), 1999, section III.
"""

from __future__ import annotations

_RUN_MOST = 254


def cobs_encode(data: bytes) -> bytes:
    """`data` with its zeros stuffed away; no delimiter."""
    blocks = data.split(b"\x00")
    out = b"".join(_stuffed(block) for block in blocks)
    # A full run stands for no zero, so at the very end no empty run needs to follow it.
    full = blocks[-1] and len(blocks[-1]) % _RUN_MOST == 0
    return out[:-1] if full else out


def cobs_decode(data: bytes) -> bytes | None:
    """What was stuffed into `data` (no delimiter in it); None where no encoder made that."""
    out = bytearray()
    place, end = 0, len(data)
    while place < end:
        code = data[place]
        run = data[place + 1 : place + code]
        if code == 0 or len(run) != code - 1 or 0 in run:
            return None
        out += run
        place += code
        if code <= _RUN_MOST and place < end:
            out.append(0)
    return bytes(out) if end else None


def _stuffed(block: bytes) -> bytes:
    whole = len(block) - len(block) % _RUN_MOST
    runs = [b"\xff" + block[i : i + _RUN_MOST] for i in range(0, whole, _RUN_MOST)]
    return b"".join((*runs, bytes((len(block) - whole + 1,)), block[whole:]))
