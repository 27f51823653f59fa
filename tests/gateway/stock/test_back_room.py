"""What is taken out of the back room goes to the shop floor, not out of the door."""

from __future__ import annotations

from gateway.stock.engine import StockEngine
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout

BACK, SHELF = 3, 1
MINUTES = 12
WEAK = epc(0, 0)


def on_hand_of_three(antenna: int) -> int:
    """Of three units before this antenna, minutes after one of them was heard for the last time."""
    store = Shop(StockEngine(layout(exits=False), HexNaming()))
    store.antennas = (1, 2, 3, 4)
    store.where = {epc(0, serial): antenna for serial in range(3)}
    store.where |= {epc(1, serial): SHELF for serial in range(3)}
    store.run(300)
    del store.where[WEAK]
    store.run(60 * MINUTES)
    return store.stock[gtin(0)].on_hand


def test_goods_taken_to_a_shelf_that_hears_them_badly_are_still_in_stock() -> None:
    assert on_hand_of_three(BACK) == 3


def test_goods_that_vanish_from_a_shelf_are_gone() -> None:
    assert on_hand_of_three(SHELF) == 2


def heard(store: Shop, antenna: int | None, seconds: int) -> None:
    """Let this antenna read the weak tag in one of these seconds, and none in the others."""
    store.where.pop(WEAK, None)
    store.run(seconds - 1)
    if antenna is not None:
        store.where[WEAK], store.rate = antenna, 1.0
    store.run(1)
    store.where.pop(WEAK, None)
    store.rate = 0.6


def test_what_left_the_back_room_and_its_shelf_has_hardly_heard_lies_on_that_shelf() -> None:
    store = Shop(StockEngine(layout(exits=False), HexNaming()))
    store.antennas = (1, 2, 3, 4)
    store.where = {epc(0, serial): BACK for serial in (1, 2)}
    store.where |= {epc(1, serial): SHELF for serial in range(3)}
    for _ in range(100):
        heard(store, BACK, 6)
    heard(store, None, 80)
    heard(store, SHELF, 10)
    heard(store, None, 300)
    zones = store.stock[gtin(0)].zones
    assert round(zones["shelf-a"]) == 1
    assert round(zones["back"]) == 2


def test_what_left_the_back_room_for_a_shelf_that_is_deaf_lies_on_that_shelf() -> None:
    store = Shop(StockEngine(layout(exits=False), HexNaming()))
    store.antennas = (1, 2, 3, 4)
    store.where = {epc(0, serial): BACK for serial in range(3)}
    others = {epc(1, serial): SHELF for serial in range(9)}
    store.where |= others
    store.run(300)
    for unit in others:
        del store.where[unit]
    store.run(120)
    del store.where[WEAK]
    store.run(300)
    zones = store.stock[gtin(0)].zones
    assert round(zones["shelf-a"]) == 1
    assert round(zones["back"]) == 2


def test_what_left_a_shelf_that_is_not_its_own_lies_on_its_own_if_that_is_deaf() -> None:
    store = Shop(StockEngine(layout(exits=False), HexNaming()))
    store.antennas = (1, 2, 3, 4)
    astray = {epc(0, serial): 2 for serial in range(3)}
    own = {epc(1, serial): SHELF for serial in range(9)}
    store.where = astray | own
    store.run(300)
    for unit in own:
        del store.where[unit]
    store.run(120)
    del store.where[WEAK]
    store.run(300)
    zones = store.stock[gtin(0)].zones
    assert round(zones.get("shelf-a", 0.0)) == 1
    assert round(zones["shelf-b"]) == 2
