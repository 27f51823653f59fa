"""Goods between shelf and street: on the counter, in front of the door."""

from __future__ import annotations

import pytest

from gateway.stock.tags import Status
from tests.gateway.stock.shop import Shop, epc, gtin, reads, shop

BOUGHT = epc(0, 0)


def stocked(number: int = 3, *, exits: bool = True) -> Shop:
    store = shop(exits=exits)
    for serial in range(number):
        store.where[epc(0, serial)] = 1
    store.count(0, number)
    store.run(60)
    return store


def carried_to_the_door(*, counter: bool, seconds: int = 80) -> Shop:
    """One unit is heard at the door each second; on the counter, the till hears it now and then."""
    store = stocked()
    store.where[BOUGHT], store.rate = 5, 0.8
    for second in range(seconds):
        if counter and second % 4 == 0:
            store.engine.observe(reads(store.t + 0.1, (4, BOUGHT)))
        store.run(1)
    return store


def home(store: Shop, tag: str) -> str:
    engine = store.engine
    return engine._places.zones[int(engine._tags.home[engine._tags.of_text(tag) or 0])]


def test_what_waits_on_the_counter_is_not_back_on_its_shelf_for_being_heard_at_the_door() -> None:
    store = carried_to_the_door(counter=True)
    assert home(store, BOUGHT) in {"till", "exit"}
    store.sell(0)
    del store.where[BOUGHT]
    tags = store.engine._tags
    assert tags.status[tags.of_text(BOUGHT) or 0] == Status.SOLD
    store.run(600)
    assert store.stock[gtin(0)].on_hand == 2


def test_who_stands_at_the_door_with_it_has_not_put_it_back() -> None:
    store = carried_to_the_door(counter=False)
    assert home(store, BOUGHT) == "exit"
    assert round(store.stock[gtin(0)].zones["shelf-a"]) == 2


@pytest.mark.parametrize("heard", [True, False])
def test_what_its_shelf_has_just_heard_is_not_at_the_door_for_a_stray_read(*, heard: bool) -> None:
    """Four antennas take turns at the reader of the shelves; the door has one for itself."""
    store = shop()
    store.rate = 0.9
    store.where |= {epc(0, serial): 1 for serial in range(3)}
    turns: list[tuple[int, ...]] = [(1, 5), (5,), (5,), (5,)]
    for second in range(600):
        store.antennas = turns[second % len(turns)]
        store.run(1)
    homes = []
    for second in range(34):
        store.antennas = turns[second % len(turns)] if heard else (5,)
        if second in {30, 31}:
            store.engine.observe(reads(store.t + 0.1, (5, BOUGHT)))
        store.run(1)
        homes.append(home(store, BOUGHT))
    assert ("exit" in homes) is not heard


def test_a_sale_means_what_till_and_door_have_just_read_wherever_it_was_thought_to_lie() -> None:
    store = stocked()
    tags = store.engine._tags
    row = tags.of_text(BOUGHT) or 0
    store.where[BOUGHT] = 4
    store.run(30)
    tags.home[row], tags.belief[row] = store.engine._places.zone("shelf-b"), (0.95, 0, 0.05, 0)
    store.sell(0)
    assert tags.status[row] == Status.SOLD


def test_a_tag_first_read_late_is_weak_and_its_silence_says_little() -> None:
    store = stocked(exits=False)
    store.count(0, 4)
    store.run(600)
    store.engine.observe(reads(store.t + 0.1, (1, epc(0, 9))))
    store.run(3600)
    assert store.stock[gtin(0)].on_hand == 4
