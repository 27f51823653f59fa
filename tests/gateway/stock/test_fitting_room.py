"""Goods that were tried on, and are on their shelf again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gateway.stock.engine import StockEngine
from gateway.stock.layout import Zone, ZoneKind
from gateway.stock.places import NOWHERE
from tests.gateway.stock.shop import HexNaming, Shop, epc, layout
from tests.gateway.stock.test_till_and_door import home

TRIED = epc(0, 0)


def put_back(*, believed: str) -> Shop:
    """One of three units lies on shelf-a, is read there, and is believed to be somewhere else."""
    plain = layout()
    fitting = Zone("fitting", ZoneKind.FITTING)
    rooms = replace(
        plain,
        zones=(*plain.zones, fitting),
        antennas={**plain.antennas, ("r", 6): "fitting"},
    )
    store = Shop(StockEngine(rooms, HexNaming()))
    store.antennas = (1, 2, 3, 4, 5, 6)
    for serial in range(3):
        store.where[epc(0, serial)] = 1
    store.count(0, 3)
    store.run(120)
    engine = store.engine
    row = engine._tags.of_text(TRIED) or 0
    zone = engine._places.zone(believed)
    assert zone != NOWHERE
    engine._presence.place(np.array([row]), zone, store.t)
    return store


def test_what_no_antenna_of_the_fitting_room_hears_is_soon_back_on_its_shelf() -> None:
    store = put_back(believed="fitting")
    assert home(store, TRIED) == "fitting"
    store.run(60)
    assert home(store, TRIED) == "shelf-a"
    store.run(300)
    assert home(store, TRIED) == "shelf-a"
