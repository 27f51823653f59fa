"""What outlives a reset: totals in RAM with a check, boot ids that never come back."""

from __future__ import annotations

import ctypes
import random

import kept as pico_kept
import pytest
from counter import Totals as PicoTotals
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.firmware.native import READ, WRITE, Memory, Totals

U16, U32 = st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)
TOTALS = st.tuples(U32, U32, U16, U16, U16, U16)
SLOTS, SLOT = 160, 6


def pair_size(core: ctypes.CDLL) -> int:
    size: int = 2 * core.host_sizeof_kept()
    assert size == 56, "laid out as on the chip"
    return size


def save(core: ctypes.CDLL, pair: ctypes.Array[ctypes.c_char], boot: int, totals: tuple) -> None:
    core.kept_save(pair, boot, ctypes.byref(Totals(*totals)))


def find(core: ctypes.CDLL, pair: ctypes.Array[ctypes.c_char]) -> tuple[int, ...] | None:
    """(boot, totals…), None where nothing is sound."""
    place = core.kept_find(pair)
    if place is None:
        return None
    totals = Totals.from_address(place + 4)
    return (ctypes.c_uint32.from_address(place).value, *totals.numbers())


@settings(max_examples=100, deadline=None)
@given(st.lists(TOTALS, min_size=1, max_size=300), U32)
def test_the_latest_totals_are_found(core: ctypes.CDLL, story: list, boot: int) -> None:
    pair = ctypes.create_string_buffer(random.Random(boot).randbytes(56), pair_size(core))
    for totals in story:
        save(core, pair, boot, totals)
        assert find(core, pair) == (boot, *totals)


@settings(max_examples=100, deadline=None)
@given(TOTALS, TOTALS, st.randoms(use_true_random=False))
def test_a_reset_in_the_middle_leaves_the_totals_before(
    core: ctypes.CDLL, before: tuple, after: tuple, dice: random.Random
) -> None:
    pair = ctypes.create_string_buffer(pair_size(core))
    save(core, pair, 7, before)
    start = pair.raw
    save(core, pair, 7, after)
    end = pair.raw
    changed = [i for i in range(56) if start[i] != end[i] or not 0 <= i % 28 < 24]
    for done in range(len(changed)):
        torn = bytearray(start)
        for i in changed[:done]:
            torn[i] = end[i]
        if bytes(torn) == end:
            continue
        found = find(core, ctypes.create_string_buffer(bytes(torn), 56))
        assert found in {(7, *before), (7, *after)}


def test_noise_is_no_memory(core: ctypes.CDLL) -> None:
    dice = random.Random(1)
    for _ in range(20_000):
        pair = ctypes.create_string_buffer(dice.randbytes(56), 56)
        assert find(core, pair) is None


@settings(max_examples=100, deadline=None)
@given(TOTALS, U32, st.integers(0, 191))
def test_the_pico_keeps_its_totals(totals: tuple, boot: int, bit: int) -> None:
    words = pico_kept.pack(PicoTotals(*totals), boot)
    assert all(0 <= word < 2**32 for word in words)
    found = pico_kept.unpack(words)
    assert found is not None
    assert (found[0].numbers(), found[1]) == (totals, boot)
    damaged = [word ^ (1 << bit % 32 if i == bit // 32 else 0) for i, word in enumerate(words)]
    assert pico_kept.unpack(damaged) is None


class Eeprom:
    """Cells that may be worn out or lose power in the middle of a write."""

    def __init__(self) -> None:
        self.cells = bytearray(b"\xff" * 1024)
        self.writes = [0] * 1024
        self.dead: set[int] = set()
        self.until = 1 << 30
        self._calls = READ(lambda at: self.cells[at]), WRITE(self._write)
        self.struct = Memory(*self._calls)

    def _write(self, at: int, value: int) -> None:
        if self.until <= 0 or self.cells[at] == value:
            return
        self.until -= 1
        self.writes[at] += 1
        if at not in self.dead:
            self.cells[at] = value

    def live(self, core: ctypes.CDLL, unit: int = 4711) -> int:
        boot: int = core.life_begin(ctypes.byref(self.struct), unit)
        return boot


def test_no_boot_id_comes_back_and_no_cell_wears_out(core: ctypes.CDLL) -> None:
    eeprom = Eeprom()
    boots = [eeprom.live(core) for _ in range(3 * SLOTS)]
    assert len(set(boots)) == len(boots)
    assert 0 not in boots
    assert max(eeprom.writes) <= 3
    assert max(eeprom.writes[SLOTS * SLOT :]) == 0


def test_units_differ(core: ctypes.CDLL) -> None:
    first = {Eeprom().live(core, unit) for unit in range(1, 200)}
    assert len(first) == 199


@pytest.mark.parametrize("bytes_written", range(7))
def test_power_lost_while_a_life_begins(core: ctypes.CDLL, bytes_written: int) -> None:
    eeprom = Eeprom()
    before = [eeprom.live(core) for _ in range(SLOTS + 5)]
    eeprom.until = bytes_written
    eeprom.live(core)  # never spoke: the power went before the first frame
    eeprom.until = 1 << 30
    assert eeprom.live(core) not in before


def test_worn_cells_are_passed_over(core: ctypes.CDLL) -> None:
    eeprom = Eeprom()
    eeprom.dead = set(range(3 * SLOT, 6 * SLOT))
    boots = [eeprom.live(core) for _ in range(2 * SLOTS)]
    assert len(set(boots)) == len(boots)


def test_a_memory_of_noise_is_survived(core: ctypes.CDLL) -> None:
    eeprom = Eeprom()
    eeprom.cells[:] = random.Random(3).randbytes(1024)
    assert eeprom.live(core) != eeprom.live(core)
