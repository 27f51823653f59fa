"""A disk that fills is said before it is full, once, and on the page's board."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from gateway.board import Board
from gateway.changes import Alert
from gateway.committer import Committer
from gateway.disk import LOOK_SECONDS, DiskWatch, enough, watch_disk
from gateway.storage.journal import Journal
from tests.gateway.clocks import HandClock

MB, GB = 1_000_000, 1_000_000_000


@pytest.mark.parametrize(
    ("free", "total", "is_enough"),
    [
        (10 * GB, 32 * GB, True),
        (1_600 * MB, 32 * GB, True),
        (1_599 * MB, 32 * GB, False),
        (200 * MB, 1 * GB, True),
        (199 * MB, 1 * GB, False),
        (0, 0, False),
    ],
)
def test_room_is_a_share_and_a_size(free: int, total: int, is_enough: bool) -> None:
    assert enough(free, total) is is_enough


def test_it_is_said_once_and_taken_back_once() -> None:
    watch = DiskWatch()
    free = [10 * GB, 1 * GB, 1 * GB, 1_610 * MB, 1_500 * MB, 2 * GB, 3 * GB]
    said = [watch.judge(each, 32 * GB, float(t)) for t, each in enumerate(free)]
    assert [list(alerts) for alerts in said] == [
        [],
        [Alert(1.0, "disk_filling", "store", "1.00 GB free of 32 GB")],
        [],
        [],
        [],
        [Alert(5.0, "disk_filling", "store", over=True)],
        [],
    ]


async def test_it_comes_to_the_board_and_a_disk_that_cannot_be_asked_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room: list[int | OSError] = [GB, OSError(5, "Input/output error"), 10 * GB]

    def usage(path: Path) -> shutil._ntuple_diskusage:
        assert path == tmp_path
        free = room.pop(0)
        if isinstance(free, OSError):
            raise free
        return shutil._ntuple_diskusage(32 * GB, 32 * GB - free, free)

    monkeypatch.setattr("gateway.disk.shutil.disk_usage", usage)
    board, clock = Board(), HandClock()
    journal = Journal(tmp_path / "a.db")
    committer = Committer(journal, None, board)
    watching = asyncio.create_task(watch_disk(tmp_path, committer, clock))
    await clock.move(0)
    await committer.commit(clock.t)
    assert set(board.alerts) == {("disk_filling", "store")}
    await clock.move(LOOK_SECONDS)
    assert not committer.waiting
    await clock.move(LOOK_SECONDS)
    await committer.commit(clock.t)
    assert not board.alerts
    watching.cancel()
    await asyncio.wait({watching})
    committer.close()
    journal.close()
