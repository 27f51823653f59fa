"""The real sources on real ptys and sockets, with played readers at the other end."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from drivers.observations import Device, DeviceState, Round, TagReads
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.lines import SerialLine, TcpLine
from drivers.rfid.serial.readers import (
    a0_source,
    chainway_source,
    m6e_source,
    uhf288_source,
)
from drivers.source import SourceLost
from tests.drivers.rfid.foreign_reader import Heard
from tests.drivers.rfid.serial.played import (
    EPC,
    OnPty,
    PlayedA0,
    PlayedChainway,
    PlayedM6e,
    PlayedUhf18,
    PlayedUhf288,
)
from tests.drivers.rfid.test_llrp_source import RealClock

SETTINGS = Settings((1, 2), round_seconds=0.02)
FAMILIES = [
    (a0_source, PlayedA0, -61.0),
    (uhf288_source, PlayedUhf288, None),
    (uhf288_source, PlayedUhf18, None),
    (m6e_source, PlayedM6e, -60.0),
    (chainway_source, PlayedChainway, -49.3),
]
each_family = pytest.mark.parametrize(("source_of", "played", "rssi"), FAMILIES)


class FastClock(RealClock):
    """A second passes in a moment."""

    def monotonic(self) -> float:
        return super().monotonic() * 50

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


@contextlib.asynccontextmanager
async def on_pty(played):
    far = OnPty(played)
    try:
        yield far
    finally:
        far.close()


@contextlib.asynccontextmanager
async def on_tcp(played):
    writers = []

    async def serve(reader, writer):
        writers.append(writer)
        while data := await reader.read(4_096):
            writer.write(played.hear(data))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], writers
    finally:
        server.close()
        for writer in writers:
            writer.close()


@each_family
async def test_on_a_serial_port_reads_rounds_and_the_unplugging(source_of, played, rssi):
    async with on_pty(played()) as far:
        source = source_of("reader-3", SerialLine(far.port), SETTINGS)
        heard = Heard()
        task = asyncio.create_task(source.run(heard, RealClock()))
        await heard.until(lambda h: len(h.of(Round)) >= 4)
        online = heard.all[0]
        assert (online.src, online.antenna, online.state) == ("reader-3", None, DeviceState.ONLINE)
        assert source.facts["firmware"]
        reads = heard.of(TagReads)[0]
        assert set(reads.epcs()) == {EPC}
        assert set(reads.antenna.tolist()) == {1}
        shown = reads.rssi.tolist()[0]
        assert shown != shown if rssi is None else abs(shown - rssi) < 0.01
        assert Device not in map(type, heard.all[-2:])
        far.close()
        with pytest.raises(SourceLost, match="went away"):
            await task
        assert heard.all[-1].state is DeviceState.OFFLINE
        assert source.faults == {}


@each_family
async def test_on_a_socket_and_the_hanging_up(source_of, played, rssi):
    async with on_tcp(played()) as (port, writers):
        source = source_of("reader-3", TcpLine("127.0.0.1", port), SETTINGS)
        heard = Heard()
        task = asyncio.create_task(source.run(heard, RealClock()))
        await heard.until(lambda h: h.of(Round) and h.of(TagReads))
        writers[0].close()
        with pytest.raises(SourceLost, match=rf"127\.0\.0\.1:{port} went away"):
            await task
        assert heard.all[-1].state is DeviceState.OFFLINE


@each_family
async def test_it_stops_when_cancelled(source_of, played, rssi):
    async with on_tcp(played()) as (port, _):
        source = source_of("reader-3", TcpLine("127.0.0.1", port), SETTINGS)
        heard = Heard()
        task = asyncio.create_task(source.run(heard, RealClock()))
        await heard.until(lambda h: h.of(Round))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_chainway_is_told_to_stop_when_cancelled():
    played = PlayedChainway()
    async with on_tcp(played) as (port, _):
        settings = Settings((1,), round_seconds=30.0)
        source = chainway_source("reader-3", TcpLine("127.0.0.1", port), settings)
        heard = Heard()
        task = asyncio.create_task(source.run(heard, RealClock()))
        await heard.until(lambda h: h.of(TagReads))
        assert played.reading
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            while played.reading:
                await asyncio.sleep(0)


@each_family
async def test_no_answer_is_one_plain_line(source_of, played, rssi):
    mute = played()
    mute.mute = True
    async with on_pty(mute) as far:
        source = source_of("reader-3", SerialLine(far.port), SETTINGS)
        heard = Heard()
        with pytest.raises(SourceLost, match=r"^the reader does not answer$"):
            await source.run(heard, FastClock())
        assert heard.all == []


@each_family
async def test_a_reader_that_falls_silent_goes_offline(source_of, played, rssi):
    reader = played()
    async with on_tcp(reader) as (port, _):
        source = source_of("reader-3", TcpLine("127.0.0.1", port), SETTINGS)
        heard = Heard()
        task = asyncio.create_task(source.run(heard, FastClock()))
        await heard.until(lambda h: h.of(Round))
        reader.mute = True
        with pytest.raises(SourceLost, match="does not answer"):
            await task
        assert heard.all[-1].state is DeviceState.OFFLINE
        assert heard.all[-1].detail == "the reader does not answer"


async def test_a_missing_antenna_is_seen_and_its_healing_too():
    reader = PlayedA0(missing=[2])
    async with on_pty(reader) as far:
        source = a0_source("reader-3", SerialLine(far.port), SETTINGS)
        heard = Heard()
        task = asyncio.create_task(source.run(heard, RealClock()))

        def states(h):
            return [device.state for device in h.of(Device) if device.antenna == 2]

        await heard.until(lambda h: len(h.of(Round)) >= 5)
        assert states(heard) == [DeviceState.OFFLINE]
        assert {seen.antenna for seen in heard.of(Round)} == {1}
        reader.missing.clear()
        await heard.until(lambda h: len(states(h)) == 2)
        assert states(heard)[-1] is DeviceState.ONLINE
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_no_such_port_and_nobody_there_are_one_plain_line():
    source = a0_source("reader-3", SerialLine("/dev/serial/by-id/nowhere"), SETTINGS)
    with pytest.raises(SourceLost, match="nowhere"):
        await source.run(Heard(), RealClock())
    async with on_tcp(PlayedA0()) as (port, _):
        pass
    source = chainway_source("reader-3", TcpLine("127.0.0.1", port), SETTINGS)
    with pytest.raises(SourceLost, match=f"127.0.0.1:{port}"):
        await source.run(Heard(), RealClock())
