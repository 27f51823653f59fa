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
KNOWN_TAGS = 20.0
"""What was known before a start weighs at most as much as so many."""
_LEAST, _MOST = 0.004, 0.95


class ZoneRates:
    """Mean reads a round, float64[zones, antennas]."""

    def __init__(self, places: Places) -> None:
        zones = np.arange(len(places.zones))
        own = zones[:, None] == places.zone_of[None, :]
        self._usual = np.where(own, OWN_RATE, CROSS_RATE).astype(np.float64)
        self._prior: NDArray[np.float64] = self._usual.copy()
        self._prior_tags: NDArray[np.float64] = np.full(len(zones), _PRIOR_TAGS)
        self._taught: NDArray[np.float64] = np.zeros(len(zones))
        self.mean: NDArray[np.float64] = self._prior.copy()
        self.log_mean: NDArray[np.float64] = np.log(self.mean)

    def learn(self, zone: NDArray[np.int16], rate: NDArray[np.float32]) -> None:
        """Take the present signatures of well settled tags: their zone and rates by antenna."""
        zones = len(self._prior)
        total = self._prior * self._prior_tags[:, None]
        # Zone by zone: all at once would take several times the memory of the columns themselves.
        for number in np.unique(zone).tolist():
            total[number] = np.concatenate([total[None, number], rate[zone == number]]).sum(axis=0)
        self._taught = np.bincount(zone, minlength=zones).astype(np.float64)
        self._say(total / (self._prior_tags + self._taught)[:, None])

    @property
    def known(self) -> NDArray[np.float64]:
        """How many tags `mean` rests on beside what is usual everywhere, [zones]."""
        return self._prior_tags - _PRIOR_TAGS + self._taught

    def restore(self, mean: NDArray[np.float64], known: NDArray[np.float64]) -> None:
        """Begin with an earlier `mean` (NaN: nothing is known of it) and its `known`."""
        self._prior = np.where(np.isnan(mean), self._prior, mean)
        self._prior_tags = np.maximum(self._prior_tags, _PRIOR_TAGS + np.minimum(known, KNOWN_TAGS))
        self._say(self._prior)

    def measured(self, zone: int, rate: NDArray[np.float64], tags: float) -> None:
        """Take what so many tags told that were laid into a zone; NaN: that antenna told nothing.

        Told again, it replaces what was told before.
        """
        weight = min(tags, KNOWN_TAGS)
        mixed = (self._usual[zone] * _PRIOR_TAGS + rate * weight) / (_PRIOR_TAGS + weight)
        self._prior[zone] = np.where(np.isnan(rate), self._usual[zone], mixed)
        self._prior_tags[zone] = _PRIOR_TAGS + weight
        mean = self.mean.copy()
        mean[zone] = self._prior[zone]
        self._say(mean)

    def _say(self, mean: NDArray[np.float64]) -> None:
        self.mean = np.clip(mean, _LEAST, _MOST)
        self.log_mean = np.log(self.mean)


def expected_reads(rate: NDArray[np.float32], rounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reads that tags with these rates [tags, antennas] should bring in so many rounds, [tags].

    Of rounds [antennas, cases]: [tags, cases].
    """
    # Quick with one thread, which is what the command line asks for; several would only wait.
    return np.asarray(rate @ rounds.astype(np.float32), np.float64, order="F")
