"""What a person should look at: when it is said, when it is taken back, and what is never said."""

from __future__ import annotations

from dataclasses import replace

from gateway.changes import Alert, ItemEventKind
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Article, Layout, Zone, ZoneKind
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout, reads, shop


def stocked(number: int = 5, *, antenna: int = 1, plan: bool = True) -> Shop:
    store = shop() if plan else Shop(StockEngine(replace(layout(), planogram={}), HexNaming()))
    for serial in range(number):
        store.where[epc(0, serial)] = antenna
    store.run(60)
    return store


def told(store: Shop, kind: str) -> list[Alert]:
    return [c for c in store.changes if isinstance(c, Alert) and c.kind == kind]


def test_units_on_a_shelf_that_is_not_theirs_are_told_once_a_gtin_and_taken_back() -> None:
    store = stocked()
    store.where[epc(0, 1)] = store.where[epc(0, 2)] = 2
    store.run(900)
    (alert,) = told(store, "misplaced")
    assert (alert.subject, alert.over) == (gtin(0), False)
    assert alert.detail == "2 on shelf-b; planned on shelf-a"
    store.where[epc(0, 1)] = store.where[epc(0, 2)] = 1
    store.run(300)
    assert [a.over for a in told(store, "misplaced")] == [False, True]


def test_nothing_is_misplaced_without_a_plan_or_in_the_back_room() -> None:
    for store in (stocked(antenna=2, plan=False), stocked(antenna=3)):
        store.run(900)
        assert told(store, "misplaced") == []


def test_a_planogram_that_names_no_zone_of_the_store_misplaces_nothing() -> None:
    odd = replace(layout(), planogram={("moon", gtin(0)): 10, ("back", gtin(1)): 4})
    store = Shop(StockEngine(odd, HexNaming()))
    store.where = {epc(0, 0): 1, epc(1, 0): 2}
    store.run(900)
    assert told(store, "misplaced") == []
    assert store.stock[gtin(0)].on_hand == store.stock[gtin(1)].on_hand == 1


def test_a_shelf_below_a_quarter_of_its_room_is_short_when_the_back_room_has_more() -> None:
    store = shop()
    store.where = {epc(0, serial): 1 for serial in range(2)}
    store.run(500)
    assert told(store, "shelf_short") == []
    store.where |= {epc(0, serial): 3 for serial in range(2, 6)}
    store.run(500)
    (alert,) = told(store, "shelf_short")
    assert alert.detail == "2 of 10 on the shelf, 4 in the back"
    assert told(store, "shelf_empty") == []
    store.where |= {epc(0, serial): 1 for serial in range(2, 5)}
    store.run(120)
    assert [a.over for a in told(store, "shelf_short")] == [False, True]


def spread_out() -> Shop:
    """Six zones, each with goods of its own that no other antenna hears."""
    zones = tuple(Zone(f"z{n}", ZoneKind.SHELF) for n in range(1, 7))
    plan = Layout(
        zones=zones,
        antennas={("r", n): f"z{n}" for n in range(1, 7)},
        articles={gtin(n): Article(gtin(n)) for n in range(7)},
    )
    store = Shop(StockEngine(plan, HexNaming()))
    store.antennas = (1, 2, 3, 4, 5, 6)
    store.where = {epc(n, serial): n for n in range(1, 7) for serial in range(12)}
    store.run(200)
    return store


def run_with_clone(store: Shop, tag: str, twin: int, seconds: int) -> None:
    """Run while `tag` is also read, nearly always, by the antenna `twin`."""
    for _ in range(seconds):
        if store.random.random() < 0.9:
            store.engine.observe(reads(store.t + 0.3, (twin, tag)))
        store.run(1)


def test_one_epc_read_at_both_ends_of_the_store_is_counted_once_and_told() -> None:
    store = spread_out()
    store.rate = 0.9
    before = len(store.items)
    run_with_clone(store, epc(1, 0), twin=6, seconds=1300)
    (alert,) = told(store, "cloned_tag")
    assert alert.subject == "urn:epc:id:sgtin:1.0"
    assert alert.detail == "read in z1 and z6 at once"
    assert store.stock[gtin(1)].on_hand == 12
    moves = [i for i in store.items[before:] if i.event is ItemEventKind.MOVED]
    assert len(moves) <= 1
    store.run(200)
    assert [a.over for a in told(store, "cloned_tag")] == [False, True]


def test_an_item_carried_to_and_fro_is_no_clone() -> None:
    store = spread_out()
    for turn in range(10):
        store.where[epc(1, 0)] = 6 if turn % 2 else 1
        store.run(90)
    assert told(store, "cloned_tag") == []
