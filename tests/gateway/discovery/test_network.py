"""Readers on a network, which in tests is this machine alone."""

from __future__ import annotations

import asyncio
import ipaddress
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.rfid.llrp.framing import Framing
from drivers.rfid.llrp.shapes import MessageType
from gateway.discovery.network import TooLarge, greeted, network_of, own_networks, readers
from tests.drivers.rfid.played_reader import greeting, notification

HERE = ipaddress.IPv4Network("127.0.0.1/32")


@asynccontextmanager
async def somebody(first: bytes) -> AsyncIterator[tuple[int, bytearray]]:
    heard = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while data := await reader.read(999):
            heard.extend(data)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


async def test_a_reader_is_known_by_its_greeting_and_left_politely() -> None:
    async with somebody(greeting()) as (port, heard):
        found = await readers([HERE, HERE], port)
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.01)
    assert [one.where for one in found] == [f"127.0.0.1:{port}"]
    reader = tomllib.loads(found[0].fragment(1))["reader"][0]
    assert (reader["driver"], reader["address"]) == ("llrp", f"127.0.0.1:{port}")
    asked = Framing().feed(bytes(heard))
    assert [one.type for one in asked] == [MessageType.CLOSE_CONNECTION]


async def test_a_busy_reader_is_one_too() -> None:
    async with somebody(greeting(status=2)) as (port, heard):
        found = await greeted("127.0.0.1", port)
    assert found is not None
    assert "another program" in found.facts["busy"]
    assert not heard


@pytest.mark.parametrize(
    "first", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\x04\x3f" + b"\xff" * 40, notification()]
)
async def test_others_on_that_port_are_none(first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.discovery.network.GREETING_SECONDS", 0.3)
    async with somebody(first) as (port, _):
        assert await greeted("127.0.0.1", port) is None


async def test_nobody_listens() -> None:
    async with somebody(b"") as (port, _):
        pass
    assert await readers([HERE], port) == []


def test_networks_as_they_are_written() -> None:
    assert str(network_of("192.168.1.7/24")) == "192.168.1.0/24"
    assert network_of("192.168.1.7").num_addresses == 1
    with pytest.raises(TooLarge, match="65536 addresses"):
        network_of("10.0.0.0/16")
    for wrong in ("", "shop", "192.168.1.0/33", "::1"):
        with pytest.raises(ValueError, match="."):  # noqa: RUF043 - the library's own words
            network_of(wrong)


def test_our_own_networks_are_small_and_no_loopback() -> None:
    for network in own_networks():
        assert network.num_addresses <= 1_024
        assert not network.is_loopback
