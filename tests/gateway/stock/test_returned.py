"""Units that come back and whose tags this store did not sell."""

from __future__ import annotations

from drivers.observations import Stocktake
from tests.gateway.stock.shop import Shop, epc, gtin, shop


def stocked(book: int | None = 3) -> Shop:
    store = shop()
    for serial in range(3):
        store.where[epc(0, serial)] = 1
    store.run(60)
    if book is not None:
        store.count(0, book)
    store.run(300)
    return store


def said(store: Shop) -> tuple[int, int, int]:
    answer = store.stock[gtin(0)]
    return answer.on_hand, answer.unavailable, answer.available


def test_a_foreign_unit_is_available_once_it_lies_on_a_shelf() -> None:
    store = stocked()
    store.where[epc(0, 9)] = 4
    store.run(60)
    store.bring_back(0)
    assert said(store) == (4, 1, 3)
    store.run(60)
    assert said(store) == (4, 1, 3)
    store.where[epc(0, 9)] = 1
    store.run(120)
    assert said(store) == (4, 0, 4)


def test_a_foreign_unit_that_no_antenna_heard_before_its_receipt() -> None:
    store = stocked()
    store.bring_back(0)
    store.run(600)
    store.where[epc(0, 9)] = 2
    store.run(120)
    assert said(store) == (4, 0, 4)


def test_one_that_waited_long_at_the_till_is_the_one_that_came_back() -> None:
    store = stocked()
    store.where[epc(0, 9)] = 4
    store.run(200)
    store.bring_back(0)
    store.where[epc(0, 9)] = 1
    store.run(120)
    assert said(store) == (4, 0, 4)


def test_without_a_book_it_is_not_counted_twice() -> None:
    store = stocked(book=None)
    store.where[epc(0, 9)] = 4
    store.run(200)
    store.bring_back(0)
    assert said(store) == (4, 1, 3)


def test_new_goods_do_not_make_a_broken_unit_available() -> None:
    store = stocked()
    store.bring_back(0)
    store.run(60)
    store.deliver(0, 2)
    store.where |= {epc(0, serial): 1 for serial in (20, 21)}
    store.run(300)
    assert said(store) == (6, 1, 5)


def test_a_unit_lies_there_for_one_return_only() -> None:
    store = stocked()
    store.bring_back(0)
    store.where[epc(0, 9)] = 1
    store.run(120)
    store.bring_back(0)
    store.run(120)
    assert said(store) == (5, 1, 4)


def test_what_was_returned_and_sold_again_by_its_gtin_is_not_put_aside_for_ever() -> None:
    store = shop()
    store.count(0, 0)
    store.bring_back(0)
    store.run(60)
    store.sell(0)
    store.run(60)
    assert said(store)[:2] == (0, 0)


def test_a_late_count_knows_what_was_there_before_the_first_delivery() -> None:
    store = stocked(book=None)
    told = store.t
    store.run(60)
    store.deliver(0, 2)
    store.engine.observe(Stocktake("bo", told, store.t, gtin(0), 3, None))
    store.advance()
    assert store.engine._goods.accounts[0].book == 5
