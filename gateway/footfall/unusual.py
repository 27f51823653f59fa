"""Busy and dead half hours, with their probability. Pure.

A hidden Markov model over three conditions: as usual, busy (an event brings more people on top) and
dead (hardly anybody). As usual is negative binomial around the mean of the same half hour, with a
variance 2.9 times the mean: for a Poisson normal every busy Monday would be an event. After Ihler,
Hutchins and Smyth, Adaptive event detection with time-varying Poisson processes, KDD 2006, much
reduced: no sampling, one size of event.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Alert

BUSY, DEAD = "footfall_busy", "footfall_dead"

DISPERSION = 2.9
EXTRA_SHARE, EXTRA_PEOPLE = 1.0, 8.0
"""An event brings as many again as usual, and these on top."""
EVENT_DISPERSION = 4.0
"""Events are of all sizes."""
DEAD_SHARE = 0.1
FEWEST_USUAL = 0.5
"""A half hour with fewer has room for one passer-by all the same."""
CHANGE = np.array([[0.982, 0.015, 0.003], [0.247, 0.750, 0.003], [0.10, 0.005, 0.895]])
"""From one half hour to the next: as usual, busy, dead. Events last two hours, dead spells five."""
FIRST = np.array([0.96, 0.03, 0.01])
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Chances:
    """Probability that a half hour is busy, and that it is dead."""

    busy: float
    dead: float


def likelihoods(count: int, usual: float) -> NDArray[np.float64]:
    """Log likelihood of a count as usual, busy, dead."""
    mean = max(usual, FEWEST_USUAL)
    return np.array(
        [
            log_negative_binomial(count, mean, DISPERSION),
            log_negative_binomial(
                count, mean * (1.0 + EXTRA_SHARE) + EXTRA_PEOPLE, EVENT_DISPERSION
            ),
            log_negative_binomial(count, mean * DEAD_SHARE, DISPERSION),
        ]
    )


def log_negative_binomial(count: int, mean: float, dispersion: float) -> float:
    """Log probability of `count`, with variance `dispersion` times the mean."""
    size = mean / (dispersion - 1.0)
    return (
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1.0)
        - size * math.log(dispersion)
        + count * math.log((dispersion - 1.0) / dispersion)
    )


def alarms(odds: Sequence[float], most: int) -> list[int]:
    """Half hours flagged when the highest `odds` are taken until `most` alarms are raised.

    Neighbours are one alarm: that is what a person is told.
    """
    flagged: set[int] = set()
    raised = 0
    for place in sorted(range(len(odds)), key=lambda n: (-odds[n], n)):
        raised += 1 - (place - 1 in flagged) - (place + 1 in flagged)
        if raised > most:
            break
        flagged.add(place)
    return sorted(flagged)


class Condition:
    """The condition of a store as it goes on, from what is known until now."""

    def __init__(self, belief: Sequence[float] | None = None) -> None:
        self._belief = FIRST.copy() if belief is None else np.array(belief)

    def step(self, count: int, usual: float) -> Chances:
        """The next half hour had `count` people where `usual` are usual."""
        self._belief = _update(self._belief @ CHANGE, likelihoods(count, usual))
        return Chances(float(self._belief[1]), float(self._belief[2]))

    def memory(self) -> list[float]:
        """For the constructor."""
        return [round(float(x), 6) for x in self._belief]


def chances(counts: Sequence[int], usual: Sequence[float]) -> NDArray[np.float64]:
    """[as usual, busy, dead] of each half hour, from what came before and after (smoothed)."""
    logs = np.array([likelihoods(c, u) for c, u in zip(counts, usual, strict=True)])
    logs = np.exp(logs - logs.max(axis=1, keepdims=True))
    forward = np.empty_like(logs)
    belief = FIRST
    for n, each in enumerate(logs):
        belief = (belief @ CHANGE) * each
        belief = belief / belief.sum()
        forward[n] = belief
    back = np.ones(3)
    smooth = forward.copy()
    for n in range(len(logs) - 1, -1, -1):
        smooth[n] *= back
        smooth[n] /= smooth[n].sum()
        back = CHANGE @ (logs[n] * back)
        back /= back.sum()
    return np.asarray(smooth)


def usual_among(
    weeks: NDArray[np.float64], rounds: int = ROUNDS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of each slot without what is unusual in it, and the chances behind that.

    Args:
        weeks: counts, one row a week, one column a slot, in order of time along the rows.
        rounds: how often means and chances are found from each other.

    Returns:
        means by slot, and chances shaped (weeks, slots, 3).
    """
    count, slots = weeks.shape
    means = weeks.mean(axis=0)
    found = np.zeros((count, slots, 3))
    for _ in range(rounds):
        flat = chances([int(x) for x in weeks.ravel()], np.tile(means, count).tolist())
        found = flat.reshape(count, slots, 3)
        weight = found[:, :, 0] + 1e-3
        means = (weeks * weight).sum(axis=0) / weight.sum(axis=0)
    return means, found


class Herald:
    """Says when the store becomes busy or dead, and when that is over; sure before it speaks."""

    SURE, OVER = 0.95, 0.5

    def __init__(self) -> None:
        self._condition = Condition()
        self._said: str | None = None

    def step(self, t: float, count: int, usual: float) -> list[Alert]:
        """The half hour that ended at `t`."""
        found = self._condition.step(count, usual)
        each = {BUSY: found.busy, DEAD: found.dead}
        said: list[Alert] = []
        if self._said is not None and each[self._said] < self.OVER:
            said.append(Alert(t, self._said, "store", over=True))
            self._said = None
        kind = max(each, key=lambda one: each[one])
        if self._said is None and each[kind] >= self.SURE:
            self._said = kind
            detail = f"{count} came where {usual:.0f} are usual, p = {each[kind]:.3f}"
            said.append(Alert(t, kind, "store", detail))
        return said

    def memory(self) -> list[Any]:
        """For `restore`."""
        return [self._condition.memory(), self._said]

    def restore(self, kept: Sequence[Any]) -> None:
        """Take back what `memory` said."""
        self._condition, self._said = Condition(kept[0]), kept[1]


def _update(prior: NDArray[np.float64], logs: NDArray[np.float64]) -> NDArray[np.float64]:
    belief = prior * np.exp(logs - logs.max())
    return np.asarray(belief / belief.sum())
