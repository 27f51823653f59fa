"""How the engine finds out where tags lie: spreads of rates, misses alike, the plan's word."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gateway.stock.engine import StockEngine
from gateway.stock.habits import SHOP, Habits
from gateway.stock.layout import Item, Layout, ZoneKind
from gateway.stock.lessons import Lessons
from gateway.stock.misses import GRADES, Misses
from gateway.stock.places import Places
from gateway.stock.spread import RateSpread
from gateway.stock.tags import Status, Tags
from gateway.stock.usual import Usual
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout, shop


def _spread() -> RateSpread:
    return RateSpread(Places(layout()))


def _counts(*reads: float, rounds: float = 60.0) -> tuple[np.ndarray, np.ndarray]:
    return np.array([reads], np.float32), np.full((1, len(reads)), rounds, np.float32)


def test_a_weak_tag_lies_where_it_is_read_best() -> None:
    strong = _spread().scores(*_counts(50, 6, 0, 0, 0))
    weak = _spread().scores(*_counts(5, 1, 0, 0, 0))
    assert strong.argmax() == weak.argmax() == 0


def test_tags_of_a_zone_teach_what_its_neighbour_reads_of_them() -> None:
    """Whatever shelf-a's antenna misses here, the neighbour's reads: that is no sign of shelf-b."""
    spread, (reads, rounds) = _spread(), _counts(3, 30, 0, 0, 0)
    assert spread.scores(reads, rounds).argmax() == 1
    zones = np.zeros(40, np.int16)
    for _ in range(12):
        spread.learn(zones, np.repeat(reads, 40, 0), np.repeat(rounds, 40, 0))
    assert spread.scores(reads, rounds).argmax() == 0


def test_a_tag_is_no_witness_for_itself() -> None:
    """Among many that shelf-a's antenna reads, one that only the neighbour reads says it is so."""
    spread, (usual, rounds) = _spread(), _counts(40, 0, 0, 0, 0)
    odd, _ = _counts(0, 30, 0, 0, 0)
    reads = np.concatenate([np.repeat(usual, 20, 0), odd])
    zones, rounds = np.zeros(21, np.int16), np.repeat(rounds, 21, 0)
    for _ in range(12):
        spread.learn(zones, reads, rounds)
    alone = spread.alone(zones, reads, rounds, np.full(21, 12.0))
    assert alone[-1] > 1.0
    assert np.abs(alone[:-1]).max() < 0.2
    newly = spread.alone(zones, reads, rounds, np.zeros(21))
    assert np.abs(newly).max() < 1e-3


@given(
    reads=hnp.arrays(np.float32, (7, 5), elements=st.floats(0, 500, width=32)),
    rounds=hnp.arrays(np.float32, (7, 5), elements=st.floats(0, 500, width=32)),
)
@settings(deadline=None)
def test_scores_are_finite_and_do_not_hang_on_company(
    reads: np.ndarray, rounds: np.ndarray
) -> None:
    spread = _spread()
    together = spread.scores(reads, rounds)
    alone = np.concatenate([spread.scores(reads[i : i + 1], rounds[i : i + 1]) for i in range(7)])
    assert np.isfinite(together).all()
    assert np.allclose(together, alone, atol=2e-3)


def test_a_store_without_antennas_has_scores_too() -> None:
    places = Places(layout(readers=False))
    none = np.zeros((3, 0), np.float32)
    assert RateSpread(places).scores(none, none).shape == (3, 5)


def _silences(alike: float, grade: int) -> float:
    """What is learned from silences whose tail is that of `alike`."""
    random = np.random.default_rng(1)
    tags = Tags(1, HexNaming(), Counter())
    misses = Misses(tags, SHOP.alike, SHOP.alike_known)
    rows = np.arange(200, dtype=np.int32)
    tags.grade[:200] = grade
    for _ in range(100):
        tags.quiet[:200] = alike * (random.random(200) ** (-1 / alike) - 1)
        misses.ended(rows)
    return float(misses.alike[grade])


@pytest.mark.parametrize("alike", [1.5, 3.0, 6.0, 12.0])
def test_how_alike_misses_are_is_learned(alike: float) -> None:
    assert _silences(alike, 2) == pytest.approx(alike, rel=0.35)


def _after(short: int, long: int, longest: int) -> float:
    """What so many silences of 4, 10 and 30 nats teach of strong tags."""
    tags = Tags(1, HexNaming(), Counter())
    misses = Misses(tags, SHOP.alike, SHOP.alike_known)
    for nats, many in ((4.0, short), (10.0, long), (30.0, longest)):
        tags.grade[:1], tags.quiet[:1] = len(GRADES), nats
        misses.ended(np.zeros(many, np.int32))
    return float(misses.alike[-1])


def test_who_stands_before_a_shelf_is_not_lost_among_single_misses() -> None:
    assert _after(100_000, 1_500, 180) < 4.0 < 8.0 < _after(100_000, 1_500, 0)


def test_one_grade_teaches_no_other() -> None:
    tags = Tags(1, HexNaming(), Counter())
    misses = Misses(tags, SHOP.alike, SHOP.alike_known)
    before = misses.alike.copy()
    tags.grade[:100], tags.quiet[:100] = len(GRADES), 4.0
    misses.ended(np.arange(100, dtype=np.int32))
    assert misses.alike[-1] > before[-1]
    assert np.array_equal(misses.alike[:-1], before[:-1])


def _usual(plan: Layout) -> Usual:
    return Usual(plan, Places(plan), [gtin(n) for n in range(5)])


def test_a_store_that_keeps_its_plan_trusts_it_more_and_one_that_does_not_less() -> None:
    account = np.zeros(400, np.int32)
    kept, strewn = _usual(layout()), _usual(layout())
    home, other = np.eye(5)[np.zeros(400, int)], np.eye(5)[np.ones(400, int)]
    kept.learn(account, home)
    strewn.learn(account, np.where(np.arange(400)[:, None] % 3 == 0, other, home))
    astray = [float(usual.of(account[:1])[0, 1]) for usual in (kept, _usual(layout()), strewn)]
    assert astray == sorted(astray)
    assert astray[0] < astray[1] < astray[2] < 0


def test_goods_without_a_plan_may_lie_on_any_shelf() -> None:
    account = np.array([77], np.int32)
    assert _usual(layout()).of(account)[0, :2].tolist() == [0.0, 0.0]


def _lying(antenna: int, neighbour: int) -> Shop:
    """A tag whose first reads are the neighbour's."""
    store = shop()
    store.where[epc(0, 1)] = neighbour
    store.run(2)
    store.where[epc(0, 1)] = antenna
    return store


def test_a_tag_first_heard_by_the_neighbour_is_put_right_within_a_minute() -> None:
    store = _lying(1, 2)
    store.run(60)
    assert round(store.stock[gtin(0)].zones["shelf-a"]) == 1


def test_a_unit_on_anothers_shelf_does_not_stay_on_its_own_by_its_own_word() -> None:
    plan = {("shelf-a", gtin(0)): 10, ("shelf-b", gtin(1)): 10}
    layout_of_two = dataclasses.replace(layout(), planogram=plan)
    store = Shop(StockEngine(layout_of_two, HexNaming()), rate=0.45)
    store.where = {epc(0, serial): 1 for serial in range(8)}
    store.where |= {epc(1, serial): 2 for serial in range(8)}
    store.where[epc(0, 8)] = 2
    store.run(900)
    assert round(store.stock[gtin(0)].zones["shelf-b"]) == 1


def _rate_when_put_back(habits: Habits) -> float:
    """What is believed of a tag read 9 rounds in 10, two minutes after it lies so that 3 are."""
    store = shop()
    store.engine._presence.live_by(habits)
    store.rate = 0.9
    tags = [epc(0, number) for number in range(6)]
    store.where = dict.fromkeys(tags, 1)
    store.run(900)
    del store.where[tags[0]]
    store.run(60)
    for _ in range(120):
        store.where.pop(tags[0], None)
        if store.random.random() < 0.33:
            store.where[tags[0]] = 1
        store.run(1)
    known = store.engine._tags
    return float(known.best[known.urns.index("urn:epc:id:sgtin:0.0")])


def test_a_thing_put_back_in_another_way_is_soon_known_by_its_new_rate() -> None:
    assert _rate_when_put_back(SHOP) < 0.62
    assert _rate_when_put_back(dataclasses.replace(SHOP, handled=2.0)) > 0.7


def test_unread_goods_lie_behind_at_first_and_anywhere_after_a_day() -> None:
    """Back rooms are slow to be heard whole; what nobody reads after a day is a dead tag."""
    tags = Tags(5, HexNaming(), Counter())
    for serial in range(2):
        tags.of_item(Item(f"urn:{serial}", gtin(0)))
    shelf, back = 0, 2
    tags.status[:2], tags.home[:2], tags.first[:2] = Status.HERE, (shelf, back), 0.0
    places = Places(layout())
    lessons = Lessons(places, tags, places.are(ZoneKind.EXIT))
    odds = []
    for listened in (120.0, 3_600.0, 86_400.0):
        lessons.learn(listened)
        odds.append(lessons.unheard[back] / lessons.unheard[shelf])
    assert odds[0] > 2.5
    assert odds[0] > odds[1] > odds[2]
    assert odds[2] == pytest.approx(1.0, abs=0.05)
