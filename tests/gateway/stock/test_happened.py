"""Facts in the order in which they happened."""

from __future__ import annotations

from drivers.observations import Fact, Line, Return, Sale, Stocktake
from gateway.stock.happened import AHEAD_SECONDS, in_order
from tests.gateway.stock.shop import T0, gtin

SALE = Sale("till", T0, T0, "S1", (Line(gtin(0), 1),))
BACK = Return("till", T0, T0, "R1", (Line(gtin(0), 1),))
COUNT = Stocktake("bo", T0, T0, gtin(0), 3)


def kinds(facts: list[Fact]) -> list[type[Fact]]:
    return [type(fact) for fact in in_order(facts, T0 + 1)]


def test_of_one_moment_what_was_counted_comes_before_what_was_sold() -> None:
    assert kinds([SALE, COUNT]) == kinds([COUNT, SALE]) == [Stocktake, Sale]


def test_what_one_till_says_of_one_moment_stays_in_its_order() -> None:
    assert kinds([SALE, BACK]) == [Sale, Return]
    assert kinds([BACK, SALE]) == [Return, Sale]


def test_a_fact_from_far_in_the_future_happened_now() -> None:
    far = Stocktake("bo", T0 + AHEAD_SECONDS + 2, T0, gtin(0), 3)
    assert [fact.t for fact in in_order([far, SALE], T0 + 1)] == [T0, T0 + 1]
