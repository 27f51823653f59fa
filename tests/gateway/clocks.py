"""A clock that moves only when told to; its wall clock may be stepped, by `ahead`."""

from __future__ import annotations

import asyncio


class HandClock:
    """Time as the test says it; `sleep` yields to the loop and comes back when time has passed."""

    def __init__(self, t: float = 1_763_740_800.0) -> None:
        self.t = t
        self.ahead = 0.0
        self._moved = asyncio.Event()

    def wall(self) -> float:
        return self.t + self.ahead

    def monotonic(self) -> float:
        return self.t

    async def sleep(self, seconds: float) -> None:
        until = self.t + seconds
        while self.t < until:
            await self._moved.wait()

    async def move(self, seconds: float) -> None:
        self.t += seconds
        self._moved.set()
        self._moved = asyncio.Event()
        for _ in range(5):
            await asyncio.sleep(0)
