"""A counter that calls us, and a source that may not be there yet."""

from __future__ import annotations

import asyncio

import pytest

from drivers.door.milesight import read_milesight
from drivers.door.push_source import PushDoor
from drivers.door.report import BodyWrong
from drivers.observations import Count, Device, Observation
from tests.drivers.door.bought import milesight
from tests.drivers.hand_clock import HandClock


async def test_bodies_become_counts_while_the_source_runs() -> None:
    door = PushDoor("door", read_milesight)
    assert not door.take(milesight(1_060.0, window=(1, 0)), 1_060.0)
    heard: list[Observation] = []
    task = asyncio.create_task(door.run(heard.append, HandClock()))
    await asyncio.sleep(0)
    assert heard == [], "online is who has called"
    assert door.take(milesight(1_060.0, window=(3, 1)), 1_060.0)
    assert isinstance(heard[0], Device)
    counts = [o for o in heard if isinstance(o, Count)]
    assert [(c.t, c.entries, c.exits) for c in counts] == [(1_000.0, 0, 0), (1_060.0, 3, 1)]
    assert counts[0].boot == 1_000_001
    with pytest.raises(BodyWrong, match="is this a Milesight counter"):
        door.take(b"{}", 1_070.0)
    assert door.faults == {"bad_body": 1}
    task.cancel()
    await asyncio.wait({task})
    assert not door.take(milesight(1_120.0, window=(3, 1)), 1_120.0)
