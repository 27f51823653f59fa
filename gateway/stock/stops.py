"""Goods at till, fitting room and door, and out of the back room: where are they next?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.hearing import WINDOW_DECAY, Hearing
from gateway.stock.layout import ZoneKind
from gateway.stock.places import NOWHERE, Places
from gateway.stock.tags import HERE, Status, Tags
from gateway.stock.usual import Usual
from gateway.stock.whereabouts import Rows, Whereabouts

_DOOR_SECONDS, _TILL_SECONDS = 45.0, 240.0
"""So long goods may be read on end at a stop before they are thought to lie within its earshot."""
_REFILL_SECONDS = 120.0
"""Silent for so long, what left the back room has been laid down."""
_HEARD = 0.3
"""Less is the fading rest of a read some while ago."""
_WELL = 0.2
"""Reads a round from which silence tells that a tag was taken away."""
_LEFT = 0.05
"""Belief below which what was at a stop has left it."""


class Stops:
    """Where goods go from the stops on their way."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        hearing: Hearing,
        usual: Usual,
        whereabouts: Whereabouts,
    ) -> None:
        self._places, self._tags, self._hearing = places, tags, hearing
        self._usual, self._whereabouts = usual, whereabouts
        self._storage = storage = places.storage
        self._exits = exits = places.are(ZoneKind.EXIT)
        self._tills = tills = places.are(ZoneKind.TILL)
        self._patience = np.full(len(places.zones), np.inf)
        self._patience[exits] = _DOOR_SECONDS
        self._patience[tills] = _TILL_SECONDS
        # What lies on the counter may be heard at the door without end: it waits to be paid.
        self._waits = storage | tills
        self._inside = ~storage & ~exits
        self._shelf = places.are(ZoneKind.SHELF)
        self._back = places.are(ZoneKind.BACKROOM)

    def here(self) -> Rows:
        """Tags at stops."""
        return np.flatnonzero(~self._storage.take(self._tags.home[: self._tags.count]))

    def heard_on_end(self, rows: Rows, t: float) -> tuple[Rows, NDArray[np.int64]]:
        """Tags that are read at a door or till for too long, and the zones they must lie in."""
        tags = self._tags
        patience = self._patience[tags.home[rows]]
        rows = rows[(t - tags.since[rows] > patience) & (tags.belief[rows, HERE] > 0.5)]
        rows = rows[(tags.status[rows] == Status.HERE) & (tags.home[rows] != NOWHERE)]
        if not len(rows) or not self._storage.any():
            return rows[:0], np.zeros(0, np.int64)
        scores = np.where(self._waits, self._whereabouts.scores(rows), -np.inf)
        scores[np.arange(len(rows)), tags.home[rows]] = -np.inf
        where = scores.argmax(axis=1)
        # Where nothing hears it, it may lie, but who stands at the door with it is more likely.
        there = t - tags.since[rows]
        before = self._hearing.window * WINDOW_DECAY ** there[:, None]
        heard = np.where(self._places.zone_of == where[:, None], tags.recent[rows] - before, 0.0)
        hears = self._places.most((~self._hearing.deaf()).astype(np.float64)) > 0.0
        silent = ~(self._tills[tags.home[rows]] & hears[where])
        lies = (heard.max(axis=1) > _HEARD) | ((there > _TILL_SECONDS) & silent)
        return rows[lies], where[lies]

    def _left(self, rows: Rows) -> Rows:
        """Those of the tags that are no longer at home, and that no other zone claims."""
        tags = self._tags
        left = (tags.belief[rows, HERE] < _LEFT) & (tags.home[rows] != NOWHERE)
        left &= (tags.status[rows] == Status.HERE) & (tags.rival[rows] == NOWHERE)
        return rows[np.flatnonzero(left)]

    def on_the_way_home(self, rows: Rows) -> tuple[Rows, NDArray[np.int64]]:
        """Tags that have left a fitting room or till, and the zones where their like lie.

        Or the door, where that has heard them last.
        """
        tags = self._tags
        rows = self._left(rows[self._inside[tags.home[rows]]])
        if not len(rows):
            return rows, np.zeros(0, np.int64)
        usual = np.where(self._storage, self._usual.of(tags.account[rows]), -np.inf)
        heard = tags.recent[rows] @ self._places.own
        at_door = np.where(self._exits, heard, 0.0)
        at_home = heard[np.arange(len(rows)), tags.home[rows]]
        last = at_door.max(axis=1) > np.maximum(at_home, _HEARD)
        where = np.where(last, at_door.argmax(axis=1), usual.argmax(axis=1))
        stored = self._storage[where] | last
        return rows[stored], where[stored]

    def taken_to_its_shelf(self, t: float) -> tuple[Rows, NDArray[np.int64]]:
        """Tags that left the back room, that a shelf of their plan has heard since, and then none.

        That shelf, too: there they lie, too weak for it to tell them from a passing stray read. Or
        the shelf has no antenna that could hear; then what left a shelf that is not theirs is
        there, too.
        """
        tags, n = self._tags, self._tags.count
        rows = self._left(np.flatnonzero((self._back | self._shelf).take(tags.home[:n])))
        rows = rows[t - tags.last[rows] > _REFILL_SECONDS]
        planned = self._usual.planned(tags.account[rows]) & self._shelf
        astray = ~planned[np.arange(len(rows)), tags.home[rows]]
        rows, planned = rows[astray], planned[astray]
        if not len(rows):
            return rows, np.zeros(0, np.int64)
        back = self._back[tags.home[rows], None]
        heard = np.where(back, tags.recent[rows] @ self._places.own, 0.0)
        there = np.where(planned, heard, 0.0)
        # What was heard well has left, and what its shelf cannot hear is silent for that alone.
        hears = self._places.most((~self._hearing.deaf()).astype(np.float64)) > 0.0
        well = tags.best[rows, None] >= _WELL
        there[planned & well & ~hears] = np.inf
        where = there.argmax(axis=1)
        each = np.arange(len(rows))
        lies = there[each, where] > np.maximum(heard[each, tags.home[rows]], _HEARD)
        return rows[lies], where[lies]
