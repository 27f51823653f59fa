"""Counters that publish, on a pretended link."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from drivers.door.mqtt_source import MqttDoors
from drivers.door.report import BodyWrong
from drivers.mqtt_link import Broker, Incoming, MqttLink
from drivers.observations import Device, Observation
from tests.drivers.hand_clock import HandClock


class Link(MqttLink):
    """Gives out what the test puts in; notes what is acknowledged."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Incoming] = asyncio.Queue()
        self.acknowledged: list[int] = []
        self.topics: tuple[str, ...] = ()

    async def messages(self) -> AsyncIterator[Incoming]:
        while True:
            yield await self.queue.get()

    def acknowledge(self, message: Incoming) -> None:
        self.acknowledged.append(message.number)

    async def subscribe(self, topics: tuple[str, ...]) -> None:
        self.topics = topics


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_bodies_go_to_their_door_and_wait_until_it_listens() -> None:
    link, clock = Link(), HandClock()
    taken: list[tuple[bytes, float]] = []
    listening = False

    def take(body: bytes, at: float) -> bool:
        if body == b"wrong":
            raise BodyWrong("nonsense")
        if listening:
            taken.append((body, at))
        return listening

    @contextlib.asynccontextmanager
    async def open_link(_broker: Broker, client: str) -> AsyncIterator[MqttLink]:
        assert client == "shelfcast-doors-X"
        yield link

    heard: list[Observation] = []
    broker = Broker("127.0.0.1", 1883)
    source = MqttDoors("doors-mqtt", "X", broker, {"shop/door": take}, open_link=open_link)
    task = asyncio.create_task(source.run(heard.append, clock))
    await settle()
    assert isinstance(heard[0], Device)
    assert link.topics == ("shop/door",)
    for number, (topic, body) in enumerate(
        [("shop/door", b"{}"), ("shop/door", b"wrong"), ("elsewhere", b"{}")], 1
    ):
        link.queue.put_nowait(Incoming(topic, body, number, 1))
    await settle()
    assert link.acknowledged == []
    listening = True
    clock.now += 1
    await settle()
    assert link.acknowledged == [1, 2, 3]
    assert taken == [(b"{}", 1_001.0)]
    assert source.faults == {"bad_body": 1, "unknown_topic": 1}
    task.cancel()
    await asyncio.wait({task})
