"""What is set beside us on the yardstick: the rules of `gateway.simulate.baselines`, by their own
code, fed with the problems' reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.baselines import LastWellRead, Window
from gateway.simulate.baselines.edgex import DEPARTS, GARMENT, LEVEL, SHIPPED, EdgeX
from gateway.simulate.baselines.smurf import Smurf
from gateway.simulate.baselines.tags import Reads, TagRule
from gateway.simulate.plan import AntennaPlan, StorePlan, ZonePlan
from tests.bench.presence.yardstick import Problem

WINDOWS = (5.0, 10.0, 25.0, 50.0, 100.0, 600.0)
DELTAS = (0.05, 0.01)

Says = Callable[[], NDArray[np.int8]]


def competitors(problem: Problem) -> Iterator[tuple[str, Says]]:
    """Name and answer of every rule. With one antenna a tag, what differs in zones alone is left
    out: there it is the same."""
    many, plan = problem.rate.shape[2] > 1, _plan(problem)
    for seconds in WINDOWS:
        yield f"window {seconds:.0f} s", partial(last_read, problem, int(seconds))
    if many:
        for seconds in WINDOWS:
            yield f"most reads in {seconds:.0f} s", partial(_run, Window, problem, plan, seconds)
    yield "rule to beat", partial(_run, LastWellRead, problem, plan)
    for delta in DELTAS:
        yield f"SMURF {delta:g}", partial(_run, Smurf, problem, plan, delta)
    for departs in DEPARTS:
        for profile in (SHIPPED, GARMENT, LEVEL) if many else (SHIPPED,):
            name = f"EdgeX {departs:.0f} s" + (f" {profile.name}" if many else "")
            yield name, partial(_run, EdgeX, problem, plan, departs, profile)


def last_read(problem: Problem, seconds: int) -> NDArray[np.int8]:
    """A time-out: the zone that read the tag last, the strongest of an epoch, until silent for so
    many seconds."""
    epochs, tags = problem.truth.shape
    last, zone = np.full(tags, -(10**9)), np.full(tags, -1, np.int8)
    said = np.full((epochs, tags), -1, np.int8)
    for epoch, antennas in enumerate(problem.heard):
        best = np.full(tags, -np.inf)
        for heard in antennas:
            stronger = heard.rssi > best[heard.tags]
            rows = heard.tags[stronger]
            best[rows], last[rows], zone[rows] = heard.rssi[stronger], epoch, heard.antenna
        said[epoch] = np.where(epoch - last < seconds, zone, -1)
    return said


def follow(rule: TagRule, problem: Problem) -> NDArray[np.int8]:
    """What a rule says of each tag in each epoch."""
    epochs, tags = problem.truth.shape
    many = problem.rate.shape[2] > 1
    rule.grow(tags)
    ones = np.ones(tags, np.int32)
    said = np.empty((epochs, tags), np.int8)
    for epoch, antennas in enumerate(problem.heard):
        for heard in antennas:
            if len(heard.tags):
                reads = Reads(heard.rssi, ones[: len(heard.tags)])
                rule.heard(heard.tags, heard.antenna if many else 0, epoch + 0.5, reads)
        said[epoch] = rule.settle(epoch + 1.0)
    if problem.zone is not None:
        return np.where(said >= 0, problem.zone, -1).astype(np.int8)
    return said


def _run(kind: Callable[..., TagRule], problem: Problem, *settings: object) -> NDArray[np.int8]:
    return follow(kind(*settings), problem)


def _plan(problem: Problem) -> StorePlan:
    """Shelves in a row. Where each tag knows one antenna alone, one shelf does for all."""
    zones = tuple(ZonePlan(f"z{i}") for i in range(problem.rate.shape[2]))
    wired = tuple(AntennaPlan("r", i, zone.id) for i, zone in enumerate(zones))
    return StorePlan("Y", zones, antennas=wired)
