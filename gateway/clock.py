"""Real clocks: the machine's own, one that never runs away with it, and a faster one.

Time as the store lives it goes on with the monotonic clock. How far that is from the wall clock is
agreed once, corrected little by little, and agreed anew when somebody steps the wall clock: a time
server, a person, a Pi that starts without a clock of its own.
"""

from __future__ import annotations

import asyncio
import time

from drivers.source import Clock

STEP_SECONDS = 5.0
"""Less is a correction, not a step: nobody needs to be told."""
UNLIKELY_SECONDS = 86_400.0
"""A clock that was right for an hour is not wrong by more: the time server is, until it insists."""
YOUNG_SECONDS = 3_600.0
PATIENCE_SECONDS = 600.0


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


class Agreement:
    """How far the wall clock is from the monotonic one, as agreed. Pure: both are arguments.

    Attributes:
        offset: wall time less monotonic time.
        doubt: by how many seconds the wall clock is off and not believed; 0.0 while it is.
    """

    def __init__(self, wall: float, monotonic: float) -> None:
        self.offset = wall - monotonic
        self.doubt = 0.0
        self._begun = self._looked = self._since = monotonic

    def look(self, wall: float, monotonic: float) -> float:
        """Compare the two; by how many seconds time is stepped now, 0.0 if it just goes on.

        Small differences never make time stand still or go back: it goes on more slowly.
        """
        elapsed, self._looked = monotonic - self._looked, monotonic
        off = wall - monotonic - self.offset
        if abs(off) <= STEP_SECONDS:
            self.doubt = 0.0
            self.offset += max(off, -elapsed / 2)
            return 0.0
        if not self._believed(off, monotonic):
            return 0.0
        self.doubt = 0.0
        self.offset += off
        return off

    def _believed(self, off: float, monotonic: float) -> bool:
        if abs(off) < UNLIKELY_SECONDS or monotonic - self._begun < YOUNG_SECONDS:
            return True
        if abs(off - self.doubt) > STEP_SECONDS:
            self.doubt, self._since = off, monotonic
        return monotonic - self._since >= PATIENCE_SECONDS


class SteadyClock:
    """Another clock's time, stepped only where `agree` says so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._agreement = Agreement(clock.wall(), clock.monotonic())
        self._stepped = -UNLIKELY_SECONDS

    @property
    def doubt(self) -> float:
        """By how many seconds the machine's clock is off and not believed; 0.0 while it is."""
        return self._agreement.doubt

    def agree(self) -> float:
        """Look at the machine's clock; by how many seconds time was stepped, 0.0 if it was not."""
        step = self._agreement.look(self._clock.wall(), self._clock.monotonic())
        if abs(step) >= UNLIKELY_SECONDS:
            self._stepped = self._clock.monotonic()
        return step

    def settled(self) -> bool:
        """Whether no large step was within the last day: what is old is old."""
        return self._clock.monotonic() - self._stepped >= UNLIKELY_SECONDS

    def wall(self) -> float:
        """Seconds since the Unix epoch, UTC, as agreed."""
        return self._clock.monotonic() + self._agreement.offset

    def monotonic(self) -> float:
        """Seconds that never step."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        await self._clock.sleep(seconds)


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
