"""The chip's serial line as a pty with the real driver behind it, in the chip's own time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import tty
from collections import Counter

from drivers.door.source import DoorSource
from drivers.observations import Count, Observation
from drivers.source import SourceLost
from tests.drivers.hand_clock import HandClock
from tests.firmware.chip import Chip
from tests.firmware.rules import Run

SLICE_MS = 50
PATIENCE = 5.0
"""Real seconds to wait for what the kernel carries."""
FRAME = re.compile(rb"\x00[^\x00]+\x00")


class Noise:
    """Damages a share of the frames: a bit, a few bytes lost or added, a tail torn off."""

    def __init__(self, share: float, seed: int) -> None:
        self._share, self._dice = share, random.Random(seed)
        self._rest = b""
        self.frames = self.damaged = 0

    def __call__(self, data: bytes) -> bytes:
        self._rest += data
        end = self._rest.rfind(b"\x00") + 1
        whole, self._rest = self._rest[:end], self._rest[end:]
        if whole.count(b"\x00") % 2:  # the first zero of a frame whose end is not yet here
            whole, self._rest = whole[:-1], b"\x00" + self._rest
        return FRAME.sub(lambda found: self._harm(found[0]), whole)

    def _harm(self, frame: bytes) -> bytes:
        self.frames += 1
        if self._dice.random() >= self._share:
            return frame
        self.damaged += 1
        at = self._dice.randrange(1, len(frame) - 1)
        match self._dice.randrange(4):
            case 0:
                return frame[:at] + bytes((frame[at] ^ 1 << at % 8,)) + frame[at + 1 :]
            case 1:
                return frame[:at] + frame[at + self._dice.randint(1, 5) :]
            case 2:
                return frame[:at] + self._dice.randbytes(self._dice.randint(1, 9)) + frame[at:]
            case _:
                return frame[:at]


class Ledger:
    """Who was counted, by the rule of the wire: a new boot is a base, differences wrap."""

    def __init__(self) -> None:
        self.entries = self.exits = 0
        self.boots: list[int] = []
        self._last: Count | None = None

    def __call__(self, observation: Observation) -> None:
        if not isinstance(observation, Count):
            return
        last, self._last = self._last, observation
        if last is None or last.boot != observation.boot:
            self.boots.append(observation.boot)
            return
        self.entries += (observation.entries - last.entries) % 2**32
        self.exits += (observation.exits - last.exits) % 2**32


class Line:
    """A cable between the chip and a `DoorSource`. `ledger` goes on when the cable is pulled."""

    def __init__(
        self, chip: Chip, ledger: Ledger | None = None, noise: Noise | None = None
    ) -> None:
        self.chip, self.ledger = chip, ledger or Ledger()
        self.clock = HandClock()
        self._noise = noise
        self.restarts = 0
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # and kept open, or the pty hangs up between two openings
        os.set_blocking(self._master, False)
        self.source = DoorSource("door-main", os.ttyname(self._slave))
        self._task: asyncio.Task[None] | None = None
        self._heard: list[Observation] = []

    async def open(self, *, resets: bool = False) -> None:
        """Let the driver open the port; on a board whose DTR is wired that resets the chip."""
        if resets:
            self.chip.reset("Ext")
        self._start()
        await asyncio.sleep(0.01)

    def _start(self) -> None:
        self._task = asyncio.create_task(self.source.run(self._take, self.clock))

    def _supervise(self) -> None:
        """Noise may swallow heartbeats: the driver gives up and is started again, as in a store."""
        if self._noise is None or self._task is None or not self._task.done():
            return
        assert isinstance(self._task.exception(), SourceLost)
        self.restarts += 1
        self._start()

    def _take(self, observation: Observation) -> None:
        self._heard.append(observation)
        self.ledger(observation)

    async def walk(self, runs: list[Run]) -> None:
        """Break the beams as `runs` say, while the driver listens."""
        waited = 0
        for level, ms in runs:
            self.chip.show(level)
            for start in range(0, ms, SLICE_MS):
                step = min(SLICE_MS, ms - start)
                self.chip.run(step)
                self.clock.now += step / 1000
                waited += step
                if waited >= SLICE_MS:
                    waited = 0
                    await self._carry()

    async def settle(self) -> None:
        """Two quiet heartbeats, and all that the driver makes of them."""
        await self.walk([(0, 2_100)])
        for _ in range(3):
            heard, until = len(self._heard), asyncio.get_running_loop().time() + PATIENCE
            await self.walk([(0, 1_000)])
            while len(self._heard) == heard and asyncio.get_running_loop().time() < until:
                await asyncio.sleep(0.001)

    async def _carry(self) -> None:
        data = self.chip.take()
        if self._noise is not None:
            data = self._noise(data)
        if data:
            os.write(self._master, data)
        with contextlib.suppress(BlockingIOError):
            self.chip.send(os.read(self._master, 4_096))
        for _ in range(3):
            await asyncio.sleep(0)
        self._supervise()

    async def unplug(self) -> type[BaseException] | None:
        """Pull the cable; the kind of error that the driver ends with."""
        os.close(self._master)
        os.close(self._slave)
        assert self._task is not None
        self._task.add_done_callback(lambda task: None)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asyncio.wait([self._task])), PATIENCE)
        error = self._task.exception() if self._task.done() else None
        return type(error) if error else None

    async def close(self) -> Counter[str]:
        """Hang up in order; the faults that the driver counted."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        for fd in (self._master, self._slave):
            os.close(fd)
        return self.source.faults
