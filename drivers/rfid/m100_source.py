"""An M100-family module on a serial port as a source: moves bytes, nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import numpy as np

from drivers.observations import Device, DeviceState, Round, TagReads
from drivers.rfid.m100 import Tag
from drivers.rfid.m100_session import Event, M100Session, ModuleLost, Ready, RoundEnded
from drivers.serialport import SerialLink, open_serial
from drivers.source import Clock, Emit, SourceLost

BAUD = 115_200
ROUND_SECONDS = 0.4
_TICK_SECONDS = 0.025
"""The session's next date may come nearer with every byte; so the watch never sleeps longer."""


class M100Source:
    """One module with one antenna. Times are arrival times: the module has no clock."""

    def __init__(
        self,
        name: str,
        port: str,
        *,
        baud: int | None = None,
        antenna: int = 1,
        round_seconds: float = ROUND_SECONDS,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._port, self._baud = port, baud or BAUD
        self._antenna, self._round_seconds = antenna, round_seconds

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Open the port, let the module poll, emit until cancelled.

        Raises:
            SourceLost: no such port, somebody else has it, the module does not answer, or the
                port went away.
        """
        try:
            async with open_serial(self._port, self._baud) as link:
                reason = await self._converse(link, emit, clock)
        except OSError as error:
            raise SourceLost(f"{self._port}: {error.strerror or error}") from error
        raise SourceLost(reason)

    async def _converse(self, link: SerialLink, emit: Emit, clock: Clock) -> str:
        session = M100Session(self._round_seconds, clock.monotonic(), self.faults)
        online = False
        watch = asyncio.create_task(_watch(session, link, clock), name=f"{self.name} poll")
        try:
            async for chunk in link:
                events = session.feed(chunk, clock.monotonic())
                link.write(session.outgoing())
                online = self._observe(events, emit, clock.wall()) or online
        except asyncio.CancelledError:
            session.close()
            with contextlib.suppress(OSError):
                link.write(session.outgoing())
            raise
        except OSError as error:
            reason = f"{self._port} went away: {error.strerror or error}"
        else:
            reason = await watch
        finally:
            watch.cancel()
        if online:
            now = clock.wall()
            emit(Device(self.name, now, now, DeviceState.OFFLINE, detail=reason))
        return reason

    def _observe(self, events: list[Event], emit: Emit, now: float) -> bool:
        """Emit what `events` mean, tags before the round that they ended; whether it is online."""
        online = False
        tags: list[Tag] = []
        for event in events:
            match event:
                case Tag():
                    tags.append(event)
                case RoundEnded():
                    self._reads(tags, emit, now)
                    tags = []
                    emit(Round(self.name, now, now, self._antenna))
                case Ready():
                    online = True
                    self.facts = event.facts
                    emit(Device(self.name, now, now, DeviceState.ONLINE))
                    emit(Device(self.name, now, now, DeviceState.ONLINE, self._antenna))
        self._reads(tags, emit, now)
        return online

    def _reads(self, tags: list[Tag], emit: Emit, now: float) -> None:
        if not tags:
            return
        count, width = len(tags), max(len(tag.epc) for tag in tags)
        packed = b"".join(tag.epc.ljust(width, b"\0") for tag in tags)
        emit(
            TagReads(
                src=self.name,
                at=now,
                t=np.full(count, now),
                antenna=np.full(count, self._antenna, np.int32),
                epc=np.frombuffer(packed, np.uint8).reshape(count, width),
                epc_bytes=np.array([len(tag.epc) for tag in tags], np.int32),
                rssi=np.array([tag.rssi for tag in tags], np.float32),
                n=np.ones(count, np.int32),
            )
        )


async def _watch(session: M100Session, link: SerialLink, clock: Clock) -> str:
    """Let the session's time pass; why it is over. Closes the link when it is."""
    try:
        while True:
            session.tick(clock.monotonic())
            link.write(session.outgoing())
            await clock.sleep(_TICK_SECONDS)
    except ModuleLost as lost:
        return str(lost)
    except OSError as error:
        return f"{link.port} takes no more output: {error.strerror or error}"
    finally:
        link.close()
