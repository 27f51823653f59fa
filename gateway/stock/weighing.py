"""How many of each article a scale's weight is: one article, or several on one tray.

Several are a mixture over counts: a weight says how many of each only where no other counts weigh
nearly the same. What the book has of each helps. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.stock.book import Account

SCALE_GRAMS = 5.0
"""Spread of a scale: bought ones say their weight in steps of ten grams."""
UNIT_SPREAD = 0.02
"""Spread of a unit's weight, share of it: filling, packing, what is written in the catalogue."""
COUNT_MOST = 400
BINS = 4096
DECIDED = 0.9
"""A count as probable as that is what lies there."""
BOOK_RIGHT, BOOK_SHORT, ANY = 0.75, 0.24, 0.01
"""Before weighing: P(what the book has lies there), P(fewer, the next likeliest), P(any count)."""

Spread = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """An article on a scale: what one weighs, and P(count = k) before it is weighed."""

    grams: float
    prior: Spread


def kind_of(account: Account, grams: float, lies: float) -> Kind:
    """An account's article (`grams` a unit) on a scale that shows `lies` grams in all."""
    most = int(min(max(lies, 0.0) / grams + 3, COUNT_MOST))
    counts = np.arange(most + 1)
    if account.book is None:
        return Kind(grams, np.full(most + 1, 1.0 / (most + 1)))
    wanted = max(0, account.book - (account.elsewhere or 0))
    prior = np.full(most + 1, ANY / (most + 1))
    short = np.where(counts < wanted, 0.5 ** np.maximum(wanted - counts, 0.0), 0.0)
    prior += BOOK_SHORT * short
    if wanted <= most:
        prior[wanted] += BOOK_RIGHT
    return Kind(grams, prior / prior.sum())


def counts_by_weight(grams: float, kinds: Sequence[Kind]) -> list[Spread]:
    """P(count = k) of each kind given the weight of all together.

    Weights are added on a grid, so that the cost grows with kinds and counts, not with their
    combinations.
    """
    grams = max(grams, 0.0)
    usual = sum(kind.grams for kind in kinds) / len(kinds)
    spread = float(np.hypot(SCALE_GRAMS, UNIT_SPREAD * np.sqrt(max(grams, usual) * usual)))
    step = max(1.0, (grams + 6 * spread) / BINS)
    first = _sums(kinds, step)
    last = _sums(kinds[::-1], step)[::-1]
    said = []
    for place, kind in enumerate(kinds):
        others = _convolved(first[place], last[place + 1])
        said.append(_given(grams, spread, step, kind, others))
    return said


def _sums(kinds: Sequence[Kind], step: float) -> list[Spread]:
    """P(weight of the first 0, 1, … kinds together), on the grid."""
    sums = [np.zeros(BINS)]
    sums[0][0] = 1.0
    for kind in kinds:
        fresh = np.zeros(BINS)
        for count, chance in enumerate(kind.prior.tolist()):
            shift = round(count * kind.grams / step)
            if shift < BINS:
                fresh[shift:] += chance * sums[-1][: BINS - shift]
        sums.append(fresh)
    return sums


def _convolved(one: Spread, other: Spread) -> Spread:
    """P(sum) of two weights on the grid."""
    size = 2 * BINS
    both = np.fft.irfft(np.fft.rfft(one, size) * np.fft.rfft(other, size), size)[:BINS]
    return np.maximum(both, 0.0)


def _given(grams: float, spread: float, step: float, kind: Kind, others: Spread) -> Spread:
    weight = np.arange(BINS) * step
    said = np.empty(len(kind.prior))
    for count in range(len(said)):
        off = (grams - count * kind.grams - weight) / spread
        said[count] = float(others @ np.exp(-0.5 * off * off))
    said = said * kind.prior + 1e-12 * kind.prior
    return np.asarray(said / said.sum(), np.float64)
