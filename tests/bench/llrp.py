"""LLRP decode beside sllurp and llrpkit: the same bytes, the same machine, one run.

Each program reads the same recorded stream of RO_ACCESS_REPORTs. Ours goes the whole way a socket's
bytes go (framing, session, columns) and on to GTIN and serial, a few tags through the same memory
of names as in the gateway; the others decode the messages and stop there. The other two run as
programs of their own. "alone" is our worst case: each report arrives in a read of its own, as from
a quiet reader.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from drivers.rfid.epc import encode_sgtin96
from drivers.rfid.epc_columns import sgtin96_columns
from drivers.rfid.llrp.events import Event
from drivers.rfid.llrp.framing import Message
from drivers.rfid.llrp.parameters import encode, make
from drivers.rfid.llrp.reports import FEW, TagColumns
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.session import LlrpSession
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.naming import EpcNaming
from tests.drivers.rfid.played_reader import PlayedReader

TAGS = 100_000
OTHERS_TAGS = 20_000
READ_BYTES = 65_536
REPEATS = 3

SLLURP = """
import sys, time
from sllurp.llrp import LLRPMessage
data = open(sys.argv[1], "rb").read()
best = 1e9
for _ in range(3):
    begin, at, tags = time.perf_counter(), 0, 0
    while at < len(data):
        size = int.from_bytes(data[at + 2 : at + 6], "big")
        message = LLRPMessage(msgbytes=data[at : at + size])
        tags += len(message.msgdict["RO_ACCESS_REPORT"]["TagReportData"])
        at += size
    best = min(best, (time.perf_counter() - begin) / tags)
print(best)
"""

LLRPKIT = """
import sys, time
from llrpkit.protocol import decode_message
data = open(sys.argv[1], "rb").read()
best = 1e9
for _ in range(3):
    begin, at, tags = time.perf_counter(), 0, 0
    while at < len(data):
        size = int.from_bytes(data[at + 2 : at + 6], "big")
        tags += len(decode_message(data[at : at + size]).tag_report_datas)
        at += size
    best = min(best, (time.perf_counter() - begin) / tags)
print(best)
"""


def run() -> list[str]:
    """A table: microseconds a tag and how many times as fast we are."""
    lines = [
        "us a tag (ours with GTIN and serial)",
        "tags a report |   ours |  alone |  sllurp | llrpkit | x sllurp | alone x sllurp",
    ]
    for size in (1, 16, 128):
        reports = make_reports(TAGS, size)
        chunked = _ours(_chunks(b"".join(reports)))
        alone = _ours(reports)
        sllurp, llrpkit = _others(b"".join(reports[: OTHERS_TAGS // size]))
        lines.append(
            f"{size:13} | {chunked:6.3f} | {alone:6.3f} | {sllurp:7.2f} | {llrpkit:7.2f} "
            f"| {sllurp / chunked:8.0f} | {sllurp / alone:14.1f}"
        )
    return lines


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


def _ours(chunks: list[bytes]) -> float:
    session = LlrpSession(Settings((1, 2, 3, 4)), 0.0)
    PlayedReader().converse(session)

    naming = EpcNaming()

    def decode() -> int:
        return sum(_named(session.feed(chunk, 0.0), naming) for chunk in chunks)

    return min(_per_tag(decode) for _ in range(REPEATS))


def _named(events: list[Event], naming: EpcNaming) -> int:
    named = 0
    for event in events:
        if not isinstance(event, TagColumns):
            continue
        if len(event) <= FEW:
            named += sum(naming.of_bytes(row.tobytes()) is not None for row in event.epc)
        else:
            valid, _, _ = sgtin96_columns(event.epc)
            named += int(np.count_nonzero(valid))
    return named


def _per_tag(decode: Callable[[], int]) -> float:
    begin = time.perf_counter()
    tags = decode()
    return (time.perf_counter() - begin) / tags * 1e6


def _others(stream: bytes) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reports.bin"
        file.write_bytes(stream)
        return _program(SLLURP, file), _program(LLRPKIT, file)


def _program(text: str, file: Path) -> float:
    command = [sys.executable, "-c", text, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return float(done.stdout) * 1e6


if __name__ == "__main__":
    print("\n".join(run()))
