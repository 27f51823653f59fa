"""A till, fitting room or door whose own antenna heard nothing is not where goods went."""

from __future__ import annotations

import numpy as np
import pytest

from tests.gateway.stock.shop import epc, shop

UNIT = epc(0, 0)
SHELF_A, SHELF_B, BACK, TILL = 1, 2, 3, 4


@pytest.mark.parametrize(("heard", "zone"), [((), "back"), ((TILL,), "till")])
def test_goods_are_sought_only_at_stops_that_heard_them(heard: tuple[int, ...], zone: str) -> None:
    """No shelf reads a unit like that; the till, whose tags nobody knows, might."""
    store = shop()
    store.rate = 0.9
    for antenna in (SHELF_A, SHELF_B, BACK):
        store.where |= {epc(antenna - 1, serial): antenna for serial in range(12)}
    store.run(600)
    engine, places = store.engine, store.engine._places
    row = np.array([engine._tags.of_text(UNIT) or 0])
    engine._tags.fresh[row] = 0.0
    for antenna in (*[SHELF_A] * 6, SHELF_B, BACK, BACK, *heard):
        engine._tags.fresh[row, places.antenna("r", antenna)] += 1.0
    usual = np.zeros((1, len(places.zones)))
    (rival,) = engine._presence._moves._rivals(row, usual, store.t)
    assert places.zones[rival] == zone


@pytest.mark.parametrize("zone", ["till", "exit"])
def test_what_only_a_shelf_has_heard_is_first_at_no_stop(zone: str) -> None:
    store = shop()
    store.run(60)
    engine, places = store.engine, store.engine._places
    row = np.array([engine._tags.of_text(UNIT) or 0])
    stop = places.zone(zone)
    for antenna in range(len(places.antennas)):
        engine._tags.recent[row] = 0.0
        engine._tags.recent[row, antenna] = 1.0
        (scores,) = engine._presence.whereabouts.scores(row)
        assert np.isfinite(scores[stop]) == (places.zone_of[antenna] == stop)
