"""Real clocks: the machine's own, and one that runs faster for a virtual store."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """The machine's wall clock and its monotonic clock."""

    def wall(self) -> float:
        """Seconds since the Unix epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never step."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        await asyncio.sleep(max(0.0, seconds))


class FastClock:
    """A clock `speed` times as fast as the machine's, from the moment it is made."""

    def __init__(self, speed: float, start: float | None = None) -> None:
        self.speed = speed
        self._begun = time.monotonic()
        self._start = time.time() if start is None else start

    def wall(self) -> float:
        """Seconds since the Unix epoch, UTC, of the virtual day."""
        return self._start + self.monotonic()

    def monotonic(self) -> float:
        """Virtual seconds since the clock was made."""
        return (time.monotonic() - self._begun) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds` of virtual time."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)
