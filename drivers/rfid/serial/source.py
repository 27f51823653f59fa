"""The shell around a conversation: moves bytes, turns events into observations, nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

import numpy as np

from drivers.observations import Device, DeviceState, Round, TagReads
from drivers.rfid.serial.events import AntennaChanged, Event, Read, Ready, RoundEnded
from drivers.source import Clock, Emit, SourceLost

TICK_SECONDS = 0.025
"""A conversation's next date may come nearer with every byte; the watch never sleeps longer."""


class Link(Protocol):
    """An open serial port or socket. `port` is its name for a person."""

    @property
    def port(self) -> str:
        """The port's or the reader's name."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Chunks of input; ends by `OSError`, or plainly after `close`."""

    def write(self, data: bytes) -> None:
        """Send without waiting. Raises `OSError`."""

    def close(self) -> None:
        """Let it go."""


class Session(Protocol):
    """A conversation with a reader (`ReaderSession` and its like)."""

    lost: str | None

    def outgoing(self) -> bytes:
        """What is to be sent now."""

    def feed(self, data: bytes, now: float) -> list[Event]:
        """Take bytes."""

    def tick(self, now: float) -> list[Event]:
        """Let time pass."""

    def close(self) -> None:
        """Say the last word."""


OpenLink: TypeAlias = Callable[[], AbstractAsyncContextManager[Link]]
NewSession: TypeAlias = Callable[[float, Counter[str]], Session]


class ReaderSource:
    """One serial reader. Times are arrival times: no reader of these has a clock that we can map.

    Attributes as `drivers.source.Source` has them.
    """

    def __init__(self, name: str, where: str, open_link: OpenLink, new_session: NewSession) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._where, self._open_link, self._new_session = where, open_link, new_session

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Open the line, converse, emit until cancelled.

        Raises:
            SourceLost: the line cannot be opened, the reader does not answer or refuses, or the
                line went away.
        """
        try:
            async with self._open_link() as link:
                reason = await _Connection(self, link, emit, clock).run()
        except OSError as error:
            raise SourceLost(
                f"{self._where}: {error.strerror or str(error) or 'no answer'}"
            ) from error
        raise SourceLost(reason)

    def new_session(self, now: float) -> Session:
        """A conversation for a fresh line; its faults are counted here."""
        return self._new_session(now, self.faults)


class _Connection:
    """One line's life."""

    def __init__(self, source: ReaderSource, link: Link, emit: Emit, clock: Clock) -> None:
        self._source, self._link = source, link
        self._emit, self._clock = emit, clock
        self._session = source.new_session(clock.monotonic())
        self._online = False

    async def run(self) -> str:
        """Converse until the line is over; why it is."""
        watch = asyncio.create_task(self._watch(), name=f"{self._source.name} watch")
        try:
            reason = await self._pump(watch)
        except asyncio.CancelledError:
            self._session.close()
            with contextlib.suppress(OSError):
                self._flush()
            raise
        finally:
            watch.cancel()
        if self._online:
            self._device(connected=False, detail=reason)
        return reason

    async def _pump(self, watch: asyncio.Task[str]) -> str:
        try:
            async for chunk in self._link:
                self._observe(self._session.feed(chunk, self._clock.monotonic()))
                if self._session.lost is not None:
                    return self._session.lost
                self._flush()
        except OSError as error:
            return f"{self._link.port} went away: {error.strerror or error}"
        return await watch

    async def _watch(self) -> str:
        """Let the conversation's time pass; why it is over. Closes the line when it is."""
        try:
            while self._session.lost is None:
                self._observe(self._session.tick(self._clock.monotonic()))
                self._flush()
                await self._clock.sleep(TICK_SECONDS)
        except OSError as error:
            return f"{self._link.port} takes no more output: {error.strerror or error}"
        finally:
            self._link.close()
        return self._session.lost

    def _flush(self) -> None:
        self._link.write(self._session.outgoing())

    def _observe(self, events: list[Event]) -> None:
        """Emit what `events` mean, reads before the round that they belong to."""
        reads: list[Read] = []
        for event in events:
            if isinstance(event, Read):
                reads.append(event)
                continue
            self._reads(reads)
            reads = []
            self._other(event)
        self._reads(reads)

    def _other(self, event: Ready | RoundEnded | AntennaChanged) -> None:
        match event:
            case Ready():
                self._source.facts = event.facts
                self._online = True
                self._device(connected=True)
            case AntennaChanged():
                self._device(event.antenna, connected=event.connected, detail=event.detail)
            case RoundEnded():
                now = self._clock.wall()
                self._emit(Round(self._source.name, now, now, event.antenna))

    def _device(self, antenna: int | None = None, *, connected: bool, detail: str = "") -> None:
        now = self._clock.wall()
        state = DeviceState.ONLINE if connected else DeviceState.OFFLINE
        self._emit(Device(self._source.name, now, now, state, antenna, detail))

    def _reads(self, reads: list[Read]) -> None:
        if reads:
            self._emit(_columns(self._source.name, reads, self._clock.wall()))


def _columns(name: str, reads: list[Read], now: float) -> TagReads:
    count, width = len(reads), max(len(read.epc) for read in reads)
    packed = b"".join(read.epc.ljust(width, b"\0") for read in reads)
    return TagReads(
        src=name,
        at=now,
        t=np.full(count, now),
        antenna=np.array([read.antenna for read in reads], np.int32),
        epc=np.frombuffer(packed, np.uint8).reshape(count, width),
        epc_bytes=np.array([len(read.epc) for read in reads], np.int32),
        rssi=np.array([read.rssi for read in reads], np.float32),
        n=np.array([read.n for read in reads], np.int32),
    )
