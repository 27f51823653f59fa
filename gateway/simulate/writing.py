"""A virtual day written down: the capture that the devices make, and beside it the truth."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from drivers.observations import Round
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
            said.write("".join(map(emission_text, step.emissions)).encode())
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


def emission_text(emission: Emission | Round) -> str:
    """The capture lines of one emission, each with its line end."""
    if isinstance(emission, AntennaRound):
        return _tags(emission) + emission_text(emission.ended)
    if isinstance(emission, Round):
        return _round(emission)
    return "".join(f"{line}\n" for line in capture_lines(emission))


def _round(done: Round) -> str:
    late = f', "at": {round(done.at, 6)}' if done.at != done.t else ""
    head = f'{{"kind": "round", "t": {round(done.t, 6)}{late}, "src": {json.dumps(done.src)}'
    return f'{head}, "antenna": {done.antenna}}}\n'


def _tags(done: AntennaRound) -> str:
    """Nearly all lines of a day, so put together of ready pieces.

    What came in at once says no arrival time, to keep them short. Times are whole milliseconds.
    """
    reads = done.reads
    if not len(reads):
        return ""
    late = f', "at": {round(reads.at, 6)}' if done.ended.at != done.ended.t else ""
    middle = f'{late}, "src": {json.dumps(reads.src)}, "antenna": {done.ended.antenna}, "epc": "'
    memory, width = reads.epc.tobytes().hex().upper(), 2 * reads.epc.shape[1]
    second, thousandth = np.divmod(np.rint(reads.t * 1000.0).astype(np.int64), 1000)
    halves = (-2.0 * reads.rssi).astype(np.int64)
    pieces: list[str] = []
    columns = second.tolist(), thousandth.tolist(), halves.tolist(), reads.n.tolist()
    for i, (sec, ms, half, n) in enumerate(zip(*columns, strict=True)):
        epc = memory[i * width : (i + 1) * width]
        pieces += (_AT_SECOND, str(sec), _MILLIS[ms], middle, epc, _STRENGTH[half], _TIMES[n])
    return "".join(pieces)


_AT_SECOND = '{"kind": "tag", "t": '
_MILLIS = [f".{ms:03d}" for ms in range(1000)]
_STRENGTH = [f'", "rssi": {half / -2.0}' for half in range(256)]
_TIMES = [f', "n": {n}}}\n' for n in range(8)]
"""By half a decibel below zero, and by times read: all that `radio` ever says."""


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
