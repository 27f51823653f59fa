"""Serial readers: how much faster than its line each codec decodes, on one core.

The line's rate is baud / 10 bytes a second, full of tag frames; the goal is 20 times that.
`damaged` has one byte in a thousand broken, which makes the codec look again at every byte of a
broken frame; `noise` has no frame at all.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Protocol

from drivers.rfid import m100
from drivers.rfid.serial import a0, chainway, m6e, readers, uhf288
from tests.drivers.rfid.serial import vectors

SECONDS = 0.4
TRIES = 3
CHUNK = 256
BYTES = 64 * 1024
EPC = bytes.fromhex("3034D2C0400000400000004D")


class Codec(Protocol):
    def feed(self, data: bytes, /) -> list[object]: ...


def run() -> list[str]:
    """One line a family: megabytes a second, microseconds a tag, times the line's rate."""
    return [_line(*family) for family in _families()]


def _families() -> list[tuple[str, Callable[[], Codec], int, bytes]]:
    chainway_tag = b"\x30\x00" + EPC + b"\xfe\x13\x01"
    return [
        ("m100", m100.M100Decoder, 115_200, m100.tag_notice(-55, EPC)),
        ("a0", a0.A0Decoder, readers.A0_BAUD, next(iter(vectors.A0_TAGS))),
        ("uhf288", uhf288.Uhf288Decoder, readers.UHF288_BAUD, vectors.UHF288_ONE),
        ("m6e", m6e.M6eDecoder, readers.M6E_BAUD, vectors.M6E_TAG),
        (
            "chainway",
            chainway.ChainwayDecoder,
            readers.CHAINWAY_BAUD,
            chainway.frame(chainway.TAG, chainway_tag),
        ),
    ]


def _line(name: str, make: Callable[[], Codec], baud: int, frame: bytes) -> str:
    chance = random.Random(7)
    count = BYTES // len(frame)
    sound = frame * count
    damaged = bytearray(sound)
    for at in chance.sample(range(len(damaged)), len(damaged) // 1_000):
        damaged[at] ^= chance.randrange(1, 256)
    # The whole way must be walked: every sound frame gives its tag.
    assert len(make().feed(sound)) == count
    rate = _rate(make, sound)
    times = {
        "whole": rate,
        "damaged": _rate(make, bytes(damaged)),
        "noise": _rate(make, chance.randbytes(BYTES)),
    }
    ratios = ", ".join(f"{what} {each / (baud / 10):,.0f} ×" for what, each in times.items())
    return (
        f"{name} at {baud:,} baud: {rate / 1e6:.1f} MB/s, {len(frame) / rate * 1e6:.1f} µs a tag; "
        f"{ratios} its line"
    )


def _rate(make: Callable[[], Codec], stream: bytes) -> float:
    """Bytes a second of processor time, in chunks as a port gives them; the best of a few runs."""
    chunks = [stream[at : at + CHUNK] for at in range(0, len(stream), CHUNK)]
    best = 0.0
    for _ in range(TRIES):
        done, begun = 0, time.process_time()
        while (taken := time.process_time() - begun) < SECONDS:
            codec = make()
            for chunk in chunks:
                codec.feed(chunk)
            done += len(stream)
        best = max(best, done / taken)
    return best


if __name__ == "__main__":
    print("\n".join(run()))
