"""The till's topics on a pretended link: what is acknowledged, when, and what is answered."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from drivers.mqtt_link import Broker, Incoming, MqttLink, dial
from drivers.observations import Device, Observation
from drivers.pos.mqtt_source import MqttTillSource
from drivers.source import SourceLost
from tests.drivers.hand_clock import HandClock
from tests.drivers.pos.teller import MemoryTeller

SCARF = "03453120000011"
SALES = "shelfcast/till/PAR-01/sales"


class Link(MqttLink):
    """Gives out what the test puts in, and notes what is answered and acknowledged, in order."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Incoming] = asyncio.Queue()
        self.done: list[tuple[str, object]] = []
        self.topics: tuple[str, ...] = ()

    async def messages(self) -> AsyncIterator[Incoming]:
        while True:
            yield await self.queue.get()

    def acknowledge(self, message: Incoming) -> None:
        self.done.append(("acknowledged", message.number))

    async def subscribe(self, topics: tuple[str, ...]) -> None:
        self.topics = topics

    async def publish(self, topic: str, text: str) -> None:
        assert topic == "shelfcast/till/PAR-01/answers"
        body = json.loads(text)
        self.done.append((body["status"], body["id"]))


class Bench:
    """A source that runs on a pretended link."""

    def __init__(self) -> None:
        self.link, self.teller, self.clock = Link(), MemoryTeller(), HandClock()
        self.heard: list[Observation] = []
        self.source = MqttTillSource(
            "till-mqtt", "PAR-01", Broker("127.0.0.1", 1883), self.teller, open_link=self._open
        )
        self.task = asyncio.create_task(self.source.run(self.heard.append, self.clock))

    @contextlib.asynccontextmanager
    async def _open(self, _broker: Broker, identifier: str) -> AsyncIterator[MqttLink]:
        assert identifier == "shelfcast-till-PAR-01"
        yield self.link

    async def say(self, body: object, *, topic: str = SALES) -> None:
        number = self.link.queue.qsize() + len(self.link.done) + 1
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.link.queue.put_nowait(Incoming(topic, payload, number, 1))
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    one = Bench()
    await one.settle()
    yield one
    one.task.cancel()
    await asyncio.wait({one.task})


def sale(qty: int = 1) -> dict[str, object]:
    return {"id": "R-1", "lines": [{"gtin": SCARF, "qty": qty}]}


async def test_the_answer_and_the_acknowledgement_come_after_the_disk(bench: Bench) -> None:
    assert isinstance(bench.heard[0], Device)
    assert len(bench.link.topics) == 4
    bench.teller.full = True
    await bench.say(sale())
    assert bench.link.done == []
    bench.clock.now += 2.0
    await bench.settle()
    assert bench.source.faults["not_stored"] == 2
    bench.teller.full = False
    bench.clock.now += 2.0
    await bench.settle()
    assert bench.link.done == [("recorded", "R-1"), ("acknowledged", 1)]


async def test_a_repeat_and_a_clash(bench: Bench) -> None:
    await bench.say(sale())
    await bench.say(sale())
    await bench.say(sale(qty=2))
    statuses = [what for what, _ in bench.link.done if what != "acknowledged"]
    assert statuses == ["recorded", "known", "conflict"]
    assert len(bench.teller.told) == 1
    assert bench.source.faults == {"conflict": 1}


async def test_what_can_never_be_taken_is_answered_and_let_go(bench: Bench) -> None:
    await bench.say(b"nonsense")
    await bench.say(sale(qty=0))
    bench.teller.refuse = "zone: cellar is no zone of this store"
    await bench.say(sale())
    assert [done for done in bench.link.done if done[0] != "acknowledged"] == [
        ("refused", None),
        ("refused", "R-1"),
        ("refused", "R-1"),
    ]
    assert sum(what == "acknowledged" for what, _ in bench.link.done) == 3


async def test_no_broker_is_one_plain_line() -> None:
    source = MqttTillSource("till-mqtt", "X", Broker("127.0.0.1", 1), MemoryTeller())
    with pytest.raises(SourceLost, match=r"127\.0\.0\.1:1 cannot be reached"):
        await source.run(lambda _: None, HandClock())


async def test_a_server_that_is_no_broker_is_one_plain_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr("drivers.mqtt_link.ANSWER_SECONDS", 0.5)
        with pytest.raises(SourceLost, match="refuses us, or is no MQTT broker"):
            async with dial(Broker("127.0.0.1", port), "me"):
                pass
