"""Goods that fall silent for long: what a store teaches about where they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from gateway.stock.habits import SHOP, Habits
from gateway.stock.layout import Item
from gateway.stock.silences import KEPT, MOST_SILENT, Silences
from gateway.stock.tags import AWAY, HIDDEN, Status, Tags
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, reads, shop

TAGS, MINUTE = 40, 60.0
UNTIL = 8 * 3600.0


def store(*, fades: bool) -> Shop:
    """Ten units; for two hours each in turn is silent for twenty minutes, or none is."""
    made = shop()
    units = [epc(0, serial) for serial in range(10)]
    made.where = dict.fromkeys(units, 1)
    made.count(0, 10)
    made.run(300)
    for first in range(0, 10, 2):
        if fades:
            gone = {tag: made.where.pop(tag) for tag in units[first : first + 2]}
        made.run(1200)
        if fades:
            made.where |= gone
        made.run(120)
    return made


def test_what_is_heard_again_where_it_lay_was_hidden_all_the_time() -> None:
    silences = store(fades=True).engine._presence.lessons.silences
    assert silences._ended_hidden == pytest.approx(silences._ended) == 10.0


def silent(made: Shop, minutes: int) -> np.ndarray:
    """Belief in one unit after so many minutes of silence."""
    tags = made.engine._tags
    made.where.pop(epc(0, 9), None)
    made.run(60 * minutes)
    return np.array(tags.belief[tags.of_text(epc(0, 9))])


def test_silent_goods_are_there_for_longer_where_many_come_back_and_gone_when_those_would() -> None:
    fading = store(fades=True)
    usual, soon = silent(store(fades=False), 10), silent(fading, 10)
    assert usual[HIDDEN] < 0.6 < 0.7 < soon[HIDDEN]
    assert silent(fading, 140)[AWAY] > 0.6


def taught(
    number: int,
    seconds: float,
    *,
    status: Status = Status.HERE,
    quiet: float = 300.0,
    habits: Habits = SHOP,
    belief: tuple[float, ...] = (0.0, 1.0, 0.0, 0.0),
) -> Silences:
    """What eight hours teach in which so many tags were silent for so long and came back."""
    tags = Tags(1, HexNaming(), Counter())
    for tag in range(TAGS):
        tags.of_item(Item(f"urn:{tag}", gtin(1)))
    tags.status[:TAGS], tags.home[:TAGS] = Status.HERE, 0
    tags.belief[:TAGS] = (1.0, 0.0, 0.0, 0.0)
    tags.last[:TAGS] = UNTIL
    silences = Silences(tags, np.zeros(1, np.bool_))
    silences.live_by(habits)
    silences.learn(TAGS, 0.0, -np.inf, 0.0)
    for tag in range(number):
        row = np.array([tag])
        tags.status[row], tags.quiet[row] = status, quiet
        tags.belief[row] = belief
        tags.last[row] = 600.0
        silences.ended(row, 600.0 + seconds)
        tags.status[row], tags.quiet[row] = Status.HERE, 0.0
        tags.belief[row], tags.last[row] = (1.0, 0.0, 0.0, 0.0), UNTIL
    for minute in range(1, int(UNTIL / MINUTE) + 1):
        silences.learn(TAGS, minute * MINUTE, (minute - 1) * MINUTE, 0.0)
    return silences


def test_how_soon_silences_end_is_how_soon_the_hidden_show() -> None:
    assert taught(20, 1500.0).shows == pytest.approx(1 / 1200, rel=0.5)
    assert taught(20, 1500.0).shows > 2 * taught(20, 6000.0).shows
    assert taught(0, 0.0).shows == pytest.approx(SHOP.show)


def test_a_store_that_loses_sight_of_nothing_expects_less_of_it_and_one_that_does_more() -> None:
    assert taught(0, 0.0).fades < 1.0 < taught(10, 1500.0).fades < taught(20, 1500.0).fades


@pytest.mark.parametrize(
    "other",
    [
        {"status": Status.SOLD},
        {"quiet": 20.0},
        {"seconds": 700.0},
    ],
    ids=["sold", "few rounds", "short"],
)
def test_what_is_not_a_long_silence_of_goods_teaches_nothing(other: dict[str, float]) -> None:
    how = {"seconds": 1500.0} | other
    assert taught(20, **how).learned == taught(0, 0.0).learned  # type: ignore[arg-type]  # one table for all cases


def test_what_comes_back_from_away_was_not_hidden_but_goods_do_not_come_back() -> None:
    comes_back = replace(SHOP, back=1 / 900)
    nothing = taught(0, 0.0, habits=comes_back).learned
    gone, lying = (1e-9, 1e-9, 0.0, 1.0), (0.0, 1.0, 0.0, 0.0)
    away = taught(20, 1500.0, habits=comes_back, belief=gone)
    assert away.learned == pytest.approx(nothing, rel=1e-3)
    assert taught(20, 1500.0, habits=comes_back, belief=lying).fades > 2 * away.fades
    assert taught(20, 1500.0, belief=gone).learned == pytest.approx(taught(20, 1500.0).learned)


def test_a_night_counts_as_two_hours() -> None:
    assert taught(5, 50_000.0).shows == taught(5, 900.0 + MOST_SILENT).shows


def test_what_was_learned_is_where_the_next_day_begins() -> None:
    before = taught(20, 1500.0)
    after = taught(0, 0.0)
    after.restore(*before.learned)
    assert after.learned == pytest.approx(before.learned)
    after.learn(TAGS, UNTIL, UNTIL - MINUTE, 0.0)
    assert after.shows == pytest.approx(before.shows)


def test_what_was_learned_stays_open_to_change() -> None:
    silences = taught(20, 1500.0)
    silences.live_by(replace(SHOP, hide=1e-2))
    before = silences.fades
    for minute in range(100):
        silences.learn(TAGS, UNTIL + minute * MINUTE, UNTIL + (minute - 1) * MINUTE, 0.0)
    assert silences._rested * silences._usual <= KEPT
    assert silences.fades < before


@pytest.mark.parametrize("antenna", [2, 3])
def test_one_read_elsewhere_does_not_make_a_tag_that_nobody_hears_one_to_be_missed(
    antenna: int,
) -> None:
    """It has been silent for twenty minutes on its shelf, among four that answer."""
    store = shop(exits=False)
    for serial in range(4):
        store.where[epc(0, serial)] = 1
    store.count(0, 5)
    store.run(60)
    store.engine.observe(reads(store.t + 0.4, (1, epc(0, 4))))
    store.run(1200)
    tags = store.engine._tags
    row = tags.of_text(epc(0, 4)) or 0
    assert tags.belief[row, HIDDEN] > 0.9
    store.engine.observe(reads(store.t + 0.4, (antenna, epc(0, 4))))
    for _ in range(4):
        store.run(150)
        assert store.engine._places.zones[tags.home[row]] == "shelf-a"
        assert tags.belief[row, HIDDEN] > 0.9
    assert store.stock[gtin(0)].on_hand == 5
