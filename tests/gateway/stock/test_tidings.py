"""Item events: said once, when sure, and not for what is only carried past or lies between."""

from __future__ import annotations

from gateway.changes import ItemEvent, ItemEventKind, LedgerLine
from tests.gateway.stock.shop import Shop, epc, shop


def stocked(number: int = 5, **kind: bool) -> Shop:
    store = shop(**kind)
    for serial in range(number):
        store.where[epc(0, serial)] = 1
    store.run(60)
    return store


def told(store: Shop, kind: ItemEventKind) -> list[ItemEvent]:
    return [event for event in store.items if event.event is kind]


def test_an_item_looked_at_before_another_shelf_and_put_back_is_not_told_moved() -> None:
    store = stocked()
    store.where[epc(0, 1)] = 2
    store.run(30)
    store.where[epc(0, 1)] = 1
    store.run(300)
    assert told(store, ItemEventKind.MOVED) == []


def test_an_item_that_lies_on_another_shelf_is_told_moved_once_with_the_time_it_began() -> None:
    store = stocked()
    begun = store.t
    store.where[epc(0, 1)] = 2
    store.run(300)
    (moved,) = told(store, ItemEventKind.MOVED)
    assert (moved.source, moved.zone) == ("shelf-a", "shelf-b")
    assert begun <= moved.began < begun + 30
    assert begun + 60 <= moved.t < begun + 120


def test_what_lies_within_earshot_of_the_door_is_not_told_there() -> None:
    store = stocked()
    store.where[epc(0, 1)] = 5
    store.run(30)
    store.where[epc(0, 1)] = 1
    store.run(300)
    assert told(store, ItemEventKind.MOVED) == []
    assert told(store, ItemEventKind.DEPARTED) == []


def test_what_left_by_the_door_is_told_departed_once_it_has_been_silent() -> None:
    store = stocked()
    store.where[epc(0, 1)] = 5
    store.run(4)
    left = store.t
    del store.where[epc(0, 1)]
    store.run(300)
    (departed,) = told(store, ItemEventKind.DEPARTED)
    assert departed.epc.endswith(".1")
    assert departed.zone == "exit"
    assert left - 5 <= departed.began <= left
    assert departed.t >= left + 55
    lines = [c for c in store.changes if isinstance(c, LedgerLine) and c.reason == "departed"]
    assert [line.qty for line in lines] == [-1]


def test_a_sale_of_one_of_several_tells_which_once_its_silence_does() -> None:
    """All are equally likely at first: none is told before one of them is plainly missing."""
    store = stocked(3)
    store.sell(0)
    assert told(store, ItemEventKind.DEPARTED) == []
    del store.where[epc(0, 2)]
    store.run(900)
    (departed,) = told(store, ItemEventKind.DEPARTED)
    assert departed.epc.endswith(".2")
    assert told(store, ItemEventKind.MOVED) == []
    assert len(told(store, ItemEventKind.ARRIVED)) == 3


def test_a_unit_that_its_shelf_still_hears_is_not_told_departed_for_a_sale() -> None:
    """One of two like units vanishes with the sale; which, nobody can know in that second."""
    for seed in range(12):
        store = shop(seed)
        store.where = {epc(0, serial): 3 for serial in range(3)}
        store.count(0, 3)
        store.run(120)
        del store.where[epc(0, 0)]
        store.sell(0)
        store.run(200)
        departed = {event.epc for event in told(store, ItemEventKind.DEPARTED)}
        assert departed <= {"urn:epc:id:sgtin:0.0"}, seed


def test_the_last_unit_is_not_told_departed_by_a_sale_while_its_shelf_hears_it() -> None:
    """The till may have meant one whose tag is dead, or rung up the wrong article."""
    store = stocked(1)
    store.sell(0)
    assert told(store, ItemEventKind.DEPARTED) == []
    store.run(120)
    assert told(store, ItemEventKind.DEPARTED) == []


def test_the_last_unit_is_told_departed_by_its_sale_once_it_is_silent() -> None:
    store = stocked(1)
    store.sell(0)
    del store.where[epc(0, 0)]
    store.run(120)
    (departed,) = told(store, ItemEventKind.DEPARTED)
    assert departed.epc.endswith(".0")
