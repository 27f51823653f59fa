"""The outbox over storage, as the uplink sees it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from drivers.source import Clock
from gateway.committer import Committer
from gateway.requests import NotStored
from gateway.storage.archive import Archive
from gateway.storage.rows import OutboxRow
from gateway.uplink.outbox import Backlog


class StoredOutbox:
    """Rows on disk that HQ has not confirmed; sizes are kept in memory."""

    def __init__(self, database: Path, committer: Committer, clock: Clock) -> None:
        self._archive = Archive(database)
        self._committer = committer
        self._clock = clock
        rows, size = self._archive.outbox_size()
        self._backlog = Backlog(rows, size)
        self._turn = asyncio.Lock()

    async def after(self, key: tuple[int, int], limit: int) -> Sequence[OutboxRow]:
        """Committed rows after `key`, in order."""
        async with self._turn:
            return await asyncio.to_thread(self._archive.outbox_after, key, limit)

    async def clear(self, boot: int, seq: int) -> int:
        """Take out what HQ confirmed. Raises `NotStored`."""
        before = self._backlog.rows
        self._committer.acknowledge(boot, seq)
        await self._committer.commit(self._clock.wall())
        await self.measure()
        return max(0, before - self._backlog.rows)

    def backlog(self) -> Backlog:
        """What waits."""
        return self._backlog

    def grown(self, rows: Sequence[OutboxRow]) -> None:
        """Messages were committed."""
        size = sum(len(row.payload.encode()) for row in rows)
        self._backlog = Backlog(self._backlog.rows + len(rows), self._backlog.bytes + size)

    async def measure(self) -> None:
        """Count anew what waits on disk. Raises `NotStored` when it cannot be read."""
        async with self._turn:
            try:
                rows, size = await asyncio.to_thread(self._archive.outbox_size)
            except sqlite3.Error as error:
                raise NotStored(str(error)) from error
        self._backlog = Backlog(rows, size)

    def close(self) -> None:
        """Close the connection."""
        self._archive.close()
