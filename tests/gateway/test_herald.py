"""Who is due is told, tried again, and given up; on a real socket and a clock that is moved."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable

import pytest

from gateway.alerts import BackOnShelf
from gateway.changes import StockChanged, StockState
from gateway.herald import TRIES, Herald
from gateway.requests import AlertRequest, NotStored
from tests.gateway.clocks import HandClock
from tests.gateway.test_callback import listener

GTIN = "03453120000011"


class Turn:
    """The engine loop's `ask` without its disk; `full` plays one that takes nothing."""

    full = False

    async def ask(self, act: Callable[[float], object]) -> object:
        if self.full:
            raise NotStored("disk full")
        return act(0.0)


class Stage:
    def __init__(self, clock: HandClock, url: str = "", topic: str = "") -> None:
        self.clock = clock
        self.feed: bool | None = None
        self.turn = Turn()
        self.alerts = BackOnShelf(["shelf"])
        self.herald = Herald(
            self.alerts,
            self.turn,  # type: ignore[arg-type]
            anywhere=False,
            feed_up=lambda: self.feed,
        )
        self.alerts.subscribe(AlertRequest("a", GTIN, url, topic), clock.t)
        back = StockChanged(
            clock.t, GTIN, 2, 2.0, 1.0, 2, StockState.IN_STOCK, zones={"shelf": 2.0}
        )
        self.alerts.advance([back], clock.t)

    async def seconds(self, count: int) -> None:
        task = asyncio.create_task(self.herald.run(self.clock))
        for _ in range(count):
            await asyncio.sleep(0)
            await self.clock.move(1.0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


async def test_told_once_and_over(clock: HandClock) -> None:
    async with listener(b"HTTP/1.1 200 OK\r\n\r\n") as (port, heard):
        stage = Stage(clock, f"http://127.0.0.1:{port}/")
        await stage.herald.tell(clock)
        await stage.herald.tell(clock)
    assert len(heard) == 1
    body = json.loads(heard[0].partition(b"\r\n\r\n")[2])
    assert body == {
        "event": "back_on_shelf",
        "id": "a",
        "gtin": GTIN,
        "state": "in_stock",
        "available": 2,
        "t": "2025-11-21T16:00:00Z",
    }
    assert len(stage.alerts) == 0


async def test_tried_again_later_and_given_up(clock: HandClock) -> None:
    async with listener(b"HTTP/1.1 500 Oh\r\n\r\n") as (port, heard):
        stage = Stage(clock, f"http://127.0.0.1:{port}/")
        began = clock.t
        while len(stage.alerts):
            await stage.herald.tell(clock)
            clock.t += 1.0
            assert clock.t - began < 3_600
    assert len(heard) == TRIES
    assert stage.herald.counts == {"call_failed": TRIES, "given_up": 1}
    assert 1_200 < clock.t - began < 2_400


async def test_a_refusal_for_good_is_not_tried_again(clock: HandClock) -> None:
    async with listener(b"HTTP/1.1 410 Gone\r\n\r\n") as (port, heard):
        stage = Stage(clock, f"http://127.0.0.1:{port}/")
        await stage.herald.tell(clock)
    assert (len(heard), len(stage.alerts), stage.alerts.counts["given_up"]) == (1, 0, 1)


async def test_a_full_disk_tells_nobody_yet(clock: HandClock) -> None:
    async with listener(b"HTTP/1.1 200 OK\r\n\r\n") as (port, heard):
        stage = Stage(clock, f"http://127.0.0.1:{port}/")
        stage.turn.full = True
        await stage.herald.tell(clock)
        assert heard == []
        stage.turn.full = False
        await stage.herald.tell(clock)
        assert len(heard) == 1


async def test_a_topic_waits_for_the_feed(clock: HandClock) -> None:
    stage = Stage(clock, topic="crm/back")
    stage.feed = False
    await stage.seconds(30)
    assert len(stage.alerts) == 1
    stage.feed = True
    await stage.seconds(30)
    assert len(stage.alerts) == 0
    assert stage.herald.counts["feed_told"] == 1


async def test_a_topic_is_given_up_after_a_day_without_a_feed(clock: HandClock) -> None:
    stage = Stage(clock, topic="crm/back")
    stage.feed = False
    clock.t += 86_401
    await stage.seconds(2)
    assert (len(stage.alerts), stage.herald.counts["given_up"]) == (0, 1)
