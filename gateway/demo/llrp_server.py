"""The virtual reader's network: one TCP port on this machine, one client at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from drivers.source import Clock
from gateway.demo.llrp_reader import LlrpReader

READ_BYTES = 65_536
IDLE_SECONDS = 1.0
UNSENT_BYTES = 4 << 20
"""A client that takes nothing any more is cut off."""


class LlrpServer:
    """Gives a reader its port and its time. `port` is known once `serving`."""

    def __init__(self, reader: LlrpReader, clock: Clock) -> None:
        self.reader = reader
        self.port = 0
        self._clock = clock
        self._writer: asyncio.StreamWriter | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    @contextlib.asynccontextmanager
    async def serving(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[LlrpServer]:
        """Listen while the block runs."""
        server = await asyncio.start_server(self._accept, host, port)
        self.port = server.sockets[0].getsockname()[1]
        ticking = asyncio.create_task(self._tick(), name="virtual reader")
        try:
            yield self
        finally:
            ticking.cancel()
            await asyncio.wait((ticking,))
            server.close()
            self.drop()
            if self._clients:
                await asyncio.wait(self._clients)

    def drop(self) -> None:
        """Cut the client off, as a pulled cable does after a while."""
        if self._writer is not None:
            self._writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.create_task(self._client(reader, writer), name="virtual reader's client")
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._writer is None:
                await self._talk(reader, writer)
            else:
                writer.write(self.reader.refuse(self._clock.wall()))
                self._flush()
                await writer.drain()
        except OSError:
            pass  # the client went away: the same as when it says goodbye
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.reader.connect(self._clock.wall())
        try:
            self._flush()
            while not self.reader.closing and (data := await reader.read(READ_BYTES)):
                self.reader.feed(data, self._clock.wall())
                self._flush()
                self._woken.set()
            await writer.drain()
        finally:
            self.reader.disconnect()
            self._writer = None

    async def _tick(self) -> None:
        while True:
            now = self._clock.wall()
            self.reader.tick(now)
            self._flush()
            due = self.reader.due()
            await self._sleep(IDLE_SECONDS if due is None else max(0.0, due - now))

    async def _sleep(self, seconds: float) -> None:
        """Until then, or until the client said something that may change it."""
        self._woken.clear()
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait((sleeping, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            woken.cancel()

    def _flush(self) -> None:
        if self._writer is None:
            return
        data = self.reader.outgoing()
        if data:
            self._writer.write(data)
        if self._writer.transport.get_write_buffer_size() > UNSENT_BYTES:
            self._writer.transport.abort()
