"""Busy and dead half hours, with their probability. Pure.

A hidden Markov model over three conditions: as usual, busy (an event brings more people on top) and
dead (hardly anybody). As usual is negative binomial around what is `usual`: for a Poisson normal
every busy Monday would be an event. After Ihler, Hutchins and Smyth, Adaptive event detection with
time-varying Poisson processes, KDD 2006, much reduced: no sampling, one size of event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Alert
from gateway.footfall.chance import Counts, log_negative_binomial, normal
from gateway.footfall.day import Day
from gateway.footfall.usual import SCATTER

BUSY, DEAD = "footfall_busy", "footfall_dead"

EXTRA_SHARE, EXTRA_PEOPLE = 1.0, 8.0
"""An event brings as many again as usual, and these on top."""
EVENT_DISPERSION = 4.0
"""Events are of all sizes."""
DEAD_SHARE = 0.1
FEWEST_USUAL = 0.5
"""A half hour with fewer has room for one passer-by all the same, and none is not dead then."""
CHANGE = np.array([[0.982, 0.015, 0.003], [0.247, 0.750, 0.003], [0.10, 0.005, 0.895]])
"""From one half hour to the next: as usual, busy, dead. Events last two hours, dead spells five."""
FIRST = np.array([0.96, 0.03, 0.01])


@dataclass(frozen=True, slots=True)
class Chances:
    """Probability that a half hour is busy, and that it is dead."""

    busy: float
    dead: float


def likelihoods(count: Counts, due: Counts) -> NDArray[np.float64]:
    """Log likelihood of counts as usual, busy, dead where `due` are usual; these three at the end.

    A count or a mean that is nan says nothing.
    """
    known = np.isfinite(count) & np.isfinite(due)
    came = np.where(known, count, 0.0)
    mean = np.where(known, np.maximum(due, FEWEST_USUAL), 1.0)
    event = mean * (1.0 + EXTRA_SHARE) + EXTRA_PEOPLE
    found = [
        log_negative_binomial(came, mean, SCATTER),
        log_negative_binomial(came, event, EVENT_DISPERSION),
        log_negative_binomial(came, np.maximum(mean * DEAD_SHARE, FEWEST_USUAL), SCATTER),
    ]
    return np.stack([np.where(known, one, 0.0) for one in found], axis=-1)


class Condition:
    """The condition of a store as it goes on, from what is known until now."""

    def __init__(self, belief: Sequence[float] | None = None) -> None:
        self._belief = FIRST.copy() if belief is None else np.array(belief)

    def step(self, count: int, due: float) -> Chances:
        """The next half hour had `count` people where `due` are usual."""
        logs = likelihoods(np.array(float(count)), np.array(due))
        self._belief = normal(self._belief @ CHANGE * np.exp(logs - logs.max()))
        return Chances(float(self._belief[1]), float(self._belief[2]))

    def memory(self) -> list[float]:
        """For the constructor."""
        return [round(float(x), 6) for x in self._belief]


class Herald:
    """Says when the store becomes busy or dead, and when that is over; sure before it speaks.

    Of the half hours, and of the day as a whole.
    """

    SURE, OVER = 0.95, 0.5

    def __init__(self) -> None:
        self._condition = Condition()
        self._said: str | None = None
        self._day = Day()

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
        return said + self._day.step(t, count, usual)

    def memory(self) -> list[Any]:
        """For `restore`."""
        return [self._condition.memory(), self._said, self._day.memory()]

    def restore(self, kept: Sequence[Any]) -> None:
        """Take back what `memory` said."""
        belief, self._said, *day = kept
        self._condition = Condition(belief)
        self._day.restore(day[0] if day else None)
