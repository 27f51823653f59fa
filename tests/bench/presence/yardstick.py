"""The textbook problems: B1 one shelf, B2 busy, B3 blocked, B4 ghosts, C cross-reads.

Tags come, stay a geometric time, go, come back; nothing says sold or left, so these ask the engine
for what shops never do: believe silence alone. Reported for orientation beside time-outs and the
bound; the simulated stores are what counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Problem:
    """`truth`: zone of each tag by epoch, -1 away, int8[epochs, tags]. `reads`: by epoch, pairs of
    (tag, antenna). `rate`: true read rate by zone and antenna of each tag, [tags, zones, antennas].
    """

    name: str
    truth: NDArray[np.int8]
    reads: list[tuple[NDArray[np.int64], NDArray[np.int64]]]
    rate: NDArray[np.float64]
    stay: float
    away: float
    ghost: float = 0.0
    blocked: Bools | None = None


def _rates(random: np.random.Generator, tags: int) -> NDArray[np.float64]:
    rate = random.beta(2.4, 1.6, tags)
    weak = random.random(tags) < 0.1
    rate[weak] = random.uniform(0.05, 0.2, weak.sum())
    return np.asarray(rate)


def _presence(
    random: np.random.Generator, epochs: int, tags: int, stay: float, away: float
) -> Bools:
    here = np.zeros((epochs, tags), np.bool_)
    now = random.random(tags) < stay / (stay + away)
    for epoch in range(epochs):
        flip = random.random(tags) < np.where(now, 1 / stay, 1 / away)
        now = now ^ flip
        here[epoch] = now
    return here


def shelf(
    name: str,
    seed: int,
    stay: float = 1800.0,
    away: float = 900.0,
    ghost: float = 0.0,
    epochs: int = 12_000,
    tags: int = 400,
    antennas: int = 1,
    blocking: bool = False,
) -> Problem:  # fmt: skip
    """B1, B2, B4 (one antenna) and B3 (eight antennas, each blocked now and then)."""
    random = np.random.default_rng(seed)
    p = _rates(random, tags)
    zone = np.arange(tags) % antennas
    here = _presence(random, epochs, tags, stay, away)
    blocked = np.zeros((epochs, antennas), np.bool_)
    if blocking:
        blocked = ~_presence(random, epochs, antennas, 300.0, 20.0)
    chance = np.where(here, p * np.where(blocked[:, zone], 0.15, 1.0), ghost)
    heard = random.random((epochs, tags)) < chance
    reads = [(rows := np.flatnonzero(line), zone[rows]) for line in heard]
    rate = np.zeros((tags, antennas, antennas))
    rate[np.arange(tags), zone, zone] = p
    truth = np.where(here, zone, -1).astype(np.int8)
    return Problem(name, truth, reads, rate, stay, away, ghost, blocked if blocking else None)


def cross(seed: int, epochs: int = 5_000, tags: int = 240, antennas: int = 8) -> Problem:
    """C: eight antennas in a row, read rate by distance, one move an hour."""
    random = np.random.default_rng(seed)
    p = _rates(random, tags)
    fall = np.array([1.0, 0.35, 0.10, 0.02, 0.005, 0.0, 0.0, 0.0])
    far = np.abs(np.arange(antennas)[:, None] - np.arange(antennas)[None])
    rate = p[:, None, None] * fall[far][None]
    here = _presence(random, epochs, tags, 1800.0, 600.0)
    zone = random.integers(0, antennas, tags)
    truth = np.full((epochs, tags), -1, np.int8)
    reads = []
    for epoch in range(epochs):
        move = random.random(tags) < 1 / 3600
        zone = np.where(move, random.integers(0, antennas, tags), zone)
        truth[epoch] = np.where(here[epoch], zone, -1)
        chance = rate[np.arange(tags), zone] * here[epoch][:, None]
        rows, which = np.nonzero(random.random((tags, antennas)) < chance)
        reads.append((rows, which))
    return Problem("C", truth, reads, rate, 1800.0, 600.0)


def problems(seed: int = 1) -> list[Problem]:
    """All five."""
    return [
        shelf("B1", seed),
        shelf("B2", seed + 1, 300.0, 300.0),
        shelf("B3", seed + 2, antennas=8, blocking=True),
        shelf("B4", seed + 3, ghost=0.002),
        cross(seed + 4),
    ]


def wrong(problem: Problem, said: NDArray[np.int8]) -> float:
    """Percent of tag-epochs with the wrong zone, missed, or a ghost."""
    return float(100 * (said != problem.truth).mean())


def window(problem: Problem, seconds: int) -> NDArray[np.int8]:
    """A time-out: last zone read, until silent for so long."""
    epochs, tags = problem.truth.shape
    last, zone = np.full(tags, -(10**9)), np.full(tags, -1, np.int8)
    said = np.full((epochs, tags), -1, np.int8)
    for epoch, (rows, antennas) in enumerate(problem.reads):
        last[rows], zone[rows] = epoch, antennas
        said[epoch] = np.where(epoch - last < seconds, zone, -1)
    return said


def bound(problem: Problem) -> NDArray[np.int8]:
    """The exact forward filter with the true parameters (and the blocking known)."""
    epochs, tags = problem.truth.shape
    zones = problem.rate.shape[1]
    rate = np.clip(problem.rate, 1e-12, 1 - 1e-9)
    belief = np.full((tags, zones + 1), 1.0 / (zones + 1))
    only = problem.rate.any(axis=2) if problem.name != "C" else np.ones((tags, zones), np.bool_)
    said = np.full((epochs, tags), -1, np.int8)
    home = only / only.sum(axis=1, keepdims=True)
    move = 1 / 3600 if problem.name == "C" else 0.0
    ghost = max(problem.ghost, 1e-12)
    for epoch, (rows, antennas) in enumerate(problem.reads):
        here, away = belief[:, :-1], belief[:, -1:]
        stays = here * (1 - 1 / problem.stay)
        stays = (1 - move) * stays + move * stays.sum(axis=1, keepdims=True) * home
        belief = np.concatenate(
            [
                stays + away / problem.away * home,
                away * (1 - 1 / problem.away) + here.sum(axis=1, keepdims=True) / problem.stay,
            ],
            axis=1,
        )
        now = rate
        if problem.blocked is not None:
            now = rate * np.where(problem.blocked[epoch], 0.15, 1.0)[None, None, :]
        silent = np.log1p(-now).sum(axis=2)
        likely = np.concatenate([silent, np.full((tags, 1), np.log1p(-ghost))], axis=1)
        gain = np.log(now[rows, :, antennas]) - np.log1p(-now[rows, :, antennas])
        np.add.at(likely[:, :-1], rows, gain)
        np.add.at(likely[:, -1], rows, np.log(ghost))
        belief = belief * np.exp(likely - likely.max(axis=1, keepdims=True))
        belief /= belief.sum(axis=1, keepdims=True)
        best = belief.argmax(axis=1)
        said[epoch] = np.where(best == zones, -1, best)
    return said
