"""Two beams: C and MicroPython's core against the rules in other words, and people with a truth."""

from __future__ import annotations

import ctypes
from collections import Counter

import beams
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.firmware import rules
from tests.firmware.native import walk_lane
from tests.firmware.people import People
from tests.firmware.rules import Run, Seen

LEVELS = st.integers(0, 3)
SHORT = st.integers(1, 12)
LONG = st.integers(1, 900)
STANDING = st.sampled_from((3_990, 4_000, 4_010, 29_990, 30_000, 30_010, 45_000))
RUNS = st.lists(st.tuples(LEVELS, st.one_of(SHORT, SHORT, LONG, STANDING)), max_size=30)


def pico_lane(runs: list[Run]) -> list[Seen]:
    lane, now, seen = beams.Lane(), 0, []
    for broken, ms in runs:
        for _ in range(ms):
            now += 1
            seen += [Seen(now, *note) for note in lane.step(broken, now)]
    return sorted(seen)


@settings(max_examples=500, deadline=None)
@given(RUNS)
def test_c_follows_the_rules(core: ctypes.CDLL, runs: list[Run]) -> None:
    assert walk_lane(core, runs) == rules.judge(runs)


@settings(max_examples=150, deadline=None)
@given(RUNS, st.integers(2**32 - 60_000, 2**32 - 1))
def test_the_wrap_of_the_clock_changes_nothing(
    core: ctypes.CDLL, runs: list[Run], start: int
) -> None:
    assert walk_lane(core, runs, start) == rules.judge(runs)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(LEVELS, st.one_of(SHORT, LONG, STANDING)), max_size=12))
def test_the_pico_follows_the_rules(runs: list[Run]) -> None:
    assert pico_lane(runs) == rules.judge(runs)


@pytest.mark.parametrize("seed", range(5))
def test_people_are_counted(core: ctypes.CDLL, seed: int) -> None:
    walk = People(seed).walk(400)
    seen = walk_lane(core, walk.runs)
    assert Counter(one.tally for one in seen if one.tally) == walk.truth


A, AB, B, CLEAR = (1, 100), (3, 100), (2, 100), (0, 100)


@pytest.mark.parametrize(
    ("runs", "kinds"),
    [
        ([A, AB, B, CLEAR], [rules.IN]),
        ([B, AB, A, CLEAR], [rules.OUT]),
        ([A, AB, A, CLEAR], [rules.BACK]),
        ([A, CLEAR], []),
        ([A, CLEAR, B, CLEAR], []),
        ([A, AB, B, AB, B, CLEAR], [rules.TAILGATE, rules.IN]),
        ([B, AB, A, AB, A, CLEAR], [rules.TAILGATE, rules.OUT]),
        ([A, AB, B, AB, A, CLEAR], [rules.TAILGATE, rules.BACK]),
        ([AB, B, CLEAR], [rules.UNKNOWN]),
        ([A, AB, CLEAR], [rules.UNKNOWN]),
        ([A, (3, 3_800), B, CLEAR], [rules.IN]),
        ([A, (3, 3_801), B, CLEAR], [rules.LOITER]),
        ([A, (3, 29_900), CLEAR], [rules.LOITER]),
        ([A, (3, 29_901), CLEAR], [rules.STUCK, rules.FREE]),
        ([(1, 4), CLEAR, (2, 4), CLEAR], []),
        ([A, (0, 4), AB, (1, 4), B, CLEAR], [rules.IN]),
    ],
)
def test_each_rule(core: ctypes.CDLL, runs: list[Run], kinds: list[int]) -> None:
    assert [one.kind for one in walk_lane(core, runs)] == kinds
    assert [one.kind for one in pico_lane(runs)] == kinds


def test_nobody_is_judged_while_a_beam_is_stuck(core: ctypes.CDLL) -> None:
    passing = [AB, A] * 20
    runs = [(1, 31_000), *passing, (0, 500), A, AB, B, CLEAR]
    kinds = [one.kind for one in walk_lane(core, runs)]
    assert kinds == [rules.STUCK, rules.FREE, rules.IN]
