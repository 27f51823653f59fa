"""What passed while nobody counted, from everything else that is known of that day. Pure.

A day's streams (in and out of a door, in and out of the other doors) go up and down together: a
busy day is busy everywhere, who came in goes out some time later, an event before the gap goes on
in it. Past days say how much: the correlation of what was more or less than usual, stream by
stream and lag by lag. With it the half hours not seen are the best linear guess from those seen,
before the gap, in it and, once the day is over, after it (a Gaussian process on the residuals, in
steps of half an hour).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.footfall.usual import SCATTER, Days, usual

SLOTS = 48
FLOOR = 2.0
"""People: half hours with hardly anybody are not blown up to busy ones."""
DAY_DIFFERS = 0.5
"""Standard deviation of how busy days are, as a share, before any day has taught it."""
NOISE = 0.1
"""Of the variance of a half hour, what nothing else foretells and few past days may hide."""
LEVEL_PEOPLE = 30.0
"""People that count as usual before a day's own count says how busy it was."""
DAYS_BEFORE = 1.0
"""As many days of mere scatter are believed before the first day teaches anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """How what is more or less than usual goes together, learned from past days.

    Attributes:
        kernel: covariance of the half hours, streams flattened, in standard deviations.
        day: variance of how busy whole days are, as a share of the usual, squared.
    """

    kernel: NDArray[np.float64]
    day: float


def filled(days: Days, today: Days) -> NDArray[np.float64]:
    """What each half hour of the day that comes after `days` had, or would have had.

    Args:
        days: the days before, shaped (days, streams, 48), nan where not seen.
        today: the same of one day.

    Returns:
        as `expected`.
    """
    means, _ = usual(days, len(days))
    return expected(today, means, together(days))


def expected(today: Days, means: Days, past: Together) -> NDArray[np.float64]:
    """What each half hour of the day had, or would have had.

    Args:
        today: counts shaped (streams, 48), nan where not seen.
        means: what is usual, of the same shape; nan where not known.
        past: what the days before taught.

    Returns:
        counts of the same shape: as seen, guessed where not, never negative; nan where no mean is
        known.
    """
    known = np.isfinite(means)
    due = np.where(known, means, 0.0)
    spread = np.sqrt(due + FLOOR)
    seen = np.flatnonzero((np.isfinite(today) & known).ravel())
    level = (due / spread).ravel()
    joint = past.kernel + NOISE * np.eye(len(level)) + past.day * np.outer(level, level)
    residual = (np.where(np.isfinite(today), today, due) - due) / spread
    told = np.linalg.solve(joint[np.ix_(seen, seen)], residual.ravel()[seen])
    guess = due + (joint[:, seen] @ told).reshape(due.shape) * spread
    missing = known & ~np.isfinite(today)
    found = np.where(np.isfinite(today), today, _nobody_negative(guess, missing))
    return np.where(known, found, np.nan)


def _nobody_negative(guess: Days, missing: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Guesses from zero on whose sum over what is missing of a stream stays what it was."""
    total = np.where(missing, guess, 0.0).sum(axis=1, keepdims=True)
    positive = np.where(missing, np.maximum(guess, 0.0), 0.0)
    sums = positive.sum(axis=1, keepdims=True)
    return np.asarray(positive * np.maximum(total, 0.0) / np.maximum(sums, 1e-9))


def together(days: Days) -> Together:
    """What past days teach.

    The kernel is of each lag alone, whatever the time of day: five weeks teach no more. How busy
    the whole day was is taken out of it first, and a variance by itself.
    """
    rows = [_Residual.of(days, row) for row in range(len(days))]
    streams = days.shape[1]
    worth = sum(one.weight for one in rows) + DAYS_BEFORE
    spread = sum(one.weight * (one.level - 1.0) ** 2 for one in rows)
    # Padded, so that the evening does not go over into the morning; divided by all 48 at every
    # lag, so that no combination of half hours gets a variance below zero.
    turned = np.fft.rfft(np.stack([one.each for one in rows]), 2 * SLOTS, axis=2)
    lags = np.fft.irfft(np.einsum("daf,dbf->abf", turned.conj(), turned), 2 * SLOTS, axis=2)
    steps = np.arange(SLOTS)
    lag = steps[None, :] - steps[:, None]
    blocks = lags[:, :, lag] / (worth * SLOTS)
    size = streams * SLOTS
    scatter = SCATTER * DAYS_BEFORE / worth * np.eye(size)
    kernel = np.asarray(blocks.transpose(0, 2, 1, 3).reshape(size, size) + scatter)
    return Together(kernel, (spread + DAYS_BEFORE * DAY_DIFFERS**2) / worth)


@dataclass(frozen=True, slots=True, eq=False)
class _Residual:
    """One past day against what is usual: each half hour, the whole day, what share of a day it
    speaks for."""

    each: NDArray[np.float64]
    level: float
    weight: float

    @classmethod
    def of(cls, days: Days, row: int) -> _Residual:
        means, _ = usual(days, row)
        known = np.isfinite(means) & np.isfinite(days[row])
        due = np.where(known, means, 0.0)
        came = np.where(known, days[row], 0.0)
        level = float((came.sum() + LEVEL_PEOPLE) / (due.sum() + LEVEL_PEOPLE))
        due *= level
        each = np.where(known, (came - due) / np.sqrt(due + FLOOR), 0.0)
        return cls(each, level, float((due / (due + FLOOR)).mean()))
