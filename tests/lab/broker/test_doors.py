"""A counter that publishes to a real mosquitto, through to totals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiomqtt
import pytest

from drivers.door.milesight import read_milesight
from drivers.door.mqtt_source import MqttDoors
from drivers.door.push_source import PushDoor
from drivers.mqtt_link import Broker
from drivers.observations import Count, Observation
from gateway.clock import SystemClock
from tests.drivers.door.bought import milesight
from tests.lab.broker.mosquitto import Mosquitto, mosquitto

__all__ = ["mosquitto"]
pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.timeout(60)]


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not seen():
            await asyncio.sleep(0.01)


async def test_a_published_report_counts_and_its_repeat_does_not(mosquitto: Mosquitto) -> None:
    heard: list[Observation] = []
    door, clock = PushDoor("door", read_milesight), SystemClock()
    broker = Broker("127.0.0.1", mosquitto.port)
    doors = MqttDoors("doors-mqtt", "X", broker, {"shop/door": door.take})
    running = {
        asyncio.create_task(door.run(heard.append, clock)),
        asyncio.create_task(doors.run(heard.append, clock)),
    }
    await until(lambda: bool(heard))
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as counter:
        for _ in range(2):
            await counter.publish("shop/door", milesight(1_060.0, trigger=(2, 1)), qos=1)
    await until(lambda: bool(door.faults["repeated"]))
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    last = [o for o in heard if isinstance(o, Count)][-1]
    assert (last.entries, last.exits) == (2, 1)
