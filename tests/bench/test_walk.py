"""A walk helps where it is meant to: strong cross-reads, and nothing learned yet."""

from __future__ import annotations

from gateway.requests import AntennaVerdict
from gateway.simulate.random_plans import random_plan
from tests.bench.walk import POWER_DB, TAGS, compared, walked


def test_fewer_goods_are_put_wrong_in_the_first_ten_minutes_after_a_walk() -> None:
    pairs = list(compared((1, 2), POWER_DB, shelves=5, tags=200))
    before, after = (sum(pair[i].wrong for pair in pairs) for i in (0, 1))
    assert before > 0.1
    assert after < 0.85 * before


def test_on_a_walk_the_tags_are_found_among_the_goods_and_each_antenna_is_judged() -> None:
    memory, state = walked(random_plan(3, 4, 200), 3, 0.0)
    assert len(state.tags) == TAGS
    assert {one.laid for one in state.stops} == {TAGS}
    good = [one for one in state.antennas if one.verdict is AntennaVerdict.GOOD]
    assert len(good) >= 0.7 * len(state.antennas)
    assert len(memory) == len(state.stops)
