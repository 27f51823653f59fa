"""Asked things are answered from disk; what the disk refuses is promised to nobody and not lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.observations import Delivery, DeliveryLine, Line, Sale
from gateway.board import Board
from gateway.committer import Committer
from gateway.core import Core, CoreRules
from gateway.engine_loop import EngineLoop
from gateway.footfall.rules import FootfallRules
from gateway.health import HealthRules
from gateway.intake import Intake
from gateway.naming import naming_of
from gateway.requests import NotStored, Verdict
from gateway.stock.layout import Article, Layout, Zone, ZoneKind
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from gateway.storage.rows import Batch
from gateway.uplink.compose import FeedComposer
from tests.gateway.clocks import HandClock

GTIN = "03453120000011"
RULES = CoreRules(
    Layout((Zone("shelf-a", ZoneKind.SHELF),), articles={GTIN: Article(GTIN)}),
    FootfallRules(timezone=ZoneInfo("UTC")),
    HealthRules(),
    keep_seconds=86_400.0,
)


class FullDisk(Journal):
    """A journal whose disk is full while told so."""

    full = False

    def commit(self, batch: Batch) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().commit(batch)


@dataclass
class Stage:
    path: Path
    journal: FullDisk
    core: Core
    board: Board
    committer: Committer
    loop: EngineLoop
    clock: HandClock

    async def record(self, fact: Sale | Delivery) -> Verdict:
        return await self.loop.ask(lambda _now: self.core.observe(fact))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    path = tmp_path / "a.db"
    clock = HandClock()
    journal = FullDisk(path)
    core = Core(RULES, naming_of())
    board = Board()
    committer = Committer(journal, FeedComposer("S", 1, 3), board)
    loop = EngineLoop(core, Intake(), committer, clock, 1)
    running = asyncio.create_task(loop.run())
    yield Stage(path, journal, core, board, committer, loop, clock)
    running.cancel()
    await asyncio.wait({running})
    committer.close()
    journal.close()


def delivery(t: float, qty: int = 5, name: str = "D-1") -> Delivery:
    return Delivery("back", t, t, name, (DeliveryLine(GTIN, qty),))


def sale(t: float, name: str) -> Sale:
    return Sale("till", t, t, name, (Line(GTIN, 1),))


async def test_an_answer_is_on_disk_with_its_feed_message(stage: Stage) -> None:
    assert await stage.record(delivery(stage.clock.t)) is Verdict.NEW
    assert await stage.record(sale(stage.clock.t, "R-1")) is Verdict.NEW
    archive = Archive(stage.path)
    reasons = [line.reason for line in archive.ledger(GTIN, 9)]
    assert sorted(reasons) == ["received", "sold"]
    assert archive.memory("once").keys() == {"delivery/D-1", "sale/R-1"}
    assert archive.outbox_size()[0] >= 1
    assert stage.board.stock[GTIN].on_hand == 4
    archive.close()


async def test_the_same_id_again_changes_nothing(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    assert await stage.record(delivery(stage.clock.t)) is Verdict.KNOWN
    assert await stage.record(delivery(stage.clock.t, qty=6)) is Verdict.CONFLICT
    assert stage.board.stock[GTIN].on_hand == 5


async def test_a_full_disk_promises_nothing_and_loses_nothing(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    stage.journal.full = True
    with pytest.raises(NotStored):
        await stage.record(sale(stage.clock.t, "R-1"))
    with pytest.raises(NotStored):
        await stage.record(sale(stage.clock.t, "R-1"))
    assert stage.board.stock[GTIN].on_hand == 5
    stage.journal.full = False
    assert await stage.record(sale(stage.clock.t, "R-1")) is Verdict.KNOWN
    assert stage.board.stock[GTIN].on_hand == 4
    archive = Archive(stage.path)
    assert [line.reason for line in archive.ledger(GTIN, 9)].count("sold") == 1
    seqs = [row.seq for row in archive.outbox_after((0, 0), 99)]
    assert seqs == list(range(1, len(seqs) + 1))
    archive.close()


async def test_many_askers_share_commits(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t, qty=100))
    before = stage.committer.counts["commits"]
    verdicts = await asyncio.gather(
        *(stage.record(sale(stage.clock.t, f"R-{n}")) for n in range(50))
    )
    assert verdicts == [Verdict.NEW] * 50
    assert stage.committer.counts["commits"] - before <= 3
    assert stage.board.stock[GTIN].on_hand == 50


async def test_a_clock_that_steps_back_is_counted_and_not_lived(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    stage.clock.t -= 3_600
    await stage.record(sale(stage.clock.t, "R-1"))
    assert stage.loop.counts["clock_stepped_back"] >= 1
    assert stage.board.stock[GTIN].t >= stage.clock.t + 3_600
