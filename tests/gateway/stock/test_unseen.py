"""Units that no antenna hears: how many there are, and whether on the shelf or behind it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gateway.changes import Remember
from gateway.stock.book import ZoneCount
from gateway.stock.engine import StockEngine
from gateway.stock.filling import LOOKS_KEPT, Filling
from gateway.stock.layout import ZoneKind
from gateway.stock.lessons import Lessons
from gateway.stock.places import Places
from gateway.stock.tags import Tags
from gateway.stock.unseen import MISCOUNTED, _found
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout, shop

ROOM = 10
ON_SHELF, BEHIND = 1, 3
ARTICLES = 5


def kept(full: bool, *, odd: int, behind: int = 4) -> Shop:
    """A store whose shelves are full, or are not; the first GTIN has `odd` known units on its own.

    The book of that GTIN has one unit more than it has tags; those of the others are right.
    """
    store = shop()
    for article in range(ARTICLES):
        short = 0 if full else (3 * article) % 7
        lying = ROOM - short if article else odd
        for serial in range(lying + behind):
            store.where[epc(article, serial)] = ON_SHELF if serial < lying else BEHIND
        store.count(article, lying + behind + (article == 0))
    store.run(700)
    return store


def laid(store: Shop, zone: str) -> float:
    return store.stock[gtin(0)].zones.get(zone, 0.0)


def test_a_shelf_one_short_with_goods_behind_it_holds_the_unit_that_nobody_hears() -> None:
    store = kept(full=True, odd=ROOM - 1)
    assert laid(store, "shelf-a") == pytest.approx(ROOM, abs=0.2)
    assert store.stock[gtin(0)].on_hand == ROOM + 4


def test_a_full_shelf_has_no_room_for_it() -> None:
    store = kept(full=True, odd=ROOM)
    assert laid(store, "shelf-a") == pytest.approx(ROOM, abs=0.2)


def test_where_shelves_are_not_kept_full_nothing_follows() -> None:
    one_short, full = (laid(kept(full=False, odd=n), "shelf-a") - n for n in (ROOM - 1, ROOM))
    assert one_short - full < 0.6
    assert laid(kept(full=True, odd=ROOM - 1), "shelf-a") - (ROOM - 1) > 0.85


def test_what_people_count_in_a_zone_says_where_it_lies() -> None:
    for zone, known in (("shelf-a", 7), ("back", 4)):
        store = kept(full=False, odd=7)
        store.count(0, known + 1, zone=zone)
        store.run(60)
        assert store.stock[gtin(0)].on_hand == 12
        assert laid(store, zone) == pytest.approx(known + 1, abs=0.2)


def test_a_count_that_book_and_tags_contradict_is_believed_when_it_is_made_again() -> None:
    store = shop()
    for article in range(ARTICLES):
        for serial in range(6):
            store.where[epc(article, serial)] = ON_SHELF
        store.count(article, 6)
    store.run(700)
    said = []
    for _ in range(2):
        store.count(0, 7, zone="shelf-a")
        store.run(60)
        said.append(store.stock[gtin(0)].on_hand)
    assert said == [6, 7]


def test_a_book_that_was_counted_zone_by_zone_is_no_worse_than_one_of_the_building() -> None:
    said = []
    for by_zone in (True, False):
        store = shop()
        for article in range(ARTICLES):
            for serial in range(9):
                store.where[epc(article, serial)] = ON_SHELF if serial < 5 else BEHIND
            if by_zone:
                store.count(article, 5 + (article == 0), zone="shelf-a")
                store.count(article, 4, zone="back")
            else:
                store.count(article, 9 + (article == 0))
        store.run(700)
        said.append(store.stock[gtin(0)].expected)
    assert said[0] == pytest.approx(said[1], abs=0.3)
    assert said[0] > 9.2


def test_a_count_of_the_building_is_believed_at_once() -> None:
    store = kept(full=True, odd=ROOM - 1)
    store.count(0, 7, zone="shelf-a")
    store.count(0, ROOM + 4)
    store.run(60)
    assert store.engine._goods.accounts[0].moved == 0
    assert store.engine._goods.accounts[0].counted == {}


def test_goods_that_were_delivered_and_read_do_not_draw_an_unread_unit_behind() -> None:
    store = kept(full=True, odd=ROOM - 1)
    for serial in range(100, 103):
        store.where[epc(0, serial)] = BEHIND
    store.deliver(0, 3)
    store.run(1200)
    assert laid(store, "shelf-a") == pytest.approx(ROOM, abs=0.2)
    assert laid(store, "back") == pytest.approx(7, abs=0.2)


@pytest.mark.parametrize("delivered", [False, True])
def test_what_people_counted_outlives_a_restart(delivered: bool) -> None:
    store = kept(full=False, odd=7)
    store.count(0, 13, zone="back")
    if delivered:
        store.deliver(0, 2)
    store.run(60)
    memory = {c.key: c.value for c in store.changes if isinstance(c, Remember)}
    again = StockEngine(layout(), HexNaming())
    again.restore({key: text for key, text in memory.items() if text is not None}, store.t)
    old, new = (engine._goods.accounts[0] for engine in (store.engine, again))
    assert new.counted == old.counted
    assert bool(new.counted) is not delivered
    assert new.moved == old.moved != 0


COUNTS = some.builds(ZoneCount, some.integers(0, 9), some.booleans(), some.just(0))


@pytest.fixture(scope="module")
def settled() -> Shop:
    return kept(full=True, odd=ROOM - 1)


@given(
    units=some.integers(0, 40),
    moved=some.integers(-9, 9),
    counted=some.dictionaries(some.integers(0, 3), COUNTS, max_size=3),
    lying=some.dictionaries(some.integers(-1, 4), some.integers(0, 9), max_size=3),
    returned=some.integers(0, 5),
)
@settings(max_examples=150, deadline=None)
def test_whatever_people_counted_chances_sum_to_one(
    settled: Shop,
    units: int,
    moved: int,
    counted: dict[int, ZoneCount],
    lying: dict[int, int],
    returned: int,
) -> None:
    engine, now = settled.engine, settled.t
    account = engine._goods.accounts[0]
    read = engine._goods.ever_read(account)
    account.counted = {zone: replace(count, read=read) for zone, count in counted.items()}
    account.moved, account.lying, account.brought_back = moved, lying, returned
    unseen = engine._answers._composer._unseen
    unseen.learn(now)
    spread, shelved = unseen.weigh(account, units, now, deaf=False)
    for chance in [spread] if shelved is None else [spread, shelved]:
        assert chance.shape == (units + 1,)
        assert chance.sum() == pytest.approx(1.0)
        assert np.all(chance >= 0)
    if shelved is not None:
        assert shelved @ np.arange(units + 1) <= spread @ np.arange(units + 1) + 0.01


def test_a_count_is_likeliest_where_it_is_right() -> None:
    chance = _found(ZoneCount(beyond=1, again=False, read=0), np.arange(5))
    assert chance.argmax() == 1
    assert chance[:3].sum() == pytest.approx(1.0)
    assert chance[0] == MISCOUNTED / 2


def test_what_a_customer_brought_back_is_laid_where_it_belongs() -> None:
    store = kept(full=True, odd=ROOM)
    store.count(0, ROOM + 4)
    store.sell(0, tag=epc(0, 1))
    del store.where[epc(0, 1)]
    store.run(120)
    assert laid(store, "shelf-a") == pytest.approx(ROOM - 1, abs=0.2)
    store.bring_back(0)
    store.run(1200)
    assert laid(store, "shelf-a") == pytest.approx(ROOM, abs=0.2)


def test_a_shelf_that_was_full_the_day_before_yesterday_proves_nothing_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places, tags = Places(layout()), Tags(5, HexNaming(), Counter())
    filling = Filling(layout(), places, tags, Lessons(places, tags, places.are(ZoneKind.EXIT)))
    laid = []
    for units in [ROOM] * 20 + [ROOM - 1] * (3 * LOOKS_KEPT):
        # What tags say of a shelf, once a minute for a day and a half.
        monkeypatch.setattr(filling, "_lying", lambda n=units: (np.array([n]), np.array([4])))
        filling.learn([gtin(0)], np.ones(1, np.bool_))
        one = filling.shelved(0, np.array([1]))
        laid.append(0.5 if one is None else one[0, 1] / one.sum())
    assert max(laid[10 : LOOKS_KEPT - 20]) < 0.1
    assert laid[-1] > 0.3
