"""The identity of trade, and units through the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.observations import Line, Sale
from gateway.footfall.basket import Trade
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


def test_nothing_is_divided_by_nobody() -> None:
    assert Trade(0, 3, 5).conversion is None
    assert Trade(0, 3, 5).units_a_visitor is None
    assert Trade(9, 0, 0).units_a_ticket is None


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
