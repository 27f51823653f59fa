"""Groups by the pauses between people, corrected for strangers who follow by chance."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.observations import Count
from gateway.footfall.doors import Passages
from gateway.footfall.groups import Parties
from gateway.footfall.rules import DoorRule, FootfallRules
from tests.gateway.footfall.store import T0, Till

SIZES = (1, 1, 1, 2, 2, 3)


def walk(parties_a_minute: float, minutes: int, seed: int) -> tuple[list[float], int]:
    """When people come in over a counter at 1 Hz, and how many groups they are."""
    rng = np.random.default_rng(seed)
    begins = rng.uniform(0, 60 * minutes, rng.poisson(parties_a_minute * minutes))
    sizes = rng.choice(SIZES, len(begins))
    each = [t + 0.8 * n for t, size in zip(begins, sizes, strict=True) for n in range(size)]
    return sorted(float(np.ceil(t)) for t in each), len(begins)


def counted(times: list[float], minutes: int) -> int:
    parties, total = Parties(), 0
    for minute in range(minutes + 1):
        mine = [t for t in times if 60 * minute < t <= 60 * (minute + 1)]
        told = [Passages(t, mine.count(t), 0, False, 1, 1.0) for t in sorted(set(mine))]
        found = parties.minute(told)
        assert found is not None
        total += found
    return total


@pytest.mark.parametrize("parties_a_minute", [0.5, 2.0, 6.0])
def test_groups_are_found_whether_few_or_many_come(parties_a_minute: float) -> None:
    errors = []
    for seed in range(8):
        times, truth = walk(parties_a_minute, 240, seed)
        errors.append(counted(times, 240) / truth - 1)
    assert abs(np.mean(errors)) < 0.06


def test_there_are_never_more_groups_than_people() -> None:
    times = [float(n) for n in range(0, 6_000, 1)]
    assert counted(times, 100) <= len(times)


def test_a_counter_that_tells_by_the_minute_says_nothing_of_groups() -> None:
    assert Parties().minute([Passages(60.0, 5, 0, False, 1, 60.0)]) is None
    assert Parties().minute([Passages(60.0, 5, 0, True, 1, 600.0)]) is None
    assert Parties().minute([Passages(60.0, 1, 0, False, 1, 60.0)]) == 1, "one is one"


def test_the_store_says_its_groups_beside_its_visitors() -> None:
    shop = Till(FootfallRules(doors={"door-main": DoorRule("door-main")}))
    passed = 0
    for second in range(600):
        if second % 60 in (10, 11, 40):
            passed += 1
        shop.count(T0 + second, passed, 0)
        shop.until(T0 + second)
    shop.until(T0 + 610)
    minutes = shop.minutes.values()
    assert sum(m.visitors for m in minutes) == 30
    assert sum(m.groups or 0 for m in minutes) == pytest.approx(20, abs=1)


def test_a_counter_that_sees_groups_says_them() -> None:
    shop = Till(FootfallRules(doors={"door-main": DoorRule("door-main")}))
    for minute in range(10):
        t = T0 + 60 * minute + 1
        shop.engine.observe(Count("door-main", t, t, 1, 5 * minute, 0, 2 * minute))
        shop.until(t)
    shop.until(T0 + 700)
    told = [m.groups for m in shop.minutes.values() if m.visitors]
    assert told == [2] * 9


def test_groups_of_a_counter_that_hangs_the_other_way_are_not_known() -> None:
    shop = Till(FootfallRules(doors={"door-main": DoorRule("door-main", inverted=True)}))
    for minute in range(3):
        t = T0 + 60 * minute + 1
        shop.engine.observe(Count("door-main", t, t, 1, minute, 5 * minute, minute))
        shop.until(t)
    shop.until(T0 + 200)
    assert [m.groups for m in shop.minutes.values() if m.visitors] == [None, None]
