"""LLRP decode beside sllurp and llrpkit: the same bytes, the same machine, one run.

Each program reads the same recorded stream of RO_ACCESS_REPORTs of 2,000 tags that come again and
again. Ours goes the whole way that a socket's bytes go in the gateway: framing, session, `TagReads`
with event times and all columns as arrays, and on to GTIN and serial through the gateway's own
memory of names (what a first meeting costs: the `epc` benchmark, one by one). The others decode the
messages and stop there. They run as programs of their own.

`ours` is reads of 64 KiB, as behind many readers or after an outage: the rate. `breath` is what a
single reader of a thousand tags a second leaves in a read, since the source lets a twentieth of a
second pass after tags: fifty tags. `lone` is one report a read: a reader that is that quiet is read
twenty times a second at the most, so what it costs there matters to nobody, and is told.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from drivers.rfid.epc import encode_sgtin96
from drivers.rfid.llrp.columns import TagColumns
from drivers.rfid.llrp.framing import Message
from drivers.rfid.llrp.observing import Observing
from drivers.rfid.llrp.parameters import encode, make
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.session import LlrpSession
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.llrp.source import BREATH_SECONDS
from drivers.rfid.naming import EpcNaming
from tests.drivers.rfid.played_reader import PlayedReader

TAGS = 20_000
READ_BYTES = 65_536
TAGS_A_SECOND = 1_000
NOW = 1_763_740_900.0
TURNS, REPEATS = 4, 3
"""The others repeat as often. The best counts: the memory of names knows its tags, as in a shop."""

SLLURP = """
import sys, time
from sllurp.llrp import LLRPMessage
data = open(sys.argv[1], "rb").read()
best = 1e9
for _ in range(3):
    begin, at, tags = time.process_time(), 0, 0
    while at < len(data):
        size = int.from_bytes(data[at + 2 : at + 6], "big")
        message = LLRPMessage(msgbytes=data[at : at + size])
        tags += len(message.msgdict["RO_ACCESS_REPORT"]["TagReportData"])
        at += size
    best = min(best, (time.process_time() - begin) / tags)
print(best)
"""

LLRPKIT = """
import sys, time
from llrpkit.protocol import decode_message
data = open(sys.argv[1], "rb").read()
best = 1e9
for _ in range(3):
    begin, at, tags = time.process_time(), 0, 0
    while at < len(data):
        size = int.from_bytes(data[at + 2 : at + 6], "big")
        tags += len(decode_message(data[at : at + size]).tag_report_datas)
        at += size
    best = min(best, (time.process_time() - begin) / tags)
print(best)
"""


def run() -> list[str]:
    """A table: microseconds a tag and how many times as fast we are."""
    lines = [
        "us a tag (ours to TagReads and items); the goal is 5 x sllurp at one tag, 20 x from 16 on",
        "tags a report |   ours | breath |   lone |  sllurp | llrpkit | x sllurp | breath | lone",
    ]
    for size in (1, 16, 128):
        reports = make_reports(TAGS, size)
        ways: dict[str, Callable[[], float]] = {
            "ours": partial(_ours, _chunks(b"".join(reports))),
            "breath": partial(_ours, _breaths(reports, size)),
            "lone": partial(_ours, reports),
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "reports.bin"
            file.write_bytes(b"".join(reports))
            ways["sllurp"] = partial(_program, SLLURP, file)
            ways["llrpkit"] = partial(_program, LLRPKIT, file)
            best = _by_turns(ways)
        times = [best["sllurp"] / best[way] for way in ("ours", "breath", "lone")]
        lines.append(
            f"{size:13} | {best['ours']:6.3f} | {best['breath']:6.3f} | {best['lone']:6.3f} "
            f"| {best['sllurp']:7.2f} | {best['llrpkit']:7.2f} "
            f"| {times[0]:8.1f} | {times[1]:6.1f} | {times[2]:4.1f}"
        )
    return lines


def _by_turns(ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The best of a few turns: others share the core, and that should be met by all."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(TURNS):
        for name, way in ways.items():
            best[name] = min(best[name], way())
    return best


def make_reports(tags: int, size: int) -> list[bytes]:
    """RO_ACCESS_REPORTs of `size` tags each, `tags` in all, as a reader set up by us sends them."""
    random = np.random.default_rng(7)
    bodies = [
        encode(
            [
                make(
                    P.TAG_REPORT_DATA,
                    make(P.EPC_96, epc=encode_sgtin96("03453120000011", 7, number)),
                    make(P.ANTENNA_ID, antenna=1 + number % 4),
                    make(P.PEAK_RSSI, dbm=int(random.integers(-80, -30))),
                    make(P.LAST_SEEN_UTC, microseconds=1_763_740_800_000_000 + number),
                    make(P.TAG_SEEN_COUNT, count=3),
                )
            ]
        )
        for number in range(2_000)
    ]
    return [
        Message(
            MessageType.RO_ACCESS_REPORT,
            number,
            b"".join(bodies[(number * size + i) % len(bodies)] for i in range(size)),
        ).to_bytes()
        for number in range(tags // size)
    ]


def _chunks(data: bytes) -> list[bytes]:
    return [data[at : at + READ_BYTES] for at in range(0, len(data), READ_BYTES)]


def _breaths(reports: list[bytes], size: int) -> list[bytes]:
    """What stands in each read of a reader that tells `TAGS_A_SECOND`."""
    together = max(1, round(TAGS_A_SECOND * BREATH_SECONDS / size))
    return [b"".join(reports[at : at + together]) for at in range(0, len(reports), together)]


def _ours(chunks: list[bytes]) -> float:
    session = LlrpSession(Settings((1, 2, 3, 4)), 0.0)
    PlayedReader().converse(session)
    observing, naming = Observing("reader-1", Counter()), EpcNaming()
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.process_time()
        tags = _decoded(session, observing, naming, chunks)
        best = min(best, (time.process_time() - begin) / tags)
    return best * 1e6


def _decoded(
    session: LlrpSession, observing: Observing, naming: EpcNaming, chunks: list[bytes]
) -> int:
    """Every tag's EPC, antenna, RSSI, time and count, and its item: GTIN and serial in a URN."""
    tags = 0
    for chunk in chunks:
        for event in session.feed(chunk, 0.0):
            if isinstance(event, TagColumns):
                reads = observing.reads(event, NOW, 0.0)
                tags += len(list(map(naming.items.__getitem__, reads.epcs())))
    return tags


def _program(text: str, file: Path) -> float:
    command = [sys.executable, "-c", text, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return float(done.stdout) * 1e6


if __name__ == "__main__":
    print("\n".join(run()))
