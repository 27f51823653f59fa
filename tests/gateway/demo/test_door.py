"""The virtual counter, heard by the real driver: pure, and over a real pty."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import Counter as Faults

from drivers.door.frames import FrameReader
from drivers.door.messages import Event, Get, Hello, Ping, Pong, State, read_message, write_message
from drivers.door.source import DoorSource
from drivers.observations import Count, Device
from gateway.clock import FastClock
from gateway.demo.door_counter import VirtualCounter
from gateway.demo.door_pty import DoorLine

NOW = 1_763_740_800.0


def count(entries: int, exits: int, boot: int = 17) -> Count:
    return Count("door-main", NOW, NOW, boot, entries, exits)


def said_by(counter: VirtualCounter):
    faults: Faults[str] = Faults()
    frames = FrameReader(faults).feed(counter.outgoing())
    assert not faults
    return [(frame, read_message(frame)) for frame in frames]


def test_it_says_who_it_is_and_its_totals_each_second():
    counter = VirtualCounter(NOW)
    counter.see(count(5, 3), NOW)
    for second in range(61):
        assert counter.due() <= NOW + second
        counter.tick(NOW + second)
    said = [message for _, message in said_by(counter)]
    assert [type(one) for one in said[:3]] == [Hello, State, State]
    assert sum(isinstance(one, Hello) for one in said) == 3
    assert [one for one in said if isinstance(one, State)] == [State(5, 3)] * 61


def test_a_passage_is_an_event_and_in_the_next_totals():
    counter = VirtualCounter(NOW)
    counter.see(count(5, 3), NOW)
    counter.see(count(6, 3), NOW + 0.2)
    counter.see(count(6, 4), NOW + 0.4)
    counter.tick(NOW + 1)
    said = [message for _, message in said_by(counter)]
    assert [(e.kind, e.entries, e.exits) for e in said if isinstance(e, Event)] == [
        (1, 6, 3),
        (2, 6, 4),
    ]
    assert State(6, 4) in said


def test_a_restart_is_a_new_boot_with_its_uptime_from_zero():
    counter = VirtualCounter(NOW)
    counter.see(count(5, 3), NOW)
    counter.tick(NOW)
    counter.see(count(0, 0, boot=18), NOW + 100)
    counter.tick(NOW + 100)
    frames = [frame for frame, _ in said_by(counter)]
    assert [(frame.boot, frame.uptime_ms) for frame in frames] == [(17, 0)] * 2 + [(18, 0)] * 2
    assert [frame.seq for frame in frames] == [1, 2, 3, 4]


def test_it_answers_get_and_ping():
    counter = VirtualCounter(NOW)
    counter.tick(NOW)
    counter.outgoing()
    counter.feed(write_message(Get()) + write_message(Ping(77)), NOW + 0.1)
    assert [type(message) for _, message in said_by(counter)] == [Hello, State, Pong]


def test_noise_on_the_line_is_passed_over():
    counter = VirtualCounter(NOW)
    counter.feed(struct.pack("64B", *range(64)), NOW)
    assert counter.outgoing() == b""


async def test_the_real_driver_counts_over_a_pty():
    clock = FastClock(10)
    heard: asyncio.Queue = asyncio.Queue()
    async with DoorLine(VirtualCounter(clock.wall()), clock).serving() as line:
        line.see(count(100, 90))
        source = DoorSource("door-main", line.port)
        task = asyncio.create_task(source.run(heard.put_nowait, clock))
        try:
            async with asyncio.timeout(10):
                assert isinstance(await heard.get(), Device)
                first = await heard.get()
                line.see(count(101, 90))
                later = await heard.get()
                while later.entries == 100:
                    later = await heard.get()
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    assert (first.entries, first.exits) == (100, 90)
    assert (later.entries, later.exits, later.boot) == (101, 90, first.boot)
    assert source.faults == {}
    assert source.facts["firmware"] == "virtual 1.0.0"


async def test_a_line_that_nobody_reads_blocks_nothing():
    clock = FastClock(60)
    async with DoorLine(VirtualCounter(clock.wall()), clock).serving() as line:
        async with asyncio.timeout(20):
            while not line.faults["tx_lost"]:
                for n in range(1000):
                    line.see(count(n, 0))
                await asyncio.sleep(0)
