"""A total that comes after a silence: spread over it, marked, nobody more and nobody less."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.changes import StoreMinute
from gateway.footfall.spread import MOST_CELLS, cells, shares
from tests.gateway.footfall.store import MAIN, T0, Till

FRIDAY = 4


def test_a_late_total_is_spread_over_the_gap_and_marked() -> None:
    shop = Till()
    shop.count(T0 + 1, 100, 50)
    shop.until(T0 + 30)
    shop.until(T0 + 1_800)
    shop.count(T0 + 1_801, 160, 80)
    late = [c for c in shop.until(T0 + 1_870) if isinstance(c, StoreMinute)]
    assert shop.passed == (60, 30)
    assert all(m.entries == 2 for m in late[:-2])
    assert [m.t for m in late] == sorted(m.t for m in late), "the present minute is told last"
    assert len({m.t for m in late}) == len(late) >= 30
    assert all(m.estimated for m in late if m.entries)
    assert {m.transactions for m in late} == {0}
    assert sum(m.visitors for m in shop.minutes.values()) == 60


def test_only_hours_of_opening_take_part() -> None:
    rules = replace(MAIN, hours={FRIDAY: ((16 * 60 + 10, 16 * 60 + 20),)})
    shop = Till(rules)
    shop.count(T0 + 1, 0, 0)
    shop.until(T0 + 3_000)
    shop.count(T0 + 3_001, 500, 500)
    shop.until(T0 + 3_070)
    busy = {t - T0 for t, m in shop.minutes.items() if m.entries}
    assert busy == {60.0 * n for n in range(11, 21)}
    assert shop.passed == (500, 500)


def test_a_gap_in_a_closed_store_still_counts_everybody() -> None:
    shop = Till(replace(MAIN, hours={FRIDAY: ()}))
    shop.count(T0 + 1, 0, 0)
    shop.count(T0 + 3_001, 7, 7)
    shop.until(T0 + 3_070)
    assert shop.passed == (7, 7)
    assert sum(m.visitors for m in shop.minutes.values()) == 0
    assert sum(m.outside for m in shop.minutes.values()) == 7


def test_the_past_keeps_the_occupancy_that_was_believed() -> None:
    shop = Till()
    shop.count(T0 + 1, 0, 0)
    shop.count(T0 + 30, 8, 0)
    shop.until(T0 + 1_200)
    shop.count(T0 + 1_201, 28, 0)
    said = [c for c in shop.until(T0 + 1_270) if isinstance(c, StoreMinute)]
    assert {m.occupancy for m in said if m.t < T0 + 1_200} == {8}
    assert said[-1].occupancy == 28


def test_an_hour_that_is_over_is_said_again() -> None:
    shop = Till()
    shop.count(T0 + 1, 0, 0)
    shop.count(T0 + 60, 40, 0)
    shop.until(T0 + 3_700)
    assert shop.hours[T0 + 3_600].visitors == 40
    shop.count(T0 + 3_660, 100, 0)
    shop.until(T0 + 3_800)
    assert shop.hours[T0 + 3_600].visitors == 99
    assert shop.hours[T0 + 3_600].estimated


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(0, 40),
            st.sampled_from([7, 65, 121, 400, 4_000, 100_000]),
            st.booleans(),
        ),
        max_size=25,
    )
)
def test_nobody_is_lost_or_doubled_by_gaps_and_kills(
    walk: list[tuple[int, int, int, bool]],
) -> None:
    shop = Till()
    t, came, left = T0 + 1, 0, 0
    shop.count(t, 0, 0)
    shop.until(t)
    for more, less, pause, killed in walk:
        t, came, left = t + pause, came + more, left + less
        if killed:
            shop.restart()
        if pause < 3_600:
            shop.until(t - 1)
        shop.count(t, came, left)
        shop.until(t)
    shop.until(t + 130)
    assert shop.passed == (came, left)
    minutes = shop.minutes.values()
    assert sum(m.entries for m in minutes) == came
    assert sum(m.visitors for m in minutes) == came


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 5_000), st.lists(st.floats(0.0, 10.0), min_size=1, max_size=50))
def test_shares_are_whole_and_all(people: int, weights: list[float]) -> None:
    found = shares(people, weights)
    assert sum(found) == people
    assert min(found) >= 0


def test_a_long_gap_has_bounded_cells() -> None:
    assert len(cells(0.0, 30 * 86_400.0, lambda _t: 1.0)) <= MOST_CELLS
