"""Waiting by the gateway's own clock: until something is told, or at a bounded rate."""

from __future__ import annotations

import asyncio
from typing import Any

from drivers.source import Clock


async def told_or_after(clock: Clock, told: asyncio.Event, seconds: float | None) -> None:
    """Come back when `told` is set, or after `seconds` if that is sooner (None: never)."""
    waits: list[asyncio.Task[Any]] = [asyncio.create_task(told.wait())]
    if seconds is not None:
        waits.append(asyncio.create_task(clock.sleep(seconds)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


class Throttle:
    """Lets things through at most at `a_second` on average."""

    def __init__(self, clock: Clock, a_second: float) -> None:
        self._clock = clock
        self._each = 1.0 / a_second
        self._free_at = clock.monotonic()

    async def take(self, count: int) -> None:
        """Wait until `count` more may pass."""
        now = self._clock.monotonic()
        begins = max(now, self._free_at)
        self._free_at = begins + count * self._each
        if begins > now:
            await self._clock.sleep(begins - now)
