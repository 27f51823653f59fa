"""A virtual day written down: the capture that the devices make, and beside it the truth."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gateway.capture.writing import capture_lines
from gateway.simulate.plan import StorePlan
from gateway.simulate.scenario import USUAL, Scenario
from gateway.simulate.shop import AntennaRound, Emission
from gateway.simulate.truth import VERSION, TruthLine
from gateway.simulate.world import World

STEP_SECONDS = 60.0
GZIP_LEVEL = 3


def write_day(
    plan: StorePlan,
    seed: int,
    hours: float,
    capture: Path,
    truth: Path,
    scenario: Scenario = USUAL,
) -> None:
    """Write `hours` of a store from its first opening; the same arguments give the same bytes.

    Raises:
        OSError: a file cannot be written.
    """
    world = World(plan, seed, scenario)
    until = world.start + 3600.0 * hours
    with _open(capture) as said, _open(truth) as true:
        true.write(_json(header(world, until)))
        while world.shop.now < until:
            step = world.step(min(world.shop.now + STEP_SECONDS, until))
            for emission in step.emissions:
                said.write(emission_text(emission).encode())
            true.write(b"".join(map(_json, step.truth)))


def header(world: World, until: float) -> TruthLine:
    """The first line of a truth file."""
    plan = world.plan
    return {
        "kind": "truth",
        "version": VERSION,
        "store": plan.id,
        "seed": world.seed,
        "from": world.start,
        "to": until,
        "zones": {zone.id: zone.kind for zone in plan.zones},
    }


def emission_text(emission: Emission) -> str:
    """The capture lines of one emission, each with its line end."""
    if isinstance(emission, AntennaRound):
        lines = _tags(emission) + capture_lines(emission.ended)
    else:
        lines = capture_lines(emission)
    return "".join(f"{line}\n" for line in lines)


def _tags(done: AntennaRound) -> list[str]:
    """Nearly all lines of a day. What came in at once says no arrival time, to keep them short."""
    reads = done.reads
    if not len(reads):
        return []
    late = f', "at": {round(reads.at, 6)}' if done.ended.at != done.ended.t else ""
    middle = f'{late}, "src": {json.dumps(reads.src)}, "antenna": {done.ended.antenna}, "epc": "'
    memory = reads.epc.tobytes().hex().upper()
    width = 2 * reads.epc.shape[1]
    return [
        f'{{"kind": "tag", "t": {t}{middle}{memory[i * width : (i + 1) * width]}"'
        f', "rssi": {rssi}, "n": {n}}}'
        for i, (t, rssi, n) in enumerate(
            zip(reads.t.tolist(), reads.rssi.tolist(), reads.n.tolist(), strict=True)
        )
    ]


def _json(line: TruthLine) -> bytes:
    return (json.dumps(line) + "\n").encode()


@contextlib.contextmanager
def _open(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file
            return
        # Neither name nor time may stand in the header, or no two runs give the same bytes.
        with gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as packed:
            yield packed
