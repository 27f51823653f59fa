"""The stock engine through its only door."""

from __future__ import annotations

from gateway.changes import ItemEventKind, Remember, StockState
from gateway.requests import HoldVerdict
from gateway.stock.engine import StockEngine
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout, reads, shop


def stocked(number: int = 5, **kind: bool) -> Shop:
    store = shop(**kind)
    for serial in range(number):
        store.where[epc(0, serial)] = 1
    store.run(60)
    return store


def test_first_advance_says_every_article_unknown() -> None:
    store = shop()
    store.advance()
    assert sorted(store.stock) == [gtin(n) for n in range(5)]
    assert {change.state for change in store.stock.values()} == {StockState.UNKNOWN}


def test_tags_read_converge_within_a_minute_without_any_book() -> None:
    store = stocked(5)
    said = store.stock[gtin(0)]
    assert (said.on_hand, said.available, said.state) == (5, 5, StockState.IN_STOCK)
    assert said.sources == ("tags",)
    assert round(said.zones["shelf-a"]) == 5
    assert [event.event for event in store.items] == [ItemEventKind.ARRIVED] * 5


def test_a_sale_by_gtin_takes_one_off_at_once() -> None:
    store = stocked(5)
    del store.where[epc(0, 2)]
    store.run(40)
    store.sell(0)
    assert store.stock[gtin(0)].on_hand == 4
    store.run(600)
    assert store.stock[gtin(0)].on_hand == 4
    assert store.items[-1].event is ItemEventKind.DEPARTED
    assert store.items[-1].epc.endswith(".2")


def test_a_unit_seen_leaving_is_away_within_seconds() -> None:
    store = stocked(1)
    store.where = {epc(0, 0): 5}
    store.run(4)
    store.where = {}
    store.run(60)
    assert store.stock[gtin(0)].state is StockState.OUT_OF_STOCK
    assert store.stock[gtin(0)].on_hand == 0


def test_a_silent_tag_on_a_shelf_stays_on_hand() -> None:
    store = stocked(5)
    del store.where[epc(0, 2)]
    store.run(900)
    assert store.stock[gtin(0)].on_hand == 5


def test_an_item_moved_is_told_once() -> None:
    store = stocked(5)
    store.where[epc(0, 1)] = 3
    store.run(120)
    moved = [event for event in store.items if event.event is ItemEventKind.MOVED]
    assert [(event.source, event.zone) for event in moved] == [("shelf-a", "back")]


def test_book_alone_answers_for_untagged_goods() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.deliver(1, 6)
    said = store.stock[gtin(1)]
    assert (said.on_hand, said.sources) == (6, ("book",))
    store.sell(1, 2)
    assert store.stock[gtin(1)].on_hand == 4
    store.count(1, 3)
    assert store.stock[gtin(1)].on_hand == 3


def test_reads_of_a_delivery_without_epcs_are_not_counted_twice() -> None:
    store = shop()
    store.run(5)
    store.deliver(0, 5)
    assert store.stock[gtin(0)].on_hand == 5
    for serial in range(5):
        store.where[epc(0, serial)] = 3
    store.run(60)
    assert store.stock[gtin(0)].on_hand == 5


def test_a_hold_is_never_promised_twice() -> None:
    store = stocked(2)
    first = store.engine.hold(store.hold(0, 2, "a"), store.t)
    assert first.verdict is HoldVerdict.NEW
    second = store.engine.hold(store.hold(0, 1, "b"), store.t)
    assert second.verdict is HoldVerdict.INSUFFICIENT
    store.advance()
    assert (store.stock[gtin(0)].on_hand, store.stock[gtin(0)].reserved) == (2, 2)
    assert store.engine.collect("a", store.t).verdict is HoldVerdict.NEW
    store.advance()
    assert (store.stock[gtin(0)].on_hand, store.stock[gtin(0)].reserved) == (0, 0)


def test_restart_keeps_counts_and_holds() -> None:
    store = stocked(5)
    store.deliver(1, 7)
    store.engine.hold(store.hold(0, 2, "a"), store.t)
    store.sell(0)
    memory = {c.key: c.value for c in store.changes if isinstance(c, Remember) and c.value}
    again = Shop(StockEngine(layout(), HexNaming()))
    again.t = store.t + 5
    again.engine.restore(memory, again.t)
    again.advance()
    assert again.stock[gtin(0)].on_hand == 4
    assert again.stock[gtin(0)].reserved == 2
    assert again.stock[gtin(1)].on_hand == 7


def test_strangers_are_counted_and_cost_nothing() -> None:
    store = shop()
    store.run(2)
    store.engine.observe(reads(store.t, *[(1, f"E2{n:022X}") for n in range(300)]))
    store.engine.observe(reads(store.t, (1, epc(900, 1)), (9, epc(0, 1)), src="r"))
    store.advance()
    assert store.engine.faults["foreign_tags"] >= 300
    assert store.engine.faults["unknown_antenna"] == 1
    assert all(change.on_hand == 0 for change in store.stock.values())


def test_blind_readers_make_the_answer_unknown_and_recover_at_once() -> None:
    store = stocked(3)
    antennas, store.antennas = store.antennas, ()
    store.run(900)
    assert store.stock[gtin(0)].state is StockState.UNKNOWN
    assert store.stock[gtin(0)].available == 0
    store.antennas = antennas
    store.run(5)
    assert store.stock[gtin(0)].on_hand == 3
    assert store.stock[gtin(0)].state is StockState.IN_STOCK


def test_a_book_of_none_is_believed_as_soon_as_antennas_had_time_to_contradict_it() -> None:
    store = shop()
    store.count(0, 0)
    store.where[epc(1, 0)] = 1
    store.run(5)
    assert store.stock[gtin(0)].state is StockState.UNKNOWN
    store.run(25)
    assert store.stock[gtin(0)].state is StockState.OUT_OF_STOCK
