"""Does each tag lie where we think? Its reads since it came to rest, weighed against every zone.

A tag is put into a zone by its first reads, and the first may be a neighbour's. The more it is
read, the plainer its place: each tag is looked at soon after it was placed, then ever more seldom,
a few every second, so that the cost is bounded in a store of any size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.habits import Habits
from gateway.stock.layout import ZoneKind
from gateway.stock.lessons import LEARN_SECONDS, WEAK_RATE
from gateway.stock.levels import Levels
from gateway.stock.places import NOWHERE, Places
from gateway.stock.spread import RateSpread
from gateway.stock.tags import Status, Tags
from gateway.stock.usual import Usual

FIRST_SECONDS = 3.0
"""Until a tag is looked at for the first time; the time doubles up to `Habits.review_seconds`."""
A_TURN = 64
"""Tags looked at in one second."""
MARGIN = 1.0
"""Nats by which another zone must fit better: no flapping between two that fit alike."""
STEADY = 0.6
"""Tags that are in a hand or hidden are not judged: they are read in odd ways."""
REACH = 8.0
"""Nats by which home must lead for what a tag has taught of it itself not to matter."""
TRIED_ON = 2.0
"""Reads by its own antennas from which a fitting room may be where a tag is."""


class Review:
    """Looks at tags in turn (`tags.review`: when each is due)."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        spread: RateSpread,
        usual: Usual,
        levels: Levels,
        habits: Habits,
    ) -> None:
        self._tags, self._spread, self._usual, self._levels = tags, spread, usual, levels
        self._storage, self._own = places.storage, places.own
        # What was tried on is soon on its shelf again, where the room's antenna may not hear it.
        self._looked_at = self._storage | places.are(ZoneKind.FITTING)
        self._watched, self._tills = places.watched, places.are(ZoneKind.TILL)
        self._longest = habits.review_seconds

    def due(self, t: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tags that lie elsewhere than was thought, and where."""
        tags, n = self._tags, self._tags.count
        rows = np.flatnonzero(tags.review[:n] <= t)
        if len(rows) > A_TURN:
            rows = rows[np.argpartition(tags.review[rows], A_TURN)[:A_TURN]]
        wait = np.clip(t - tags.placed[rows], FIRST_SECONDS, self._longest)
        tags.review[rows] = t + wait
        home = tags.home[rows]
        rest = (tags.status[rows] == Status.HERE) & (tags.belief[rows, 0] > STEADY)
        rest &= (home != NOWHERE) & self._looked_at[home]
        rows = rows[rest]
        home = tags.home[rows]
        if not len(rows):
            return rows, rows
        reads = tags.reads.take(rows, axis=0) + tags.fresh.take(rows, axis=0)
        exposure = tags.exposure.take(rows, axis=0)
        scores = self._spread.scores(reads, exposure)
        scores += self._levels.scores(rows)
        scores += self._usual.of(tags.account[rows])
        each = np.arange(len(rows))
        at_home = scores[each, home]
        # Nobody tries on what the room's own antenna does not hear.
        heard = reads @ self._own
        tried_on = self._looked_at & (heard >= TRIED_ON)
        # What its own shelf never heard, and the till did, was never laid there.
        silent = self._watched[home] & (heard[each, home] <= 0.0)
        paid = self._tills & (heard >= TRIED_ON) & silent[:, None]
        scores[~(self._storage | tried_on | paid)] = -np.inf
        rivals = scores.copy()
        rivals[each, home] = -np.inf
        some = np.flatnonzero(at_home - rivals.max(axis=1) < REACH)
        if len(some):
            lessons = np.maximum(t - tags.placed[rows[some]], 0.0) / LEARN_SECONDS
            alone = self._spread.alone(home[some], reads[some], exposure[some], lessons)
            # What is hardly read tells little, alone.
            alone *= np.minimum(tags.best[rows[some]] / WEAK_RATE, 1.0)
            at_home[some] -= alone
            scores[some, home[some]] -= alone
        best = scores.argmax(axis=1)
        chance = np.exp(scores - scores[each, best][:, None])
        chance /= chance.sum(axis=1, keepdims=True)
        stored = self._storage[home]
        self._usual.learn(tags.account[rows[stored]], chance[stored])
        wrong = scores[each, best] - at_home > MARGIN
        return rows[wrong], best[wrong]
