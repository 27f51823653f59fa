"""How long to wait before the next attempt: full jitter, so that stores do not fall into step."""

from __future__ import annotations

import random

from gateway.uplink.settings import Pace


class Backoff:
    """Waits that grow with each failure."""

    def __init__(self, pace: Pace, rng: random.Random) -> None:
        self._pace = pace
        self._rng = rng
        self._bound = pace.retry_first

    def next(self) -> float:
        """Seconds to wait now, between `retry_least` and a bound that doubles each time."""
        wait = self._rng.uniform(self._pace.retry_least, self._bound)
        self._bound = min(2 * self._bound, self._pace.retry_most)
        return wait

    def reset(self) -> None:
        """The last connection was a good one."""
        self._bound = self._pace.retry_first
