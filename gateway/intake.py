"""The one queue between the sources and the engines: bounded, and honest about what it dropped."""

from __future__ import annotations

import asyncio
from collections import Counter, deque

from drivers.observations import Observation, Round, TagReads

LONGEST = 20_000


class Intake:
    """Observations in order of arrival. Full, it drops the oldest reads and rounds first.

    A lost read costs a little doubt. A count, a weight or a fact in the queue is never dropped for
    one: totals come again, but what a person said does not.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self.dropped: Counter[str] = Counter()
        self._longest = longest
        self._queue: deque[Observation] = deque()
        self._filled = asyncio.Event()

    def put(self, obs: Observation) -> None:
        """Take an observation; never blocks."""
        if len(self._queue) >= self._longest and not self._make_room():
            self.dropped[type(obs).__name__.lower()] += 1
            return
        self._queue.append(obs)
        self._filled.set()

    def drain(self) -> list[Observation]:
        """All that waits, in order."""
        waiting = list(self._queue)
        self._queue.clear()
        self._filled.clear()
        return waiting

    async def filled(self) -> None:
        """Come back when something waits."""
        await self._filled.wait()

    def __len__(self) -> int:
        return len(self._queue)

    def _make_room(self) -> bool:
        for place, obs in enumerate(self._queue):
            if isinstance(obs, (TagReads, Round)):
                del self._queue[place]
                self.dropped[type(obs).__name__.lower()] += 1
                return True
        return False
