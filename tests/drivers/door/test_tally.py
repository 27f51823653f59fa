"""Lessons from the field: nobody counted twice, nobody invented, whatever the device does."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.door.milesight import read_milesight
from drivers.door.report import LineRef, Report, Totals
from drivers.door.tally import Tally
from drivers.door.xovis import read_xovis
from drivers.observations import Count
from gateway.footfall.doors import Door
from gateway.footfall.rules import DoorRule
from tests.drivers.door.bought import milesight, xovis

START = 1_763_740_800.0


class Bench:
    """A tally and the store's own door arithmetic behind it."""

    def __init__(self, *, unit: str | None = None, inverted: bool = False) -> None:
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self.tally = Tally("door", 1_000, START, unit, self.faults, self.facts)
        self.door = Door(DoorRule("door", inverted=inverted))
        self.door_faults: Counter[str] = Counter()
        self.counts: list[Count] = []

    def take(self, report: Report, at: float) -> list[Count]:
        counts = self.tally.take(report, at)
        for count in counts:
            self.door.take(count, self.door_faults)
        self.counts += counts
        return counts

    def milesight(self, at: float, *, end: float | None = None, **blocks: object) -> None:
        body = milesight(at if end is None else end, **blocks)  # type: ignore[arg-type]  # blocks
        self.take(read_milesight(body), at)

    @property
    def people(self) -> tuple[int, int]:
        """In and out as the store counts them."""
        assert not self.door_faults
        told = self.door.untold
        return sum(one.entries for one in told), sum(one.exits for one in told)


def test_windows_are_increments_and_totals_never_go_back() -> None:
    bench = Bench()
    for minute, (came, left) in enumerate([(3, 1), (0, 0), (2, 4)], 1):
        bench.milesight(START + 60 * minute, window=(came, left), running=60 * minute)
    assert bench.people == (5, 5)
    assert [count.entries for count in bench.counts] == [0, 3, 3, 5]
    assert bench.counts[0].t == START
    assert len({count.boot for count in bench.counts}) == 1


def test_triggers_and_windows_of_the_same_people_count_once() -> None:
    bench = Bench()
    for minute in range(1, 4):
        for person in range(5):
            bench.milesight(START + 60 * minute - 50 + person, trigger=(1, 0), running=person)
        bench.milesight(START + 60 * minute, window=(5, 0), running=60 * minute)
    assert bench.people == (15, 0)


def test_a_line_that_has_once_triggered_is_never_counted_by_windows_again() -> None:
    bench = Bench()
    bench.milesight(START + 30, trigger=(0, 1), running=30)
    for minute in range(1, 100):
        bench.milesight(START + 60 * minute, window=(7, 7), running=60 * minute)
    assert bench.people == (0, 1)


def test_after_a_restart_a_window_that_triggers_may_have_told_is_not_counted() -> None:
    bench = Bench()
    bench.milesight(START + 20, window=(4, 4))
    assert bench.people == (0, 0)
    bench.milesight(START + 80, window=(2, 0), running=201)
    assert bench.people == (2, 0)


def test_a_clock_that_stands_still_for_months_costs_nobody() -> None:
    bench = Bench()
    frozen = START - 90 * 86_400
    for minute in range(1, 11):
        bench.milesight(START + 60 * minute, end=frozen, window=(2, 1), running=5_000 + 60 * minute)
    assert bench.people == (20, 10)
    assert bench.faults["clock_frozen"] == 9
    assert bench.facts["clock skew"] == f"{-90 * 86_400 - 600:+d} s"


def test_a_clock_that_stands_still_without_a_running_time_is_found_out() -> None:
    bench = Bench()
    for minute in range(1, 11):
        bench.milesight(START + 60 * minute, end=1_000.0, window=(1, 0), running=None)
    assert bench.faults == {"repeated": 3, "clock_frozen": 6}
    assert bench.people == (7, 0)


def test_times_are_those_of_arrival_and_the_device_gives_a_skew() -> None:
    bench = Bench()
    for minute in range(1, 4):
        at = START + 60 * minute
        bench.milesight(at, end=at - 3_600, window=(1, 0), running=60 * minute)
    assert [passages.t for passages in bench.door.untold] == [START + 60, START + 120, START + 180]
    assert bench.facts["clock skew"] == "-3600 s"


def test_in_and_out_are_swapped_by_the_mounting() -> None:
    bench = Bench(inverted=True)
    bench.milesight(START + 60, window=(5, 2))
    assert bench.people == (2, 5)


def test_repeats_count_once() -> None:
    bench = Bench()
    for _ in range(4):
        bench.milesight(START + 60.5, end=START + 60, window=(3, 1), running=141)
    bench.milesight(START + 75, end=START + 60, window=(3, 1), running=156)
    assert bench.people == (3, 1)
    assert bench.faults == {"repeated": 4}


def test_a_repeated_trigger_counts_once_and_two_people_in_a_row_twice() -> None:
    bench = Bench()
    for second in (10, 10, 10, 11):
        bench.milesight(START + second, trigger=(1, 0), running=second)
    bench.milesight(START + 11, trigger=(0, 1), running=11)
    assert bench.people == (2, 1)


def test_totals_begin_again_at_unknown_times() -> None:
    bench = Bench()
    for minute, total in enumerate([(100, 90), (103, 91), (2, 0), (5, 1)], 1):
        bench.milesight(START + 60 * minute, total=total)
    assert bench.people == (3 + 2 + 3, 1 + 0 + 1)
    assert bench.faults == {"totals_reset": 1}


def test_totals_and_windows_and_triggers_together_count_once() -> None:
    bench = Bench()
    total = 500
    for minute in range(1, 6):
        for person in range(3):
            bench.milesight(START + 60 * minute - 30 + person, trigger=(1, 0), running=person)
        total += 4  # one of them was never told as it happened
        bench.milesight(START + 60 * minute, window=(4, 0), total=(total, 0), running=60 * minute)
    # The first totals are the base, so the one that went untold before them is not known.
    assert bench.people == (19, 0)


def test_totals_that_begin_again_beside_triggers_count_nobody_twice() -> None:
    bench = Bench()
    bench.milesight(START + 1, trigger=(1, 0), running=1)
    bench.milesight(START + 60, total=(51, 0))
    bench.milesight(START + 70, trigger=(1, 0), running=70)
    bench.milesight(START + 120, total=(1, 0))
    bench.milesight(START + 180, total=(4, 0))
    assert bench.people == (5, 0)


def test_a_lost_message_loses_nobody_where_there_are_totals() -> None:
    bench = Bench()
    bench.milesight(START + 60, total=(10, 10))
    bench.milesight(START + 600, total=(30, 25))
    assert bench.people == (20, 15)


def test_the_devices_own_occupancy_is_not_used() -> None:
    bench = Bench()
    bench.milesight(START + 60, total=(8442, 15583), capacity=-7141)
    bench.milesight(START + 120, total=(8443, 15583), capacity=-7140)
    assert bench.people == (1, 0)


def test_several_records_after_an_outage_stand_in_their_own_time() -> None:
    bench = Bench()
    ms = int(START * 1000)
    minutes = [(ms + 60_000 * n, ms + 60_000 * (n + 1), 20, 10) for n in range(30)]
    bench.take(read_xovis(xovis(*minutes)), START + 1_800.0)
    assert bench.people == (600, 300)
    times = [passages.t for passages in bench.door.untold]
    assert times == [START + 60 * (n + 1) for n in range(30)]


def test_a_backlog_in_several_messages_at_once_loses_nobody() -> None:
    bench = Bench()
    ms = int(START * 1000)
    minutes = [(ms + 60_000 * n, ms + 60_000 * (n + 1), 20, 10) for n in range(30)]
    for part in range(3):
        bench.take(read_xovis(xovis(*minutes[10 * part : 10 * part + 10])), START + 1_800.0 + part)
    bench.take(read_xovis(xovis(*minutes[:10])), START + 1_805.0)
    assert bench.people == (600, 300)
    assert bench.faults == {"repeated": 10}


def test_what_a_device_tells_late_of_the_time_before_our_start_is_counted() -> None:
    bench = Bench()
    ms = int((START - 600) * 1000)
    bench.take(read_xovis(xovis((ms, ms + 60_000, 4, 0))), START + 5)
    assert bench.people == (4, 0)


def test_two_devices_at_one_door_in_the_same_instant() -> None:
    bench = Bench()
    for minute in range(1, 4):
        at = START + 60 * minute
        bench.milesight(at, window=(30, 0), serial="A", running=60 * minute)
        bench.milesight(at + 0.01, end=at, window=(40, 0), serial="B", running=60 * minute)
    assert bench.people == (210, 0)


@pytest.mark.parametrize(
    ("unit", "people"), [(None, 3), ("1", 1), ("Line2", 2), ("S", 3), ("9", 0)]
)
def test_a_unit_is_a_line_a_name_or_a_serial(unit: str | None, people: int) -> None:
    bench = Bench(unit=unit)
    bench.milesight(START + 60, window=(1, 0), line=1, serial="S")
    bench.milesight(START + 61, end=START + 60, window=(2, 0), line=2, serial="S")
    assert bench.people == (people, 0)
    assert bool(bench.faults["other_line"]) == (unit not in {None, "S"})


def test_more_people_than_a_door_lets_through_are_a_fault() -> None:
    bench = Bench()
    bench.milesight(START + 60, window=(9_000, 0))
    bench.milesight(START + 120, total=(0, 0), running=201)
    bench.milesight(START + 180, total=(90_000, 0), running=261)
    bench.milesight(START + 240, total=(90_002, 0), running=321)
    assert bench.people == (2, 0)
    assert bench.faults == {"too_fast": 2}


def test_a_report_is_a_sign_of_life_even_when_nobody_passed() -> None:
    bench = Bench()
    counts = bench.take(read_milesight(milesight(START + 60, window=(0, 0))), START + 60)
    assert [(count.entries, count.exits) for count in counts][-1] == (0, 0)


def test_memory_is_bounded() -> None:
    bench = Bench()
    for number in range(500):
        bench.milesight(START + 60 + number, window=(1, 0), serial=f"S{number}")
    assert len(bench.tally._lines) == 64


steps = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans(), st.integers(1, 3)), max_size=30
)


@given(steps)
def test_whatever_is_repeated_the_windows_add_up(minutes: list[tuple[int, int, bool, int]]) -> None:
    bench = Bench()
    came = left = 0
    for number, (entries, exits, lost, times) in enumerate(minutes, 1):
        at = START + 60 * number
        if lost:
            continue
        came, left = came + entries, left + exits
        for again in range(times):
            bench.milesight(at + again, end=at, window=(entries, exits), running=60 * number)
    assert bench.people == (came, left)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=20))
def test_totals_add_up(minutes: list[tuple[int, int]]) -> None:
    bench = Bench()
    came = left = 0
    line = LineRef("1", frozenset({"1"}))

    def read(entries: int, exits: int) -> Report:
        return Report("S", totals=(Totals(line, entries, exits),))

    bench.take(read(0, 0), START)
    for number, (entries, exits) in enumerate(minutes, 1):
        came, left = came + entries, left + exits
        bench.take(read(came, left), START + 60 * number)
    assert bench.people == (came, left)


def test_groups_are_told_beside_people_also_where_triggers_count_them() -> None:
    bench = Bench()
    bench.milesight(START + 5, trigger=(1, 0), running=5)
    for minute, groups in enumerate([2, 1, 3], 1):
        bench.milesight(START + 60 * minute, window=(4, 0), groups=groups, running=60 * minute)
    assert [count.groups for count in bench.counts[-3:]] == [2, 3, 6]
    assert bench.people == (1, 0), "windows are heartbeats"


def test_more_groups_than_people_are_people_and_none_where_some_came_is_not_told() -> None:
    bench = Bench()
    bench.milesight(START + 60, window=(3, 0), groups=9, running=60)
    assert bench.counts[-1].groups == 3
    bench.milesight(START + 120, window=(3, 0), groups=0, running=120)
    assert bench.counts[-1].groups is None
    bench.milesight(START + 180, window=(0, 0), groups=0, running=180)
    bench.milesight(START + 240, window=(5, 0), groups=2, running=240)
    told = [one.groups for one in bench.door.untold]
    assert told == [None, None, 2], "what is not told once is unknown until it is told again"
