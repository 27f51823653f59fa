"""The very ELF that is flashed, on an emulated chip: rhythm, resets, memory, stack."""

from __future__ import annotations

import ctypes
from collections import Counter
from pathlib import Path

import pytest

from drivers.door.frames import Frame, FrameReader
from drivers.door.messages import (
    Get,
    Hello,
    Message,
    Ping,
    Pong,
    State,
    read_message,
    write_message,
)
from tests.firmware.chip import Chip, build_elf
from tests.firmware.conftest import need_chip
from tests.firmware.native import NativeCounter, Totals
from tests.firmware.people import People
from tests.firmware.rules import BACK, IN, LOITER, OUT

pytestmark = pytest.mark.needs("avr-gcc")

PASSAGE = ((1, 80), (3, 80), (2, 80), (0, 80))
WATCHDOG = 4
STACK_LOW, STACK_END = 0x740, 0x8FF


def frames(data: bytes) -> list[Frame]:
    faults: Counter[str] = Counter()
    found = FrameReader(faults).feed(data)
    assert not faults
    return found


def messages(data: bytes) -> list[Message]:
    return [one for f in frames(data) if not isinstance(one := read_message(f), str)]


def last_state(chip: Chip, ms: int = 1_050) -> tuple[Frame, State]:
    """Its next heartbeat."""
    chip.take()
    chip.run(ms)
    frame = [one for one in frames(chip.take()) if one.type == 2][-1]
    state = read_message(frame)
    assert isinstance(state, State)
    return frame, state


def walk(chip: Chip, runs: object = PASSAGE) -> None:
    for level, ms in runs:  # type: ignore[attr-defined]  # runs of any kind
        chip.show(level)
        chip.run(ms)


def test_it_says_who_it_is_and_answers(chip: Chip) -> None:
    chip.run(1_100)
    hello, state = messages(chip.take())
    assert isinstance(hello, Hello)
    assert (hello.unit, hello.lanes, hello.reset_cause) == (4711, 1, 1)
    assert state == State(0, 0)
    chip.send(b"\x55\x00" + write_message(Ping(0xDEADBEEF)) + write_message(Get()))
    chip.run(60)
    assert [type(one) for one in messages(chip.take())] == [Pong, Hello, State]


def test_it_counts_to_the_frame_what_the_core_counts(chip: Chip, core: ctypes.CDLL) -> None:
    people = People(3).walk(60)
    chip.run(500)
    walk(chip, people.runs)
    _, state = last_state(chip)
    native = NativeCounter(core)
    native.run(0, 500)
    for level, ms in people.runs:
        native.run(level, ms)
    assert (state.entries, state.exits, state.back, state.loiter) == native.totals[:4]
    assert native.totals[:4] == tuple(people.truth[kind] for kind in (IN, OUT, BACK, LOITER))
    assert (state.dropped, state.tx_lost) == (0, 0)


@pytest.mark.parametrize(("flag", "cause"), [("Ext", 2), ("BOD", 3), ("WDT", 4)])
def test_a_reset_loses_nobody(chip: Chip, flag: str, cause: int) -> None:
    chip.run(20)
    walk(chip)
    before, state = last_state(chip)
    chip.take()
    chip.reset(flag)
    chip.run(50)
    (hello,) = messages(chip.take())
    assert isinstance(hello, Hello)
    assert hello.reset_cause == cause
    walk(chip)
    after, later = last_state(chip)
    assert after.boot == before.boot
    assert (state.entries, later.entries) == (1, 2)
    assert after.uptime_ms < before.uptime_ms + 500


def test_a_passage_that_was_just_counted_outlives_a_reset(chip: Chip) -> None:
    chip.run(20)
    for done in range(1, 30):
        walk(chip, PASSAGE[:-1])
        chip.show(0)
        chip.run(8)
        chip.reset("Ext")
        chip.run(20)
        _, state = last_state(chip)
        assert state.entries == done


def test_without_power_a_new_life_begins(chip: Chip) -> None:
    boots = set()
    for seed in range(8):
        chip.run(20)
        walk(chip)
        frame, state = last_state(chip)
        assert state.entries == 1
        boots.add(frame.boot)
        chip.lose_power(seed)
    assert len(boots) == 8
    assert 0 not in boots


def test_noise_in_ram_after_a_brown_out_is_no_memory(chip: Chip) -> None:
    chip.run(20)
    walk(chip)
    before, _ = last_state(chip)
    kept = chip.address("reset_kept")
    for place in (kept + 5, kept + 28 + 5):
        (byte,) = chip.read_ram(place, 1)
        chip.write_ram(place, bytes((byte ^ 0x10,)))
    chip.reset("BOD")
    after, state = last_state(chip)
    assert after.boot != before.boot
    assert state.entries == 0


def test_totals_wrap(chip: Chip, core: ctypes.CDLL) -> None:
    chip.run(20)
    pair = ctypes.create_string_buffer(56)
    core.kept_save(pair, 77, ctypes.byref(Totals(2**32 - 2, 2**32 - 1, 65_535, 9, 0, 0)))
    chip.write_ram(chip.address("reset_kept"), pair.raw)
    chip.reset("Ext")
    chip.run(20)
    for _ in range(3):
        walk(chip)
    walk(chip, ((2, 50), (3, 50), (1, 50), (0, 50)))
    walk(chip, ((2, 50), (3, 50), (2, 50), (0, 50)))
    frame, state = last_state(chip)
    assert frame.boot == 77
    assert (state.entries, state.exits, state.back, state.loiter) == (1, 0, 0, 9)


def test_the_watchdog_bites_a_program_that_hangs(chip: Chip) -> None:
    chip.run(100)
    walk(chip)
    chip.take()
    chip.hang()
    waited = 0
    while chip.ticks() >= waited:
        chip.run(20)
        waited += 20
        assert waited < 2_500
    assert 900 < waited < 1_300
    chip.go_on()
    chip.run(50)
    (hello,) = messages(chip.take())
    assert isinstance(hello, Hello)
    assert hello.reset_cause == WATCHDOG
    assert last_state(chip)[1].entries == 1


def test_edges_without_room_are_counted_and_it_goes_on(chip: Chip) -> None:
    chip.run(100)
    chip.hang()
    for i in range(60):
        chip.show(1 - i % 2)
        chip.run(3)
    chip.go_on()
    chip.show(0)
    chip.run(100)
    walk(chip)
    _, state = last_state(chip)
    assert state.dropped > 0
    assert (state.entries, state.level) == (1, 0)


def test_a_cut_cable_is_a_stuck_beam(chip: Chip) -> None:
    chip.run(20)
    chip.show(1)
    chip.run(30_100)
    _, state = last_state(chip)
    assert (state.level, state.stuck) == (1, 1)
    chip.show(0)
    chip.run(20)
    _, state = last_state(chip)
    assert (state.stuck, state.loiter, state.entries) == (0, 0, 0)


def test_it_fits_and_the_stack_stays_away_from_what_is_kept(chip: Chip) -> None:
    chip.run(20)
    chip.write_ram(STACK_LOW, b"\xa5" * (STACK_END - STACK_LOW - 64))
    chip.reset("Ext")
    for _ in range(3):
        walk(chip)
        chip.send(write_message(Get()) + write_message(Ping(1)))
    chip.run(1_000)
    stack = chip.read_ram(STACK_LOW, STACK_END - STACK_LOW)
    untouched = len(stack) - len(stack.lstrip(b"\xa5"))
    assert untouched > 128


def test_four_lanes_with_sensors_that_pull_low(tmp_path: Path) -> None:
    need_chip()
    chip = Chip(build_elf(tmp_path, UNIT=9, LANES=4, BROKEN="low"))
    chip.show(0xFF)
    chip.run(100)
    for level, ms in PASSAGE:
        chip.show(0xFF ^ level * 0b01010101)
        chip.run(ms)
    frame, state = last_state(chip)
    assert (state.entries, state.level) == (4, 0)
    assert frame.uptime_ms > 1_000
