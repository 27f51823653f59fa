"""What the whole store teaches: usual rates, where antennas hear badly, how long silences end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.places import NOWHERE, Places
from gateway.stock.rates import ZoneRates
from gateway.stock.silences import Silences
from gateway.stock.spread import RateSpread
from gateway.stock.tags import Status, Tags

LEARN_SECONDS = 60.0
STEADY, STEADY_ROUNDS = 0.9, 30
"""Tags so surely in place, with so many rounds of their own, teach what is usual in their zone."""
TAUGHT_BY = 400
"""So many tags in turn teach how rates are spread."""
DEAD, SLOW, SLOW_BEHIND = 0.001, 0.5, 3.5
"""Share of tags that never answer; and what is unread beside them, times the seconds listened: of
goods on a shop floor, and in back rooms, where they are stacked deep."""
WEAK_RATE, WEAK_TAGS = 0.05, 2000.0
"""A tag that is read less is hardly heard; a few of those say little of their zone."""


class Lessons:
    """Learned once a minute.

    Attributes:
        rates: usual reads by zone and antenna. spread: how they are spread.
        crowd: tags in each zone for each GTIN that has any.
        unheard: share of a zone's goods that its antennas have never heard, 1 with no antenna.
        first_after: seconds until the first lesson; those after it double, up to a minute.
        silences: what long ones come to.
    """

    def __init__(self, places: Places, tags: Tags, exits: NDArray[np.bool_]) -> None:
        self._places, self._tags = places, tags
        self.rates = ZoneRates(places)
        self.spread = RateSpread(places)
        self._turn = 0
        self.crowd: NDArray[np.float64] = np.ones(len(places.zones))
        self._slow = np.where(places.behind, SLOW_BEHIND, SLOW)
        self.unheard: NDArray[np.float64] = np.where(places.watched, DEAD, 1.0)
        self.silences = Silences(tags, exits)
        self._learned, self._begun = -np.inf, np.inf
        self.first_after = LEARN_SECONDS

    def wait(self, t: float) -> None:
        """Teach nothing for a while: it is looked at anew where goods lie."""
        self._learned = t

    def learn(self, t: float) -> None:
        """Take stock of all tags, now and then."""
        self._begun = min(self._begun, t)
        wait = min(LEARN_SECONDS, max(self.first_after, (t - self._begun) / 2))
        if 0 <= t - self._learned < wait:
            return
        since, self._learned = self._learned, t
        n, tags = self._tags.count, self._tags
        rows = self._steady(n)
        if len(rows):
            self.rates.learn(tags.home[rows], tags.rate[rows])
            some = np.roll(rows, -self._turn)[:TAUGHT_BY]
            self._turn = (self._turn + TAUGHT_BY) % max(1, len(rows))
            reads = tags.reads[some] + tags.fresh[some]
            turns = max(1.0, len(rows) / TAUGHT_BY)
            self.spread.learn(tags.home[some], reads, tags.exposure[some], turns)
        self._learn_crowds(n, t)
        self.silences.learn(n, t, since, self._begun)

    def _steady(self, n: int) -> NDArray[np.int64]:
        """Tags surely in place; one whose own antennas have not been heard long lies anywhere."""
        tags, zone_of = self._tags, self._places.zone_of
        steady = (tags.belief[:n, 0] > STEADY) & (tags.home[:n] != NOWHERE)
        heard: NDArray[np.bool_] = np.zeros(n, np.bool_)
        rounds = min(STEADY_ROUNDS, max(self.first_after, self._learned - self._begun) / 2)
        for antenna, zone in enumerate(zone_of.tolist()):
            heard |= (tags.home[:n] == zone) & (tags.exposure[:n, antenna] > rounds)
        return np.flatnonzero(steady & heard)

    def _learn_crowds(self, n: int, t: float) -> None:
        tags, zones = self._tags, len(self._places.zones)
        here = (tags.status[:n] == Status.HERE) & (tags.belief[:n, 3] < 0.5)
        here &= tags.home[:n] != NOWHERE
        weak = tags.best[:n] < WEAK_RATE
        number = np.bincount(tags.home[:n][here], minlength=zones)
        poor = np.bincount(tags.home[:n][here & weak], minlength=zones)
        self.crowd = number / max(1, len(np.unique(tags.account[:n][here])))
        listened = max(1.0, t - tags.first_read(t))
        share = DEAD + self._slow / listened + poor / (number + WEAK_TAGS)
        self.unheard = np.where(self._places.watched, share, 1.0)
