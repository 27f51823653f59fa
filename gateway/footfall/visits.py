"""How long from the door to the till, learned from entries and sales.

Sales of an hour over entries of the same hour are wrong at the edges: who came in before closing
buys after. Entries convolved with the right delay follow the sales; a delay that is wrong does not.
Each candidate is a gamma density (mean, shape) in bins of five minutes; each closed hour adds to
the Poisson likelihood of each candidate, with its own best conversion taken out (profile
likelihood). What is not decided between candidates stays in the interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = Sequence[float] | NDArray[np.float64]

BIN = 300.0
LAGS = 36
"""Three hours: who is longer inside is staff."""
MEANS_MINUTES = (2.5, 5.0, 7.5, 10.0, 13.0, 16.0, 20.0, 25.0, 30.0, 37.0, 45.0, 60.0)
SHAPES = (1, 2, 4, 8)
SALES_TO_LEARN = 300
HALF_LIFE_HOURS = 400.0
"""Some six weeks of opening: a store's visits change with season and layout."""
FLOOR = 0.02
"""Visitors a bin that nobody saw: one sale without entries must not decide everything."""
OVERDISPERSION = 2.0
"""Sales come in bursts (parties, queues): the likelihood is taken for half of what it says."""

CHANCES_KEPT = 100
"""Buckets of one length share these."""

DAILY_ERROR = 0.06
"""Visits are longer one day and shorter another, and sales do not come one by one: standard error
of those exposed in an hour."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Visitors by when they would buy.

    Attributes:
        visitors: expected number who decide in the time looked at.
        inside: their mean chance of deciding just then.
        unsure: relative variance of `visitors` from not knowing the delay.
    """

    visitors: float
    inside: float
    unsure: float


def _cumulative(mean: float, shape: int, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Erlang distribution function at `t` minutes."""
    x = np.maximum(t, 0.0) * shape / mean
    series = sum((x**i / math.factorial(i) for i in range(shape)), np.zeros_like(x))
    return 1.0 - np.exp(-x) * series


def _kernels() -> NDArray[np.float64]:
    edges = np.arange(-0.5, LAGS, 1.0, dtype=np.float64) * (BIN / 60.0)
    rows = []
    for mean in MEANS_MINUTES:
        for shape in SHAPES:
            weights = np.diff(_cumulative(mean, shape, edges))
            rows.append(weights / weights.sum())
    return np.array(rows)


def _due(kernels: NDArray[np.float64], entries: Floats, bins: int) -> NDArray[np.float64]:
    """Expected deciders, by candidate and bin."""
    came = np.asarray(entries, dtype=np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(came, LAGS)[-bins:]
    return np.asarray(kernels @ windows[:, ::-1].T)


@dataclass(frozen=True, slots=True, eq=False)
class Delay:
    """What is believed of the delay: candidates (a row of `kernels` each) and their weights."""

    kernels: NDArray[np.float64]
    weights: NDArray[np.float64]

    def of(self, entries: Floats) -> Deciding:
        """Who of `entries`, by bin, decides when; the first `LAGS` bins only come in."""
        came = np.asarray(entries, dtype=np.float64)
        due = _due(self.kernels, came, len(came) - LAGS)
        mean = self.weights @ self.kernels
        return Deciding(came, due, self.weights, mean)


@dataclass(frozen=True, slots=True, eq=False)
class Deciding:
    """Entries by bin (`came`), and by candidate those of them who decide in each, `LAGS` later."""

    came: NDArray[np.float64]
    due: NDArray[np.float64]
    weights: NDArray[np.float64]
    kernel: NDArray[np.float64]
    chances: dict[bytes, NDArray[np.float64]] = field(default_factory=dict)

    def between(self, first: int, shares: NDArray[np.float64]) -> Exposed:
        """Who decides in the bins from `first` on, of which `shares` lie in the time looked at.

        Bin 0 is the first that has `LAGS` bins of entries before it.
        """
        last = first + len(shares)
        due = self.due[:, first:last] @ shares
        mean = float(self.weights @ due)
        if mean <= 0.0:
            return Exposed(0.0, 1.0, 0.0)
        spread = float(self.weights @ (due - mean) ** 2) / mean**2 + DAILY_ERROR**2
        came = self.came[first : last + LAGS]
        chances = self._chances(shares)
        deciding = came * chances
        inside = float(deciding @ chances / max(deciding.sum(), 1e-9))
        return Exposed(mean, inside, spread)

    def _chances(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """For who came in each of the bins: the chance of deciding in the time looked at."""
        known = self.chances.get(shares.tobytes())
        if known is None:
            bins = len(shares)
            looked_at = np.concatenate([np.zeros(LAGS), shares, np.zeros(LAGS - 1)])
            known = np.correlate(looked_at, self.kernel, "valid")[: bins + LAGS]
            if len(self.chances) < CHANCES_KEPT:
                self.chances[shares.tobytes()] = known
        return known


class VisitLength:
    """The delay of one store."""

    def __init__(self) -> None:
        self._kernels = _kernels()
        count = len(self._kernels)
        self._fit = np.zeros(count)
        self._expected = np.zeros(count)
        self._sales = 0.0

    @property
    def learned(self) -> bool:
        """Whether enough was sold to know."""
        return self._sales >= SALES_TO_LEARN

    @property
    def mean_minutes(self) -> float:
        """The most believed mean delay."""
        means = np.repeat(np.array(MEANS_MINUTES), len(SHAPES))
        return float(self._weights() @ means)

    def learn(self, entries: Sequence[float], sales: Sequence[int]) -> None:
        """A closed stretch: `sales` by bin, `entries` of the same bins and `LAGS` before them."""
        sold = np.asarray(sales, dtype=np.float64)
        due = _due(self._kernels, entries, len(sold)) + FLOOR
        fade = 0.5 ** (len(sold) * BIN / 3600.0 / HALF_LIFE_HOURS)
        self._fit = self._fit * fade + np.log(due) @ sold
        self._expected = self._expected * fade + due.sum(axis=1)
        self._sales = self._sales * fade + float(sold.sum())

    def exposed(self, entries: Sequence[float], bins: int) -> Exposed:
        """Who decides in the last `bins` bins of `entries`, which begin `LAGS` bins earlier."""
        part = entries[len(entries) - bins - LAGS :]
        return self.delay().of(part).between(0, np.ones(bins))

    def delay(self) -> Delay:
        """The delay as it is believed now; it does not change any more."""
        return Delay(self._kernels, self._weights())

    def memory(self) -> list[Any]:
        """For `restore`."""
        fit = self._fit - self._fit.max()
        return [
            [round(float(x), 3) for x in fit],
            [round(float(x), 3) for x in self._expected],
            self._sales,
        ]

    def restore(self, kept: Sequence[Any]) -> None:
        """Take back what `memory` said; another grid begins anew."""
        if len(kept[0]) == len(self._fit):
            self._fit, self._expected = np.array(kept[0]), np.array(kept[1])
            self._sales = float(kept[2])

    def _weights(self) -> NDArray[np.float64]:
        expected = np.maximum(self._expected, 1e-9)
        score = (self._fit - self._sales * np.log(expected)) / OVERDISPERSION
        weights = np.exp(score - score.max())
        return np.asarray(weights / weights.sum())
