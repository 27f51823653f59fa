"""The real LlrpSource over loopback TCP: against a foreign reader, and against a scripted one."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from llrpkit.protocol import enums, messages

from drivers.observations import Device, DeviceState, Round, TagReads
from drivers.rfid.llrp.source import LlrpSource
from drivers.source import SourceLost
from tests.drivers.rfid.foreign_reader import ForeignReader, Heard


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
