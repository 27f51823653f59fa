"""A TCP socket that carries a serial reader's bytes, with the manners of a serial port."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator
from typing import Self

CONNECT_SECONDS = 10.0
HANG_UP_SECONDS = 1.0
READ_BYTES = 4_096
OUTPUT_BYTES = 65_536
"""Unsent output above this means that the reader takes nothing any more."""


class TcpLink:
    """A connection: an async iterator of chunks (never empty) with a `write` that never blocks.

    The iteration ends by `OSError` when the reader hangs up, and plainly after `close`.
    """

    def __init__(
        self, where: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.port = where
        self._reader, self._writer = reader, writer
        self._closed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """The next chunk of input, as it came.

        Raises:
            OSError: the reader hung up.
        """
        try:
            chunk = await self._reader.read(READ_BYTES)
        except OSError:
            if self._closed:
                raise StopAsyncIteration from None
            raise
        if self._closed:
            raise StopAsyncIteration
        if not chunk:
            raise OSError(errno.ECONNRESET, "it hung up")
        return chunk

    def write(self, data: bytes) -> None:
        """Send `data` (nothing when empty), now or when the network takes it.

        Raises:
            OSError: the connection is closed, or the reader has taken nothing for too long.
        """
        transport = self._writer.transport
        if transport.is_closing():
            raise OSError(errno.EBADF, "the connection is closed")
        if transport.get_write_buffer_size() + len(data) > OUTPUT_BYTES:
            raise OSError(errno.ENOBUFS, "it takes no more output")
        self._writer.write(data)

    def close(self) -> None:
        """Let the connection go; what the network did not take yet is dropped."""
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        # With output that nobody takes, a plain close would wait for ever.
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()


@contextlib.asynccontextmanager
async def open_tcp(host: str, port: int) -> AsyncIterator[TcpLink]:
    """Connect, and hang up at the end.

    Raises:
        OSError: nobody answers, or the connection is refused.
    """
    async with asyncio.timeout(CONNECT_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
    link = TcpLink(f"{host}:{port}", reader, writer)
    try:
        yield link
    finally:
        link.close()
        with contextlib.suppress(OSError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await writer.wait_closed()
