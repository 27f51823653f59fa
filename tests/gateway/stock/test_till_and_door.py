"""Goods between shelf and street: on the counter, in front of the door."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.changes import StockState
from gateway.stock.places import NOWHERE
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


def test_what_the_till_heard_is_paid_though_it_was_silent_there_when_it_was_sold() -> None:
    """Its buyer looks on for four minutes before another shelf, and goes."""
    store = stocked()
    store.where[BOUGHT] = 4
    store.run(15)
    del store.where[BOUGHT]
    store.run(60)
    assert home(store, BOUGHT) != "till"
    store.sell(0)
    store.where[BOUGHT] = 2
    store.run(240)
    del store.where[BOUGHT]
    tags = store.engine._tags
    assert tags.status[tags.of_text(BOUGHT) or 0] == Status.SOLD
    store.run(60)
    assert store.stock[gtin(0)].on_hand == 2


def passed(store: Shop, *, times: int = 1, antenna: int = 5) -> None:
    """A unit of the same GTIN that was never heard before is heard at the door, or elsewhere."""
    for _ in range(times):
        store.engine.observe(reads(store.t + 0.3, (antenna, epc(0, 99))))
        store.run(1)
    store.run(300)


@pytest.mark.parametrize("times", [1, 3, 20])
@pytest.mark.parametrize("booked", [True, False])
def test_what_a_customer_wears_is_promised_to_nobody(times: int, *, booked: bool) -> None:
    store = stocked()
    if not booked:
        store = shop()
        store.where = {epc(0, serial): 1 for serial in range(3)}
        store.run(60)
    passed(store, times=times)
    answer = store.stock[gtin(0)]
    assert (answer.on_hand, answer.available) == (3, 3)


def test_a_stranger_that_is_heard_inside_is_one_of_ours() -> None:
    store = stocked()
    passed(store)
    store.where[epc(0, 99)] = 1
    store.run(60)
    assert store.stock[gtin(0)].on_hand == 4


def test_what_the_book_has_and_no_shelf_hears_may_be_what_the_door_hears() -> None:
    store = stocked()
    store.count(0, 4)
    store.run(60)
    passed(store)
    tags = store.engine._tags
    assert tags.status[tags.of_text(epc(0, 99)) or 0] == Status.HERE
    assert store.stock[gtin(0)].on_hand == 4


def test_what_lies_at_the_till_for_long_is_there_while_its_shelf_could_hear_it() -> None:
    """Goods that were brought back wait there to be hung up again."""
    store = stocked()
    store.where[BOUGHT] = 4
    store.run(900)
    assert home(store, BOUGHT) == "till"
    assert round(store.stock[gtin(0)].zones["shelf-a"]) == 2
    store.where[BOUGHT] = 1
    store.run(60)
    assert round(store.stock[gtin(0)].zones["shelf-a"]) == 3


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


def test_a_door_where_nobody_passed_for_hours_still_hears_the_last_unit_leave() -> None:
    store = stocked(1)
    store.run(2 * 3600)
    store.where[BOUGHT] = 5
    store.run(4)
    del store.where[BOUGHT]
    store.run(90)
    assert store.stock[gtin(0)].state is StockState.OUT_OF_STOCK
    store.run(900)
    assert store.stock[gtin(0)].state is StockState.OUT_OF_STOCK


@pytest.mark.parametrize(
    ("at_till", "at_door", "zone"), [(0.5, 1.0, "exit"), (1.0, 0.5, "shelf-a")]
)
def test_what_left_the_till_goes_where_it_was_heard_last(
    at_till: float, at_door: float, zone: str
) -> None:
    """To the door, or else to the shelf of its like."""
    store = stocked(1)
    places, tags = store.engine._places, store.engine._tags
    row = np.array([tags.of_text(BOUGHT) or 0])
    tags.home[row], tags.rival[row] = places.zone("till"), NOWHERE
    tags.belief[row] = (0.01, 0.0, 0.9, 0.09)
    tags.recent[row] = 0.0
    tags.recent[row, places.antenna("r", 4)] = at_till
    tags.recent[row, places.antenna("r", 5)] = at_door
    _, (where,) = store.engine._presence._stops.on_the_way_home(row)
    assert places.zones[where] == zone


@pytest.mark.parametrize("silent", [0, 3])
def test_a_read_at_the_door_moves_nothing_to_the_till(silent: int) -> None:
    """The till reads once what is carried past it on its way out, then the door twice."""
    store = stocked(1)
    store.run(300)
    store.where.clear()
    store.run(silent)
    for antenna in (4, None, 5, 5):
        if antenna is not None:
            store.engine.observe(reads(store.t + 0.1, (antenna, BOUGHT)))
        store.run(1)
    assert home(store, BOUGHT) == "exit"
    store.run(15)
    assert store.stock[gtin(0)].on_hand == 0


@pytest.mark.parametrize("tag", [BOUGHT, None])
def test_a_customer_looks_on_with_what_was_paid(tag: str | None) -> None:
    """Sold by EPC, or at the till when its GTIN was sold; then shelves hear it in the bag."""
    store = stocked()
    store.where[BOUGHT] = 4
    store.run(30)
    store.sell(0, tag=tag)
    store.where[BOUGHT] = 2
    store.run(400)
    assert store.stock[gtin(0)].on_hand == 2
    store.where[BOUGHT] = 5
    store.run(4)
    del store.where[BOUGHT]
    store.run(900)
    assert store.stock[gtin(0)].on_hand == 2


def test_what_lies_on_a_shelf_long_after_its_sale_is_back() -> None:
    store = stocked()
    store.where[BOUGHT] = 4
    store.run(30)
    store.sell(0)
    del store.where[BOUGHT]
    store.run(1200)
    store.where[BOUGHT] = 1
    store.run(120)
    assert store.stock[gtin(0)].on_hand == 3


def test_while_the_reader_of_the_shelves_is_away_stray_reads_take_nothing_to_till_or_door() -> None:
    store = stocked(6)
    store.rate = 0.8
    store.run(600)
    said, store.antennas = len(store.items), (4, 5)
    store.run(120)
    for second in range(1800):
        for antenna, every in ((4, 31), (5, 47)):
            if second % every in {0, 1}:
                store.engine.observe(reads(store.t + 0.1, (antenna, BOUGHT)))
        store.run(1)
    assert store.stock[gtin(0)].on_hand == 6
    assert store.items[said:] == []


def test_what_the_till_alone_has_heard_of_new_goods_is_not_on_their_shelf() -> None:
    store = shop()
    for serial in range(3):
        store.where[epc(0, serial)] = 1
    store.run(360)
    store.where[epc(0, 9)] = 4
    store.run(30)
    zones = store.stock[gtin(0)].zones
    assert zones["shelf-a"] < 3.5
    assert zones["till"] > 0.5
