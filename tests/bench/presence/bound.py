"""The bound: the exact forward filter with the true parameters. Nobody who knows less does better.

It knows each tag's true read rates, how long tags stay and stay away, how often they move, how
often one is read that is not there (B4) and when an antenna is blocked (B3). In C it also knows
what each tag's strength at each antenna is in each place; `rssi=False` is the same without, the
bound of all who know read rates only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.bench.presence.yardstick import (
    BLOCKED,
    MOVE,
    NOISE_DB,
    Floats,
    Heard,
    Problem,
    strength,
)

_NEVER = 1e-12


def bound(problem: Problem, *, rssi: bool = True) -> NDArray[np.int8]:
    """Zone of each tag by epoch, -1 away: the likeliest of all."""
    epochs, tags = problem.truth.shape
    filter_ = _Forward(problem, rssi=rssi)
    said = np.empty((epochs, tags), np.int8)
    for epoch in range(epochs):
        filter_.forward()
        filter_.weigh(epoch)
        said[epoch] = filter_.likeliest()
    return said


class _Forward:
    """P(here, place) and P(away, place where it lay) of each tag; a row of both sums to one."""

    def __init__(self, problem: Problem, *, rssi: bool) -> None:
        self._problem = problem
        tags, places, _ = problem.rate.shape
        share = problem.stay / (problem.stay + problem.away)
        self._here = np.full((tags, places), share / places)
        self._gone = np.full((tags, places), (1 - share) / places)
        self._rate = np.clip(problem.rate, _NEVER, 1 - 1e-9)
        self._silence = np.log1p(-self._rate).sum(axis=2)
        self._ghost = max(problem.ghost, _NEVER)
        self._rssi = rssi and problem.fading is not None
        far = np.abs(np.arange(places)[:, None] - np.arange(places)[None])
        self._far = far

    def forward(self) -> None:
        """One epoch of coming, going and moving."""
        stay, away = self._problem.stay, self._problem.away
        here, gone = self._here, self._gone
        here, gone = here * (1 - 1 / stay) + gone / away, gone * (1 - 1 / away) + here / stay
        others = here.shape[1] - 1
        if others:
            elsewhere = here.sum(axis=1, keepdims=True) - here
            here = (1 - MOVE) * here + MOVE * elsewhere / others
        self._here, self._gone = here, gone

    def weigh(self, epoch: int) -> None:
        """What was read in this epoch, and what was not."""
        rate, silence = self._rate, self._silence
        if self._problem.blocked is not None:
            now = np.where(self._problem.blocked[epoch], BLOCKED, 1.0)[self._problem.zone]
            rate = rate * now[:, None, None]
            silence = np.log1p(-rate).sum(axis=2)
        likely, away = silence.copy(), np.full(len(silence), np.log1p(-self._ghost))
        for heard in self._problem.heard[epoch]:
            self._hear(heard, rate, likely, away)
        most = np.maximum(likely.max(axis=1), away)[:, None]
        here, gone = self._here * np.exp(likely - most), self._gone * np.exp(away[:, None] - most)
        total = here.sum(axis=1, keepdims=True) + gone.sum(axis=1, keepdims=True)
        self._here, self._gone = here / total, gone / total

    def likeliest(self) -> NDArray[np.int64]:
        """The likeliest zone or away."""
        best = self._here.argmax(axis=1)
        away = self._gone.sum(axis=1) > self._here.max(axis=1)
        zone = best if self._problem.zone is None else self._problem.zone
        return np.where(away, -1, zone)

    def _hear(self, heard: Heard, rate: Floats, likely: Floats, away: Floats) -> None:
        tags = heard.tags
        column = heard.antenna if rate.shape[2] > 1 else 0
        p = rate[tags, :, column]
        gain = np.log(p) - np.log1p(-p)
        if self._rssi and self._problem.fading is not None:
            fading = self._problem.fading[tags, column]
            mean = strength(self._far[:, column], fading[:, None])
            gain -= 0.5 * ((heard.rssi[:, None] - mean) / NOISE_DB) ** 2
            away[tags] += -1e3
        likely[tags] += gain
        away[tags] += np.log(self._ghost) - np.log1p(-self._ghost)
