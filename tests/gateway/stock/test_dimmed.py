"""Somebody stands before a shelf: its antenna still hears what lies there, but far fainter."""

from __future__ import annotations

from tests.gateway.stock.shop import Shop, epc, reads, shop
from tests.gateway.stock.test_till_and_door import home

DIMMED = epc(0, 0)
SHELF_A, BACK = 1, 3


def hear(store: Shop, antenna: int, dbm: float) -> None:
    """One second in which this antenna reads the unit about so loud."""
    read = reads(store.t + 0.4, (antenna, DIMMED))
    read.rssi[:] = dbm + 2.5 * store.random.standard_normal()
    store.engine.observe(read)
    store.run(1)


def test_a_unit_that_its_shelf_hears_fainter_has_not_gone_where_one_stray_read_was() -> None:
    store = shop()
    store.where = {epc(2, serial): BACK for serial in range(12)}
    for _ in range(300):
        hear(store, SHELF_A, -40.0)
    hear(store, BACK, -80.0)
    for _ in range(30):
        hear(store, SHELF_A, -63.0)
        store.run(1)
        assert home(store, DIMMED) == "shelf-a"
