"""The measuring side measures right: columns by hand, the bound against what is known of it."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.simulate.baselines.smurf import Smurf
from gateway.simulate.baselines.window import Window
from tests.bench.presence.bound import bound
from tests.bench.presence.columns import columns
from tests.bench.presence.competitors import _plan, competitors, follow, last_read
from tests.bench.presence.ours import ours, told_hazards
from tests.bench.presence.yardstick import cross, problems, shelf

HERE, AWAY = 0, -1


def test_columns_of_a_tag_that_goes_and_is_said_late() -> None:
    truth = np.array([[0], [0], [-1], [-1], [-1], [-1], [0], [0], [0], [0]], np.int8)
    said = np.array([[0], [0], [0], [0], [-1], [-1], [-1], [0], [-1], [1]], np.int8)
    got = columns(truth, said)
    assert (got.wrong, got.elsewhere, got.missed, got.ghost) == (50.0, 10.0, 20.0, 20.0)
    assert (got.late_p50, got.late_p95) == (2.0, 2.0)
    assert got.false_departures == pytest.approx(1000 / 6)
    assert (got.moved, got.truly_moved) == (0, 0)
    assert got.count_error == pytest.approx(0.5)


def test_a_departure_that_is_never_said_is_never() -> None:
    truth = np.array([[0], [-1], [0], [-1]], np.int8)
    got = columns(truth, np.zeros_like(truth))
    assert (got.late_p50, got.late_p95, got.ghost) == (None, None, 50.0)


def test_moves_are_changes_of_zone_without_going_away() -> None:
    truth = np.array([[0], [1], [-1], [2], [0]], np.int8)
    assert columns(truth, truth).truly_moved == 2
    assert columns(truth, truth, moved=7).moved == 7


def test_nobody_is_better_than_the_bound_on_c() -> None:
    problem = cross(3, epochs=300, tags=60)
    others = {name: columns(problem.truth, says()).wrong for name, says in competitors(problem)}
    assert columns(problem.truth, bound(problem, rssi=False)).wrong < min(others.values())
    assert len([name for name in others if name.startswith("EdgeX")]) == 9


def test_who_hears_strength_knows_more() -> None:
    problem = cross(5, epochs=1500, tags=80)
    with_it, without = (columns(problem.truth, bound(problem, rssi=r)) for r in (True, False))
    assert with_it.wrong < without.wrong


def test_the_bound_knows_when_an_antenna_is_blocked() -> None:
    problem = shelf("B3", 3, antennas=8, blocking=True, epochs=1500, tags=80)
    told = columns(problem.truth, bound(problem)).wrong
    problem.blocked = None
    assert told < columns(problem.truth, bound(problem)).wrong


def test_a_window_is_the_same_by_its_two_codes_where_one_antenna_hears() -> None:
    problem = shelf("B1", 1, epochs=400, tags=50)
    said = follow(Window(_plan(problem), 25.0), problem)
    assert (said == last_read(problem, 25)).mean() > 0.998


def test_an_adaptive_window_is_better_than_fixed_ones_on_a_busy_shelf() -> None:
    problem = shelf("B2", 2, 300.0, 300.0, epochs=3000, tags=100)
    adaptive = columns(problem.truth, follow(Smurf(_plan(problem)), problem)).wrong
    fixed = [columns(problem.truth, last_read(problem, s)).wrong for s in (5, 10, 25)]
    assert adaptive < min(fixed)


def test_the_engine_answers_every_problem() -> None:
    for problem in problems(shorter=300):
        said, moved = ours(problem, told_hazards(problem))
        assert said.shape == problem.truth.shape
        assert said.min() >= AWAY
        assert said.max() < problem.zones
        assert moved >= 0
