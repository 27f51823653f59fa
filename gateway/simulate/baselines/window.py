"""A time-out after the last reads."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.baselines.tags import NOWHERE, Ints, Reads, TagRule
from gateway.simulate.plan import StorePlan


class Window(TagRule):
    """A tag is there for `seconds` after a read, in the zone with the most reads in that time."""

    def __init__(self, plan: StorePlan, seconds: float) -> None:
        super().__init__(plan)
        self.name = f"window {seconds:.0f} s"
        self._seconds = seconds
        self._reads = np.zeros((0, len(self.zones)), np.int64)
        self._held: deque[tuple[float, Ints, int, NDArray[np.int32]]] = deque()

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """Count the reads in until they are too old."""
        zone = int(self.zone_of[antenna])
        self._reads[rows, zone] += reads.n
        self._held.append((t, rows, zone, reads.n))

    def settle(self, now: float) -> Ints:
        """The zone with the most reads in the window."""
        while self._held and self._held[0][0] < now - self._seconds:
            _, rows, zone, n = self._held.popleft()
            self._reads[rows, zone] -= n
        best = self._reads.argmax(axis=1)
        return np.where(self._reads.any(axis=1), best, NOWHERE)

    def grow(self, rows: int) -> None:
        """Make room."""
        more = np.zeros((rows - len(self._reads), len(self.zones)), np.int64)
        self._reads = np.concatenate([self._reads, more])
