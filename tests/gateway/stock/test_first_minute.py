"""What lies on the shelves when the gateway begins to listen was not just put there."""

from __future__ import annotations

from gateway.stock.engine import StockEngine
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout

UNITS = 6
WEAK = epc(0, 0)


def test_a_weak_tag_read_in_the_first_seconds_is_not_taken_for_carried() -> None:
    store = Shop(StockEngine(layout(), HexNaming()))
    for serial in range(UNITS):
        store.where[epc(0, serial)] = 1
    del store.where[WEAK]
    store.count(0, UNITS)
    store.run(3)
    store.where[WEAK], store.rate = 1, 1.0
    store.run(1)
    del store.where[WEAK]
    store.rate = 0.6
    store.run(30)
    assert round(store.stock[gtin(0)].zones["shelf-a"]) == UNITS
