"""The reader's clock against ours: an offset from what came fastest.

A reader stamps in its own UTC (seldom right to the second) or in microseconds since it started.
What arrives is always late by an unknown delay, so the smallest `arrival - reader time` of the last
minutes is the offset, and reports that were held back during an outage keep their true time.
Arrival is of our monotonic clock: a step of the gateway's wall clock changes nothing here.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

BUCKET_SECONDS = 60.0
BUCKETS = 5
"""A quartz that is off by 50 ppm moves 15 ms in this window."""
STEP_SECONDS = 2.0
STEP_WITNESSES = 3
"""A time that is this far ahead of what we know is taken after as many in a row agree: one broken
stamp must not move the clock, but a reader that was set right by NTP must."""


class ReaderClock:
    """Maps one clock of a reader (UTC or uptime) to our monotonic seconds."""

    def __init__(self) -> None:
        self._smallest: deque[tuple[float, float]] = deque(maxlen=BUCKETS)
        self._ahead = 0

    @property
    def known(self) -> bool:
        """Whether anything was heard yet."""
        return bool(self._smallest)

    def hear(self, reader_us: int, arrival: float) -> None:
        """A stamp of the reader reached us at `arrival` (monotonic seconds)."""
        offset = arrival - reader_us / 1e6
        if self._smallest and offset < self._offset() - STEP_SECONDS:
            self._ahead += 1
            if self._ahead < STEP_WITNESSES:
                return
            self._smallest.clear()
        self._ahead = 0
        start = arrival - arrival % BUCKET_SECONDS
        if self._smallest and self._smallest[-1][0] == start:
            self._smallest[-1] = (start, min(offset, self._smallest[-1][1]))
        else:
            self._smallest.append((start, offset))

    def monotonic(self, reader_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """When these stamps were, in our monotonic seconds. Only once `known`."""
        return reader_us / 1e6 + self._offset()

    def _offset(self) -> float:
        return min(offset for _, offset in self._smallest)
