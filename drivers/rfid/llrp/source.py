"""An LLRP reader as a source: the one module of this package with a socket."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Mapping, Sequence

from drivers.observations import Device, DeviceState, Round
from drivers.rfid.llrp.events import (
    AntennaChanged,
    Event,
    Ready,
    RoundEnded,
    SessionLost,
    Stamp,
)
from drivers.rfid.llrp.observing import Observing
from drivers.rfid.llrp.reports import TagColumns
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.session import LlrpSession
from drivers.source import Clock, Emit, SourceLost

PORT = 5084
CONNECT_SECONDS = 10.0
HANG_UP_SECONDS = 1.0
READ_BYTES = 65_536
WRITE_BYTES = 65_536
"""Unsent questions and answers above this mean that the reader reads nothing any more."""
TICK_SECONDS = 0.5
BREATH_SECONDS = 0.05
"""After tags: a reader that tells each by itself wakes us twenty times a second, not a thousand."""


class LlrpSource:
    """One LLRP reader.

    `Round` comes after the reads of that round. A reader that reports no rounds gives none, and is
    taken as scanning without pause while online.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        antennas: Sequence[int],
        *,
        round_ms: int = 400,
        keepalive_ms: int = 5_000,
        session: int = 0,
        population: int = 64,
        power_dbm: Mapping[int, float] | None = None,
        mode: str | int | None = None,
        trigger: int | None = None,
        tls: ssl.SSLContext | None = None,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        """Raises `ValueError` for antennas that cannot be."""
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._host, self._port, self._tls = host, port, tls
        self._connect_seconds = connect_seconds
        self._settings = Settings(
            tuple(antennas),
            round_ms,
            keepalive_ms,
            session,
            population,
            dict(power_dbm or {}),
            mode,
            trigger,
        )
        self._ask_version = True

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Connect, set the reader up, emit until cancelled.

        Raises:
            SourceLost: the reader cannot be reached, refuses, fell silent or went away.
        """
        reader, writer = await self._connect()
        try:
            await _Connection(self, reader, writer, emit, clock).run()
        finally:
            await _hang_up(writer)

    def new_session(self, now: float) -> LlrpSession:
        """A session for a fresh connection; its faults are counted here."""
        return LlrpSession(self._settings, now, self.faults, ask_version=self._ask_version)

    def hung_up_at(self, session: LlrpSession) -> None:
        """The connection is over; who hung up when asked for the version is not asked again."""
        self._ask_version = self._ask_version and not session.asks_version

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        where = f"{self._host}:{self._port}"
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        except TimeoutError as error:
            raise SourceLost(f"no answer from {where}") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceLost(f"cannot connect to {where}: {reason}") from error


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Close, and do not wait long for a reader that takes nothing any more."""
    writer.close()
    try:
        async with asyncio.timeout(HANG_UP_SECONDS):
            await writer.wait_closed()
    except OSError:
        writer.transport.abort()


class _Connection:
    """One connection's life: moves bytes and turns session events into observations."""

    def __init__(
        self,
        source: LlrpSource,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        emit: Emit,
        clock: Clock,
    ) -> None:
        self._source, self._reader, self._writer = source, reader, writer
        self._emit, self._clock = emit, clock
        self._session = source.new_session(clock.monotonic())
        self._seen = Observing(source.name, source.faults)
        self._online = False
        self._lost: str | None = None
        self._at_least = 0.0

    async def run(self) -> None:
        watch = asyncio.create_task(self._watch(), name=f"{self._source.name} keepalive")
        try:
            reason = await self._pump()
        except asyncio.CancelledError:
            self._session.close()
            with contextlib.suppress(SessionLost):
                self._flush()
            raise
        finally:
            watch.cancel()
        self._source.hung_up_at(self._session)
        if self._online:
            self._device(DeviceState.OFFLINE, detail=reason)
        raise SourceLost(reason, at_least=self._at_least)

    async def _pump(self) -> str:
        """Read until the connection is over; why it is."""
        try:
            while data := await self._reader.read(READ_BYTES):
                events = self._session.feed(data, self._clock.monotonic())
                for event in events:
                    self._observe(event)
                self._flush()
                if len(data) < READ_BYTES and events and isinstance(events[-1], TagColumns):
                    await self._clock.sleep(BREATH_SECONDS)
        except SessionLost as lost:
            for event in lost.before:
                self._observe(event)
            self._at_least = lost.at_least
            return str(lost)
        except OSError as error:
            return f"the connection broke: {error.strerror or error}"
        return self._lost or "the reader closed the connection"

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(TICK_SECONDS)
            try:
                self._session.tick(self._clock.monotonic())
                self._flush()
            except SessionLost as lost:
                self._lost = str(lost)
                self._writer.transport.abort()
                return

    def _flush(self) -> None:
        data = self._session.outgoing()
        if not data:
            return
        if self._writer.transport.get_write_buffer_size() > WRITE_BYTES:
            raise SessionLost("the reader takes no more messages")
        self._writer.write(data)

    def _observe(self, event: Event) -> None:
        match event:
            case TagColumns():
                self._emit(self._seen.reads(event, self._clock.wall(), self._clock.monotonic()))
            case RoundEnded():
                for antenna in event.antennas:
                    self._round(antenna, event.at)
            case Stamp():
                self._seen.hear(event, self._clock.monotonic())
            case AntennaChanged():
                state = DeviceState.ONLINE if event.connected else DeviceState.OFFLINE
                self._device(state, event.antenna, at=event.at)
            case Ready():
                self._ready(event)

    def _ready(self, ready: Ready) -> None:
        self._source.facts = ready.facts
        self._online = True
        self._device(DeviceState.ONLINE, detail=ready.note)
        for antenna, connected in ready.connected.items():
            if connected:
                self._device(DeviceState.ONLINE, antenna)
            else:
                detail = "the reader sees no antenna on this port"
                self._device(DeviceState.OFFLINE, antenna, detail=detail)

    def _device(
        self,
        state: DeviceState,
        antenna: int | None = None,
        *,
        at: Stamp | None = None,
        detail: str = "",
    ) -> None:
        now = self._clock.wall()
        t = now if at is None else self._seen.time(at, now, self._clock.monotonic())
        self._emit(Device(self._source.name, t, now, state, antenna, detail))

    def _round(self, antenna: int, stamp: Stamp) -> None:
        now = self._clock.wall()
        t = self._seen.time(stamp, now, self._clock.monotonic())
        self._emit(Round(self._source.name, t, now, antenna))
