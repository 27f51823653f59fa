"""A counter that calls us: the program hands its bodies over as they come."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from drivers.door.report import BodyWrong, Report
from drivers.door.tally import Tally
from drivers.observations import Device, DeviceState
from drivers.source import Clock, Emit


class PushDoor:
    """A door whose counter pushes its reports.

    Args:
        name: the door's id from the config.
        read: the make's codec; raises `BodyWrong`.
        unit: the line, its name or the device's serial; None takes all that comes.
    """

    def __init__(self, name: str, read: Callable[[bytes], Report], unit: str | None = None) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._read, self._unit = read, unit
        self._running: tuple[Emit, Tally] | None = None
        self._online = False

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Take bodies until cancelled. The device is online once it has called."""
        now = clock.wall()
        tally = Tally(self.name, int(now * 1000), now, self._unit, self.faults, self.facts)
        self._running = emit, tally
        try:
            await asyncio.Event().wait()
        finally:
            self._running, self._online = None, False

    def take(self, body: bytes, at: float) -> bool:
        """Take a pushed body that arrived at `at`; false while the source does not run.

        Raises:
            BodyWrong: it is none of this make's; one plain line says why.
        """
        if self._running is None:
            return False
        emit, tally = self._running
        try:
            report = self._read(body)
        except BodyWrong:
            self.faults["bad_body"] += 1
            raise
        if not self._online:
            self._online = True
            emit(Device(self.name, at, at, DeviceState.ONLINE))
        for count in tally.take(report, at):
            emit(count)
        return True
