"""The embedded broker, used by a client that is not its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import aiomqtt
import pytest

from gateway.demo.broker import HOST, broker


async def test_it_keeps_retained_messages_and_carries_qos_1():
    async with broker(0) as port, aiomqtt.Client(HOST, port) as sender:
        await sender.publish("shelfcast/birth", b"here", qos=1, retain=True)
        async with aiomqtt.Client(HOST, port) as listener:
            await listener.subscribe("shelfcast/#", qos=1)
            async with asyncio.timeout(5):
                messages = aiter(listener.messages)
                birth = await anext(messages)
                await sender.publish("shelfcast/changes", b"more", qos=1)
                change = await anext(messages)
    assert (birth.payload, birth.retain) == (b"here", True)
    assert (change.payload, change.retain, change.qos) == (b"more", False, 1)


async def test_a_retained_message_is_told_once_and_only_to_who_asked():
    async with broker(0) as port, contextlib.AsyncExitStack() as stack:

        async def client(*topics: str) -> aiomqtt.Client:
            one = await stack.enter_async_context(aiomqtt.Client(HOST, port))
            for topic in topics:
                await one.subscribe(topic, qos=1)
            return one

        await client("shelfcast/#", "shelfcast/birth", "#")
        sender = await client("shelfcast/+")
        await sender.publish("shelfcast/birth", b"here", qos=1, retain=True)
        asked, stranger = await client("shelfcast/#"), await client("other/#")
        await sender.publish("shelfcast/end", b"", qos=1)
        await sender.publish("other/end", b"", qos=1)
        for listener, expected in ((asked, ["shelfcast/birth"]), (stranger, [])):
            heard = []
            async with asyncio.timeout(5):
                async for message in listener.messages:
                    if message.topic.value.endswith("/end"):
                        break
                    heard.append(message.topic.value)
            assert heard == expected


async def test_the_will_of_a_client_that_dies_is_told():
    async with broker(0) as port, aiomqtt.Client(HOST, port) as listener:
        await listener.subscribe("will/#", qos=1)
        reader, writer = await asyncio.open_connection(HOST, port)
        will = b"\x00\x04MQTT\x04\x0e\x00\x3c\x00\x04dies\x00\x06will/x\x00\x04gone"
        writer.write(bytes((0x10, len(will))) + will)
        await reader.readexactly(4)
        writer.transport.abort()
        async with asyncio.timeout(5):
            message = await anext(aiter(listener.messages))
    assert message.payload == b"gone"


async def test_another_port_is_taken_when_its_own_is_not_free():
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        async with broker(taken) as port:
            assert port not in (0, taken)


async def test_it_stops_though_a_client_stays():
    reader, writer = None, None
    async with asyncio.timeout(5):
        async with broker(0) as port:
            reader, writer = await asyncio.open_connection(HOST, port)
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)
