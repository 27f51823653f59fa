"""Goods that are carried along other shelves, and goods that are laid down there."""

from __future__ import annotations

from tests.gateway.stock.shop import Shop, epc, gtin, shop
from tests.gateway.stock.test_till_and_door import home

CARRIED = epc(0, 0)


def carried_to_the_other_shelf(seconds: int) -> Shop:
    """One of three units of shelf-a is so long before the antenna of shelf-b."""
    store = shop()
    for serial in range(3):
        store.where[epc(0, serial)] = 1
    store.count(0, 3)
    store.run(300)
    store.where[CARRIED] = 2
    store.run(seconds)
    return store


def test_who_looks_at_something_else_with_goods_in_hand_has_not_laid_them_there() -> None:
    store = carried_to_the_other_shelf(20)
    assert home(store, CARRIED) == "shelf-a"
    assert round(sum(store.stock[gtin(0)].zones.values())) == 2


def test_what_stays_before_the_other_shelf_lies_there() -> None:
    store = carried_to_the_other_shelf(60)
    assert home(store, CARRIED) == "shelf-b"
