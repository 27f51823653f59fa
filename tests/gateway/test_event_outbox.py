"""EPCIS events on disk: in their change's transaction, in order, bounded, not lost by a crash."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.board import Board
from gateway.changes import LedgerLine
from gateway.committer import Committer
from gateway.event_outbox import StoredEvents
from gateway.requests import NotStored
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from gateway.storage.rows import Batch
from gateway.uplink.compose import FeedComposer
from gateway.uplink.epcis import EpcisScribe, Place
from gateway.uplink.outbox import Backlog

GTIN = "03453120000011"


class Disk(Journal):
    """A journal that may be full."""

    full = False

    def commit(self, batch: Batch) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().commit(batch)


@dataclass
class Stage:
    journal: Disk
    committer: Committer
    events: StoredEvents

    async def hold(self, *ids: str) -> None:
        self.committer.add([LedgerLine(60.0, GTIN, "held", 1, ref=one) for one in ids])
        await self.committer.commit(60.0)

    async def waiting(self) -> list[str]:
        return [json.loads(row.payload)["eventID"] for row in await self.events.after(0, 100)]


@contextlib.asynccontextmanager
async def opened(folder: Path, boot: int = 1, most: int = 1_000_000) -> AsyncIterator[Stage]:
    path = folder / "a.db"
    journal = Disk(path)
    composer = FeedComposer("S", boot, 3, EpcisScribe(Place("S"), boot))
    committer = Committer(journal, composer, Board())
    events = StoredEvents(path, committer, most)
    committer.after_events = events.grown
    yield Stage(journal, committer, events)
    events.close()
    committer.close()
    journal.close()


async def test_events_are_on_disk_with_their_change_and_leave_with_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.hold("a", "b")
        rows = await stage.events.after(0, 100)
        assert [row.id for row in rows] == [1, 2]
        size = sum(len(row.payload.encode()) for row in rows)
        assert stage.events.backlog() == Backlog(2, size)
        stage.events.gone(rows[:1])
        assert [row.id for row in await stage.events.after(0, 100)] == [2]
        await stage.hold("c")
    async with opened(tmp_path, boot=2) as stage:
        assert [row.id for row in await stage.events.after(0, 100)] == [2, 3]
        assert stage.events.backlog().rows == 2


async def test_after_a_crash_before_the_next_commit_the_same_event_goes_up_again(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as stage:
        await stage.hold("a")
        before = await stage.waiting()
        stage.events.gone(await stage.events.after(0, 9))
        assert stage.events.backlog() == Backlog(0, 0)
    async with opened(tmp_path, boot=2) as stage:
        assert await stage.waiting() == before
        await stage.hold("b")
        assert len(set(await stage.waiting())) == 2


async def test_a_disk_that_was_full_makes_no_event_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.hold("a")
        stage.events.gone(await stage.events.after(0, 9))
        stage.journal.full = True
        with pytest.raises(NotStored):
            await stage.hold("b")
        stage.journal.full = False
        await stage.hold("c")
        rows = await stage.events.after(0, 9)
        assert [row.id for row in rows] == [2, 3]
        assert len({json.loads(row.payload)["eventID"] for row in rows}) == 2
        again = EpcisScribe(Place("S"), 1).write([LedgerLine(60.0, GTIN, "held", 1)] * 3)
        assert [row.payload for row in rows] == again[1:]
    async with opened(tmp_path, boot=2) as stage:
        assert [row.id for row in await stage.events.after(0, 9)] == [2, 3]


async def test_too_many_lose_the_oldest_and_say_so(tmp_path: Path) -> None:
    async with opened(tmp_path, most=5_000) as stage:
        await stage.hold(*map(str, range(20)))
        await stage.events.trim()
        kept = await stage.events.after(0, 100)
        size = sum(len(row.payload.encode()) for row in kept)
        assert kept[-1].id == 20
        assert 3_500 < size <= 4_500
        assert stage.events.backlog() == Backlog(len(kept), size)
        assert stage.events.counts["dropped"] == 20 - len(kept)
        await stage.events.trim()
        assert stage.events.counts["dropped"] == 20 - len(kept)
        samples = {one.name: one.value for one in stage.events.samples()}
        assert samples["events_dropped_total"] == 20 - len(kept)
        await stage.hold("z")
    async with opened(tmp_path, boot=2) as stage:
        assert stage.events.backlog().rows == len(kept) + 1


async def test_a_store_without_events_writes_none(tmp_path: Path) -> None:
    journal = Disk(tmp_path / "a.db")
    committer = Committer(journal, FeedComposer("S", 1, 3), Board())
    committer.add([LedgerLine(60.0, GTIN, "held", 1)])
    await committer.commit(60.0)
    archive = Archive(tmp_path / "a.db")
    assert archive.events_size() == (0, 0)
    assert [line.reason for line in archive.ledger(GTIN, 9)] == ["held"]
    archive.close()
    committer.close()
    journal.close()
