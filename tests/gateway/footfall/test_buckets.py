"""Buckets of any length: over those who would buy in them, with an interval, never clamped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.changes import StoreMinute
from gateway.footfall.buckets import LEAD_SECONDS, LENGTH_UNKNOWN, Bucket, buckets
from gateway.footfall.visits import BIN, LAGS, Delay, VisitLength
from tests.gateway.footfall.store import T0

HOUR = 3_600.0
CONVERSION = 0.25


def day(seed: int, an_hour: int = 240) -> list[StoreMinute]:
    """Three quiet hours, ten open ones, three after closing; visits of some 18 minutes."""
    rng = np.random.default_rng(seed)
    came = rng.uniform(3 * HOUR, 13 * HOUR, rng.poisson(10 * an_hour))
    bought = came[rng.random(len(came)) < CONVERSION]
    sold = bought + rng.gamma(4, 270, len(bought))
    edges = np.arange(16 * 60 + 1) * 60.0
    visitors, sales = (np.histogram(what, edges)[0].tolist() for what in (came, sold))
    return [
        StoreMinute(T0 + 60 * (n + 1), v, 0, v, 0, s, units=2 * s, groups=v)
        for n, (v, s) in enumerate(zip(visitors, sales, strict=True))
    ]


@pytest.fixture(scope="module")
def delay() -> Delay:
    """What twelve days taught."""
    visits = VisitLength()
    for seed in range(12):
        minutes = day(seed)
        entries = np.add.reduceat([m.visitors for m in minutes], np.arange(0, 960, 5))
        sales = np.add.reduceat([m.transactions for m in minutes], np.arange(0, 960, 5))
        for last in range(LAGS + 12, len(sales) + 1, 12):
            visits.learn(
                entries[last - 12 - LAGS : last].tolist(), sales[last - 12 : last].tolist()
            )
    assert visits.learned
    return visits.delay()


def asked(minutes: list[StoreMinute], step: float, delay: Delay | None) -> list[Bucket]:
    return buckets(minutes, T0 + 3 * HOUR, T0 + 13 * HOUR, step, delay)


def test_the_edges_of_the_day_are_read_right(delay: Delay) -> None:
    rates, raw = [], []
    for seed in range(100, 120):
        found = asked(day(seed), HOUR, delay)
        rates.append([bucket.rate.rate for bucket in found])
        raw.append([bucket.transactions / bucket.visitors for bucket in found])
    mean, plain = np.mean(np.array(rates, dtype=float), axis=0), np.mean(raw, axis=0)
    assert plain[0] < 0.19, "raw division is wrong in the first hour"
    assert mean == pytest.approx(np.full(10, CONVERSION), abs=0.025)


def test_the_interval_holds_the_truth_as_often_as_it_says(delay: Delay) -> None:
    inside = total = 0
    for seed in range(200, 230):
        for bucket in asked(day(seed, 120), HOUR, delay):
            assert bucket.rate.low is not None
            assert bucket.rate.high is not None
            inside += bucket.rate.low <= CONVERSION <= bucket.rate.high
            total += 1
    assert inside / total >= 0.93


@pytest.mark.parametrize("step", [60.0, 900.0, 1_000.0, 5_400.0])
def test_steps_of_any_length_add_up(delay: Delay, step: float) -> None:
    minutes = day(7)
    whole = asked(minutes, 10 * HOUR, delay)[0]
    parts = asked(minutes, step, delay)
    assert sum(bucket.visitors for bucket in parts) == whole.visitors
    assert whole.exposed is not None
    together = sum(bucket.exposed or 0.0 for bucket in parts)
    assert together == pytest.approx(whole.exposed, abs=0.06 * len(parts))


def test_few_people_are_said_to_be_too_few(delay: Delay) -> None:
    found = asked(day(3), 60.0, delay)
    assert all(bucket.rate.rate is None for bucket in found if (bucket.exposed or 0) < 30)
    assert "too_few" in found[0].rate.flags


def test_more_sales_than_visitors_are_flagged_not_clamped(delay: Delay) -> None:
    minutes = [StoreMinute(T0 + 60 * (n + 1), 1, 0, 1, 0, 2) for n in range(960)]
    bucket = asked(minutes, HOUR, delay)[5]
    assert bucket.rate.flags == ("more_sales_than_visitors",)
    assert bucket.rate.rate == pytest.approx(2.0, abs=0.02)


def test_sales_without_anybody_are_flagged(delay: Delay) -> None:
    minutes = [StoreMinute(T0 + 60 * (n + 1), 0, 0, 0, 0, 1) for n in range(960)]
    assert asked(minutes, HOUR, delay)[5].rate.flags == ("sales_without_visitors",)


def test_before_the_visit_length_is_known_the_rate_is_raw_and_says_so() -> None:
    bucket = asked(day(1), HOUR, None)[4]
    assert bucket.exposed is None
    assert bucket.rate.rate == round(bucket.transactions / bucket.visitors, 4)
    assert bucket.rate.flags == (LENGTH_UNKNOWN,)


def test_what_nobody_saw_coming_in_is_not_made_up(delay: Delay) -> None:
    minutes = [one for one in day(1) if one.t > T0 + 4 * HOUR]
    found = asked(minutes, HOUR, delay)
    assert [bucket.exposed is None for bucket in found] == [True] * 4 + [False] * 6


def test_doubt_about_the_counter_widens_the_interval(delay: Delay) -> None:
    sure = day(2)
    unsure = [
        StoreMinute(m.t, 0, 0, m.visitors, 0, m.transactions, True, guessed=m.visitors)
        for m in sure
    ]
    one, other = (asked(minutes, HOUR, delay)[4].rate for minutes in (sure, unsure))
    assert one.low is not None
    assert one.high is not None
    assert other.low is not None
    assert other.high is not None
    assert other.high - other.low > 1.5 * (one.high - one.low)


def test_groups_are_a_second_basis_and_unknown_where_nobody_knows(delay: Delay) -> None:
    minutes = day(5)
    bucket = asked(minutes, HOUR, delay)[4]
    assert (bucket.groups, bucket.group_rate.rate) == (bucket.visitors, bucket.rate.rate)
    minutes[-240] = StoreMinute(minutes[-240].t, 9, 0, 9, 0, 0)
    found = asked(minutes, 10 * HOUR, delay)[0]
    assert (found.groups, found.group_rate.rate) == (None, None)


amounts = st.tuples(st.integers(0, 40), st.integers(0, 12), st.integers(1, 5))


@settings(deadline=None, max_examples=60)
@given(st.lists(amounts, min_size=240, max_size=240), st.booleans())
def test_units_a_visitor_are_conversion_times_units_a_ticket(
    minutes: list[tuple[int, int, int]], known: bool
) -> None:
    visits = VisitLength()
    lag = visits.delay() if known else None
    told = [
        StoreMinute(T0 + BIN / 5 * (n + 1), v, 0, v, 0, s, units=s * u)
        for n, (v, s, u) in enumerate(minutes)
    ]
    for bucket in buckets(told, T0 + LEAD_SECONDS, T0 + 4 * HOUR, 1_200.0, lag):
        trade = bucket.trade
        if trade.units_a_visitor is None or trade.units_a_ticket is None:
            assert not bucket.transactions or trade.visitors == 0
            continue
        assert trade.conversion is not None
        assert trade.units_a_visitor == pytest.approx(trade.conversion * trade.units_a_ticket)
        if bucket.rate.rate is not None:
            assert bucket.rate.rate == pytest.approx(trade.conversion, rel=0.01, abs=1e-3)
