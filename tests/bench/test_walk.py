"""A walk helps where it is meant to: strong cross-reads, and nothing learned yet."""

from __future__ import annotations

from dataclasses import replace

from gateway.requests import AntennaVerdict
from gateway.simulate.random_plans import random_plan
from gateway.simulate.scenario import USUAL
from tests.bench.walk import POWER_DB, TAGS, Store, first_minutes, look, walk_through, walked


def test_rssi_alone_puts_fewer_goods_wrong_where_antennas_hear_too_far() -> None:
    plans = {seed: random_plan(seed, 6, 300) for seed in (1, 2, 3)}
    mute, told = (
        sum(first_minutes(plan, of, POWER_DB, {}, mute=mute).wrong for of, plan in plans.items())
        for mute in (True, False)
    )
    assert mute > 0.1 * len(plans)
    assert told < 0.55 * mute


def test_fewer_goods_are_put_wrong_in_the_first_ten_minutes_after_a_walk() -> None:
    plan = random_plan(1, 6, 300)
    memory, _ = walked(plan, 1_001, POWER_DB)
    before, after = (first_minutes(plan, 1, POWER_DB, known, mute=True) for known in ({}, memory))
    assert before.wrong > 0.1
    assert after.wrong < 0.75 * before.wrong


def test_a_store_that_taught_itself_wrong_is_put_right_by_a_walk() -> None:
    scenario = replace(USUAL, power_db=2 * POWER_DB)
    store = Store(random_plan(1, 6, 300), 1, scenario, mute=True)
    store.run(300.0)
    before = look(store.engine, store.world.shop.goods)
    walk_through(store)
    store.run(180.0)
    after = look(store.engine, store.world.shop.goods)
    assert before.wrong > 0.4
    assert after.wrong < 0.5 * before.wrong


def test_on_a_walk_the_tags_are_found_among_the_goods_and_each_antenna_is_judged() -> None:
    memory, state = walked(random_plan(3, 4, 200), 3, 0.0)
    assert len(state.tags) == TAGS
    assert {one.laid for one in state.stops} == {TAGS}
    good = [one for one in state.antennas if one.verdict is AntennaVerdict.GOOD]
    assert len(good) >= 0.7 * len(state.antennas)
    assert len(memory) == len(state.stops)
