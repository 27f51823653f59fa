"""Counts by weight, where several articles share a scale."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.observations import Quantity, Reading, Weight
from gateway.changes import StockState
from gateway.stock.book import Account
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Article, Scale
from gateway.stock.weighing import SCALE_GRAMS, Kind, counts_by_weight, kind_of
from tests.gateway.stock.shop import HexNaming, Shop, gtin, layout


def store(grams: tuple[float, ...]) -> Shop:
    """Articles 1, 2, … of these weights on one scale."""
    articles = {gtin(n): Article(gtin(n), unit_grams=w) for n, w in enumerate(grams, 1)}
    scale = Scale("shelf-b", gtin(1), tuple(gtin(n) for n in range(2, len(grams) + 1)))
    plan = replace(layout(readers=False), articles=articles, scales={"s": scale}, planogram={})
    return Shop(StockEngine(plan, HexNaming()))


def two_trays() -> Shop:
    """Article 1 in two zones, each with a scale."""
    articles = {gtin(1): Article(gtin(1), unit_grams=250.0)}
    scales = {"s": Scale("shelf-a", gtin(1)), "other": Scale("shelf-b", gtin(1))}
    plan = replace(layout(readers=False), articles=articles, scales=scales, planogram={})
    return Shop(StockEngine(plan, HexNaming()))


def weigh(shop: Shop, grams: float, src: str = "s") -> None:
    shop.t += 1
    shop.engine.observe(Weight(src, shop.t, shop.t, grams))
    shop.advance()


def said(shop: Shop, article: int) -> tuple[int, str]:
    answer = shop.stock[gtin(article)]
    return answer.on_hand, answer.state.value


def test_weights_that_fit_one_way_only_are_counted() -> None:
    shop = store((300.0, 470.0))
    weigh(shop, 2 * 300.0 + 470.0)
    assert (said(shop, 1), said(shop, 2)) == ((2, "in_stock"), (1, "in_stock"))
    weigh(shop, 0.0)
    assert (said(shop, 1), said(shop, 2)) == ((0, "out_of_stock"), (0, "out_of_stock"))


def test_articles_of_the_same_weight_are_said_to_be_undecidable() -> None:
    shop = store((250.0, 250.0))
    weigh(shop, 2000.0)
    for article in (1, 2):
        answer = shop.stock[gtin(article)]
        assert (answer.state, answer.available) == (StockState.UNKNOWN, 0)
        assert 0.5 < answer.p_available < 0.95
        assert answer.expected == pytest.approx(4.0, abs=0.1)


def test_the_book_decides_what_the_weight_leaves_open() -> None:
    shop = store((250.0, 250.0))
    shop.count(1, 5)
    shop.count(2, 3)
    weigh(shop, 2000.0)
    assert (said(shop, 1), said(shop, 2)) == ((5, "in_stock"), (3, "in_stock"))
    weigh(shop, 1750.0)
    for article, book in ((1, 5), (2, 3)):
        answer = shop.stock[gtin(article)]
        assert book - 1 <= answer.expected <= book
        assert answer.available <= book - 1


def test_a_scale_that_names_an_article_of_no_weight_is_counted_as_a_fault() -> None:
    shop = store((250.0, 0.0))
    weigh(shop, 500.0)
    assert shop.engine.faults["unweighable_scale"] == 1
    assert said(shop, 1)[1] == "unknown"


def test_two_scales_of_one_article_are_added_up_once_both_have_spoken() -> None:
    shop = two_trays()
    weigh(shop, 750.0)
    assert gtin(1) not in shop.stock or said(shop, 1)[1] == "unknown"
    weigh(shop, 500.0, "other")
    assert said(shop, 1) == (5, "in_stock")
    assert shop.stock[gtin(1)].zones == {"shelf-a": 3.0, "shelf-b": 2.0}
    weigh(shop, -3.0)
    assert said(shop, 1) == (2, "in_stock")
    weigh(shop, 0.0, "other")
    assert said(shop, 1) == (0, "out_of_stock")


def test_one_of_two_scales_that_falls_silent_leaves_the_sum_unsure() -> None:
    shop = two_trays()
    weigh(shop, 500.0, "other")
    for _ in range(700):
        weigh(shop, 750.0)
    assert said(shop, 1)[1] == "unknown"
    weigh(shop, 500.0, "other")
    assert said(shop, 1) == (5, "in_stock")


def test_two_pushers_of_one_article_are_added_up() -> None:
    shop = two_trays()
    for src, units in (("s", 4.0), ("other", 2.0)):
        shop.engine.observe(Reading(src, shop.t, shop.t, Quantity.UNITS, units))
    shop.advance()
    assert said(shop, 1) == (6, "in_stock")


@given(
    weights=st.lists(st.floats(40, 900), min_size=1, max_size=3),
    counts=st.lists(st.integers(0, 6), min_size=3, max_size=3),
    off=st.floats(-15, 15),
)
@settings(max_examples=25, deadline=None)
def test_the_counts_are_those_of_all_combinations(
    weights: list[float], counts: list[int], off: float
) -> None:
    grams = sum(w * n for w, n in zip(weights, counts, strict=False)) + off
    kinds = [kind_of(Account(gtin(0), Article(gtin(0)), True), w, grams) for w in weights]
    spreads = counts_by_weight(grams, kinds)
    assert all(spread.sum() == pytest.approx(1.0) for spread in spreads)
    for spread, exact in zip(spreads, by_hand(max(grams, 0.0), kinds), strict=True):
        assert np.allclose(spread, exact, atol=0.12)


def by_hand(grams: float, kinds: list[Kind]) -> list[np.ndarray]:
    """The same over every combination of counts."""
    usual = sum(kind.grams for kind in kinds) / len(kinds)
    width = float(np.hypot(SCALE_GRAMS, 0.02 * np.sqrt(max(grams, usual) * usual)))
    exact = [np.full(len(kind.prior), 1e-12) for kind in kinds]
    for combination in itertools.product(*(range(len(kind.prior)) for kind in kinds)):
        off = grams - sum(n * kind.grams for n, kind in zip(combination, kinds, strict=True))
        chance = np.exp(-0.5 * (off / width) ** 2)
        for spread, n in zip(exact, combination, strict=True):
            spread[n] += chance
    return [spread / spread.sum() for spread in exact]
