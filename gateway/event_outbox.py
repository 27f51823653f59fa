"""EPCIS events that wait on disk for HQ's broker, as the uplink sees them.

They are kept beside the feed's outbox within bytes of their own: beyond these the oldest are let
go, counted. What the broker confirmed leaves the disk with the next commit, as acks do; after a
crash before that it goes up again under the same `eventID`.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gateway.committer import Committer
from gateway.desk import Sample
from gateway.requests import NotStored
from gateway.storage.archive import Archive
from gateway.uplink.outbox import Backlog, EventRow

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_WHEN_FULL = 0.9
"""Of the bytes allowed, so much is kept: not every new event is to cost an old one a look."""


class StoredEvents:
    """Events on disk that the broker has not confirmed; sizes are kept in memory.

    Attributes:
        counts: `dropped`.
    """

    def __init__(self, database: Path, committer: Committer, most_bytes: int) -> None:
        self.counts: Counter[str] = Counter()
        self._archive = Archive(database)
        self._committer = committer
        self._most = most_bytes
        self._gone = 0
        self._backlog = Backlog(*self._archive.events_size())
        self._turn = asyncio.Lock()

    async def after(self, number: int, limit: int) -> Sequence[EventRow]:
        """Committed and unconfirmed events after `number`, in order. Raises `NotStored`."""
        if not self._backlog.rows:
            return ()  # asked after each commit: most have no event
        return await self._read(lambda: self._archive.events_after(max(number, self._gone), limit))

    def gone(self, rows: Sequence[EventRow]) -> None:
        """The broker has confirmed these; what was dropped meanwhile is not counted twice."""
        left = [row for row in rows if row.id > self._gone]
        if left:
            self._shrink(len(left), sum(len(row.payload.encode()) for row in left))
            self._forget(left[-1].id)

    def backlog(self) -> Backlog:
        """What waits."""
        return self._backlog

    def grown(self, texts: Sequence[str]) -> None:
        """Events were committed."""
        self._shrink(-len(texts), -sum(len(text.encode()) for text in texts))

    async def trim(self) -> None:
        """Let the oldest go where there are more than may be. Raises `NotStored`."""
        if self._backlog.bytes <= self._most:
            return
        most, gone = int(self._most * KEPT_WHEN_FULL), self._gone

        def surplus() -> tuple[int, int, int]:
            until = self._archive.events_beyond(most)
            return until, *self._archive.events_between(gone, until)

        until, rows, size = await self._read(surplus)
        if not rows or gone != self._gone:
            return  # the broker took some meanwhile: the next look tells
        self._shrink(rows, size)
        self._forget(until)
        self.counts["dropped"] += rows
        log.warning("too many events wait for HQ: the %d oldest are dropped", rows)

    def samples(self) -> list[Sample]:
        """Counters and gauges for `/metrics`."""
        dropped = self.counts["dropped"]
        return [
            Sample("events_waiting", "gauge", "EPCIS events that wait", self._backlog.rows),
            Sample("events_dropped_total", "counter", "EPCIS events let go unsent", dropped),
        ]

    def close(self) -> None:
        """Close the connection."""
        self._archive.close()

    def _shrink(self, rows: int, size: int) -> None:
        self._backlog = Backlog(self._backlog.rows - rows, self._backlog.bytes - size)

    def _forget(self, until: int) -> None:
        self._gone = until
        self._committer.forget_events(until)

    async def _read(self, query: Callable[[], T]) -> T:
        async with self._turn:
            try:
                return await asyncio.to_thread(query)
            except sqlite3.Error as error:
                raise NotStored(f"the events cannot be read: {error}") from error
