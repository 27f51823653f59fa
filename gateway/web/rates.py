"""How often somebody may write: one token bucket a client, time is an argument."""

from __future__ import annotations

from collections import OrderedDict

WRITES_PER_SECOND = 200.0
WRITES_BURST = 2_000.0
"""A till may ring up 20 a second, and catches up after an hour without a network."""
CLIENTS_KEPT = 1_024


class Buckets:
    """Token buckets by client, the least recently seen forgotten first.

    A forgotten client starts with a full bucket again: who can speak from 1,024 addresses of the
    store's network is not held back by this, only by what a write costs.
    """

    def __init__(
        self,
        rate: float = WRITES_PER_SECOND,
        burst: float = WRITES_BURST,
        keep: int = CLIENTS_KEPT,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._keep = keep
        self._level: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Take one token at `now` (monotonic seconds): 0.0, or how many seconds to wait."""
        level, then = self._level.pop(client, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        wait = 0.0 if level >= 1 else (1 - level) / self._rate
        self._level[client] = (level - 1 if wait == 0.0 else level, now)
        if len(self._level) > self._keep:
            self._level.popitem(last=False)
        return wait
