"""The real LlrpSource over loopback TCP: against a foreign reader, and against a scripted one."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from llrpkit.emulator import default_population
from llrpkit.protocol import enums, messages

from drivers.observations import Device, DeviceState, Round, TagReads
from drivers.rfid.llrp.parameters import make
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.llrp.source import LlrpSource
from drivers.source import SourceLost
from tests.drivers.rfid.foreign_reader import ForeignReader, Heard
from tests.drivers.rfid.played_reader import (
    PlayedReader,
    end_of_spec,
    greeting,
    notification,
    report,
)


class RealClock:
    def wall(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def running(source, heard):
    task = asyncio.create_task(source.run(heard, RealClock()))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, SourceLost):
            await task


async def test_a_foreign_reader_is_set_up_and_read():
    async with ForeignReader(reads_per_sec=500, antenna_count=4) as reader:
        source = LlrpSource("reader-1", "127.0.0.1", reader.port, [1, 2, 3, 4], keepalive_ms=200)
        heard = Heard()
        before = time.time()
        async with running(source, heard):
            await heard.until(lambda h: sum(map(len, h.of(TagReads))) > 100)
            await reader.wait_keepalive_ack(5)
        after = time.time()
    devices = heard.of(Device)
    assert [(d.antenna, d.state) for d in devices[:5]] == [
        (antenna, DeviceState.ONLINE) for antenna in (None, 1, 2, 3, 4)
    ]
    reads = heard.of(TagReads)
    epcs = {epc for batch in reads for epc in batch.epcs()}
    assert epcs <= {tag.epc for tag in reader.tags}
    assert len(epcs) > 6
    for batch in reads:
        assert set(batch.antenna.tolist()) <= {1, 2, 3, 4}
        assert (batch.rssi > -90).all()
        assert (batch.t >= before - 1).all()
        assert (batch.t <= after).all()
        assert (batch.n >= 1).all()
    # Finer than a whole dBm: Impinj's own RSSI was asked for and taken.
    assert any((batch.rssi % 1 != 0).any() for batch in reads)
    assert heard.of(Round) == []
    assert source.facts["firmware"] == "llrpkit-emu 0.1"
    assert source.faults == {}


async def test_the_foreign_reader_understood_what_it_was_told():
    async with ForeignReader(antenna_count=4) as reader:
        source = LlrpSource("reader-1", "127.0.0.1", reader.port, [1, 3], round_ms=250)
        heard = Heard()
        async with running(source, heard):
            await heard.until(lambda h: h.of(TagReads))
    config = next(m for m in reader.heard if isinstance(m, messages.SET_READER_CONFIG))
    assert config.keepalive_spec.periodic_trigger_value == 5_000
    assert config.events_and_reports.hold_events_and_reports_upon_reconnect
    states = config.reader_event_notification_spec.event_notification_states
    assert enums.NotificationEventType.AISpec_Event in {s.event_type for s in states}
    spec = next(m for m in reader.heard if isinstance(m, messages.ADD_ROSPEC)).ro_spec
    ai_specs = spec.spec_parameters if hasattr(spec, "spec_parameters") else spec.ai_specs
    assert [s.antenna_ids for s in ai_specs] == [[1], [3], [1], [3]]
    assert {s.ai_spec_stop_trigger.duration_trigger for s in ai_specs} == {250}
    assert isinstance(reader.heard[-1], messages.CLOSE_CONNECTION)


async def test_four_foreign_readers_with_32_antennas_are_read_side_by_side():
    async def read(number):
        antennas = range(1, 33)
        tags = default_population(64, 32)
        async with ForeignReader(reads_per_sec=2_000, antenna_count=32, tags=tags) as reader:
            source = LlrpSource(f"reader-{number}", "127.0.0.1", reader.port, antennas)
            heard = Heard()

            def all_antennas(said):
                return len({n for batch in said.of(TagReads) for n in batch.antenna.tolist()}) == 32

            async with running(source, heard):
                await heard.until(all_antennas, 20)
            assert source.faults == {}
            assert {one.src for one in heard.all} == {f"reader-{number}"}
            (asked,) = [m for m in reader.heard if isinstance(m, messages.ADD_ROSPEC)]
            return source.facts["mode"], len(asked.ro_spec.spec_parameters)

    assert await asyncio.gather(*map(read, range(4))) == [("1002", 4)] * 4, "it allows 4 specs"


async def test_a_reader_that_somebody_holds_is_one_plain_line():
    async with ForeignReader() as reader:
        first = LlrpSource("reader-1", "127.0.0.1", reader.port, [1])
        heard = Heard()
        async with running(first, heard):
            await heard.until(lambda h: h.of(Device))
            second = LlrpSource("reader-1", "127.0.0.1", reader.port, [1])
            with pytest.raises(SourceLost, match="another program holds the reader"):
                await second.run(Heard(), RealClock())


async def test_an_antenna_that_is_pulled_is_offline():
    async with ForeignReader() as reader:
        source = LlrpSource("reader-1", "127.0.0.1", reader.port, [1, 2])
        heard = Heard()
        async with running(source, heard):
            await heard.until(lambda h: h.of(TagReads))
            await reader.set_antenna_connected(2, False)
            await heard.until(
                lambda h: any(
                    d.state is DeviceState.OFFLINE and d.antenna == 2 for d in h.of(Device)
                )
            )


async def test_nobody_there_is_one_plain_line():
    async with ForeignReader() as reader:
        port = reader.port
    source = LlrpSource("reader-1", "127.0.0.1", port, [1])
    with pytest.raises(SourceLost, match=r"cannot connect to 127\.0\.0\.1"):
        await source.run(Heard(), RealClock())


async def test_an_antenna_that_the_reader_has_not_is_said():
    async with ForeignReader(antenna_count=2) as reader:
        source = LlrpSource("reader-1", "127.0.0.1", reader.port, [1, 3])
        with pytest.raises(SourceLost, match="has 2 antennas, there is no antenna 3"):
            await source.run(Heard(), RealClock())


async def test_a_reader_that_goes_away_is_said():
    heard = Heard()
    async with ForeignReader() as reader:
        source = LlrpSource("reader-1", "127.0.0.1", reader.port, [1])
        task = asyncio.create_task(source.run(heard, RealClock()))
        await heard.until(lambda h: h.of(TagReads))
    with pytest.raises(SourceLost, match=r"closed|broke"):
        await task
    assert heard.all[-1].state is DeviceState.OFFLINE


class Served:
    """A PlayedReader behind a real socket; `told` is sent once reports may flow."""

    def __init__(self, told) -> None:
        self.reader = PlayedReader(connected={1: True, 2: True})
        self.told = told
        self.port = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def _serve(self, reader, writer):
        writer.write(greeting(at=reader_us()))
        while data := await reader.read(65_536):
            writer.write(self.reader.answer(data))
            if self.reader.asked[-1].type == MessageType.ENABLE_EVENTS_AND_REPORTS:
                for said in self.told():
                    writer.write(said)
        writer.close()


EPC = bytes.fromhex("3034D2C0400000400000004D")
OURS = Settings((1, 2)).ro_spec_id


def reader_us(ago: float = 0.0) -> int:
    """A reader whose clock is three hours slow."""
    return int((time.time() - 3 * 3_600 - ago) * 1e6)


async def test_held_reports_keep_their_time_and_rounds_come_after_their_tags():
    def told():
        yield report((EPC, 1, -50, reader_us(600.0)), (EPC, 2, -55, reader_us(599.0)))
        yield end_of_spec(OURS, 1, reader_us(598.0))
        yield report((EPC, 2, -60, reader_us()))
        yield end_of_spec(OURS, 2, reader_us())

    async with Served(told) as served:
        source = LlrpSource("reader-1", "127.0.0.1", served.port, [1, 2])
        heard = Heard()
        async with running(source, heard):
            await heard.until(lambda h: len(h.of(Round)) == 2)
    now = time.time()
    held, live = heard.of(TagReads)
    assert now - held.t == pytest.approx([600, 599], abs=2)
    assert now - live.t == pytest.approx([0], abs=2)
    first, second = heard.of(Round)
    assert (first.antenna, second.antenna) == (1, 2)
    assert now - first.t == pytest.approx(598, abs=2)
    assert live.t[0] <= second.t <= second.at
    kinds = [type(o) for o in heard.all if not isinstance(o, Device)]
    assert kinds == [TagReads, Round, TagReads, Round]
    assert source.facts["rounds"] == "reported"


async def test_a_reader_that_takes_the_connection_and_nothing_else():
    class Hurried(RealClock):
        """Ten seconds pass in a tenth."""

        def monotonic(self) -> float:
            return super().monotonic() * 100

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds / 100)

    async def silent(reader, writer):
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        source = LlrpSource("reader-1", "127.0.0.1", port, [1])
        with pytest.raises(SourceLost, match="said nothing"):
            await source.run(Heard(), Hurried())


async def test_what_a_reader_reports_of_itself_is_said_of_the_device():
    def told():
        yield notification(make(P.READER_EXCEPTION, message="antenna 2: reflected power"))

    async with Served(told) as served:
        served.reader.connected[2] = False
        source = LlrpSource("reader-1", "127.0.0.1", served.port, [1, 2])
        heard = Heard()
        async with running(source, heard):
            await heard.until(lambda h: len(h.of(Device)) == 6)
    device, first, second = heard.of(Device)[3:]
    assert (device.state, device.antenna) == (DeviceState.ONLINE, None)
    assert device.detail == "it reports: antenna 2: reflected power"
    assert [one.state for one in (first, second)] == [DeviceState.ONLINE, DeviceState.OFFLINE]


async def test_a_stamp_from_another_decade_is_counted_and_taken_as_now():
    async with Served(lambda: [report((EPC, 1, -50, 5))]) as served:
        source = LlrpSource("reader-1", "127.0.0.1", served.port, [1, 2])
        heard = Heard()
        async with running(source, heard):
            await heard.until(lambda h: h.of(TagReads))
    (reads,) = heard.of(TagReads)
    assert reads.t.tolist() == [reads.at]
    assert source.faults == {"bad_time": 1}


async def test_tags_that_come_one_by_one_are_told_together():
    reports = 400

    async def drip(reader, writer):
        played = PlayedReader(connected={1: True, 2: True})
        writer.write(greeting(at=reader_us()))
        while data := await reader.read(65_536):
            writer.write(played.answer(data))
            if played.asked[-1].type == MessageType.ENABLE_EVENTS_AND_REPORTS:
                for _ in range(reports):
                    writer.write(report((EPC, 1, -50, reader_us())))
                    await asyncio.sleep(0.001)
        writer.close()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        source = LlrpSource("reader-1", "127.0.0.1", port, [1, 2])
        heard = Heard()
        async with running(source, heard):
            await heard.until(lambda h: sum(map(len, h.of(TagReads))) == reports)
    told = heard.of(TagReads)
    assert len(told) < reports / 4
    assert all((one.t <= one.at).all() for one in told)
    assert source.faults == {}
