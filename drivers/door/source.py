"""Our own counter on its serial port."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

from drivers.door.frames import FrameReader
from drivers.door.messages import Get, write_message
from drivers.door.session import Cell, DoorSession
from drivers.observations import Device, DeviceState
from drivers.serialport import SerialLink, open_serial
from drivers.source import Clock, Emit, SourceLost

BAUD = 57_600
HEARTBEATS_MISSED = 2.5
OPENING_SECONDS = 6.0
"""Opening the port resets some boards, and their boot loader then waits for 2 s or more."""
ASK_SECONDS = 1.0
"""Between two questions who is there, while nobody has said so."""


class DoorSource:
    """A Shelfcast counter, or a board of shelf scales: they speak the same on the same wire.

    Attributes:
        cells: as given.

    Args:
        name: the door's id from the config; of scales alone, that of one of them.
        port: the serial port, best its `/dev/serial/by-id` name.
        baud: its speed.
        cells: shelf scales on the same wire, by the number of the load cell.
        unit: the number that the counter must have; None takes any.
    """

    def __init__(
        self,
        name: str,
        port: str,
        *,
        baud: int = BAUD,
        cells: Mapping[int, Cell] | None = None,
        unit: int | None = None,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._port, self._baud = port, baud
        self.cells = dict(cells or {})
        self._unit = unit

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Open the port and emit counts and weights until cancelled.

        Raises:
            SourceLost: no counter answers, it is another one, or its heartbeat stopped.
            OSError: no such port, or it went away.
        """
        try:
            await self._run(emit, clock)
        except (SourceLost, OSError) as lost:
            # Of the wire itself whoever runs us says it; nobody else knows who hangs on it.
            now = clock.wall()
            for cell in self.cells.values():
                if cell.id != self.name:
                    emit(Device(cell.id, now, now, DeviceState.OFFLINE, detail=str(lost)))
            raise

    async def _run(self, emit: Emit, clock: Clock) -> None:
        async with open_serial(self._port, self._baud) as link:
            connection = _Connection(self, link, emit, clock)
            tasks = {
                asyncio.create_task(connection.read(), name=f"{self.name} reading"),
                asyncio.create_task(connection.watch(), name=f"{self.name} heartbeat"),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
            for task in done:
                task.result()

    def new_session(self) -> DoorSession:
        """A session for a port that was just opened; its faults and facts are shown here."""
        return DoorSession(self.name, self.faults, self.facts, self.cells, self._unit)


class _Connection:
    """The life of one open port."""

    def __init__(self, source: DoorSource, link: SerialLink, emit: Emit, clock: Clock) -> None:
        self._source, self._link = source, link
        self._emit, self._clock = emit, clock
        self._session = source.new_session()
        self._reader = FrameReader(source.faults)
        self._opened = clock.monotonic()
        self._heard: float | None = None

    async def read(self) -> None:
        """Emit what comes until the port closes."""
        async for chunk in self._link:
            frames = self._reader.feed(chunk)
            if frames:
                self._heard = self._clock.monotonic()
            now = self._clock.wall()
            for frame in frames:
                for observation in self._session.take(frame, now):
                    self._emit(observation)
            if self._session.stranger:
                raise SourceLost(f"{self._source.name}: {self._session.stranger}")
        raise SourceLost(f"{self._source.name}: the port was closed")

    async def watch(self) -> None:
        """Ask who is there until it is known; raise when the heartbeat stops."""
        asked = -ASK_SECONDS
        while True:
            now = self._clock.monotonic()
            if self._session.hello is None and now - asked >= ASK_SECONDS:
                # Opening a port throws its input away, and a HELLO that was in it.
                self._link.write(write_message(Get()))
                asked = now
            self._judge(now)
            await self._clock.sleep(self._session.heartbeat / 4)

    def _judge(self, now: float) -> None:
        name = self._source.name
        if self._heard is None:
            if now - self._opened > OPENING_SECONDS:
                raise SourceLost(f"{name}: nothing on the port speaks as a Shelfcast counter does")
            return
        silent = now - self._heard
        if silent > HEARTBEATS_MISSED * self._session.heartbeat:
            raise SourceLost(f"{name}: no heartbeat for {silent:.1f} s")
