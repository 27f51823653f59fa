"""Live events, and the server that carries them, on a real socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from gateway.changes import (
    Alert,
    Conversion,
    DeviceChanged,
    ItemEvent,
    ItemEventKind,
    OccupancyChanged,
    StoreMinute,
)
from gateway.web import events
from gateway.web.serve import listen, serve
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import NOW, SCARF, stock


@dataclass
class Heard:
    """One event as a browser would see it."""

    id: str = ""
    event: str = "message"
    data: dict[str, object] = field(default_factory=dict)


@dataclass
class Served:
    """A running server."""

    bench: Bench
    port: int
    stop: asyncio.Event
    task: asyncio.Task[None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(bench: Bench) -> AsyncIterator[Served]:
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(bench.app, listen("127.0.0.1", 0), stop, started=port.set_result)
    )
    try:
        yield Served(bench, await asyncio.wait_for(port, 5), stop, task)
    finally:
        stop.set()
        await task


@asynccontextmanager
async def listening(url: str, **headers: str) -> AsyncIterator[AsyncIterator[Heard]]:
    async with httpx.AsyncClient(timeout=10) as client:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        async with client.stream("GET", f"{url}/api/v1/events", headers=names) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            yield _heard(stream)


async def _heard(stream: httpx.Response) -> AsyncIterator[Heard]:
    heard = Heard()
    async for line in stream.aiter_lines():
        name, _, value = line.partition(": ")
        match name:
            case "id":
                heard.id = value
            case "event":
                heard.event = value
            case "data":
                heard.data = json.loads(value)
            case "" if not line and heard.data:
                yield heard
                heard = Heard()
            case _:
                pass


async def test_every_kind_of_change_is_told(bench: Bench) -> None:
    changes = [
        stock(SCARF, 4),
        ItemEvent(
            NOW, NOW - 9, "urn:epc:id:sgtin:1.2.3", SCARF, ItemEventKind.MOVED, "b", 0.99, "a"
        ),
        StoreMinute(NOW, 3, 2, 3, 17, 1),
        OccupancyChanged(NOW, 18),
        Conversion(NOW, NOW - 3600, 240, 71, 0.296, 0.241, 0.357),
        DeviceChanged(NOW, "reader-1", "silent", 2, "nothing heard"),
        Alert(NOW, "device_silent", "reader-1", "antenna 2"),
    ]
    async with serving(bench) as served, listening(served.url) as heard:
        assert (await anext(heard)).event == "hello"
        bench.desk.board.apply(changes)
        told = [await anext(heard) for _ in changes]
    assert [one.event for one in told] == [
        "stock", "item", "footfall", "occupancy", "conversion", "device", "alert",
    ]  # fmt: skip
    assert told[0].data["available"] == 4
    assert told[1].data["from"] == "a"
    assert told[2].data["in"] == 3
    assert told[6].data["over"] is False


async def test_resumes_after_the_last_event_that_was_heard(bench: Bench) -> None:
    async with serving(bench) as served:
        async with listening(served.url) as heard:
            await anext(heard)
            bench.desk.board.apply([OccupancyChanged(NOW, 1)])
            last = await anext(heard)
        bench.desk.board.apply([OccupancyChanged(NOW, n) for n in (2, 3)])
        async with listening(served.url, Last_Event_ID=last.id) as heard:
            assert (await anext(heard)).event == "hello"
            assert [(await anext(heard)).data["occupancy"] for _ in range(2)] == [2, 3]


@pytest.mark.parametrize("stale", ["other-1", "nonsense", "-", "²"])
async def test_what_cannot_be_resumed_is_a_reset(bench: Bench, stale: str) -> None:
    texts = events.told_to(bench.app.state.web, stale)
    assert "event: reset" in await anext(texts)
    await texts.aclose()


async def test_a_quiet_stream_beats(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BEAT_SECONDS", 0.01)
    texts = events.told_to(bench.app.state.web, None)
    await anext(texts)
    assert (await anext(texts)).startswith(": still here\nevent: beat\n")
    await texts.aclose()


async def test_a_slow_listener_is_dropped_and_counted(bench: Bench) -> None:
    texts = events.told_to(bench.app.state.web, None)
    await anext(texts)
    bench.desk.board.apply([OccupancyChanged(NOW, n) for n in range(600)])
    assert [text async for text in texts] == []
    assert bench.app.state.web.counts["listeners_dropped_total", ""] == 1


async def test_a_listener_who_takes_nothing_is_dropped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "SEND_SECONDS", 0.01)
    web = bench.app.state.web

    async def never(*_: object) -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    await events.EventStream(web, None)({}, never, never)
    assert (web.listeners, web.counts["listeners_dropped_total", ""]) == (0, 1)


async def test_listeners_are_bounded(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.app.state.web.listeners = events.LISTENERS_MAX
    answer = await here.get("/api/v1/events")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


async def test_a_listener_who_leaves_frees_the_place(bench: Bench) -> None:
    web = bench.app.state.web
    async with serving(bench) as served:
        async with listening(served.url) as heard:
            await anext(heard)
            assert web.listeners == 1
        async with asyncio.timeout(5):
            while web.listeners:
                await asyncio.sleep(0.01)


async def test_stops_within_two_seconds_with_open_streams(bench: Bench) -> None:
    async with serving(bench) as served, listening(served.url) as heard:
        await anext(heard)
        began = time.monotonic()
        served.stop.set()
        await asyncio.wait_for(served.task, 5)
        assert time.monotonic() - began < 2
        assert [one async for one in heard] == []


async def test_a_taken_port_is_said_plainly(bench: Bench) -> None:
    async with serving(bench) as served:
        with pytest.raises(OSError, match=f"127.0.0.1:{served.port}: another program"):
            listen("127.0.0.1", served.port)
