"""The real source on a pty, with a virtual counter at the other end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from drivers.door.frames import FrameReader
from drivers.door.messages import Get, RawWeight, read_message
from drivers.door.session import Cell
from drivers.door.source import DoorSource
from drivers.observations import Count, Device, DeviceState, Observation, Weight
from drivers.source import SourceLost
from tests.drivers.door.virtual import VirtualCounter
from tests.drivers.hand_clock import HandClock

BOOT_17 = 4711 << 32 | 17


class Wire:
    """The counter's end of a pty."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.asked = 0
        self._faults: Counter[str] = Counter()
        self._reader = FrameReader(self._faults)

    def say(self, data: bytes) -> None:
        os.write(self.master, data)

    def questions(self) -> int:
        """How many GET were asked so far."""
        with contextlib.suppress(BlockingIOError, OSError):
            for frame in self._reader.feed(os.read(self.master, 4_096)):
                assert read_message(frame) == Get()
                self.asked += 1
        assert not self._faults
        return self.asked

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.master)


@pytest.fixture
def wire() -> Iterator[Wire]:
    one = Wire()
    yield one
    one.close()


class Bench:
    """A source that runs on a pty, in the test's own time."""

    def __init__(self, port: str, unit: int | None = None) -> None:
        self.clock = HandClock()
        self.source = DoorSource("door-main", port, unit=unit)
        self.heard: list[Observation] = []
        self.task = asyncio.create_task(self.source.run(self.heard.append, self.clock))

    async def until_heard(self, count: int) -> None:
        await until(lambda: len(self.heard) >= count)

    async def turn(self, seconds: float) -> None:
        """Let `seconds` pass, in steps that the source notices."""
        for _ in range(round(seconds * 10)):
            self.clock.now += 0.1
            for _ in range(3):
                await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def bench(wire: Wire) -> AsyncIterator[Bench]:
    """A source that has opened its port and asked who is there."""
    one = Bench(wire.port)
    try:
        await until(wire.questions)
        yield one
    finally:
        one.task.cancel()
        await asyncio.wait({one.task})


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.001)


async def test_it_asks_who_is_there_and_counts(wire: Wire) -> None:
    unit = VirtualCounter()
    async with bench(wire) as it:
        wire.say(unit.hello() + unit.state())
        unit.pass_by(2, 1)
        state = unit.state()
        wire.say(state[:9])
        await it.until_heard(2)
        wire.say(state[9:] + b"\xff\x17\x00")
        await until(lambda: len(it.heard) == 3 and it.source.faults)
    assert it.heard == [
        Device("door-main", 1_000.0, 1_000.0, DeviceState.ONLINE),
        Count("door-main", 1_000.0, 1_000.0, BOOT_17, 0, 0),
        Count("door-main", 1_000.0, 1_000.0, BOOT_17, 2, 1),
    ]
    assert it.source.facts["firmware"] == "virtual-door 1.2.0"
    assert it.source.faults == {"bad_stuffing": 1}


async def test_it_asks_again_until_it_is_told(wire: Wire) -> None:
    unit = VirtualCounter()
    async with bench(wire) as it:
        wire.say(unit.state())
        await it.until_heard(1)
        await it.turn(1.5)
        await until(lambda: wire.questions() == 2)
        wire.say(unit.hello() + unit.state())
        await it.until_heard(2)
        await it.turn(2.2)
        assert wire.questions() == 2
    assert [type(one) for one in it.heard] == [Device, Count]


async def test_a_heartbeat_that_stops_is_a_lost_source(wire: Wire) -> None:
    unit = VirtualCounter()
    async with bench(wire) as it:
        wire.say(unit.hello() + unit.state())
        await it.until_heard(2)
        for number in range(3, 8):
            await it.turn(2.3)
            wire.say(unit.state())
            await it.until_heard(number)
        assert not it.task.done()
        await it.turn(3.0)
        await asyncio.wait({it.task}, timeout=10)
        with pytest.raises(SourceLost, match=r"door-main: no heartbeat for 2\.[5-9] s"):
            it.task.result()


async def test_something_else_on_the_port_is_said_plainly(wire: Wire) -> None:
    async with bench(wire) as it:
        wire.say(b"GPS $GPGGA,,,\r\n" * 3)
        await it.turn(7.0)
        await asyncio.wait({it.task}, timeout=10)
        with pytest.raises(SourceLost, match="nothing on the port speaks as a Shelfcast counter"):
            it.task.result()
    assert it.heard == []


async def test_a_unit_that_is_pulled_out_is_an_oserror(wire: Wire) -> None:
    unit = VirtualCounter()
    async with bench(wire) as it:
        wire.say(unit.hello() + unit.state())
        await it.until_heard(2)
        wire.close()
        await asyncio.wait({it.task}, timeout=10)
        with pytest.raises(OSError, match=r"Input/output|hung up"):
            it.task.result()


async def test_every_scale_on_a_lost_wire_is_offline(wire: Wire) -> None:
    cells = {0: Cell("scale-1", float), 1: Cell("scale-2", float)}
    heard: list[Observation] = []
    source = DoorSource("scale-1", wire.port, cells=cells)
    task = asyncio.create_task(source.run(heard.append, HandClock()))
    await until(wire.questions)
    unit = VirtualCounter(lanes=0)
    wire.say(unit.hello() + unit.say(RawWeight(0, 70, 10)) + unit.say(RawWeight(1, 80, 10)))
    await until(lambda: len(heard) == 5)
    wire.close()
    await asyncio.wait({task}, timeout=10)
    assert isinstance(task.exception(), OSError)
    # Of scale-1 its runner says it, as of every source.
    (last,) = heard[5:]
    assert isinstance(last, Device)
    assert (last.src, last.state) == ("scale-2", DeviceState.OFFLINE)
    assert {one.src: one.grams for one in heard if isinstance(one, Weight)} == {
        "scale-1": 70.0,
        "scale-2": 80.0,
    }


async def test_no_such_port_is_an_oserror() -> None:
    with pytest.raises(OSError, match="No such file"):
        await DoorSource("door-main", "/dev/no-such-counter").run(lambda _: None, HandClock())


async def test_another_units_port_counts_nobody(wire: Wire) -> None:
    stranger = VirtualCounter()
    it = Bench(wire.port, unit=12)
    try:
        await until(wire.questions)
        wire.say(stranger.state() + stranger.hello() + stranger.state())
        await asyncio.wait({it.task}, timeout=10)
        with pytest.raises(SourceLost, match="the port has unit 4711, the config says unit 12"):
            it.task.result()
    finally:
        it.task.cancel()
        await asyncio.wait({it.task})
    assert not any(isinstance(one, Count) for one in it.heard)
    assert it.source.faults["other_unit"] == 1


async def test_a_unit_swapped_while_the_cable_was_out_is_said(wire: Wire) -> None:
    async with bench(wire) as it:
        wire.say(VirtualCounter(unit=4711).hello())
        await it.until_heard(1)
        wire.say(VirtualCounter(unit=12).hello() + VirtualCounter(unit=12).state())
        await it.until_heard(3)
        session = it.source.new_session()
    assert isinstance(it.heard[1], Device)
    assert it.heard[1].detail == "it is unit 12, before it was unit 4711"
    assert it.source.faults["unit_changed"] == 1
    reader = FrameReader(it.source.faults)
    (frame,) = reader.feed(VirtualCounter(unit=4711).hello())
    _online, swapped = session.take(frame, 5.0)
    assert isinstance(swapped, Device)
    assert "before it was unit 12" in swapped.detail
