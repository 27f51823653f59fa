"""The whole counter as one step: its rhythm, its answers, what it does without room."""

from __future__ import annotations

import ctypes
from collections import Counter

import pytest
from counter import Counter as PicoUnit
from counter import Totals as PicoTotals

from drivers.door.frames import Frame, FrameReader
from drivers.door.messages import (
    Event,
    Get,
    Hello,
    Message,
    Ping,
    Pong,
    State,
    read_message,
    write_message,
)
from tests.firmware.native import NativeCounter, Who
from tests.firmware.vectors import GOOD

PASSAGE = ((1, 100), (3, 100), (2, 100), (0, 100))
NOBODY = (0, 0, 0, 0, 0, 0)


class PicoCounter:
    """The MicroPython core with the same handles as the C one."""

    def __init__(
        self, who: Who | None = None, totals: tuple[int, ...] = NOBODY, start: int = 0
    ) -> None:
        who = who or Who()
        self._it = PicoUnit(who.unit, who.boot, who.lanes, who.cause, PicoTotals(*totals))
        self._now = start

    def run(self, level: int, ms: int, chunk: bytes = b"", room: int = 160) -> bytes:
        out = b""
        for _ in range(ms):
            self._now = (self._now + 1) % 2**32
            out += self._it.step(level, chunk, self._now, room)
            chunk = b""
        return out

    @property
    def totals(self) -> tuple[int, ...]:
        return self._it.totals.numbers()


@pytest.fixture(params=["c", "pico"])
def make(request: pytest.FixtureRequest, core: ctypes.CDLL):
    """Makes a counter, in C or as on the Pico."""
    if request.param == "c":
        return lambda *args, **more: NativeCounter(core, *args, **more)
    return PicoCounter


def frames(data: bytes) -> list[Frame]:
    faults: Counter[str] = Counter()
    found = FrameReader(faults).feed(data)
    assert not faults
    return found


def messages(data: bytes) -> list[Message]:
    read = [read_message(frame) for frame in frames(data)]
    assert not [one for one in read if isinstance(one, str)]
    return read


def test_it_says_hello_first_as_in_the_golden_frame(core: ctypes.CDLL) -> None:
    unit = NativeCounter(core, Who(version=(1, 2, 0)), start=11)
    assert unit.run(0, 1) == GOOD[0].wire


def test_its_rhythm(make) -> None:
    said = frames(make().run(0, 61_001))
    assert [frame.seq for frame in said] == list(range(len(said)))
    hello = [frame.uptime_ms for frame in said if frame.type == 1]
    state = [frame.uptime_ms for frame in said if frame.type == 2]
    assert hello == [1, 30_001, 60_001]
    assert state == [1 + 1_000 * i for i in range(1, 62)]


def test_get_is_answered_at_once(make) -> None:
    unit = make()
    unit.run(0, 1_500)
    said = messages(unit.run(0, 1, b"\x07\x00" + write_message(Get())))
    assert [type(one) for one in said] == [Hello, State]
    assert isinstance(said[0], Hello)
    assert (said[0].unit, said[0].lanes, said[0].heartbeat_ms) == (4711, 1, 1_000)


def test_ping_is_answered_with_its_token_and_a_torn_one_is_not(make) -> None:
    unit = make()
    unit.run(0, 10)
    ping = write_message(Ping(0xCAFE0042), seq=9)
    assert messages(unit.run(0, 1, ping[:7])) == []
    assert messages(unit.run(0, 1, ping[7:])) == [Pong(0xCAFE0042)]
    assert messages(unit.run(0, 1, ping[:-4] + b"\x00")) == []
    assert messages(unit.run(0, 1, write_message(State(1, 2)))) == []


def test_a_passage_is_an_event_and_a_total(make) -> None:
    unit = make()
    unit.run(0, 10)
    said = [one for run in PASSAGE for one in messages(unit.run(*run))]
    assert said == [Event(1, 300, 1, 0)]
    assert unit.totals == (1, 0, 0, 0, 0, 0)


def test_lanes_count_together(make) -> None:
    unit = make(Who(lanes=4))
    for level, ms in PASSAGE:
        unit.run(level * 0b01010101, ms)
    unit.run(0, 900)
    assert unit.totals[:2] == (4, 0)
    (state,) = [one for one in messages(unit.run(0b10, 1_000)) if isinstance(one, State)]
    assert (state.entries, state.level) == (4, 0b10)
    (state,) = [one for one in messages(unit.run(0b01000010, 1_000)) if isinstance(one, State)]
    assert state.level == 0b01000010


def test_every_total_wraps(make) -> None:
    unit = make(None, (2**32 - 1, 2**32 - 1, 2**16 - 1, 2**16 - 1, 0, 0))
    for runs in (
        PASSAGE,
        ((2, 50), (3, 50), (1, 50), (0, 50)),
        ((1, 50), (3, 50), (1, 50), (0, 50)),
    ):
        for run in runs:
            unit.run(*run)
    for run in ((1, 50), (3, 4_500), (2, 50), (0, 50)):
        unit.run(*run)
    assert unit.totals[:4] == (0, 0, 0, 0)


def test_uptime_wraps_and_the_rhythm_goes_on(make) -> None:
    said = frames(make(start=2**32 - 1_500).run(0, 4_000))
    state = [frame.uptime_ms for frame in said if frame.type == 2]
    assert state == [(2**32 - 1_499 + 1_000 * i) % 2**32 for i in (1, 2, 3)]


def test_without_room_frames_are_lost_and_counted_and_nobody_else(make) -> None:
    unit = make()
    assert unit.run(0, 5_000, room=20) == b""
    for run in PASSAGE:
        assert unit.run(*run, room=20) == b""
    assert unit.totals == (1, 0, 0, 0, 0, 7)
    later = frames(unit.run(0, 1_000))
    assert [frame.seq for frame in later] == [0]
    state = read_message(later[0])
    assert isinstance(state, State)
    assert (state.entries, state.tx_lost) == (1, 7)


def test_a_flood_of_questions_is_bounded(make) -> None:
    unit = make()
    out = unit.run(0, 1, write_message(Get()) * 10)
    assert len(out) <= 160
    assert [type(one) for one in messages(out)] == [Hello, State]


def test_it_says_when_totals_should_be_kept(core: ctypes.CDLL) -> None:
    unit = NativeCounter(core)
    unit.run(0, 2_000)
    assert unit.changed == 0
    for run in PASSAGE:
        unit.run(*run)
    assert unit.changed == 1
