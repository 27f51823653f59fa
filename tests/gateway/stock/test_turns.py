"""Readers that ask their antennas in turn, seconds for a round, and some that tell no rounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.observations import Device, DeviceState, Round
from gateway.stock.engine import StockEngine
from gateway.stock.turns import Turns
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout, reads, shop

CYCLE = 8
ORDER: tuple[tuple[int, ...], ...] = ((1,), (1,), (2,), (2,), (3,), (3,), (4,), (5,))
"""Second by second which antenna is at work: two seconds for each but till and door."""


def busy(turns: Turns, antenna: int, *, every: int, lasts: int, begin: int, times: int) -> None:
    for burst in range(times):
        for second in range(lasts):
            turns.heard(antenna, begin + burst * every + second)


def test_an_antenna_that_is_heard_all_the_time_has_a_turn_each_second() -> None:
    turns = Turns(["r"])
    busy(turns, 0, every=1, lasts=1, begin=100, times=60)
    assert turns.seconds(0) == 1.0
    assert [turns.silent(0, second) for second in (160, 161, 162)] == [True, True, True]


@pytest.mark.parametrize("lasts", [1, 2])
def test_an_antenna_that_is_heard_in_bursts_has_a_turn_for_each(lasts: int) -> None:
    turns = Turns(["r"])
    busy(turns, 0, every=7, lasts=lasts, begin=100, times=20)
    assert turns.seconds(0) == 7
    last = 100 + 19 * 7 + lasts - 1
    due = [second for second in range(last + 1, last + 30) if turns.silent(0, second)]
    assert due == [last + 7, last + 14, last + 21, last + 28]


def test_antennas_that_hear_nothing_have_their_turns_with_the_others_of_their_reader() -> None:
    turns = Turns(["r", "r", "r", "q"])
    for antenna in (0, 1):
        busy(turns, antenna, every=7, lasts=1, begin=100, times=20)
    assert turns.seconds(2) == 7
    assert turns.seconds(3) == 1.0


def test_a_few_bursts_teach_nothing() -> None:
    turns = Turns(["r"])
    busy(turns, 0, every=300, lasts=1, begin=100, times=5)
    assert turns.seconds(0) == 1.0


def in_turn(store: Shop, seconds: int, *, rounds: bool) -> None:
    """Antennas ask after each other; what lies before one answers in its turn or not."""
    for second in range(seconds):
        asked = ORDER[second % CYCLE]
        answers = [
            (antenna, tag)
            for tag, antenna in store.where.items()
            if antenna in asked and store.random.random() < store.rate
        ]
        if answers:
            store.engine.observe(reads(store.t + 0.4, *answers))
        for antenna in asked if rounds else ():
            store.engine.observe(Round("r", store.t + 0.9, store.t + 0.9, antenna))
        store.t += 1
        store.advance()


def test_a_reader_that_tells_no_rounds_is_not_deaf_while_its_other_antennas_have_their_turn() -> (
    None
):
    store = shop()
    store.engine.observe(Device("r", store.t, store.t, DeviceState.ONLINE))
    store.where = {epc(0, serial): 1 for serial in range(5)}
    store.where |= {epc(1, serial): 3 for serial in range(10)}
    in_turn(store, 900, rounds=False)
    rates = store.engine._tags.rate[:15].max(axis=1)
    assert rates.mean() > 0.45
    # One of them is taken from the back room to its shelf.
    store.where[epc(1, 0)] = 1
    in_turn(store, 120, rounds=False)
    assert round(store.stock[gtin(1)].zones["shelf-a"]) == 1
    assert round(store.stock[gtin(1)].zones["back"]) == 9


def test_goods_laid_on_a_shelf_that_is_not_theirs_are_found_there_by_a_slow_reader() -> None:
    """Out of the back room; their own shelf, which hears none, claims them by its plan alone."""
    plan = {("shelf-a", gtin(0)): 30, ("shelf-b", gtin(1)): 30}
    store = Shop(StockEngine(replace(layout(), planogram=plan), HexNaming()))
    store.where = {epc(article, serial): article + 1 for article in (0, 1) for serial in range(24)}
    store.where |= {epc(0, serial): 3 for serial in range(24, 32)}
    in_turn(store, 3000, rounds=True)
    store.where[epc(0, 24)] = 2
    in_turn(store, 240, rounds=True)
    zones = store.stock[gtin(0)].zones
    assert round(zones.get("shelf-b", 0.0)) == 1
    assert round(zones["back"]) == 7


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_slow_reader_moves_goods_by_what_it_tells_and_not_by_the_clock(seed: int) -> None:
    """Antennas have their turn once in 32 seconds; the new shelf reads it one time in seven."""
    store = shop(seed)
    store.where = {epc(0, serial): 1 for serial in range(6)}
    store.where |= {epc(1, serial): 2 for serial in range(6)}
    moved = epc(0, 0)
    for turn in range(140):
        at, rate = (1, 0.6) if turn < 60 else (2, 0.15)
        for antenna in range(1, 6):
            lies = [tag for tag, where in store.where.items() if where == antenna]
            chances = [(tag, 0.6) for tag in lies if tag != moved]
            chances += [(moved, rate)] if antenna == at else []
            answers = [(antenna, tag) for tag, chance in chances if store.random.random() < chance]
            if answers:
                store.engine.observe(reads(store.t + 0.4, *answers))
            store.engine.observe(Round("r", store.t + 0.9, store.t + 0.9, antenna))
            for _ in range(6):
                store.t += 1
                store.advance()
        store.t += 2
    assert round(store.stock[gtin(0)].zones.get("shelf-b", 0)) == 1
