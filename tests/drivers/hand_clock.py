"""A clock in the test's hand, for sources whose device is real and whose time is not."""

from __future__ import annotations

import asyncio


class HandClock:
    """Time stands still until the test turns it."""

    def __init__(self) -> None:
        self.now = 0.0

    def wall(self) -> float:
        return 1_000.0 + self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            await asyncio.sleep(0)
