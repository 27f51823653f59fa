"""A past minute said again, as disk and feed take it: sums stay right, nothing is below zero."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.changes import StoreMinute
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from gateway.storage.rows import Batch
from gateway.uplink.compose import FeedComposer
from tests.gateway.footfall.store import T0, Till

ESTIMATED_THEN_TOLD = [
    StoreMinute(T0 + 60, 0, 0, 3, 8, 0, estimated=True),
    StoreMinute(T0 + 120, 0, 0, 4, 8, 0, estimated=True),
    StoreMinute(T0 + 60, 1, 0, -2, 8, 0, estimated=True),
    StoreMinute(T0 + 120, 9, 0, 5, 8, 0, estimated=True),
    StoreMinute(T0 + 180, 2, 1, 2, 15, 1),
]


@pytest.mark.parametrize("least", [0, 3])
def test_the_feed_adds_up_and_tells_nothing_below_zero(least: int) -> None:
    composer = FeedComposer("PAR-01", 1, least)
    bodies = [json.loads(row.payload) for row in composer.compose(ESTIMATED_THEN_TOLD, T0 + 184)]
    carried = composer.mark().carried
    assert min(body["visitors"] for body in bodies) >= 0
    assert sum(body["visitors"] for body in bodies) + carried.visitors == 12
    assert sum(body["in"] for body in bodies) + carried.entries == 12
    assert bodies[-1]["occupancy"] == 15


def test_the_disk_holds_each_minute_once_with_its_own_occupancy(tmp_path: Path) -> None:
    shop = Till()
    shop.count(T0 + 1, 0, 0)
    shop.count(T0 + 30, 8, 0)
    shop.until(T0 + 1_200)
    shop.count(T0 + 1_201, 68, 0)
    shop.until(T0 + 1_270)
    with Journal(tmp_path / "store.db") as journal:
        journal.commit(Batch(tuple(shop.said)))
        archive = Archive(tmp_path / "store.db")
        minutes = archive.store_minutes(T0, T0 + 2_000)
        archive.close()
    assert sum(m.entries for m in minutes) == sum(m.visitors for m in minutes) == 68
    assert len({m.t for m in minutes}) == len(minutes)
    assert {m.occupancy for m in minutes if T0 + 60 <= m.t < T0 + 1_200} == {8}
