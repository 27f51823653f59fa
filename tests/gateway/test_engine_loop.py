"""Asked things are answered from disk; what the disk refuses is promised to nobody and not lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.observations import Delivery, DeliveryLine, Device, DeviceState, Line, Sale
from gateway.board import Board
from gateway.clock import YOUNG_SECONDS, SteadyClock
from gateway.committer import Committer
from gateway.core import Core, CoreRules
from gateway.engine_loop import EngineLoop
from gateway.footfall.rules import FootfallRules
from gateway.health import HealthRules
from gateway.intake import Intake
from gateway.naming import naming_of
from gateway.requests import HoldRequest, NotStored, Verdict
from gateway.stock.layout import Article, Layout, Zone, ZoneKind
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from gateway.storage.rows import Batch
from gateway.uplink.compose import FeedComposer
from tests.gateway.clocks import HandClock

GTIN = "03453120000011"
DECADE = 10 * 365 * 86_400.0
RULES = CoreRules(
    Layout((Zone("shelf-a", ZoneKind.SHELF),), articles={GTIN: Article(GTIN)}),
    FootfallRules(timezone=ZoneInfo("UTC")),
    HealthRules(devices={"door": 60.0}),
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
    intake: Intake

    async def record(self, fact: Sale | Delivery) -> Verdict:
        return await self.loop.ask(lambda _now: self.core.observe(fact))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    path = tmp_path / "a.db"
    clock = HandClock()
    journal = FullDisk(path)
    core = Core(RULES, naming_of())
    board, intake = Board(), Intake()
    committer = Committer(journal, FeedComposer("S", 1, 3), board)
    loop = EngineLoop(core, intake, committer, SteadyClock(clock), 1)
    running = asyncio.create_task(loop.run())
    yield Stage(path, journal, core, board, committer, loop, clock, intake)
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


async def test_an_orderly_end_puts_on_disk_what_is_told_seldom(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    archive = Archive(stage.path)
    assert "learned" not in archive.memory("stock")
    await stage.loop.settle()
    await stage.loop.finish()
    assert "learned" in archive.memory("stock")
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


async def turns(stage: Stage, seconds: int = 2) -> None:
    """Let the loop live through some seconds, its commits included."""
    for _ in range(seconds * 5):
        await stage.clock.move(0.2)
        await stage.loop.ask(lambda _now: None)


def alerts(stage: Stage) -> list[str]:
    return [one.detail for one in stage.board.alerts.values() if one.kind == "clock_wrong"]


async def test_time_goes_on_after_ten_years_that_were_none(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    asked = HoldRequest("h", GTIN, 1, 30.0)
    await stage.loop.ask(lambda now: stage.core.hold(asked, now))
    stage.clock.ahead = DECADE
    await turns(stage)
    assert stage.loop.counts["clock_stepped_ahead"] == 1
    assert alerts(stage) == [f"stepped by {DECADE:+.0f} s"]
    await stage.record(sale(stage.clock.t + DECADE, "R-1"))
    stage.clock.ahead = 0.0
    await turns(stage)
    assert stage.loop.counts["clock_stepped_back"] == 1
    await stage.record(sale(stage.clock.t, "R-2"))
    said = stage.board.stock[GTIN]
    assert (said.on_hand, said.reserved, said.available) == (3, 1, 2)
    assert stage.clock.t - 1 <= said.t <= stage.clock.t
    archive = Archive(stage.path)
    lines = archive.ledger(GTIN, 9)
    assert all(abs(line.t - stage.clock.t) < 60 for line in lines), "stamped anew on disk"
    assert [line.reason for line in lines].count("sold") == 2
    assert archive.memory("once").keys() == {"delivery/D-1", "sale/R-1", "sale/R-2"}
    archive.close()
    await stage.clock.move(1_700)
    await turns(stage)
    assert stage.board.stock[GTIN].reserved == 1
    await stage.clock.move(100)
    await turns(stage)
    assert stage.board.stock[GTIN].reserved == 0, "the hold lasts as long as it should, no longer"


async def test_who_asks_while_the_clock_is_stepped_gets_an_answer(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    stage.clock.ahead = -DECADE
    asked = [asyncio.create_task(stage.loop.ask(lambda _now: 7)) for _ in range(3)]
    await stage.clock.move(0.2)
    asked += [asyncio.create_task(stage.loop.ask(lambda _now: 7)) for _ in range(3)]
    assert await asyncio.wait_for(asyncio.gather(*asked), 5) == [7] * 6
    assert stage.loop.counts["clock_stepped_back"] == 1


async def test_a_disk_that_is_full_when_the_clock_is_stepped_stops_nothing(stage: Stage) -> None:
    await stage.record(delivery(stage.clock.t))
    stage.clock.ahead, stage.journal.full = -DECADE, True
    await stage.clock.move(0.2)
    with pytest.raises(NotStored):
        await stage.loop.ask(lambda _now: None)
    stage.journal.full = False
    await stage.record(sale(stage.clock.t - DECADE, "R-1"))
    assert stage.board.stock[GTIN].on_hand == 4
    assert stage.board.stock[GTIN].t < stage.clock.t - DECADE + 60


async def test_a_time_server_that_goes_mad_for_a_while_is_said_and_not_followed(
    stage: Stage,
) -> None:
    await stage.clock.move(YOUNG_SECONDS)
    await turns(stage)
    stage.clock.ahead = DECADE
    await turns(stage)
    assert alerts(stage) == [f"off by {DECADE:+.0f} s, not believed yet"]
    await stage.record(delivery(stage.clock.t))
    assert stage.board.stock[GTIN].t <= stage.clock.t
    stage.clock.ahead = 0.0
    await turns(stage)
    assert alerts(stage) == []
    assert not stage.loop.counts["clock_stepped_ahead"] + stage.loop.counts["clock_stepped_back"]


async def test_what_a_source_stamped_before_the_step_and_says_after_it_is_stamped_anew(
    stage: Stage,
) -> None:
    stage.clock.ahead = -3_600.0
    await turns(stage)
    stage.intake.put(Device("door", stage.clock.t, stage.clock.t, DeviceState.ONLINE))
    await turns(stage)
    heard = stage.core.health.watched["door", None].heard
    assert heard is not None
    assert abs(heard - (stage.clock.t - 3_600)) < 5
    assert stage.core.health.watched["door", None].state == "ok"
