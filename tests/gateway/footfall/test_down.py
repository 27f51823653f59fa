"""A counter that is down: estimated, marked, taken back when it tells by itself."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from gateway.changes import Alert, Remember
from gateway.footfall.down import Gaps, chance_of_zeros
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.footfall.slots import DAYS_KEPT, SLOT, Slots
from tests.gateway.footfall.store import T0, Till

DAY = 86_400.0
NORTH, SOUTH = "north", "south"
RULES = FootfallRules(
    doors={NORTH: DoorRule(NORTH), SOUTH: DoorRule(SOUTH)},
    hours=dict.fromkeys(range(7), ((600, 840),)),
)
ONE = FootfallRules(doors={NORTH: DoorRule(NORTH)}, hours=RULES.hours)
OPENS = T0 - T0 % DAY + 10 * 3_600
HALF = 15
"""People a half hour at the north door; twice as many at the south."""


class Street:
    """The doors of a store: totals that grow by the minute."""

    def __init__(self, shop: Till, doors: tuple[str, ...] = (NORTH, SOUTH)) -> None:
        self.shop = shop
        self.doors = doors
        self.totals = dict.fromkeys(doors, 0)
        self.boots = dict.fromkeys(doors, 1)

    def walk(
        self,
        begin: float,
        minutes: int,
        *,
        busy: float = 1.0,
        quiet: tuple[str, ...] = (),
        stuck: tuple[str, ...] = (),
    ) -> None:
        """`quiet` doors count and say nothing, `stuck` ones say that nobody came."""
        for minute in range(minutes):
            t = begin + 60 * minute
            for door in self.doors:
                each = (HALF if door == NORTH else 2 * HALF) / 30 * busy
                came = int((minute + 1) * each) - int(minute * each)
                self.totals[door] += 0 if door in stuck else came
                if door not in quiet:
                    total = self.totals[door]
                    self.shop.count(t + 50, total, total, boot=self.boots[door], src=door)
            self.shop.until(t + 50)

    def reboot(self, door: str) -> None:
        self.boots[door] += 1
        self.totals[door] = 0


@pytest.fixture(scope="module")
def weeks() -> Callable[[FootfallRules], tuple[Till, Street]]:
    """A store with three weeks of history, at opening."""
    disks: dict[int, tuple[dict[str, str], dict[str, int]]] = {}

    def make(rules: FootfallRules) -> tuple[Till, Street]:
        doors = tuple(rules.doors)
        if len(doors) not in disks:
            shop = Till(rules, OPENS - 21 * DAY - 60)
            street = Street(shop, doors)
            for day in range(-21, 0):
                # Before opening the counters are heard, so the first half hour is whole.
                street.walk(OPENS + day * DAY - 1_860, 31, busy=0.0)
                street.walk(OPENS + day * DAY, 241)
            disks[len(doors)] = dict(shop.disk), dict(street.totals)
        disk, totals = disks[len(doors)]
        shop = Till(rules, OPENS - 1_860)
        shop.disk = dict(disk)
        shop.now = OPENS - 1_860
        shop.restart()
        street = Street(shop, doors)
        street.totals = dict(totals)
        street.walk(OPENS - 1_860, 31, busy=0.0)
        return shop, street

    return make


Weeks = Callable[[FootfallRules], tuple[Till, Street]]


def visitors(shop: Till) -> int:
    return sum(m.visitors for m in shop.minutes.values())


def test_silence_is_filled_by_what_is_usual_and_marked(weeks: Weeks) -> None:
    shop, street = weeks(ONE)
    street.walk(OPENS, 30)
    street.walk(OPENS + 1_800, 121, quiet=(NORTH,))
    told = {t: m for t, m in shop.minutes.items() if t > OPENS + 1_800 + 60}
    assert sum(m.entries for m in told.values()) == 0, "what was not counted is not counted"
    assert sum(m.visitors for m in told.values()) == pytest.approx(4 * HALF, abs=2)
    assert all(m.estimated for m in told.values() if m.visitors)
    assert shop.hours[OPENS + 7_200].estimated


def test_another_live_door_says_how_busy_it_is(weeks: Weeks) -> None:
    shop, street = weeks(RULES)
    street.walk(OPENS, 30, busy=2.0)
    street.walk(OPENS + 1_800, 121, busy=2.0, quiet=(NORTH,))
    late = [m for t, m in shop.minutes.items() if t > OPENS + 1_860]
    estimated = sum(m.visitors for m in late) - sum(m.entries for m in late)
    assert estimated == pytest.approx(2 * 4 * HALF, rel=0.15)


def test_the_counters_own_memory_replaces_the_estimate(weeks: Weeks) -> None:
    shop, street = weeks(ONE)
    street.walk(OPENS, 30)
    street.walk(OPENS + 1_800, 121, busy=3.0, quiet=(NORTH,))
    before = visitors(shop)
    street.walk(OPENS + 1_800 + 121 * 60, 5, busy=0.0)
    assert before < visitors(shop)
    minutes = [m for t, m in shop.minutes.items() if t > OPENS]
    assert sum(m.visitors for m in minutes) == sum(m.entries for m in minutes)
    assert all(m.visitors >= 0 for m in minutes)
    assert shop.hours[OPENS + 7_200].visitors == pytest.approx(6 * HALF, abs=3)


def test_a_kill_while_it_is_down_and_one_as_it_comes_back(weeks: Weeks) -> None:
    shop, street = weeks(ONE)
    street.walk(OPENS, 30)
    street.walk(OPENS + 1_800, 70, busy=3.0, quiet=(NORTH,))
    shop.restart()
    street.walk(OPENS + 1_800 + 70 * 60, 51, busy=3.0, quiet=(NORTH,))
    t = OPENS + 1_800 + 121 * 60
    shop.count(t, street.totals[NORTH], street.totals[NORTH], src=NORTH)
    shop.until(t + 1)
    shop.restart()
    street.walk(t + 2, 5, busy=0.0)
    minutes = [m for t, m in shop.minutes.items() if t > OPENS]
    assert sum(m.visitors for m in minutes) == sum(m.entries for m in minutes)
    assert all(m.visitors >= 0 for m in minutes)


def test_a_counter_that_forgot_leaves_the_estimate(weeks: Weeks) -> None:
    shop, street = weeks(ONE)
    street.walk(OPENS, 30)
    street.walk(OPENS + 1_800, 100, quiet=(NORTH,))
    street.reboot(NORTH)
    street.walk(OPENS + 1_800 + 6_000, 41, busy=1.0)
    told = [m for t, m in shop.minutes.items() if t > OPENS]
    missed = sum(m.visitors for m in told) - sum(m.entries for m in told)
    assert missed == pytest.approx(HALF * 100 / 30, abs=3)


def test_zeros_that_cannot_be_are_filled_when_another_door_is_alive(weeks: Weeks) -> None:
    shop, street = weeks(RULES)
    street.walk(OPENS, 121, stuck=(NORTH,))
    alerts = [c for c in shop.said if isinstance(c, Alert)]
    assert [(a.kind, a.subject, a.over) for a in alerts] == [("door_zero_run", NORTH, False)]
    told = shop.minutes.values()
    missed = sum(m.visitors for m in told) - sum(m.entries for m in told)
    assert missed == pytest.approx(4 * HALF, abs=4)
    street.walk(OPENS + 121 * 60, 31)
    assert [c.over for c in shop.said if isinstance(c, Alert)] == [False, True]


def test_a_day_without_anybody_is_believed_when_every_door_says_so(weeks: Weeks) -> None:
    shop, street = weeks(RULES)
    street.walk(OPENS, 200, busy=0.0)
    assert not [c for c in shop.said if isinstance(c, Alert) and c.kind == "door_zero_run"]
    assert visitors(shop) == 0


def test_without_history_nothing_is_invented() -> None:
    shop = Till(ONE, OPENS)
    street = Street(shop, (NORTH,))
    street.walk(OPENS, 10)
    street.walk(OPENS + 600, 120, quiet=(NORTH,))
    assert visitors(shop) == sum(m.entries for m in shop.minutes.values())


def test_the_memory_of_past_half_hours_is_bounded() -> None:
    slots = Slots(RULES.timezone)
    kept: set[str] = set()
    for day in range(90):
        begin = OPENS + day * DAY
        slots.put(begin, 3, 2)
        kept.add(slots.memory(begin)[0])
        kept -= set(slots.forget(begin))
    assert len(kept) == DAYS_KEPT + 1
    assert slots.usual(OPENS + 90 * DAY) == (3.0, 2.0)
    assert slots.usual(OPENS + 90 * DAY + SLOT) is None


def test_days_that_are_too_old_are_forgotten_on_disk() -> None:
    shop = Till(ONE, OPENS - 1_860)
    gaps: Gaps = shop.engine._gaps
    watch = gaps._watches[NORTH]
    watch.slots.put(OPENS - 60 * DAY, 1, 1)
    street = Street(shop, (NORTH,))
    street.walk(OPENS - 1_860, 62, busy=0.0)
    forgotten = [c for c in shop.said if isinstance(c, Remember) and c.value is None]
    assert [c.key for c in forgotten] == ["slots/north/2025-09-22"]


def test_the_small_arithmetic() -> None:
    assert chance_of_zeros(0) == 1.0
    assert chance_of_zeros(30) < 1e-6


def test_when_the_day_is_over_its_gaps_are_said_anew(weeks: Weeks) -> None:
    """While it lasted nothing spoke for a busy day; the rest of the day did."""
    shop, street = weeks(ONE)
    street.walk(OPENS, 30)
    street.walk(OPENS + 1_800, 60, quiet=(NORTH,))
    street.reboot(NORTH)
    street.walk(OPENS + 5_400, 150, busy=3.0)
    before = missed(shop)
    assert before == pytest.approx(2 * HALF, abs=3)
    shop.restart()
    street.walk(OPENS + 14_400, 11 * 60, busy=0.0)
    assert missed(shop) > 1.5 * before
    assert all(m.visitors >= 0 for t, m in shop.minutes.items() if t > OPENS)


def test_what_was_said_anew_is_taken_back_too(weeks: Weeks) -> None:
    shop, street = weeks(ONE)
    street.walk(OPENS, 120, busy=3.0)
    street.walk(OPENS + 7_200, 121, busy=3.0, quiet=(NORTH,))
    street.walk(OPENS + 14_460, 11 * 60, busy=0.0, quiet=(NORTH,))
    assert missed(shop) > 0
    shop.restart()
    street.walk(OPENS + 14_460 + 11 * 3_600, 5, busy=0.0)
    assert missed(shop) == 0
    assert all(m.visitors >= 0 for t, m in shop.minutes.items() if t > OPENS)


def test_a_gap_that_nobody_will_tell_keeps_what_was_said_anew(weeks: Weeks) -> None:
    """A reboot in the morning, silence over midnight that the counter then tells by itself."""
    shop, street = weeks(ONE)
    street.walk(OPENS, 60, quiet=(NORTH,))
    street.reboot(NORTH)
    street.walk(OPENS + 3_600, 180, busy=3.0)
    before = missed(shop)
    street.walk(OPENS + 14_400, 11 * 60, busy=0.0, quiet=(NORTH,))
    anew = missed(shop)
    assert anew > 1.5 * before
    street.walk(OPENS + 14_400 + 11 * 3_600, 5, busy=0.0)
    assert missed(shop) == anew


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_what_is_told_in_the_end_replaces_every_estimate(
    weeks: Weeks, seed: int
) -> None:
    """Silence, restarts and busy hours over two midnights; reboots only where `seed` is odd."""
    dice = random.Random(seed)
    shop, street = weeks(RULES)
    t = OPENS
    while t < OPENS + 2 * DAY:
        minutes = dice.randint(5, 120)
        quiet = tuple(door for door in street.doors if dice.random() < 0.4)
        opened = (t - OPENS) % DAY < 4 * 3_600
        minutes = min(minutes, 240 - int((t - OPENS) % DAY / 60)) if opened else 60
        street.walk(t, minutes, busy=dice.choice((0.5, 1.0, 3.0)) if opened else 0.0, quiet=quiet)
        t += 60 * minutes
        if dice.random() < 0.3:
            shop.restart()
        if seed % 2 and quiet and dice.random() < 0.5:
            street.reboot(quiet[0])
    street.walk(t, 31, busy=0.0)
    told = [m for when, m in shop.minutes.items() if when > OPENS]
    assert all(m.visitors >= 0 for m in told)
    assert missed(shop) > 0 if seed % 2 else missed(shop) == 0


def missed(shop: Till) -> int:
    told = [m for t, m in shop.minutes.items() if t > OPENS]
    return sum(m.visitors for m in told) - sum(m.entries for m in told)
