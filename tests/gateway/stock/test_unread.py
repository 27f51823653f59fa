"""Units in the book without a known tag: unread tags, a wrong book, or goods without tags."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.stock.answer import booked
from gateway.stock.unread import MOST, Unread
from tests.gateway.stock.shop import Shop, epc, gtin, shop

RIGHT = Counter({(8, 0): 40, (8, 1): 1})
WRONG = Counter({(8, 0): 40, (8, 1): 5, (8, -1): 4, (8, 2): 2, (8, -2): 2})
HOUR = 3600.0


def taught(
    cases: Counter[tuple[int, int]], listened: float = HOUR, *, bare: dict[int, int] | None = None
) -> Unread:
    unread = Unread()
    unread.learn(cases, Counter(bare), listened)
    return unread


def likely(unread: Unread, tags: int, more: int, *, bare: bool = False) -> int:
    return int(unread.spread(tags, booked(more, 0.98), bare=bare).argmax())


def test_where_books_are_right_a_unit_too_many_has_a_tag_that_nobody_reads() -> None:
    assert likely(taught(RIGHT), 8, 1) == 1


def test_where_books_are_off_both_ways_so_is_this_one() -> None:
    assert likely(taught(WRONG), 8, 1) == 0


def test_more_tags_than_books_say_betray_books_that_say_more_than_tags() -> None:
    off_one_way = Counter({(8, 0): 40, (8, 1): 3})
    both_ways = off_one_way + Counter({(8, -1): 6})
    there = [taught(cases).spread(8, booked(1, 0.98), bare=False)[1]
             for cases in (off_one_way, both_ways)]  # fmt: skip
    assert there[0] > 3 * there[1]


def test_where_a_tenth_of_the_tags_go_unread_books_are_believed() -> None:
    many = Counter({(4, 0): 40, (4, 1): 16, (4, 2): 6, (4, 3): 2})
    assert likely(taught(many, 4 * HOUR), 4, 2) == 2


def test_at_first_a_tag_may_simply_not_have_been_read_yet() -> None:
    assert likely(taught(WRONG, 5.0), 8, 1) == 1
    assert likely(taught(Counter(), 0.0, bare={8: 40}), 0, 8, bare=True) == 8


def test_goods_without_tags_live_by_their_book_where_others_do() -> None:
    assert likely(taught(Counter({(8, 0): 10}), bare={6: 30}), 0, 6, bare=True) == 6
    assert likely(taught(WRONG), 0, 2, bare=True) == 0


def test_goods_that_are_gone_do_not_prove_each_other_to_carry_no_tags() -> None:
    assert likely(taught(WRONG, bare={3: 2}), 0, 3, bare=True) == 0
    assert likely(taught(RIGHT, bare={3: 2}), 0, 3, bare=True) == 3


def test_goods_just_delivered_are_weighed_by_themselves_before_they_are_learned_from() -> None:
    few = taught(Counter({(3, 0): 1}))
    there = few.spread(0, booked(9, 0.985), bare=True, learned=False)
    assert there[9] > 0.98


def test_so_many_units_without_tags_are_a_book_alone() -> None:
    book = booked(MOST + 1, 0.98)
    assert Unread().spread(3, book, bare=False) is book


def test_no_chance_is_below_zero_where_goods_without_tags_explain_everything() -> None:
    unread = taught(Counter({(0, 2): 1}), 1286.0, bare={2: 7})
    assert np.all(unread.spread(0, booked(50, 0.98), bare=True, learned=False) >= 0)


MANY = some.integers(1, 50)
CASES = some.dictionaries(
    some.tuples(some.integers(0, 60), some.integers(-20, 500)), MANY, max_size=20
)
BARE = some.dictionaries(some.integers(1, 500), MANY, max_size=9)


@given(CASES, BARE, some.floats(0, 1e9), some.integers(0, 60), MANY, some.data())
def test_whatever_was_learned_chances_sum_to_one(
    said: dict[tuple[int, int], int],
    gone: dict[int, int],
    listened: float,
    tags: int,
    more: int,
    data: some.DataObject,
) -> None:
    bare, learned = data.draw(some.booleans()), data.draw(some.booleans())
    unread = taught(Counter(said), listened, bare=gone)
    spread = unread.spread(tags, booked(more, 0.98), bare=bare, learned=learned)
    assert spread.shape == (more + 1,)
    assert spread.sum() == pytest.approx(1.0)
    assert np.all(spread >= 0)


def off_by_two() -> Shop:
    """A store of five GTINs; the books of the others err both ways, that of the first by two."""
    store = shop()
    for article, written in enumerate((8, 4, 8, 6, 6)):
        store.count(article, written)
        for serial in range(6):
            store.where[epc(article, serial)] = 1
    store.run(400)
    assert store.stock[gtin(0)].on_hand == 6
    return store


def test_a_delivery_does_not_make_an_old_mistake_true_again() -> None:
    store = off_by_two()
    store.deliver(0, 3)
    assert store.stock[gtin(0)].on_hand == 9


def test_what_a_customer_brought_back_is_there_however_long_no_antenna_reads_it() -> None:
    store = off_by_two()
    store.sell(0, tag=epc(0, 1))
    del store.where[epc(0, 1)]
    store.run(300)
    assert store.stock[gtin(0)].on_hand == 5
    store.bring_back(0)
    store.run(1200)
    assert store.stock[gtin(0)].on_hand == 6
    store.where[epc(0, 1)] = 1
    store.run(120)
    assert store.stock[gtin(0)].on_hand == 6
