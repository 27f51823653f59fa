"""How well an antenna reads the tags of a zone: not one rate, but their spread, learned.

The antenna over a shelf reads most of its tags well and a few hardly; the neighbour's antenna reads
most of them never and one that happens to face it nearly always. A mean tells neither. So each zone
and antenna has a histogram over a grid of rates, relative to the strength of the tag: a weak tag is
weak for all antennas, and which of them reads it best still tells where it lies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.places import Places

GRID = np.array([0.002, 0.01, 0.04, 0.12, 0.3, 0.55, 0.8, 0.95])
"""Reads a round of a tag of full strength."""
_OWN = np.array([0.01, 0.01, 0.02, 0.05, 0.11, 0.2, 0.3, 0.3])
_CROSS = np.array([0.74, 0.11, 0.06, 0.04, 0.025, 0.013, 0.008, 0.004])
"""Before the store has taught any: the zone's own antennas, and all others."""
STRENGTHS = np.array([1.0, 0.5, 0.22, 0.1])
_STRENGTH = np.array([0.7, 0.17, 0.08, 0.05])
"""Strengths of tags, and their shares before the store has taught any."""
_CLASS_TAGS, _CELL_TAGS = 6.0, 3.0
"""What is usual everywhere weighs as much as so many tags of the store, and so of the zone."""
_WORTH = 0.7
"""Antennas do not judge a tag independently, so their joint word is worth less."""
_KEPT = 0.8
"""What was learned before keeps at most this share of its weight each time."""
_AT_ONCE = 32
"""Antennas whose chances are multiplied before the logarithm is taken: more would underflow."""
_RATES = STRENGTHS[:, None] * GRID
_LOG, _LOG_MISS = np.log(_RATES).astype(np.float32), np.log1p(-_RATES).astype(np.float32)

Floats = NDArray[np.float32]


class RateSpread:
    """Histograms of rates by zone and antenna."""

    def __init__(self, places: Places) -> None:
        zones = np.arange(len(places.zones))
        self._own = zones[:, None] == places.zone_of[None, :]
        self._taught: NDArray[np.float64] = np.zeros((*self._own.shape, len(GRID)))
        self._tags: NDArray[np.float64] = np.zeros(len(STRENGTHS))
        self._lessons = 0
        self._renew()

    def learn(self, zone: NDArray[np.int16], reads: Floats, exposure: Floats) -> None:
        """Take well settled tags: their zone, and reads and rounds [tags, antennas] since there."""
        each = _likelihood(reads, exposure) * self._chance.transpose(2, 0, 1)[zone][None]
        mass = each.sum(axis=3, keepdims=True)
        whole = np.log(mass[..., 0]).sum(axis=2) + np.log(self._shares)[:, None]
        strength = np.exp(whole - whole.max(axis=0))
        strength /= strength.sum(axis=0)
        mine = (each / mass * strength[:, :, None, None]).sum(axis=0)
        self._lessons += 1
        fresh = max(1 - _KEPT, 1 / self._lessons)
        self._taught *= 1 - fresh
        self._tags *= 1 - fresh
        np.add.at(self._taught, zone, fresh * mine)
        self._tags += fresh * strength.sum(axis=1)
        self._renew()

    def scores(self, reads: Floats, exposure: Floats) -> NDArray[np.float64]:
        """Log-likelihood of reads in so many rounds [tags, antennas] in each zone, [tags, zones].

        Up to a term that is the same for every zone.
        """
        each = _likelihood(reads, exposure).transpose(0, 2, 1, 3)
        said: NDArray[np.float64] = np.log(self._shares)[:, None, None]
        for first in range(0, each.shape[1], _AT_ONCE):
            block = slice(first, first + _AT_ONCE)
            chance = (each[:, block] @ self._chance[block]).astype(np.float64)
            said = said + np.log(chance.prod(axis=1))
        most = said.max(axis=0)
        return np.asarray(_WORTH * (most + np.log(np.exp(said - most).sum(axis=0))))

    def _renew(self) -> None:
        self._shares = self._tags + _CLASS_TAGS * _STRENGTH
        self._shares /= self._shares.sum()
        pools = np.stack([_CROSS, _OWN]) * _CLASS_TAGS
        for kind in (0, 1):
            pools[kind] += self._taught[self._own == bool(kind)].sum(axis=0)
        pools /= pools.sum(axis=1, keepdims=True)
        cells = self._taught + _CELL_TAGS * pools[self._own.astype(np.intp)]
        cells /= cells.sum(axis=2, keepdims=True)
        self._chance: Floats = np.ascontiguousarray(cells.transpose(1, 2, 0), np.float32)


def _likelihood(reads: Floats, exposure: Floats) -> Floats:
    """Likelihood of each strength and rate, [strengths, tags, antennas, grid].

    The best of a tag's and antenna's is 1.
    """
    missed = np.maximum(exposure - reads, 0.0)
    said = reads[..., None, None] * _LOG + missed[..., None, None] * _LOG_MISS
    said -= said.max(axis=(2, 3), keepdims=True)
    return np.asarray(np.exp(np.maximum(said, -60.0)).transpose(2, 0, 1, 3), np.float32)
