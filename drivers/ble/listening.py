"""One scan's adverts on their way out, and the watch for silence."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping

from drivers.ble.roster import RSSI_ABSENT, Roster
from drivers.observations import Device, DeviceState, Observation
from drivers.source import Clock, Emit

LOOK_SECONDS = 5.0
QUEUE_LONGEST = 2_000
ALIVE_SECONDS = 60.0
"""A scanner that is well says so this often, though nobody of the list is about."""


class Listening:
    """One scan's life: what it hears goes through a bounded queue to whoever runs the source.

    Args:
        name: the source's, the `src` of its adverts.
        roster: who is on the list.
        emit: takes what is heard.
        clock: time.
        silence: seconds without any advert that are silence.
        faults: counts what the queue drops.
        facts: where batteries are shown.
        doubted: something was wrong before, so that it is well is said with the first advert.

    Attributes:
        heard: there was an advert, be it a stranger's.
    """

    def __init__(
        self,
        name: str,
        roster: Roster,
        emit: Emit,
        clock: Clock,
        silence: float,
        *,
        faults: Counter[str],
        facts: dict[str, str],
        doubted: bool,
    ) -> None:
        self.heard = False
        self._name, self._roster = name, roster
        self._faults, self._facts = faults, facts
        self._emit, self._clock = emit, clock
        self._silence = silence
        self._last = clock.monotonic()
        self._alive = self._last
        self._doubted = doubted
        self._queue: deque[Observation] = deque()
        self._filled = asyncio.Event()

    def hear(
        self,
        addr: str,
        rssi: float,
        manufacturer: Mapping[int, bytes],
        service: Mapping[str, bytes],
    ) -> None:
        """The scanner's callback: runs in the loop, for strangers too, so it must be quick."""
        # A power-off calls back once more for every device, with no RSSI: that is no sign of life.
        if rssi > RSSI_ABSENT:
            self.heard = True
            self._last = self._clock.monotonic()
        now = self._clock.wall()
        for observation in self._roster.hear(
            addr, rssi, manufacturer, service, src=self._name, t=now, at=now
        ):
            self._queue.append(observation)
            self._filled.set()
        while len(self._queue) > QUEUE_LONGEST:
            self._queue.popleft()
            self._faults["queue_full"] += 1

    async def until_silent(self, *, expected: bool) -> None:
        """Hand on what is heard; come back when there was silence where something was expected."""
        delivering = asyncio.create_task(self._deliver(), name=f"{self._name} adverts")
        try:
            while not self._silent(expected=expected) and not delivering.done():
                self._say_alive(expected=expected)
                await self._clock.sleep(min(LOOK_SECONDS, self._silence / 4))
        finally:
            delivering.cancel()
            await asyncio.wait((delivering,))
        if not delivering.cancelled():
            delivering.result()

    def _silent(self, *, expected: bool) -> bool:
        if not (expected or self.heard):
            return False
        return self._clock.monotonic() - self._last >= self._silence

    def _say_alive(self, *, expected: bool) -> None:
        """A strange phone is a sign of life too, and none of the store's devices need be about."""
        now = self._clock.monotonic()
        well = self._last > self._alive if self.heard else not expected
        if well and (self._doubted or now - self._alive >= ALIVE_SECONDS):
            self._doubted = False
            self._alive, at = now, self._clock.wall()
            self._emit(Device(self._name, at, at, DeviceState.ONLINE))

    async def _deliver(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._queue:
                self._emit(self._queue.popleft())
            for beacon, percent in self._roster.batteries.items():
                self._facts[f"battery {beacon}"] = f"{percent} %"
