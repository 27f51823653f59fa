"""The spine, measured in one run: replay against real time, observations a core-second, bytes.

A simulated hour of the demo store goes twice through the engines: once as a replay, once as the
program does it, with a commit for each second that changed anything and the feed composed, on a
real file. Bytes are what this process had the kernel write to that disk for it (`write_bytes` of
/proc/self/io), which a RAM disk would hide.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from pathlib import Path

from drivers.observations import Observation, TagReads
from gateway.board import Board
from gateway.capture.faults import CaptureFaults
from gateway.capture.files import capture_file_lines
from gateway.capture.lines import read_capture
from gateway.capture.replay import replay
from gateway.committer import Committer
from gateway.config.load import Store, load_store
from gateway.core import Core
from gateway.demo.files import Wires, write_store
from gateway.naming import naming_of
from gateway.roster import roster_of
from gateway.rules import core_rules
from gateway.simulate.plan import plan_of
from gateway.simulate.writing import write_day
from gateway.storage.opening import open_database
from gateway.uplink.compose import FeedComposer

NOWHERE = Wires(page=0, reader="127.0.0.1:5084", door="/dev/null", broker="127.0.0.1:1883")
HOURS = 1.0
SEED = 11


def run() -> list[str]:
    """The table's lines."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        store = load_store(write_store(Path(folder), NOWHERE, "Etc/UTC"))
        capture = Path(folder) / "day.ndjson"
        write_day(plan_of(store), SEED, HOURS, capture, Path(folder) / "truth.ndjson")
        started = time.process_time()
        for _ in replay(Core(core_rules(store), naming_of()), observations(store, capture)):
            pass
        replayed = time.process_time() - started
        heard = list(observations(store, capture))
        seconds, written, counts = asyncio.run(committed(store, heard, Path(folder) / "data"))
    reads = sum(len(obs) for obs in heard if isinstance(obs, TagReads))
    others = sum(not isinstance(obs, TagReads) for obs in heard)
    rate = (reads + others) / seconds
    speed = HOURS * 3600 / replayed
    traffic = f"{counts['commits']:,} commits, {counts['messages']:,} feed messages"
    return [
        f"replay of a simulated hour: {speed:,.0f} x real time",
        f"observations to committed state: {rate:,.0f} a core-second (of {reads + others:,})",
        f"written for the hour: {written / 1e6:.1f} MB in {traffic}",
    ]


def observations(store: Store, capture: Path) -> list[Observation]:
    """All of a capture."""
    faults = CaptureFaults()
    lines = capture_file_lines(capture, faults)
    return list(read_capture(lines, roster_of(store).hear, faults, by_second=True))


async def committed(
    store: Store, heard: list[Observation], data: Path
) -> tuple[float, int, dict[str, int]]:
    """Core-seconds, bytes and counts of taking `heard` the program's way."""
    opened = open_database(data)
    composer = FeedComposer(store.config.store.id, opened.boot, 3)
    committer = Committer(opened.journal, composer, Board())
    core = Core(core_rules(store), naming_of())
    before, started = bytes_written(), time.process_time()
    second = math.floor(heard[0].at)
    for obs in heard:
        while second < math.floor(obs.at):
            second += 1
            committer.add(core.advance(float(second)))
            await committer.commit(float(second))
        core.observe(obs)
    committer.add(core.advance(float(second + 1)))
    await committer.commit(float(second + 1))
    committer.close()
    opened.journal.close()
    return time.process_time() - started, bytes_written() - before, dict(committer.counts)


def bytes_written() -> int:
    """What this process had the kernel write to block devices."""
    fields = dict(
        line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines()
    )
    return int(fields["write_bytes"])


if __name__ == "__main__":
    print("\n".join(run()))
