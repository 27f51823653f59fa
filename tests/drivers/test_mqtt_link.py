"""What a broker may refuse, said by one that speaks just enough MQTT 3.1.1 to refuse it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.mqtt_link import Broker, dial
from drivers.source import SourceLost

CONNACK = b"\x20\x02\x00\x00"
CLEAN_SESSION = 0x02


@asynccontextmanager
async def grants(*codes: int) -> AsyncIterator[tuple[Broker, list[bytes]]]:
    """A broker that answers a subscription with these return codes, and what it heard."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4_096):
            heard.append(data)
            kind = data[0] >> 4
            if kind == 1:
                writer.write(CONNACK)
            elif kind == 8:
                writer.write(bytes((0x90, 2 + len(codes))) + data[2:4] + bytes(codes))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Broker("127.0.0.1", server.sockets[0].getsockname()[1]), heard


async def test_a_topic_that_is_not_granted_is_named() -> None:
    async with grants(0, 0x80, 1) as (broker, _), dial(broker, "one") as link:
        with pytest.raises(SourceLost, match=r"refuses the subscription to shop/b$"):
            await link.subscribe(("shop/a", "shop/b", "shop/c"))


@pytest.mark.parametrize("kept", [True, False])
async def test_the_broker_is_told_whether_to_keep_our_session(kept: bool) -> None:
    async with grants(1) as (broker, heard), dial(broker, "one", kept=kept) as link:
        await link.subscribe(("shop/a",))
    connect = next(data for data in heard if data[0] == 0x10)
    flags = connect[2 + 2 + len("MQTT") + 1]
    assert bool(flags & CLEAN_SESSION) is not kept
