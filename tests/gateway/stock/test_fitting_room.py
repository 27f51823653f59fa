"""Goods that were tried on, and are on their shelf again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gateway.stock.engine import StockEngine
from gateway.stock.layout import Zone, ZoneKind
from gateway.stock.places import NOWHERE
from gateway.stock.tags import AWAY
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout
from tests.gateway.stock.test_till_and_door import home

TRIED = epc(0, 0)


def a_shop_with_a_fitting_room() -> Shop:
    """Three units on shelf-a, where they are planned; antenna 6 hears the fitting room."""
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
    return store


def believe(store: Shop, zone: str) -> None:
    """Let the engine think that the tag lies there."""
    row = store.engine._tags.of_text(TRIED) or 0
    number = store.engine._places.zone(zone)
    assert number != NOWHERE
    store.engine._presence.place(np.array([row]), number, store.t)
    assert home(store, TRIED) == zone


def test_what_no_antenna_of_the_fitting_room_hears_is_soon_back_on_its_shelf() -> None:
    store = a_shop_with_a_fitting_room()
    believe(store, "fitting")
    store.run(60)
    assert home(store, TRIED) == "shelf-a"
    store.run(300)
    assert home(store, TRIED) == "shelf-a"


def test_what_the_fitting_room_hears_all_the_time_is_there_whatever_was_thought() -> None:
    store = a_shop_with_a_fitting_room()
    store.where[TRIED] = 6
    store.run(60)
    assert home(store, TRIED) == "fitting"
    believe(store, "shelf-b")
    store.run(60)
    assert home(store, TRIED) == "fitting"


def test_what_was_read_in_the_fitting_room_says_nothing_of_where_it_lies_afterwards() -> None:
    store = a_shop_with_a_fitting_room()
    for second in range(120):
        store.where[TRIED] = 2 if second % 3 == 2 else 6
        store.run(1)
    assert home(store, TRIED) == "fitting"
    del store.where[TRIED]
    store.run(20)
    store.where[TRIED] = 2
    store.run(90)
    assert home(store, TRIED) == "shelf-b"


@pytest.mark.parametrize("antenna", [6, 4])
def test_what_falls_silent_where_it_was_tried_on_or_shown_has_not_left_for_that(
    antenna: int,
) -> None:
    """For minutes a shelf seems to have it that hears it hardly; the door has not heard it."""
    store = a_shop_with_a_fitting_room()
    store.where[TRIED] = antenna
    store.run(60)
    del store.where[TRIED]
    tags = store.engine._tags
    row = tags.of_text(TRIED) or 0
    for _ in range(17):
        tags.rival[row], tags.odds[row] = 1, 2.5
        store.run(10)
    assert home(store, TRIED) in {"fitting", "till"}
    assert tags.belief[row, AWAY] < 0.1
    assert store.stock[gtin(0)].on_hand == 3
