"""A till that publishes to a real mosquitto, and a gateway that was away meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from drivers.mqtt_link import Broker
from drivers.pos.mqtt_source import MqttTillSource
from drivers.source import SourceLost
from gateway.clock import SystemClock
from tests.drivers.pos.teller import MemoryTeller
from tests.lab.broker.mosquitto import Mosquitto, mosquitto, password_file

__all__ = ["mosquitto"]
pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.timeout(60)]

SCARF = "03453120000011"


def body(name: str) -> str:
    return json.dumps({"id": name, "lines": [{"gtin": SCARF, "qty": 1}]})


@contextlib.asynccontextmanager
async def listening(broker: Broker, teller: MemoryTeller) -> AsyncIterator[MqttTillSource]:
    source = MqttTillSource("till-mqtt", "PAR-01", broker, teller)
    online = asyncio.Event()
    task = asyncio.create_task(source.run(lambda _: online.set(), SystemClock()))
    await asyncio.wait({task, asyncio.ensure_future(online.wait())}, return_when="FIRST_COMPLETED")
    try:
        yield source
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(seen: list[object], count: int) -> None:
    async with asyncio.timeout(20):
        while len(seen) < count:
            await asyncio.sleep(0.01)


async def test_facts_are_taken_answered_and_kept_while_we_are_away(mosquitto: Mosquitto) -> None:
    broker, teller = Broker("127.0.0.1", mosquitto.port), MemoryTeller()
    answers: list[object] = []
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as till:
        await till.subscribe("shelfcast/till/PAR-01/answers", qos=1)

        async def listen() -> None:
            async for message in till.messages:
                found = json.loads(bytes(message.payload))
                answers.append((found["id"], found["status"]))

        listener = asyncio.create_task(listen())
        async with listening(broker, teller):
            await till.publish("shelfcast/till/PAR-01/sales", body("R-1"), qos=1)
            await until(answers, 1)
        for number in range(2, 40):
            await till.publish("shelfcast/till/PAR-01/sales", body(f"R-{number}"), qos=1)
        assert len(teller.told) == 1
        async with listening(broker, teller):
            await until(answers, 39)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
    assert answers == [(f"R-{number}", "recorded") for number in range(1, 40)]
    assert [fact.id for fact in teller.told] == [f"R-{number}" for number in range(1, 40)]


async def test_what_was_not_on_disk_is_told_again(mosquitto: Mosquitto) -> None:
    broker, teller = Broker("127.0.0.1", mosquitto.port), MemoryTeller()
    teller.full = True
    async with (
        listening(broker, teller) as source,
        aiomqtt.Client("127.0.0.1", mosquitto.port) as till,
    ):
        await till.publish("shelfcast/till/PAR-01/sales", body("R-1"), qos=1)
        async with asyncio.timeout(10):
            while not source.faults["not_stored"]:
                await asyncio.sleep(0.01)
    teller.full = False
    async with listening(broker, teller):
        await until(teller.told, 1)  # type: ignore[arg-type]  # any list will do


async def test_a_broker_that_goes_away_is_a_lost_source(mosquitto: Mosquitto) -> None:
    source = MqttTillSource("t", "X", Broker("127.0.0.1", mosquitto.port), MemoryTeller())
    online = asyncio.Event()
    task = asyncio.create_task(source.run(lambda _: online.set(), SystemClock()))
    await asyncio.wait_for(online.wait(), 20)
    mosquitto.kill()
    with pytest.raises(SourceLost, match="is gone"):
        await asyncio.wait_for(task, 20)


@pytest.mark.needs("mosquitto_passwd")
async def test_passwords_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "till.password"
    secret.write_text("wrong\n")
    words = password_file(tmp_path, gateway="right")
    with Mosquitto(tmp_path, f"password_file {words}") as served:
        broker = Broker("127.0.0.1", served.port, username="gateway", password_file=secret)
        source = MqttTillSource("t", "X", broker, MemoryTeller())
        with pytest.raises(SourceLost, match="refuses us"):
            await source.run(lambda _: None, SystemClock())
        secret.write_text("right\n")
        async with listening(broker, MemoryTeller()) as heard:
            assert not heard.faults
