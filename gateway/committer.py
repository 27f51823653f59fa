"""Changes to disk, then to everybody: the order that makes an answer trustworthy.

Pending changes are composed into feed messages and committed in a thread; only then does the board
take them and is the uplink told. What the disk does not take stays pending, numbers given back, and
is tried again with what came since.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from gateway.board import Board
from gateway.changes import Change, Remember, StockChanged
from gateway.requests import NotStored
from gateway.storage.journal import Journal
from gateway.storage.rows import Batch, OutboxRow
from gateway.uplink.compose import FeedComposer

log = logging.getLogger(__name__)

PENDING_BEFORE_COLLAPSE = 20_000


class Committer:
    """The one way from the engines to the disk.

    Attributes:
        counts: `commits`, `failed_commits`, `changes`, `messages`, `collapsed`.
        after: called after each commit with the feed messages that it wrote.
        after_events: the same with the texts of its EPCIS events, where it wrote any.
    """

    def __init__(self, journal: Journal, composer: FeedComposer | None, board: Board) -> None:
        self.counts: Counter[str] = Counter()
        self.after: Callable[[Sequence[OutboxRow]], None] = lambda _rows: None
        self.after_events: Callable[[Sequence[str]], None] = lambda _texts: None
        self._journal = journal
        self._composer = composer
        self._board = board
        self._pending: list[Change] = []
        self._acked: dict[int, int] = {}
        self._events_gone = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._turn = asyncio.Lock()

    def add(self, changes: Sequence[Change]) -> None:
        """Changes for the next commit."""
        self._pending.extend(changes)
        if len(self._pending) > PENDING_BEFORE_COLLAPSE:
            self._collapse()

    def acknowledge(self, boot: int, seq: int) -> None:
        """HQ has everything up to `seq` of `boot`; taken off with the next commit."""
        self._acked[boot] = max(seq, self._acked.get(boot, 0))

    def forget_events(self, until: int) -> None:
        """EPCIS events up to number `until` have left; taken off with the next commit."""
        self._events_gone = max(until, self._events_gone)

    @property
    def waiting(self) -> bool:
        """Whether a commit is worth its wear: acks alone can wait for the next change."""
        return bool(self._pending)

    async def commit(self, t: float) -> None:
        """Commit all that is pending.

        Raises:
            NotStored: the disk did not take it; it stays pending.
        """
        async with self._turn:
            if self.waiting:
                await self._commit(t)

    async def in_thread(self, work: Callable[[Journal], object]) -> object:
        """Other work on the journal (a backup, housekeeping), between two commits."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, self._journal)

    def close(self) -> None:
        """Wait for the thread and let it go."""
        self._thread.shutdown(wait=True)

    async def _commit(self, t: float) -> None:
        changes, self._pending = self._pending, []
        acked, self._acked = self._acked, {}
        mark = self._composer.mark() if self._composer else None
        messages = self._composer.compose(changes, t) if self._composer else []
        kept = self._composer.remember() if self._composer else []
        events = self._composer.events(changes) if self._composer else []
        gone, self._events_gone = self._events_gone, 0
        batch = Batch((*changes, *kept), tuple(messages), tuple(acked.items()), tuple(events), gone)
        try:
            await self.in_thread(lambda journal: journal.commit(batch))
        except sqlite3.Error as error:
            self._pending = changes + self._pending
            self._acked = acked | self._acked
            self._events_gone = max(gone, self._events_gone)
            if self._composer and mark:
                self._composer.back_to(mark)
            self.counts["failed_commits"] += 1
            log.error("nothing could be written to disk: %s", error)  # noqa: TRY400 - the trace says no more
            raise NotStored(f"the disk did not take it: {error}") from error
        self.counts.update(commits=1, changes=len(changes), messages=len(messages))
        self._board.apply(changes)
        if events:
            self.after_events(events)
        self.after(messages)

    def _collapse(self) -> None:
        """Keep the newest of what is absolute: a disk full for days must not fill the memory."""
        newest: dict[tuple[str, str], int] = {}
        for place, change in enumerate(self._pending):
            if isinstance(change, StockChanged):
                newest["stock", change.gtin] = place
            elif isinstance(change, Remember):
                newest[change.engine, change.key] = place
        keep = set(newest.values())
        before = len(self._pending)
        self._pending = [
            change
            for place, change in enumerate(self._pending)
            if place in keep or not isinstance(change, (StockChanged, Remember))
        ][-PENDING_BEFORE_COLLAPSE:]
        self.counts["collapsed"] += before - len(self._pending)
