"""How often an antenna reads a tag that lies in a zone, learned from the store's own tags.

Cross-reads are part of it: an antenna's usual reads of a neighbour's tags are a rate like any
other, not an error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.places import Places

OWN_RATE = 0.4
CROSS_RATE = 0.02
_PRIOR_TAGS = 4.0
"""The prior weighs as much as so many settled tags."""
_LEAST, _MOST = 0.004, 0.95


class ZoneRates:
    """Mean reads a round, float64[zones, antennas]."""

    def __init__(self, places: Places) -> None:
        zones = np.arange(len(places.zones))
        own = zones[:, None] == places.zone_of[None, :]
        self._prior = np.where(own, OWN_RATE, CROSS_RATE).astype(np.float64)
        self.mean: NDArray[np.float64] = self._prior.copy()
        self.log_mean: NDArray[np.float64] = np.log(self.mean)

    def learn(self, zone: NDArray[np.int16], rate: NDArray[np.float32]) -> None:
        """Take the present signatures of well settled tags: their zone and rates by antenna."""
        zones, antennas = self._prior.shape
        numbers = np.concatenate([np.arange(zones), zone])
        each = np.concatenate([self._prior * _PRIOR_TAGS, rate])
        cell = numbers[:, None] * antennas + np.arange(antennas)
        total = np.bincount(cell.ravel(), each.ravel(), zones * antennas).reshape(zones, antennas)
        weight = _PRIOR_TAGS + np.bincount(zone, minlength=zones)
        self.mean = np.clip(total / weight[:, None], _LEAST, _MOST)
        self.log_mean = np.log(self.mean)


def expected_reads(rate: NDArray[np.float32], rounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reads that tags with these rates [tags, antennas] should bring in so many rounds, [tags]."""
    # Not `@`: a threaded BLAS takes ten times as long on a busy machine for a product this thin.
    return np.asarray(np.einsum("na,a->n", rate, rounds.astype(np.float32)), np.float64)
