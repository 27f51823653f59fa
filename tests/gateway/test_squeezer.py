"""A full outbox is collapsed in place: every number stays, the newest values stay, bytes go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.board import Board
from gateway.changes import StockChanged, StockState
from gateway.committer import Committer
from gateway.outbox import StoredOutbox
from gateway.squeezer import Squeezer
from gateway.storage.journal import Journal
from gateway.uplink.compose import FeedComposer
from gateway.uplink.state import Tally


class Apart:
    """An uplink that has been away since the start."""

    def __init__(self) -> None:
        self.tally = Tally()

    def state(self) -> Tally:
        return self.tally


def change(gtin: int, on_hand: int) -> StockChanged:
    return StockChanged(
        60.0, f"{gtin:014}", on_hand, float(on_hand), 1.0, on_hand, StockState.IN_STOCK, heard=59.0
    )


@pytest.mark.parametrize("window", [10, 1_000])
async def test_days_offline_fit_and_no_number_is_lost(
    tmp_path: Path, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.squeezer.WINDOW_ROWS", window)
    path = tmp_path / "a.db"
    journal = Journal(path)
    committer = Committer(journal, FeedComposer("S", 1, 3), Board())
    outbox = StoredOutbox(path, committer)
    committer.after = outbox.grown
    for turn in range(100):
        committer.add([change(gtin, turn) for gtin in range(20)])
        await committer.commit(60.0 + turn)
    before = outbox.backlog()
    squeezer = Squeezer(outbox, Apart(), 1, 1_000)  # type: ignore[arg-type]  # all it asks for
    await squeezer.squeeze()
    rows = await outbox.after((0, 0), 1_000)
    assert [row.seq for row in rows] == list(range(1, 101))
    newest = {item[0]: item[1] for row in rows for item in json.loads(row.payload)["items"]}
    assert newest == {f"{gtin:014}": 99 for gtin in range(20)}
    after = outbox.backlog()
    assert after.rows == before.rows
    assert after.bytes < before.bytes / (2 if window == 10 else 5)
    assert after.bytes == sum(len(row.payload.encode()) for row in rows)
    await outbox.clear(1, 40)
    await outbox.measure()
    assert outbox.backlog().rows == 60
    outbox.close()
    committer.close()
    journal.close()
