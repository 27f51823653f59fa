"""Tags that the door hears and no shelf ever did: worn by who comes in, or not of this store.

A shirt that was bought last year is of a GTIN that lies on the shelf today: nobody shall be
promised that one. Where the book has a unit that no antenna has heard, it may be that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import Epoch
from gateway.stock.hearing import Hearing
from gateway.stock.layout import ZoneKind
from gateway.stock.places import Places
from gateway.stock.tags import Status, Tags

_ROUNDS = 20.0
"""Clear rounds of each shelf and back room by which what lies there has been heard, or is weak."""


class Strangers:
    """Judges tags that were never heard before."""

    def __init__(
        self, places: Places, tags: Tags, hearing: Hearing, lacks: Callable[[int], bool]
    ) -> None:
        self._places, self._tags, self._hearing, self._lacks = places, tags, hearing, lacks
        self._exit = places.are(ZoneKind.EXIT)[places.zone_of]
        # Where goods may lie unheard, the door may be the first to hear what leaves.
        heard = places.watched[places.storage]
        self._able = bool(heard.any() and heard.all() and self._exit.any())

    def passing(
        self, epoch: Epoch, which: NDArray[np.intp], unread: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Which of a second's rows only pass the door: not counted until they are heard inside.

        Args:
            epoch: reads of the second.
            which: of each read, the number of its row among the second's.
            unread: rows that were never heard before.
        """
        strange = np.zeros(len(unread), np.bool_)
        if not (self._able and unread.any()):
            return strange
        if self._places.most(self._hearing.clock)[self._places.storage].min() < _ROUNDS:
            return strange
        inside = np.bincount(which, ~self._exit[epoch.antenna], len(unread))
        for number in np.flatnonzero(unread & (inside == 0)).tolist():
            row = int(epoch.row[np.searchsorted(which, number)])
            named = self._tags.booked[row] or self._tags.status[row] != Status.EXPECTED
            strange[number] = not (named or self._lacks(row))
        return strange
