"""The virtual reader over loopback TCP, read by the real LlrpSource."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from drivers.observations import Device, Round, TagReads
from drivers.rfid.llrp.source import LlrpSource
from drivers.source import SourceLost
from gateway.clock import FastClock
from gateway.demo.llrp_reader import LlrpReader
from gateway.demo.llrp_server import LlrpServer
from gateway.demo.llrp_words import Sighting

EPC = bytes.fromhex("3034F4A1C000004000000A4D")


def air(antenna: int, since: float, until: float) -> list[Sighting]:
    return [Sighting(EPC, -50.0 - antenna, 2, since, until)] * antenna


@contextlib.asynccontextmanager
async def listening(source, clock):
    heard: asyncio.Queue = asyncio.Queue()
    task = asyncio.create_task(source.run(heard.put_nowait, clock))
    try:
        yield heard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, SourceLost):
            await task


async def until(heard, kind, count=1):
    found = []
    async with asyncio.timeout(10):
        while len(found) < count:
            observation = await heard.get()
            if isinstance(observation, kind):
                found.append(observation)
    return found


async def test_reads_and_rounds_come_in_true_time_though_the_readers_clock_is_off():
    clock = FastClock(10)
    async with LlrpServer(LlrpReader(air, ahead=-3.7), clock).serving() as server:
        source = LlrpSource("reader-1", "127.0.0.1", server.port, [1, 2], round_ms=200)
        async with listening(source, clock) as heard:
            (online,) = await until(heard, Device)
            observed = await until(heard, TagReads | Round, 8)
    assert online.src == "reader-1"
    antennas = [
        (type(one).__name__, one.antenna if isinstance(one, Round) else int(one.antenna[0]))
        for one in observed
    ]
    assert antennas[:4] == [("TagReads", 1), ("Round", 1), ("TagReads", 2), ("Round", 2)]
    for one in observed:
        t = one.t if isinstance(one, Round) else float(one.t.max())
        assert one.at - 1.5 < t <= one.at
    assert source.faults == {}


async def test_a_second_client_is_refused():
    clock = FastClock(1)
    async with LlrpServer(LlrpReader(air), clock).serving() as server:
        first = LlrpSource("reader-1", "127.0.0.1", server.port, [1], round_ms=50)
        async with listening(first, clock) as heard:
            await until(heard, Round)
            second = LlrpSource("reader-1", "127.0.0.1", server.port, [1])
            with pytest.raises(SourceLost, match="another program holds the reader"):
                await second.run(lambda _: None, clock)
            await until(heard, Round)


async def test_after_a_cut_the_held_reads_arrive_with_their_own_time():
    clock = FastClock(20)
    async with LlrpServer(LlrpReader(air), clock).serving() as server:
        source = LlrpSource("reader-1", "127.0.0.1", server.port, [1], round_ms=200)
        heard: asyncio.Queue = asyncio.Queue()
        task = asyncio.create_task(source.run(heard.put_nowait, clock))
        await until(heard, Round, 5)
        cut = clock.wall()
        server.drop()
        with pytest.raises(SourceLost):
            await task
        await clock.sleep(4.0)
        async with listening(source, clock) as again:
            back = clock.wall()
            reads = await until(again, TagReads, 12)
    times = [float(one.t.min()) for one in reads]
    assert cut - 2.0 < min(times) < back - 2.0
    assert times == sorted(times)


async def test_the_port_is_free_again_after_the_block():
    clock = FastClock(1)
    async with LlrpServer(LlrpReader(air), clock).serving() as server:
        port = server.port
    async with LlrpServer(LlrpReader(air), clock).serving(port=port) as server:
        assert server.port == port


READERS, ANTENNAS = 4, 32


async def test_four_readers_with_32_antennas_each_side_by_side():
    """The real drivers over TCP: every tag on its antenna, every antenna's round after its tags."""
    clock = FastClock(20)

    def of(reader: int):
        def hears(antenna: int, since: float, until: float) -> list[Sighting]:
            own = bytes((0x30, reader, antenna)).ljust(12, b"\0")
            return [Sighting(own, -60.0, 3, since, until), Sighting(EPC, -70.0, 1, since, until)]

        return hears

    async def read(reader: int) -> list[TagReads | Round]:
        antennas = range(1, ANTENNAS + 1)
        virtual = LlrpReader(of(reader), antennas=ANTENNAS)
        async with LlrpServer(virtual, clock).serving() as server:
            source = LlrpSource(f"r{reader}", "127.0.0.1", server.port, antennas, round_ms=100)
            async with listening(source, clock) as heard:
                observed = await until(heard, TagReads | Round, 2 * ANTENNAS)
            assert source.faults == {}
            assert source.facts["mode"] == "2, 62 kbit/s"
            return observed

    for reader, observed in enumerate(await asyncio.gather(*map(read, range(READERS)))):
        reads = [one for one in observed if isinstance(one, TagReads)]
        rounds = [one for one in observed if isinstance(one, Round)]
        assert [one.antenna for one in rounds] == list(range(1, ANTENNAS + 1))
        assert {one.src for one in observed} == {f"r{reader}"}
        seen = {
            (int(antenna), epc)
            for batch in reads
            for antenna, epc in zip(batch.antenna, batch.epcs(), strict=True)
        }
        own = {(n, bytes((0x30, reader, n)).ljust(12, b"\0")) for n in range(1, ANTENNAS + 1)}
        assert seen == own | {(n, EPC) for n in range(1, ANTENNAS + 1)}
        for position, one in enumerate(observed):
            if isinstance(one, Round):
                assert isinstance(observed[position - 1], TagReads)
