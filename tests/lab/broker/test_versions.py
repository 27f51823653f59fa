"""MQTT 5 where the broker speaks it, 3.1.1 where it does not: on mosquitto and on amqtt."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from gateway.demo.broker import broker as amqtt
from gateway.uplink.link import LinkLost, Refused
from gateway.uplink.mqtt import NotSpoken, dial
from gateway.uplink.protocol import Version
from gateway.uplink.reach import NotConnected
from tests.gateway.uplink.stage import MemoryEvents, MemoryOutbox
from tests.lab.broker.hq import Hq
from tests.lab.broker.mosquitto import Mosquitto, free_port, mosquitto
from tests.lab.broker.test_uplink import call, running

__all__ = ["mosquitto"]

FEED = "shelfcast/v1/0/PAR-01"


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def listening(port: int) -> AsyncIterator[dict[str, aiomqtt.Message]]:
    """What an HQ that speaks MQTT 5 hears, the newest by the last part of its topic."""
    heard: dict[str, aiomqtt.Message] = {}
    five = aiomqtt.ProtocolVersion.V5
    async with aiomqtt.Client("127.0.0.1", port, protocol=five) as client:
        await client.subscribe(f"{FEED}/#", qos=1)

        async def listen() -> None:
            async for message in client.messages:
                heard[message.topic.value.rpartition("/")[2]] = message

        task = asyncio.create_task(listen())
        try:
            yield heard
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.needs("mosquitto")
async def test_a_broker_of_mqtt_5_is_told_what_a_message_is_and_how_long_it_is_worth(
    mosquitto: Mosquitto,
) -> None:
    outbox = MemoryOutbox()
    outbox.add(3, 1)
    async with listening(mosquitto.port) as heard, running(mosquitto.port, outbox) as uplink:
        await until(lambda: heard.keys() >= {"birth", "changes"})
        assert uplink.state().version == 5
        async with aiomqtt.Client("127.0.0.1", mosquitto.port) as hq:
            await hq.publish(f"{FEED}/command", b'{"id": "1", "do": "resync"}')
        await until(lambda: heard.keys() >= {"snapshot", "answer"})
    told = {
        part: message.properties.json() for part, message in heard.items() if message.properties
    }
    assert {told[part]["ContentType"] for part in ("birth", "changes")} == {"application/json"}
    assert "MessageExpiryInterval" not in told["changes"] | told["birth"]
    assert 290 <= told["answer"]["MessageExpiryInterval"] <= 300
    assert 3_590 <= told["snapshot"]["MessageExpiryInterval"] <= 3_600


@pytest.mark.needs("mosquitto")
async def test_the_will_of_mqtt_5_is_told_as_before(mosquitto: Mosquitto) -> None:
    async with listening(mosquitto.port) as heard, dial(call(mosquitto.port), Counter()) as link:
        await link.publish(f"{FEED}/birth", '{"online": true}', retain=True)
        await until(lambda: "birth" in heard)
        # Another client with the same id has us thrown out, as a silence would.
        async with aiomqtt.Client("127.0.0.1", mosquitto.port, identifier="shelfcast-PAR-01"):
            await until(lambda: heard["birth"].payload == b"{}")


async def test_a_broker_of_3_1_1_alone_has_the_whole_feed() -> None:
    outbox, total = MemoryOutbox(), 50
    outbox.add(3, *range(1, total + 1))
    async with amqtt(0) as port:
        with pytest.raises(NotSpoken):
            async with asyncio.timeout(5), dial(call(port), Counter()):
                raise AssertionError("amqtt speaks MQTT 5 now: find another old broker")
        hq = Hq(port)
        async with hq.open(), running(port, outbox) as uplink:
            await hq.until(lambda: len(hq.committed) == total and not outbox.rows)
            assert uplink.state().version == 4
            assert uplink.state().connected


ACL = f"""
topic readwrite {FEED}/birth
topic readwrite {FEED}/changes
"""


@contextlib.contextmanager
def strict(folder: Path) -> Any:
    """A mosquitto that lets a store publish its birth and its changes and nothing else."""
    (folder / "acl").write_text(ACL)
    with Mosquitto(folder, f"acl_file {folder / 'acl'}") as broker:
        yield broker


@pytest.mark.needs("mosquitto")
async def test_what_a_broker_does_not_allow_is_said_by_name(tmp_path: Path) -> None:
    events, outbox = MemoryEvents(["one"]), MemoryOutbox()
    outbox.add(3, 1, 2)
    with strict(tmp_path) as broker:
        async with running(broker.port, outbox, events, ack="broker") as uplink:
            await until(lambda: not outbox.rows and "event" in uplink.state().refused)
            said = uplink.state().refused["event"]
            assert said == f"127.0.0.1:{broker.port} refuses {FEED}/event: not authorized"
            assert len(events.rows) == 1
            # mosquitto hangs up after that; we come back and leave it alone.
            await until(lambda: uplink.tally.connects == 2 and uplink.state().connected)
            outbox.add(3, 3)
            uplink.notify(3)
            await until(lambda: not outbox.rows)
            assert uplink.tally.faults["refused"] == 1


@pytest.mark.needs("mosquitto")
async def test_a_row_that_is_not_allowed_never_leaves_the_outbox(tmp_path: Path) -> None:
    outbox = MemoryOutbox()
    outbox.add(3, 1, topic="footfall")
    with strict(tmp_path) as broker:
        async with running(broker.port, outbox, ack="broker") as uplink:
            await until(lambda: "footfall" in uplink.state().refused)
            assert len(outbox.rows) == 1


CONNACK, TAKEN_OVER = bytes.fromhex("2003000000"), bytes.fromhex("e0018e")
"""MQTT 5.0, sections 3.2 and 3.14; mosquitto 2.0.11 closes the connection without a word."""


@pytest.mark.parametrize("slowly", [True, False])
async def test_a_second_gateway_with_the_same_id_is_named(slowly: bool) -> None:
    async def take_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for said in (CONNACK, TAKEN_OVER) if slowly else (CONNACK + TAKEN_OVER,):
            if await reader.read(1_000):
                writer.write(said)
        writer.close()

    async with await asyncio.start_server(take_over, "127.0.0.1", port := free_port()):
        with pytest.raises((LinkLost, NotConnected), match="another client of the same id"):
            async with asyncio.timeout(5), dial(call(port), Counter()) as link:
                await link.subscribe("t")


@pytest.mark.needs("mosquitto")
async def test_a_broker_that_takes_few_at_once_and_small_ones_is_obeyed(tmp_path: Path) -> None:
    outbox, options = MemoryOutbox(), ("max_inflight_messages 2", "max_packet_size 1000")
    outbox.add(3, *range(1, 101))
    with Mosquitto(tmp_path, *options) as broker:
        async with running(broker.port, outbox, ack="broker") as uplink:
            await until(lambda: not outbox.rows)
            assert (uplink.tally.connects, uplink.tally.published) == (1, 100)
        async with dial(call(broker.port), Counter()) as link:
            with pytest.raises(Refused, match="so large"):
                await link.publish(f"{FEED}/snapshot", "x" * 1_000)
            await link.publish(f"{FEED}/birth", "{}")


@pytest.mark.needs("mosquitto")
@pytest.mark.parametrize("version", list(Version))
async def test_each_version_carries_a_message(mosquitto: Mosquitto, version: Version) -> None:
    dialling = dial(call(mosquitto.port, version=version), Counter())
    async with listening(mosquitto.port) as heard, dialling as link:
        await link.publish(f"{FEED}/digest", "{}")
        await until(lambda: "digest" in heard)
    properties = heard["digest"].properties
    assert properties is not None
    assert ("ContentType" in properties.json()) is (version is Version.V5)


async def test_a_broker_that_hangs_up_on_mqtt_5_is_not_waited_for() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", port := free_port()):
        async with asyncio.timeout(2):
            with pytest.raises(NotSpoken):
                async with dial(call(port), Counter()):
                    raise AssertionError("connected")


@pytest.mark.needs("mosquitto")
@pytest.mark.parametrize("path", ["", "/mqtt"])
async def test_the_feed_goes_over_web_sockets(tmp_path: Path, path: str) -> None:
    outbox, port = MemoryOutbox(), free_port()
    outbox.add(3, *range(1, 51))
    listener = (f"listener {port} 127.0.0.1", "protocol websockets")
    with Mosquitto(tmp_path, *listener) as broker:
        hq = Hq(broker.port)
        async with hq.open(), running(port, outbox, scheme="ws", path=path) as uplink:
            await hq.until(lambda: not outbox.rows)
            assert (uplink.tally.connects, uplink.state().version) == (1, 5)
