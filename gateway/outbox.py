"""The outbox over storage, as the uplink sees it.

What HQ confirmed leaves the disk with the next commit that has something else to write (a minute's
heartbeat at the latest): a commit of its own for each ack would double the wear of the card. Until
then it is passed over here; after a crash it would go up again under the same key.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from gateway.committer import Committer
from gateway.requests import NotStored
from gateway.storage.archive import Archive
from gateway.storage.rows import OutboxRow
from gateway.uplink.outbox import Backlog

T = TypeVar("T")


class StoredOutbox:
    """Rows on disk that HQ has not confirmed; sizes are kept in memory."""

    def __init__(self, database: Path, committer: Committer) -> None:
        self._archive = Archive(database)
        self._committer = committer
        self._backlog = Backlog(*self._archive.outbox_size())
        self._confirmed: dict[int, int] = {}
        self._turn = asyncio.Lock()

    async def after(self, key: tuple[int, int], limit: int) -> Sequence[OutboxRow]:
        """Committed and unconfirmed rows after `key`, in order. Raises `NotStored`."""
        rows = await self._rows_after(key, limit)
        while rows and rows[0].seq <= (done := self._confirmed.get(rows[0].boot, 0)):
            rows = await self._rows_after((rows[0].boot, done), limit)
        return rows

    async def clear(self, boot: int, seq: int) -> int:
        """Take out what HQ confirmed; answers how many rows that were. Raises `NotStored`."""
        done = self._confirmed.get(boot, 0)
        if seq <= done:
            return 0
        rows, size = await self._read(lambda: self._archive.outbox_between(boot, done, seq))
        self._confirmed[boot] = seq
        self._committer.acknowledge(boot, seq)
        self._backlog = Backlog(self._backlog.rows - rows, self._backlog.bytes - size)
        return rows

    def backlog(self) -> Backlog:
        """What waits."""
        return self._backlog

    def grown(self, rows: Sequence[OutboxRow]) -> None:
        """Messages were committed."""
        size = sum(len(row.payload.encode()) for row in rows)
        self._backlog = Backlog(self._backlog.rows + len(rows), self._backlog.bytes + size)

    async def rewrite(self, rows: Sequence[OutboxRow]) -> None:
        """Give waiting rows new payloads. Raises `NotStored`."""
        try:
            await self._committer.in_thread(lambda journal: journal.rewrite(rows))
        except sqlite3.Error as error:
            raise NotStored(f"the outbox cannot be written: {error}") from error

    async def measure(self) -> None:
        """Count anew what waits on disk; what is confirmed and still there is not waiting."""
        rows, size = await self._read(self._archive.outbox_size)
        for boot, seq in self._confirmed.items():
            done = await self._read(partial(self._archive.outbox_between, boot, 0, seq))
            rows, size = rows - done[0], size - done[1]
        self._backlog = Backlog(rows, size)

    def close(self) -> None:
        """Close the connection."""
        self._archive.close()

    async def _rows_after(self, key: tuple[int, int], limit: int) -> list[OutboxRow]:
        return await self._read(lambda: self._archive.outbox_after(key, limit))

    async def _read(self, query: Callable[[], T]) -> T:
        async with self._turn:
            try:
                return await asyncio.to_thread(query)
            except sqlite3.Error as error:
                raise NotStored(f"the outbox cannot be read: {error}") from error
