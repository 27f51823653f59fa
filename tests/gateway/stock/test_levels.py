"""How loud each antenna hears a tag: what is usual, what is a tag's own, and what it says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gateway.stock.evidence import Epoch
from gateway.stock.habits import SHOP, Habits
from gateway.stock.layout import Item
from gateway.stock.levels import Levels
from gateway.stock.places import NOWHERE, Places
from gateway.stock.tags import Tags
from tests.gateway.stock.shop import HexNaming, gtin, layout

TOLD = Habits(level_kept=1.0, level_worth=1.0)
ANTENNAS, TAGS = 5, 30
SHELF_A, SHELF_B, BACK = 0, 1, 2


def _levels(habits: Habits = TOLD) -> tuple[Levels, Tags]:
    """Tags 0 to 14 lie on shelf-a, the others on shelf-b; nothing is read yet."""
    tags = Tags(ANTENNAS, HexNaming(), Counter())
    for number in range(TAGS):
        tags.of_item(Item(f"urn:{number}", gtin(1)))
    tags.home[:TAGS] = np.arange(TAGS) // 15
    tags.best[:TAGS] = 0.5
    return Levels(Places(layout()), tags, habits), tags


def _second(rows: np.ndarray, antenna: int, rssi: np.ndarray) -> Epoch:
    antennas = np.full(len(rows), antenna)
    return Epoch(0.0, rows, antennas, rssi.astype(np.float32), np.ones(ANTENNAS, np.float32))


def _teach(levels: Levels, seconds: int = 40, off: float = 0.0) -> None:
    """Own antennas hear -50 dBm, the neighbour's -60; tag 0 is `off` that at both."""
    random = np.random.default_rng(1)
    rows = np.arange(TAGS)
    for _ in range(seconds):
        for antenna in (0, 1):
            usual = np.where(rows // 15 == antenna, -50.0, -60.0) + off * (rows == 0)
            epoch = _second(rows, antenna, usual + random.normal(0.0, 2.0, TAGS))
            levels.note(epoch, np.ones(TAGS, np.bool_))


def test_the_store_teaches_levels_and_their_noise() -> None:
    levels, _ = _levels()
    _teach(levels, 200)
    assert levels.mean[SHELF_A, 0] == pytest.approx(-50.0, abs=0.5)
    assert levels.mean[SHELF_A, 1] == pytest.approx(-60.0, abs=0.5)
    assert levels.noise == pytest.approx(4.0, rel=0.15)


def test_louder_at_the_neighbour_is_nearer_to_it() -> None:
    levels, tags = _levels()
    _teach(levels)
    tags.levels[0] = 0
    levels.note(_second(np.array([0]), 1, np.array([-50.0])), np.ones(1, np.bool_))
    scores = levels.scores(np.array([0]))[0]
    assert scores[SHELF_B] > scores[SHELF_A] + 1.0


def _odd_one(seconds: int) -> tuple[Levels, Tags]:
    """Tag 0 is heard by the neighbour alone, and far more often than any other tag."""
    levels, tags = _levels()
    _teach(levels)
    tags.levels[0], tags.level[0] = 0, 0.0
    calm = np.ones(1, np.bool_)
    for _ in range(seconds):
        levels.note(_second(np.array([0]), 1, np.array([-40.0])), calm)
    return levels, tags


def test_a_tag_is_no_witness_of_its_own_level_however_often_it_is_read() -> None:
    levels, _ = _odd_one(5000)
    assert levels.mean[SHELF_A, 1] == pytest.approx(-59.0, abs=1.0)
    alone = levels.scores(np.array([0]))[0]
    assert alone[SHELF_B] > alone[SHELF_A] + 1.0


def test_what_a_tag_taught_goes_along_when_it_lies_elsewhere_than_was_thought() -> None:
    levels, _ = _odd_one(100)
    before = float(levels.mean[SHELF_A, 1])
    levels.corrected(np.array([0]), np.array([BACK]))
    assert levels.mean[SHELF_A, 1] < before - 0.5
    assert levels.mean[BACK, 1] == pytest.approx(-40.0, abs=1.0)


def test_where_nothing_was_heard_yet_it_is_as_loud_as_elsewhere_in_this_store() -> None:
    levels, _ = _levels()
    before = float(levels.mean[BACK, 0])
    _teach(levels)
    assert before == pytest.approx(-64.0)
    assert levels.mean[BACK, 0] == pytest.approx(-60.2, abs=0.3)


def test_a_single_read_far_too_loud_speaks_for_the_rival() -> None:
    levels, _ = _levels()
    _teach(levels)
    row, antenna, rival = np.array([0]), np.array([1]), np.array([SHELF_B])
    loud = levels.gain(row, antenna, np.array([-50.0], np.float32), rival)
    usual = levels.gain(row, antenna, np.array([-60.0], np.float32), rival)
    assert loud[0] > 3.0
    assert usual[0] < 0.0


def test_a_tag_that_is_always_faint_is_faint_in_its_next_place_too() -> None:
    """Ten dB too faint on shelf-a is expected ten too faint on shelf-b: no news, not a sign."""
    levels, tags = _levels()
    _teach(levels, off=-10.0)
    levels.moved(np.array([0]))
    tags.home[0] = SHELF_B
    levels.note(_second(np.array([0]), 1, np.array([-60.0])), np.ones(1, np.bool_))
    scores = levels.scores(np.array([0]))[0]
    assert scores[SHELF_B] > scores[SHELF_A]


def test_a_tag_far_too_loud_does_not_lie_where_the_antenna_has_heard_nothing_yet() -> None:
    levels, _ = _levels()
    _teach(levels)
    levels.moved(np.array([0]))
    for _ in range(8):
        levels.note(_second(np.array([0]), 0, np.array([-15.0])), np.ones(1, np.bool_))
    scores = levels.scores(np.array([0]))[0]
    assert scores[SHELF_A] > scores[BACK] - 0.5


def test_what_is_hardly_ever_read_is_faint_wherever_it_lies() -> None:
    levels, tags = _levels()
    _teach(levels)
    said = []
    for row, best in enumerate((0.5, 0.01)):
        levels.moved(np.array([row]))
        tags.best[row] = best
        for _ in range(8):
            levels.note(_second(np.array([row]), 0, np.array([-61.0])), np.ones(1, np.bool_))
        plain = levels.scores(np.array([row]))[0]
        said.append(plain[SHELF_B] - plain[SHELF_A])
    assert said[0] > 1.0
    assert 0.0 < said[1] < 0.25 * said[0]


def test_of_a_tag_without_a_home_nobody_knows_yet_how_well_it_is_read() -> None:
    levels, tags = _levels()
    _teach(levels)
    said = []
    for row, best, home in ((0, 0.5, SHELF_A), (1, 0.0, NOWHERE)):
        levels.moved(np.array([row]))
        tags.best[row], tags.home[row] = best, home
        levels.note(_second(np.array([row]), 0, np.array([-60.0])), np.ones(1, np.bool_))
        plain = levels.scores(np.array([row]))[0]
        said.append(plain[SHELF_B] - plain[SHELF_A])
    assert said[0] > 1.0
    assert said[1] == pytest.approx(said[0], rel=0.1)


def test_a_reader_that_tells_no_rssi_says_nothing() -> None:
    levels, _ = _levels()
    before = levels.mean.copy()
    levels.note(_second(np.arange(TAGS), 0, np.full(TAGS, np.nan)), np.ones(TAGS, np.bool_))
    assert np.array_equal(levels.mean, before)
    assert not levels.scores(np.arange(TAGS)).any()
    nan = np.array([np.nan], np.float32)
    assert levels.gain(np.array([0]), np.array([0]), nan, np.array([SHELF_B]))[0] == 0.0


@given(rssi=hnp.arrays(np.float32, 60, elements=st.floats(-200, 100, width=32)))
@settings(deadline=None)
def test_whatever_a_reader_claims_the_scores_stay_finite(rssi: np.ndarray) -> None:
    levels, _ = _levels(SHOP)
    rows = np.arange(TAGS)
    for antenna in (0, 1):
        levels.note(_second(rows, antenna, rssi[:TAGS]), np.ones(TAGS, np.bool_))
        levels.note(_second(rows, antenna, rssi[TAGS:]), np.ones(TAGS, np.bool_))
        levels.moved(rows[:5])
    assert np.isfinite(levels.scores(rows)).all()
    rival = np.full(TAGS, SHELF_B)
    assert np.isfinite(levels.gain(rows, np.zeros(TAGS, np.int64), rssi[:TAGS], rival)).all()
