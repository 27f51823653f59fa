"""The identity of trade, and units through the engine."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.observations import Line, Sale
from gateway.footfall.basket import Trade
from gateway.footfall.buckets import buckets
from tests.gateway.footfall.store import T0, Till


@given(st.floats(0.5, 1e6), st.integers(0, 10**6), st.integers(0, 10**7))
def test_units_a_visitor_are_conversion_times_units_a_ticket(
    visitors: float, transactions: int, units: int
) -> None:
    trade = Trade(visitors, transactions, units)
    if trade.units_a_ticket is None:
        assert transactions == 0
        return
    assert trade.conversion is not None
    assert trade.units_a_visitor == pytest.approx(trade.conversion * trade.units_a_ticket)


@given(
    st.floats(0.5, 1e6), st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.integers(0, 9)
)
def test_sales_a_visitor_are_conversion_times_the_average_ticket(
    visitors: float, tickets: list[int], unpriced: int
) -> None:
    trade = Trade(visitors, len(tickets) + unpriced, 1, sum(tickets), len(tickets))
    assert trade.conversion is not None
    assert trade.average_ticket is not None
    assert trade.sales_a_visitor is not None
    product = trade.conversion * float(trade.average_ticket)
    assert float(trade.sales_a_visitor) == pytest.approx(product)
    if not unpriced:
        # Where the till says every amount the takings come out to the cent.
        assert trade.sales_a_visitor * Fraction(visitors) == sum(tickets)


def test_nothing_is_divided_by_nobody() -> None:
    assert Trade(0, 3, 5).conversion is None
    assert Trade(0, 3, 5).units_a_visitor is None
    assert Trade(9, 0, 0).units_a_ticket is None
    assert Trade(9, 3, 5).average_ticket is None
    assert Trade(9, 3, 5).sales_a_visitor is None
    assert Trade(0, 3, 5, 900, 3).sales_a_visitor is None


def test_an_hour_says_its_units_also_after_a_restart() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.count(T0 + 60, 40, 0)
    for n in range(4):
        lines = (Line("03453120000011", 2), Line("03453120000028", 1))
        shop.engine.observe(Sale("till", T0 + 100 + n, T0 + 100 + n, f"R-{n}", lines))
    shop.until(T0 + 102)
    shop.restart()
    shop.until(T0 + 3_700)
    hour = shop.hours[T0 + 3_600]
    assert (hour.transactions, hour.units) == (4, 12)


def test_what_was_paid_comes_with_its_minute_also_after_a_restart() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.count(T0 + 60, 40, 0)
    shop.until(T0 + 70)
    told = (Line("03453120000011", 2, amount=1_990), Line("03453120000028", 1, amount=505))
    half = (Line("03453120000011", 1, amount=995), Line("03453120000028", 1))
    for n, lines in enumerate((told, told, half)):
        shop.engine.observe(Sale("till", T0 + 100 + n, T0 + 100 + n, f"R-{n}", lines))
    shop.until(T0 + 102)
    shop.restart()
    shop.until(T0 + 200)
    minute = shop.minutes[T0 + 120]
    assert (minute.transactions, minute.priced, minute.amount) == (3, 2, 4_990)
    (bucket,) = buckets(shop.minutes.values(), T0, T0 + 900, 900.0)
    assert bucket.trade.average_ticket == 2_495
    assert bucket.trade.sales_a_visitor == Fraction(3 * 2_495, 40)
