"""People inside: learned ratio, begun anew each night, never negative, never fed back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.changes import Alert, OccupancyChanged
from gateway.footfall.occupancy import Occupancy
from tests.gateway.footfall.store import MAIN, T0, Till

DAY = 86_400.0
HOURS = dict.fromkeys(range(7), ((600, 1200),))


def days(shop: Till, begin: float, count: int, *, seen: float = 0.9, swapped: bool = False) -> None:
    """Days of 600 visitors who stay 30 minutes; the counter sees all who come, some who leave."""
    opening = begin - begin % DAY + 10 * 3_600.0
    totals = [0.0, 0.0]
    for day in range(count):
        at = opening + day * DAY
        for minute in range(631):
            totals[0] += 1 if minute < 600 else 0
            totals[1] += seen if minute >= 30 else 0
            came, left = int(totals[0]), int(totals[1])
            t = at + 60 * minute
            shop.count(t, left if swapped else came, came if swapped else left)
            shop.until(t + 10)
        # The night: heartbeats of an empty store.
        for quiet in range(1, 14):
            shop.count(at + 37_860 + 60 * quiet, *(int(x) for x in totals[:: -1 if swapped else 1]))
            shop.until(at + 37_870 + 60 * quiet)


def test_a_counter_that_misses_exits_is_learned_within_days() -> None:
    shop = Till(replace(MAIN, hours=HOURS), T0 - T0 % DAY + 9 * 3_600)
    days(shop, T0, 12)
    residuals = [
        c.residual for c in shop.said if isinstance(c, OccupancyChanged) and c.residual is not None
    ]
    assert residuals[0] > 50, "a tenth of 600 never left, by the counter"
    assert abs(residuals[-1]) < 25
    assert shop.passed[0] == 12 * 600 - 1, "what was counted stays what was counted"


def test_in_and_out_exchanged_is_said() -> None:
    shop = Till(replace(MAIN, hours=HOURS), T0 - T0 % DAY + 9 * 3_600)
    days(shop, T0, 3, seen=1.0, swapped=True)
    alerts = [c for c in shop.said if isinstance(c, Alert)]
    assert [(c.kind, c.over) for c in alerts] == [("in_out_swapped", False)]
    shop = Till(replace(MAIN, hours=HOURS), T0 - T0 % DAY + 9 * 3_600)
    days(shop, T0, 3, seen=1.0)
    assert not [c for c in shop.said if isinstance(c, Alert)]


def test_a_day_that_ends_below_nobody_says_by_how_many() -> None:
    shop = Till(replace(MAIN, hours=HOURS), T0 - T0 % DAY + 9 * 3_600)
    days(shop, T0, 3, seen=1.05)
    residuals = [
        c.residual for c in shop.said if isinstance(c, OccupancyChanged) and c.residual is not None
    ]
    assert -40 < residuals[0] < -20, "30 more left than came"
    assert abs(residuals[-1]) < abs(residuals[0])
    assert shop.engine.residual == residuals[-1]
    shop.restart()
    assert shop.engine.residual == residuals[-1]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60),
    st.dictionaries(st.integers(0, 60), st.integers(0, 500), max_size=8),
)
def test_what_is_believed_inside_is_never_fed_back_into_counts(
    passed: list[tuple[int, int]], looks: dict[int, int]
) -> None:
    told = []
    for looked in (looks, {}):
        shop, totals = Till(), [0, 0]
        for n, (came, left) in enumerate(passed):
            t = T0 + 30.0 * n
            totals = [totals[0] + came, totals[1] + left]
            shop.count(t, *totals)
            if n in looked:
                shop.engine.reset_occupancy(looked[n], t)
            shop.until(t)
        shop.until(T0 + 1_900)
        told.append([replace(one, occupancy=0) for one in shop.minutes.values()])
    assert told[0] == told[1]


def test_a_restart_keeps_ratio_and_people() -> None:
    shop = Till()
    shop.count(T0 + 1, 0, 0)
    shop.count(T0 + 9, 7, 2)
    shop.until(T0 + 70)
    shop.restart()
    assert shop.engine.reset_occupancy(0, T0 + 80) == 5


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=80))
def test_never_negative_and_the_ratio_is_bounded(passed: list[tuple[int, int]]) -> None:
    inside = Occupancy()
    for n, (came, left) in enumerate(passed):
        inside.tally(came, left)
        inside.move(came, left)
        assert inside.people >= 0
        if n % 10 == 9:
            inside.empty(float(n))
            assert inside.people == 0
            assert 0.8 <= inside.ratio <= 1.25
