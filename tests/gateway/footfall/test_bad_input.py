"""What devices and clocks do wrong: flagged, bounded, nobody invented."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.observations import Count, Line, Sale
from gateway.changes import Conversion, Remember, StoreMinute
from gateway.footfall.rules import DoorRule, FootfallRules
from tests.gateway.footfall.store import MAIN, T0, Till

HOUR = 3_600.0


def test_totals_that_run_backwards_count_nobody() -> None:
    shop = Till()
    for n in range(60):
        shop.count(T0 + n, 1_000 - n, 1_000 - n)
    shop.until(T0 + 70)
    assert shop.passed == (0, 0)
    assert shop.engine.faults["count_backwards"] > 0


def test_another_unit_with_the_same_boot_is_a_new_base_after_a_while() -> None:
    shop = Till()
    shop.count(T0, 9_000, 9_000)
    for n in range(60):
        shop.count(T0 + 1 + n, 100 + n, 50)
    shop.until(T0 + 70)
    assert shop.engine.faults["count_rebased"] == 1
    assert 0 < shop.passed[0] < 60
    assert shop.passed[1] == 0


def test_one_stale_frame_among_good_ones_is_no_other_unit() -> None:
    shop = Till()
    for n in range(200):
        shop.count(T0 + n, 500 + n, 500)
        shop.count(T0 + n + 0.5, 100, 100)
    shop.until(T0 + 300)
    assert shop.passed == (199, 0)
    assert shop.engine.faults["count_rebased"] == 0


def test_two_units_with_one_id_are_said_and_one_of_them_counts() -> None:
    shop = Till()
    for n in range(120):
        shop.count(T0 + n, 700 + n, 0, boot=7)
        shop.count(T0 + n + 0.5, 90_000 + n, 0, boot=8)
    shop.until(T0 + 130)
    assert shop.engine.faults["count_two_units"] >= 100
    assert shop.passed == (119, 0)
    writes = [c for c in shop.said if isinstance(c, Remember) and c.key == "door/door-main"]
    assert len(writes) < 20, "they do not wear the card out"


def test_a_unit_that_was_swapped_goes_on_from_its_own_totals() -> None:
    shop = Till()
    shop.count(T0, 50_000, 50_000, boot=3)
    shop.count(T0 + 10, 50_004, 50_000, boot=3)
    shop.count(T0 + 20, 12, 9, boot=1)
    shop.count(T0 + 30, 15, 9, boot=1)
    shop.until(T0 + 70)
    assert shop.passed == (7, 0)


@pytest.mark.parametrize("ahead", [600.0, 3 * HOUR])
def test_a_clock_that_is_ahead_is_not_believed(ahead: float) -> None:
    shop = Till()
    for n in range(30):
        t = T0 + 2 * n
        shop.engine.observe(Count("door-main", t + ahead, t, 1, n, 0))
    shop.until(T0 + 70)
    assert shop.passed == (29, 0)
    assert shop.engine.faults["count_clock_ahead"] == 30


def test_a_clock_that_steps_back_by_hours_loses_nobody() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.count(T0 + 5, 3, 0)
    shop.until(T0 + 70)
    for n in range(10):
        shop.engine.observe(Count("door-main", T0 + 70 + n - 5 * HOUR, T0 + 70 + n, 1, 3 + n, 0))
    shop.until(T0 + 130)
    assert shop.passed == (12, 0)
    assert shop.engine.faults["count_clock_back"] > 0
    assert {t for t in shop.minutes if t < T0} == set(), "nobody came before the store was seen"


def test_a_clock_that_is_hours_behind_is_flagged_and_invents_nobody() -> None:
    shop = Till()
    for n in range(30):
        t = T0 + 2 * n
        shop.engine.observe(Count("door-main", t - 3 * HOUR, t, 1, n, 0))
    shop.until(T0 + 70)
    assert shop.engine.faults["count_clock_behind"] == 30
    assert shop.passed == (29, 0)
    assert all(m.entries >= 0 for m in shop.minutes.values())


def test_ten_thousand_in_a_minute_are_a_fault() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.count(T0 + 59, 10_000, 10_000)
    shop.count(T0 + 61, 10_002, 10_001)
    shop.until(T0 + 130)
    assert shop.passed == (2, 1)
    assert shop.engine.faults["count_too_fast"] == 1


def test_sales_before_opening_have_no_visitors_and_say_so() -> None:
    shop = Till(replace(MAIN, hours=dict.fromkeys(range(7), ((18 * 60, 20 * 60),))))
    shop.count(T0, 0, 0)
    for n in range(5):
        shop.sale(T0 + 100 + n, f"R-{n}")
    shop.until(T0 + HOUR + 10)
    hour = next(c for c in shop.said if isinstance(c, Conversion))
    assert (hour.rate, hour.flags) == (None, ("sales_without_visitors",))


def test_more_sales_than_visitors_are_flagged_not_clamped() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.count(T0 + 60, 31, 0)
    for n in range(40):
        shop.sale(T0 + 100 + n, f"R-{n}")
    shop.until(T0 + HOUR + 10)
    hour = shop.hours[T0 + HOUR]
    assert hour.flags == ("more_sales_than_visitors",)
    assert hour.rate is not None
    assert hour.rate > 1


def test_a_till_with_a_clock_ahead_sells_now_and_one_that_is_late_sold_then() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.until(T0 + 2 * HOUR + 10)
    now = T0 + 2 * HOUR + 20
    line = (Line("03453120000011", 1),)
    shop.engine.observe(Sale("till", now + 9e6, now, "R-1", line))
    shop.engine.observe(Sale("till", T0 + 600, now, "R-2", line))
    shop.until(now + 60)
    assert shop.engine.faults["sale_clock_ahead"] == 1
    assert {t - T0 for t, m in shop.minutes.items() if m.transactions} == {600.0, 7_260.0}
    assert shop.hours[T0 + HOUR].transactions == 1


def test_a_door_that_nobody_knows_is_counted_as_a_fault() -> None:
    shop = Till()
    shop.count(T0, 5, 5, src="another")
    shop.until(T0 + 70)
    assert shop.engine.faults["count_unknown_door"] == 1
    assert shop.passed == (0, 0)


frames = st.lists(
    st.tuples(
        st.integers(-4_000, 100_000),
        st.integers(0, 2**32 - 1) | st.integers(0, 30),
        st.integers(0, 2**32 - 1) | st.integers(0, 30),
        st.integers(1, 3),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 400),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=60)
@given(frames)
def test_whatever_comes_the_numbers_stay_possible(
    walk: list[tuple[int, int, int, int, str, int]],
) -> None:
    shop = Till(FootfallRules(doors={"a": DoorRule("a"), "b": DoorRule("b", inverted=True)}))
    arrival = T0
    for skew, entries, exits, boot, src, pause in walk:
        arrival += pause
        shop.until(arrival)
        shop.engine.observe(Count(src, arrival - skew, arrival, boot, entries, exits))
    shop.until(arrival + 200)
    minutes = shop.minutes.values()
    assert all(m.entries >= 0 and m.exits >= 0 and m.visitors >= 0 for m in minutes)
    assert all(m.occupancy >= 0 for m in minutes)
    longest = arrival - T0 + 110_000.0
    assert sum(m.entries + m.exits for m in minutes) <= len(walk) * 2 * 8 * longest
    said = [c for c in shop.said if isinstance(c, StoreMinute)]
    assert len(said) <= 1_500 * (len(walk) + 2) + (arrival - T0) / 60
