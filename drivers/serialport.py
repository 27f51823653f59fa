"""The one place that opens a serial port: pyserial sets it up, the event loop reads it.

`open_serial` opens the tty for us alone and without blocking; bytes are read by
`loop.add_reader`, so no thread stands behind a port. If another library (`serialx`) should own the
ports one day, this module is the only one to change.

Every failure is an `OSError` (pyserial's `SerialException` is one). A port that was pulled out must
be closed before it is opened again, and opened by its `/dev/serial/by-id` name: while the old
descriptor is open the device comes back under another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import termios
from collections import deque
from collections.abc import AsyncIterator
from typing import Self

import serial

READ_BYTES = 4_096
BUFFER_BYTES = 65_536
"""Unread input above this pauses reading (5.7 s at 115,200 baud); the tty then holds or drops."""
OUTPUT_BYTES = 65_536
"""Unsent output above this means that the device takes nothing any more."""


class SerialLink:
    """An open port: an async iterator of chunks (never empty) with a `write` that never blocks.

    The iteration ends by `OSError` when the device goes away, and plainly after `close`.
    """

    def __init__(self, port: str, device: serial.Serial) -> None:
        self.port = port
        self._device = device
        self._fd: int = device.fileno()
        self._loop = asyncio.get_running_loop()
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._unsent = bytearray()
        self._lost: OSError | None = None
        self._closed = False
        self._wake = asyncio.Event()
        os.set_blocking(self._fd, False)
        self._loop.add_reader(self._fd, self._readable)
        self._reading = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """The next chunk of input, as it came.

        Raises:
            OSError: the device went away.
        """
        while not self._chunks:
            if self._closed:
                raise StopAsyncIteration
            if self._lost is not None:
                raise self._lost
            self._wake.clear()
            await self._wake.wait()
        chunk = self._chunks.popleft()
        self._waiting -= len(chunk)
        if self._waiting < BUFFER_BYTES:
            self._resume()
        return chunk

    def write(self, data: bytes) -> None:
        """Send `data` (nothing when empty), now or when the device takes it.

        Raises:
            OSError: the port is closed, the device is gone, or it has taken nothing for too long.
        """
        if self._closed:
            raise OSError(errno.EBADF, f"{self.port} is closed")
        if self._lost is not None:
            raise self._lost
        if len(self._unsent) + len(data) > OUTPUT_BYTES:
            raise OSError(errno.ENOBUFS, f"{self.port} takes no more output")
        idle = not self._unsent
        self._unsent += data
        if idle and data:
            self._writable()

    def close(self) -> None:
        """Let the port go. What was not yet sent is dropped, or the close could hang for it."""
        if self._closed:
            return
        self._closed = True
        self._detach()
        # A device that is already gone refuses to be flushed or closed; it is closed all the same.
        with contextlib.suppress(OSError, termios.error):
            self._device.reset_output_buffer()
        with contextlib.suppress(OSError):
            self._device.close()
        self._wake.set()

    def _readable(self) -> None:
        try:
            chunk = os.read(self._fd, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        if not chunk:
            self._lose(OSError(errno.EIO, f"{self.port} hung up"))
            return
        self._chunks.append(chunk)
        self._waiting += len(chunk)
        if self._waiting >= BUFFER_BYTES:
            self._loop.remove_reader(self._fd)
            self._reading = False
        self._wake.set()

    def _writable(self) -> None:
        try:
            sent = os.write(self._fd, self._unsent)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._lose(error)
            return
        del self._unsent[:sent]
        if self._unsent:
            self._loop.add_writer(self._fd, self._writable)
        else:
            self._loop.remove_writer(self._fd)

    def _resume(self) -> None:
        if not (self._reading or self._closed or self._lost):
            self._loop.add_reader(self._fd, self._readable)
            self._reading = True

    def _lose(self, error: OSError) -> None:
        self._lost = error
        self._detach()
        self._wake.set()

    def _detach(self) -> None:
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._reading = False


@contextlib.asynccontextmanager
async def open_serial(port: str, baud: int) -> AsyncIterator[SerialLink]:
    """Open `port` (8N1, no flow control, nobody else may open it) and close it at the end.

    `async with open_serial(port, 115_200) as link: async for chunk in link: …; link.write(b"…")`

    Raises:
        OSError: no such port, no right to it, or another program has it.
    """
    try:
        device = serial.Serial(port, baud, timeout=0, exclusive=True)
    except termios.error as error:  # no OSError, and pyserial lets it through
        raise OSError(error.args[0], f"{port}: {error.args[-1]}") from error
    link = SerialLink(port, device)
    try:
        yield link
    finally:
        link.close()
