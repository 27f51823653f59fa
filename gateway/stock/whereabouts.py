"""Which zone the reads of the last seconds speak for, beside where such goods usually lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.hearing import Hearing
from gateway.stock.levels import Levels
from gateway.stock.places import Places
from gateway.stock.spread import RateSpread
from gateway.stock.tags import Tags
from gateway.stock.usual import Usual

Rows = NDArray[np.int32] | NDArray[np.int64]


class Whereabouts:
    """Likelihoods of zones."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        hearing: Hearing,
        spread: RateSpread,
        levels: Levels,
        usual: Usual,
    ) -> None:
        self._places, self._tags, self._hearing = places, tags, hearing
        self._spread, self._levels, self._usual = spread, levels, usual

    def scores(self, rows: Rows) -> NDArray[np.float64]:
        """Log likelihood of each tag's reads by zone, float64[rows, zones], up to a constant."""
        recent = self._tags.recent[rows]
        window = np.maximum(self._hearing.window.astype(np.float32), recent)
        scores = self._spread.scores(recent, window)
        scores += self._levels.scores(rows)
        scores += self._usual.of(self._tags.account[rows])
        if self._places.storage.any():
            # Goods lie where no antenna hears them, but nobody stands unheard at a till or door.
            heard = recent @ self._places.own > 0.0
            scores[~(self._places.storage | heard)] = -np.inf
        return np.asarray(scores, np.float64)

    def likeliest(self, row: int) -> int:
        """The zone that explains a tag's reads best."""
        return int(self.scores(np.array([row])).argmax())

    def surety(self, rows: Rows) -> NDArray[np.float64]:
        """P(home) of these tags as against every other zone."""
        scores = self.scores(rows)
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        mine = chance[np.arange(len(rows)), self._tags.home[rows]]
        return np.asarray(mine / chance.sum(axis=1), np.float64)
