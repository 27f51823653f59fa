"""History is kept as long as the store says, and no longer."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.board import Board
from gateway.changes import LedgerLine
from gateway.clock import SteadyClock
from gateway.committer import Committer
from gateway.housekeeping import EVERY_SECONDS, FIRST_SECONDS, keep_house
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from tests.gateway.clocks import HandClock

DAY = 86_400.0
GTIN = "03453120000011"


async def test_old_lines_go_and_young_ones_stay(tmp_path: Path) -> None:
    path, clock = tmp_path / "a.db", HandClock()
    journal = Journal(path)
    committer = Committer(journal, None, Board())
    old, young = clock.t - 36 * DAY, clock.t - 34 * DAY
    committer.add([LedgerLine(t, GTIN, "sold", -1) for t in (old, young)])
    await committer.commit(clock.t)
    keeping = asyncio.create_task(keep_house(committer, SteadyClock(clock), 35 * DAY))
    await clock.move(0)
    await clock.move(FIRST_SECONDS)
    archive = Archive(path)
    async with asyncio.timeout(5):
        while len(archive.ledger(GTIN, 9)) > 1:
            await clock.move(EVERY_SECONDS / 100)
    assert [line.t for line in archive.ledger(GTIN, 9)] == [young]
    keeping.cancel()
    await asyncio.wait({keeping})
    archive.close()
    committer.close()
    journal.close()
