"""Which answers are made anew, and when, though nothing moved them."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway.stock.answers import BOOK_REVIEWS, REVIEW_SECONDS, TAG_REVIEWS
from gateway.stock.composing import Composer
from tests.gateway.stock.shop import Shop, epc, gtin, shop


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> tuple[Shop, Counter[str]]:
    """A store that has come to rest, one unit short of its book; and how often answers are made."""
    store, made, make = shop(), Counter[str](), Composer.make
    for article in range(5):
        store.count(article, 6 + (article == 0))
        for serial in range(6):
            store.where[epc(article, serial)] = 1
    store.run(400)

    def counting(self, account, *rest):
        made[account.gtin] += 1
        return make(self, account, *rest)

    monkeypatch.setattr(Composer, "make", counting)
    return store, made


def test_what_rests_on_a_book_has_its_turn_soon(settled: tuple[Shop, Counter[str]]) -> None:
    store, made = settled
    store.run(int(REVIEW_SECONDS * (BOOK_REVIEWS + 1)))
    assert made[gtin(0)] >= 1


def test_what_rests_on_tags_has_its_turn_too(settled: tuple[Shop, Counter[str]]) -> None:
    store, made = settled
    store.run(int(REVIEW_SECONDS * (TAG_REVIEWS + 1)))
    assert set(made) >= {gtin(article) for article in range(5)}
    assert made[gtin(0)] > made[gtin(1)]


def test_between_turns_nothing_is_made_that_nothing_moved(
    settled: tuple[Shop, Counter[str]],
) -> None:
    store, made = settled
    for _ in range(10):
        store.run(60)
    assert sum(made.values()) < 5 * 10


def test_a_turn_is_not_lost_when_time_leaps(settled: tuple[Shop, Counter[str]]) -> None:
    store, made = settled
    for _ in range(10 * BOOK_REVIEWS):
        store.t += REVIEW_SECONDS + 1
        store.run(1)
    assert made[gtin(0)] >= 9
