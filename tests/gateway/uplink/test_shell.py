from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from gateway.changes import Alert
from gateway.uplink.commands import Configure
from gateway.uplink.protocol import Version
from gateway.uplink.settings import Pace, UplinkSettings
from gateway.uplink.shell import Uplink
from tests.gateway.uplink.stage import (
    Exchange,
    MemoryDesk,
    MemoryEvents,
    MemoryOutbox,
    StepClock,
    settle,
)


@dataclass
class Stage:
    uplink: Uplink
    outbox: MemoryOutbox
    desk: MemoryDesk
    exchange: Exchange
    task: asyncio.Task[None]

    @property
    def clock(self) -> StepClock:
        return self.exchange.clock

    async def stop(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


@contextlib.asynccontextmanager
async def running(
    *,
    outbox: MemoryOutbox | None = None,
    refusing: bool = False,
    events: MemoryEvents | None = None,
    configure: Configure | None = None,
    **values: Any,
) -> AsyncIterator[Stage]:
    outbox, exchange = outbox or MemoryOutbox(), Exchange()
    desk = MemoryDesk(exchange.clock)
    exchange.refusing = refusing
    settings = UplinkSettings(
        store="PAR-01", url="mqtts://hq.example", username="PAR-01", password="s3cret", **values
    )
    uplink = Uplink(
        settings,
        outbox,
        desk,
        boot=17,
        events=events,
        configure=configure,
        catalogue=lambda: "sha256:" + "0" * 64,
        rng=random.Random(1),
        connect=exchange.connect,
    )
    task = asyncio.create_task(uplink.run(exchange.clock))
    await settle()
    stage = Stage(uplink, outbox, desk, exchange, task)
    yield stage
    await stage.stop()


async def test_it_listens_then_says_that_the_store_is_there() -> None:
    async with running() as stage:
        wire = stage.exchange.wire
        assert wire.subscribed == ["shelfcast/v1/0/PAR-01/command"]
        topic, body, retained = wire.sent[0]
        assert (topic, retained) == ("shelfcast/v1/0/PAR-01/birth", True)
        assert body["online"] is True
        assert (body["boot"], body["seq"], body["schema"]) == (17, 0, "1.0")
        assert wire.call.identifier == "shelfcast-PAR-01"
        assert wire.call.will == '{"boot":17,"online":false,"store":"PAR-01"}'
        assert stage.uplink.state().connected


async def test_rows_stay_until_hq_acks_them() -> None:
    outbox = MemoryOutbox()
    outbox.add(16, 7)
    outbox.add(17, 1, 2)
    async with running(outbox=outbox) as stage:
        wire = stage.exchange.wire
        assert wire.seqs() == [7, 1, 2]
        assert len(outbox.rows) == 3
        wire.command(do="ack", boot=16, seq=7)
        wire.command(do="ack", boot=17, seq=1)
        await settle()
        assert list(outbox.rows) == [(17, 2)]
        assert stage.uplink.tally.acked == 2
        assert wire.of("answer") == []


async def test_new_rows_go_up_when_the_program_tells_of_them() -> None:
    async with running() as stage:
        stage.outbox.add(17, 1)
        stage.uplink.notify(1)
        await settle()
        assert stage.exchange.wire.seqs() == [1]


async def test_in_broker_mode_the_puback_is_enough() -> None:
    outbox = MemoryOutbox()
    outbox.add(17, *range(1, 50))
    async with running(outbox=outbox, ack="broker") as stage:
        await stage.clock.move(2)
        assert stage.exchange.wire.seqs() == list(range(1, 50))
        assert outbox.rows == {}
        assert stage.uplink.state().ack == "broker"


async def test_after_a_reconnect_it_begins_spread_out_from_the_first_row_not_acked() -> None:
    outbox = MemoryOutbox()
    outbox.add(17, 1, 2, 3)
    async with running(outbox=outbox) as stage:
        stage.exchange.wire.command(do="ack", boot=17, seq=1)
        await settle()
        stage.exchange.wire.cut()
        await stage.clock.move(1)
        assert len(stage.exchange.wires) == 2
        assert stage.exchange.wire.of("birth")
        assert stage.exchange.wire.seqs() == []
        await stage.clock.move(30)
        assert stage.exchange.wire.seqs() == [2, 3]
        assert stage.uplink.tally.faults["link_lost"] == 1


async def test_when_hq_is_silent_rows_go_up_again_with_growing_patience() -> None:
    outbox = MemoryOutbox()
    outbox.add(17, 1)
    async with running(outbox=outbox) as stage:
        wire = stage.exchange.wire
        seen = []
        for _ in range(4):
            seen.append(len(wire.seqs()))
            await stage.clock.move(60)
        assert seen == [1, 2, 2, 3]


async def test_it_goes_no_further_ahead_of_hq_than_is_good() -> None:
    outbox = MemoryOutbox()
    outbox.add(17, *range(1, 101))
    async with running(outbox=outbox, pace=Pace(ahead_rows=30)) as stage:
        wire = stage.exchange.wire
        await stage.clock.move(10)
        assert wire.seqs() == list(range(1, 31))
        wire.command(do="ack", boot=17, seq=25)
        await stage.clock.move(10)
        assert wire.seqs() == list(range(1, 56))


async def test_the_drain_has_a_bounded_rate() -> None:
    outbox = MemoryOutbox()
    outbox.add(17, *range(1, 401))
    async with running(outbox=outbox, pace=Pace(rows_a_second=50)) as stage:
        await stage.clock.move(4)
        assert 200 <= len(stage.exchange.wire.seqs()) <= 220


async def test_a_clean_stop_says_offline() -> None:
    async with running() as stage:
        await stage.stop()
        topic, body, retained = stage.exchange.wire.sent[-1]
        assert (topic, retained) == ("shelfcast/v1/0/PAR-01/birth", True)
        assert body == {"online": False, "store": "PAR-01", "boot": 17}
        assert not stage.uplink.state().connected


async def test_a_stop_in_the_moment_of_a_break_is_still_a_stop() -> None:
    async with running() as stage:
        stage.exchange.wire.cut()
        await stage.stop()
        assert stage.task.cancelled()


async def test_without_a_broker_it_tries_ever_more_seldom() -> None:
    async with running(refusing=True) as stage:
        await stage.clock.move(3600)
        assert 60 <= len(stage.exchange.attempts) <= 240
        gaps = [b - a for a, b in pairwise(stage.exchange.attempts)]
        assert min(gaps) >= 0.25
        assert max(gaps) <= 60
        assert stage.uplink.tally.faults["not_connected"] == len(stage.exchange.attempts)
        assert stage.uplink.state().trouble == "hq.example:8883 refuses: no broker listens there"


async def test_open_alerts_are_told_at_each_connection_and_when_they_are_over() -> None:
    async with running() as stage:
        alert = Alert(1.0, "device_silent", "reader-1", "not heard for 5 min")
        stage.desk.board.apply([alert])
        stage.uplink.notify()
        await settle()
        stage.uplink.notify()
        await settle()
        assert [each["over"] for each in stage.exchange.wire.of("alert")] == [False]
        stage.exchange.wire.cut()
        await stage.clock.move(5)
        assert [each["subject"] for each in stage.exchange.wire.of("alert")] == ["reader-1"]
        stage.desk.board.apply([Alert(9.0, "device_silent", "reader-1", over=True)])
        stage.uplink.notify()
        await settle()
        assert [each["over"] for each in stage.exchange.wire.of("alert")] == [False, True]


async def test_a_digest_goes_up_every_quarter_of_an_hour() -> None:
    async with running() as stage:
        await stage.clock.move(2 * 900)
        digests = stage.exchange.wire.of("digest")
        assert [len(each["buckets"]) for each in digests] == [64, 64]


async def test_a_snapshot_goes_up_every_night() -> None:
    async with running(timezone="Europe/Paris") as stage:
        await stage.clock.move(8 * 3600)  # from 17:00 to 01:00
        assert stage.exchange.wire.of("snapshot") == []
        await stage.clock.move(3 * 3600)
        assert len(stage.exchange.wire.of("snapshot")) == 1


async def test_an_ack_of_what_never_went_up_frees_nothing() -> None:
    async with running() as stage:
        stage.outbox.add(17, 1)
        stage.exchange.wire.command(do="ack", boot=17, seq=1, id="a")
        stage.exchange.wire.command(do="ack", boot=99, seq=1, id="b")
        await settle()
        assert len(stage.outbox.rows) == 1
        assert [each["ok"] for each in stage.exchange.wire.of("answer")] == [False, False]
        assert stage.uplink.tally.faults["ack_refused"] == 2


async def test_a_disk_that_fails_is_counted_and_tried_again() -> None:
    outbox = MemoryOutbox(broken=True)
    outbox.add(17, 1)
    async with running(outbox=outbox) as stage:
        outbox.broken = False
        await stage.clock.move(5)
        assert stage.exchange.wire.seqs() == [1]
        assert stage.uplink.tally.faults["outbox_failed"] == 1


async def test_a_password_file_that_is_not_there_is_said(tmp_path: Any) -> None:
    async with running(password_file=tmp_path / "none") as stage:
        assert "cannot read password_file" in stage.uplink.state().trouble
        (tmp_path / "none").write_text("new\n")
        await stage.clock.move(1)
        assert stage.exchange.wire.call.password == "new"


async def test_everything_is_counted() -> None:
    outbox = MemoryOutbox()
    outbox.add(17, 1)
    async with running(outbox=outbox) as stage:
        stage.exchange.wire.command(do="nonsense", id="x")
        await settle()
        values = {(s.name, s.labels): s.value for s in stage.uplink.samples()}
        assert values["uplink_published_total", ()] == 1
        assert values["uplink_connected", ()] == 1
        assert values["outbox_rows", ()] == 1
        assert values["uplink_faults_total", (("reason", "command_malformed"),)] == 1


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no broker's address"):
        Uplink(UplinkSettings("PAR-01", "https://hq.example"), MemoryOutbox(), MemoryDesk(), boot=1)


async def test_events_go_up_in_order_and_leave_at_the_puback() -> None:
    events = MemoryEvents(["one", "two"])
    async with running(events=events) as stage:
        assert [body["event"] for body in stage.exchange.wire.of("event")] == ["one", "two"]
        assert events.rows == []
        events.add("three")
        stage.uplink.notify()
        await stage.clock.move(1)
        assert [body["event"] for body in stage.exchange.wire.of("event")] == [
            "one",
            "two",
            "three",
        ]
        assert all(not retained for topic, _, retained in stage.exchange.wire.sent[1:])
        assert stage.uplink.tally.events == 3


async def test_events_wait_out_a_broken_line() -> None:
    events = MemoryEvents([])
    async with running(events=events) as stage:
        stage.exchange.refusing = True
        stage.exchange.wire.cut()
        await settle()
        events.add("one")
        stage.uplink.notify()
        await stage.clock.move(30)
        assert len(events.rows) == 1
        stage.exchange.refusing = False
        await stage.clock.move(120)
        assert [body["event"] for body in stage.exchange.wire.of("event")] == ["one"]


async def test_what_the_broker_refuses_stays_is_said_and_stops_nothing_else() -> None:
    events = MemoryEvents(["one"])
    async with running(events=events) as stage:
        stage.exchange.wire.refuses.add("event")
        events.add("two")
        stage.uplink.notify()
        await stage.clock.move(1)
        assert stage.uplink.state().refused == {"event": "hq.example:8883 refuses event"}
        assert [row.payload for row in events.rows] == ['{"event": "two"}']
        stage.outbox.add(17, 1)
        stage.uplink.notify(1)
        await stage.clock.move(1)
        assert stage.exchange.wire.seqs() == [1]
        samples = {one.name: one for one in stage.uplink.samples() if one.labels}
        assert samples["uplink_refused"].labels == (("topic", "event"),)
        stage.exchange.wire.refuses.clear()
        await stage.clock.move(301)
        assert stage.uplink.state().refused == {}
        assert events.rows == []


async def test_a_broker_that_hangs_up_after_a_refusal_is_not_asked_again_at_once() -> None:
    events = MemoryEvents([])
    async with running(events=events) as stage:
        stage.exchange.refuses.add("event")
        stage.exchange.wire.refuses.add("event")
        events.add("one")
        stage.uplink.notify()
        await stage.clock.move(1)
        stage.exchange.wire.cut()
        await stage.clock.move(60)
        assert stage.uplink.state().refused.keys() == {"event"}
        assert stage.uplink.tally.faults["refused"] == 1
        stage.outbox.add(17, 1)
        stage.uplink.notify(1)
        await stage.clock.move(5)
        assert stage.exchange.wire.seqs() == [1]


async def test_what_was_refused_at_the_greeting_is_asked_for_again() -> None:
    async with running() as stage:
        stage.exchange.refuses |= {"command", "birth", "alert"}
        stage.exchange.wire.cut()
        await stage.clock.move(10)
        wire = stage.exchange.wire
        stage.desk.board.apply([Alert(1.0, "device_silent", "reader-1")])
        stage.uplink.notify()
        await stage.clock.move(100)
        assert stage.uplink.state().connected
        assert (wire.subscribed, wire.of("birth"), wire.of("alert")) == ([], [], [])
        assert set(stage.uplink.state().refused) == {"command", "birth", "alert"}
        wire.refuses.clear()
        await stage.clock.move(301)
        stage.uplink.notify()
        await settle()
        assert wire.subscribed == ["shelfcast/v1/0/PAR-01/command"]
        assert [body["online"] for body in wire.of("birth")] == [True]
        assert [body["kind"] for body in wire.of("alert")] == ["device_silent"]
        assert stage.uplink.state().refused == {}


async def test_in_broker_mode_a_refused_row_does_not_leave() -> None:
    outbox = MemoryOutbox()
    async with running(outbox=outbox, ack="broker") as stage:
        stage.exchange.wire.refuses.add("changes")
        outbox.add(17, 1, 2)
        stage.uplink.notify(2)
        await settle()
        assert len(outbox.rows) == 2
        stage.exchange.wire.refuses.clear()
        await stage.clock.move(301)
        assert not outbox.rows


async def test_a_broker_of_3_1_1_is_spoken_to_in_its_own_words() -> None:
    async with running() as stage:
        assert stage.exchange.wire.call.version is Version.V5
        stage.exchange.old = True
        stage.exchange.wire.cut()
        await stage.clock.move(10)
        assert stage.exchange.wire.call.version is Version.V311
        assert stage.uplink.state().version == 4
        stage.exchange.wire.cut()
        stage.exchange.refusing = True
        await stage.clock.move(10)
        stage.exchange.refusing = stage.exchange.old = False
        await stage.clock.move(60)
        assert stage.exchange.wire.call.version is Version.V5
