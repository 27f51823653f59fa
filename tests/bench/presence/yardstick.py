"""The textbook problems: B1 one shelf, B2 busy, B3 blocked, B4 ghosts, C cross-reads.

Tags come, stay a geometric time, go, come back; nothing says sold or left, so these ask the engine
for what shops never do: believe silence alone.

One antenna hears each tag of B1 to B4 (B3 has eight antennas, each with its own tags). In C all
eight hear every tag, the less the further off; a tag that is there moves once an hour to any other
zone, and comes back to where it lay when it went.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCKED = 0.15
"""What is left of a read rate while a body stands before the antenna."""
FALL = (1.0, 0.35, 0.10, 0.02, 0.005)
"""C: read rate by distance in zones; further off nothing is heard."""
STRENGTH, STEP_DB, FADING_DB, NOISE_DB = -52.0, 7.0, 3.0, 3.0
"""C: dBm in its own zone, less by so much a zone; fading is fixed for each tag and antenna."""
MOVE = 1 / 3600


@dataclass(frozen=True, slots=True)
class Heard:
    """What one antenna heard in one epoch: columns of its tags, and their strength in dBm."""

    antenna: int
    tags: Ints
    rssi: NDArray[np.float32]


@dataclass(slots=True)
class Problem:
    """One problem.

    Attributes:
        truth: zone of each tag by epoch, -1 away, int8[epochs, tags].
        heard: by epoch, by antenna.
        rate: true read rate, [tags, places, antennas]: the places and antennas that a tag can know,
            which are its own alone in B1 to B4 and all eight in C.
        zone: the only zone of each tag in B1 to B4.
        blocked: bool[epochs, antennas] where antennas are.
        fading: C, dB by tag and antenna.
    """

    name: str
    truth: NDArray[np.int8]
    heard: list[list[Heard]]
    rate: Floats
    stay: float
    away: float
    zones: int = 1
    zone: Ints | None = None
    ghost: float = 0.0
    blocked: Bools | None = None
    fading: Floats | None = None


def problems(seed: int = 1, shorter: int = 1) -> list[Problem]:
    """All five; `shorter` divides their length, for a quick look."""
    epochs = 12_000 // shorter
    return [
        shelf("B1", seed, epochs=epochs),
        shelf("B2", seed + 1, 300.0, 300.0, epochs=epochs),
        shelf("B3", seed + 2, antennas=8, blocking=True, epochs=epochs),
        shelf("B4", seed + 3, ghost=0.002, epochs=epochs),
        cross(seed + 4, epochs=5_000 // shorter),
    ]


def shelf(
    name: str,
    seed: int,
    stay: float = 1800.0,
    away: float = 900.0,
    ghost: float = 0.0,
    epochs: int = 12_000,
    tags: int = 400,
    antennas: int = 1,
    *,
    blocking: bool = False,
) -> Problem:
    """B1, B2, B4 (one antenna) and B3 (eight antennas, each blocked now and then)."""
    random = np.random.default_rng(seed)
    p = _rates(random, tags)
    zone = np.arange(tags) % antennas
    here = _presence(random, epochs, tags, stay, away)
    blocked = np.zeros((epochs, antennas), np.bool_)
    if blocking:
        blocked = ~_presence(random, epochs, antennas, 300.0, 20.0)
    chance = np.where(here, p * np.where(blocked[:, zone], BLOCKED, 1.0), ghost)
    reads = random.random((epochs, tags)) < chance
    heard = [
        [
            Heard(a, rows := np.flatnonzero(line & (zone == a)), _plain(rows))
            for a in range(antennas)
        ]
        for line in reads
    ]
    return Problem(
        name, np.where(here, zone, -1).astype(np.int8), heard, p[:, None, None], stay, away,
        antennas, zone, ghost, blocked if blocking else None,
    )  # fmt: skip


def cross(seed: int, epochs: int = 5_000, tags: int = 240, antennas: int = 8) -> Problem:
    """C: eight antennas in a row."""
    random = np.random.default_rng(seed)
    p = _rates(random, tags)
    far = np.abs(np.arange(antennas)[:, None] - np.arange(antennas)[None])
    rate = p[:, None, None] * np.array([*FALL, 0.0, 0.0, 0.0])[far][None]
    fading = random.normal(0.0, FADING_DB, (tags, antennas))
    here = _presence(random, epochs, tags, 1800.0, 600.0)
    zone, rows = random.integers(0, antennas, tags), np.arange(tags)
    truth = np.full((epochs, tags), -1, np.int8)
    heard = []
    for epoch in range(epochs):
        moves = here[epoch] & (random.random(tags) < MOVE)
        zone = np.where(moves, (zone + random.integers(1, antennas, tags)) % antennas, zone)
        truth[epoch] = np.where(here[epoch], zone, -1)
        reads = random.random((tags, antennas)) < rate[rows, zone] * here[epoch][:, None]
        rssi = strength(far[zone], fading) + random.normal(0.0, NOISE_DB, (tags, antennas))
        heard.append([_of_antenna(a, reads[:, a], rssi[:, a]) for a in range(antennas)])
    return Problem("C", truth, heard, rate, 1800.0, 600.0, antennas, fading=fading)


def strength(far: Ints, fading: Floats) -> Floats:
    """The mean strength in dBm at a distance in zones."""
    return np.asarray(STRENGTH - STEP_DB * far + fading)


def _of_antenna(antenna: int, reads: Bools, rssi: Floats) -> Heard:
    tags = np.flatnonzero(reads)
    return Heard(antenna, tags, rssi[tags].astype(np.float32))


def _plain(rows: Ints) -> NDArray[np.float32]:
    return np.full(len(rows), STRENGTH, np.float32)


def _rates(random: np.random.Generator, tags: int) -> Floats:
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
