"""The virtual counter's serial line: a pty whose far end the gateway opens as any port."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from collections import Counter
from collections.abc import AsyncIterator

from drivers.observations import Count
from drivers.source import Clock
from gateway.demo.door_counter import VirtualCounter

READ_BYTES = 4_096


class DoorLine:
    """Gives a counter its line and its time.

    Attributes:
        port: the name to open, once `serving`.
        faults: `tx_lost`: bytes that nobody took. A counter never waits for its line.
    """

    def __init__(self, counter: VirtualCounter, clock: Clock) -> None:
        self.counter = counter
        self.port = ""
        self.faults: Counter[str] = Counter()
        self._clock = clock
        self._line = -1

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[DoorLine]:
        """Keep the line open while the block runs."""
        self._line, far = os.openpty()
        # Raw before anybody opens it, and our own hold on the far end: or a pty hangs up each time
        # that the gateway closes the port.
        tty.setraw(far)
        os.set_blocking(self._line, False)
        self.port = os.ttyname(far)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._line, self._readable)
        beating = asyncio.create_task(self._beat(), name="virtual counter")
        try:
            yield self
        finally:
            beating.cancel()
            await asyncio.wait((beating,))
            loop.remove_reader(self._line)
            os.close(self._line)
            os.close(far)

    def see(self, count: Count) -> None:
        """Somebody passed."""
        self.counter.see(count, self._clock.wall())
        self._flush()

    def _readable(self) -> None:
        try:
            data = os.read(self._line, READ_BYTES)
        except BlockingIOError:
            return
        self.counter.feed(data, self._clock.wall())
        self._flush()

    async def _beat(self) -> None:
        while True:
            now = self._clock.wall()
            self.counter.tick(now)
            self._flush()
            await self._clock.sleep(self.counter.due() - now)

    def _flush(self) -> None:
        data = self.counter.outgoing()
        if not data:
            return
        try:
            sent = os.write(self._line, data)
        except BlockingIOError:
            sent = 0
        self.faults["tx_lost"] += len(data) - sent
