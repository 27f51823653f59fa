"""Readers that announce themselves, by a real responder on this machine's loopback."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from gateway.discovery.announced import LLRP, WEB, Announced, announced, with_names
from gateway.discovery.network import PORT
from tests.drivers.rfid.played_reader import greeting
from tests.gateway.discovery.test_network import somebody

HERE = "127.0.0.1"


def service(kind: str, name: str, server: str, port: int, at: str = HERE) -> AsyncServiceInfo:
    address = socket.inet_aton(at)
    return AsyncServiceInfo(kind, f"{name}.{kind}", port, addresses=[address], server=server)


@asynccontextmanager
async def responder(*services: AsyncServiceInfo) -> AsyncIterator[AsyncZeroconf]:
    """A machine that announces these; and another one to ask with, both on loopback alone."""
    theirs = AsyncZeroconf(interfaces=[HERE], ip_version=IPVersion.V4Only)
    ours = AsyncZeroconf(interfaces=[HERE], ip_version=IPVersion.V4Only)
    try:
        for one in services:
            await (await theirs.async_register_service(one, cooperating_responders=True))
        yield ours
    finally:
        await ours.async_close()
        await theirs.async_close()


async def test_a_reader_is_found_by_its_service_and_asked_for_its_greeting() -> None:
    async with somebody(greeting()) as (port, _):
        said = service(LLRP, "reader", "till-reader.local.", port)
        async with responder(said) as ours:
            names = await announced(1.5, ours)
        found = await with_names([], names)
    assert names == [Announced("till-reader.local", HERE, port)]
    (reader,) = found
    assert (reader.where, reader.facts) == (f"{HERE}:{port}", {"name": "till-reader.local"})
    assert f'address = "{HERE}:{port}"' in reader.fragment(1)


async def test_a_web_page_is_a_readers_by_the_models_name() -> None:
    servers = {
        "127.0.0.2": "speedwayr-11-25-32.local.",
        "127.0.0.3": "impinj-14-0a-11.local.",
        "127.0.0.4": "FX9600F2B1C3.local.",
        "127.0.0.5": "printer.local.",
    }
    said = [service(WEB, f"page {at[-1]}", name, 80, at) for at, name in servers.items()]
    async with responder(*said) as ours:
        names = await announced(1.5, ours)
    assert [(one.address, f"{one.name}.") for one in names] == list(servers.items())[:3]
    assert {one.port for one in names} == {PORT}


async def test_who_was_found_by_its_address_is_not_asked_twice_but_gets_its_name() -> None:
    async with somebody(greeting()) as (port, heard):
        one = Announced("reader.local", HERE, port)
        found = await with_names([], [one])
        spoken = len(heard)
        again = await with_names(found, [one])
        assert len(heard) == spoken
    assert again == found


async def test_who_announces_itself_and_does_not_greet_is_named_with_a_note() -> None:
    async with somebody(b"") as (port, _):
        pass
    (found,) = await with_names([], [Announced("reader.local", HERE, port)])
    assert "TLS alone" in found.facts["LLRP"]
