"""Whether a whole day is busy or dead, as it goes on. Pure.

A sunny Saturday is made of half hours that are each within what is usual. So the day's sum so far
is held against the sum of what is usual: days differ by more than their half hours scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gateway.changes import Alert
from gateway.footfall.chance import log_negative_binomial, normal
from gateway.footfall.usual import SCATTER

BUSY_DAY, DEAD_DAY = "footfall_busy_day", "footfall_dead_day"

SHARES = np.array([1.0, 1.7, 0.35])
"""A day's total against the usual one: as usual, busy, dead."""
SPREADS = np.array([0.15, 0.35, 0.3])
"""By how much of itself such a total differs from day to day (as usual: CalIt2's working days)."""
FIRST = np.array([0.94, 0.03, 0.03])
FEWEST_DUE = 50.0
"""So many must be usual by now before anything is said of the day."""
NIGHT_SECONDS = 3 * 3_600.0
LONGEST_SECONDS = 86_400.0
SURE, OVER = 0.8, 0.4


def day_chances(came: int, due: float) -> tuple[float, float]:
    """Probability that a day with `came` people where `due` are usual is busy, and dead."""
    means = SHARES * due
    spread = SCATTER + SPREADS**2 * means
    logs = [
        float(log_negative_binomial(np.array(float(came)), np.array(mean), dispersion))
        for mean, dispersion in zip(means.tolist(), spread.tolist(), strict=True)
    ]
    found = normal(FIRST * np.exp(np.array(logs) - max(logs)))
    return float(found[1]), float(found[2])


class Day:
    """The day so far: from its first half hour after a night on, a day at most."""

    def __init__(self) -> None:
        self._begin = self._last = float("-inf")
        self._came, self._due = 0, 0.0
        self._said: str | None = None

    def step(self, t: float, count: int, due: float) -> list[Alert]:
        """The half hour that ended at `t` had `count` people where `due` are usual."""
        said: list[Alert] = []
        if not 0 <= t - self._last <= NIGHT_SECONDS or t - self._begin >= LONGEST_SECONDS:
            said += self._end(t)
            self._begin, self._came, self._due = t, 0, 0.0
        self._last, self._came, self._due = t, self._came + count, self._due + due
        if self._due < FEWEST_DUE:
            return said
        each = dict(zip((BUSY_DAY, DEAD_DAY), day_chances(self._came, self._due), strict=True))
        if self._said is not None and each[self._said] < OVER:
            said += self._end(t)
        kind = max(each, key=lambda one: each[one])
        if self._said is None and each[kind] >= SURE:
            self._said = kind
            detail = f"{self._came} came where {self._due:.0f} are usual, p = {each[kind]:.3f}"
            said.append(Alert(t, kind, "store", detail))
        return said

    def memory(self) -> list[Any] | None:
        """For `restore`; None before the first half hour."""
        if self._last == float("-inf"):
            return None
        return [self._begin, self._last, self._came, self._due, self._said]

    def restore(self, kept: Sequence[Any] | None) -> None:
        """Take back what `memory` said."""
        if kept is not None:
            self._begin, self._last, self._came, self._due, self._said = kept

    def _end(self, t: float) -> list[Alert]:
        kind, self._said = self._said, None
        return [] if kind is None else [Alert(t, kind, "store", over=True)]
