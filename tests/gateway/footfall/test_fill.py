"""What is usual, and what passed while nobody counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gateway.footfall import fill
from gateway.footfall.usual import Days, usual

SHAPE = np.concatenate([np.zeros(18), np.linspace(4, 24, 12), np.linspace(22, 2, 10), np.zeros(8)])
OPEN = slice(18, 40)


def days(rng: np.random.Generator, count: int, busy: float = 0.3) -> Days:
    """Days that differ in how busy they are; who comes in leaves within the next hour."""
    found = np.empty((count, 2, 48))
    for one in found:
        one[0] = rng.poisson(SHAPE * max(0.2, rng.normal(1.0, busy)))
        later = [rng.binomial(int(n), 0.5) for n in one[0]]
        one[1] = np.roll(later, 1) + np.roll(one[0] - later, 2)
    return found


def test_a_mean_is_drawn_towards_the_shape_of_all_days() -> None:
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(20):
        history = days(rng, 35, busy=0.0)
        means, weeks = usual(history, 35)
        assert (weeks == 5).all()
        plain = history[0::7, 0].mean(axis=0)
        errors.append([np.abs(one - SHAPE).sum() for one in (means[0], plain)])
    ours, plains = np.mean(errors, axis=0)
    assert ours < 0.7 * plains


def test_a_weekday_keeps_its_own_total_and_a_busy_one_its_own_shape() -> None:
    history = np.ones((35, 1, 48))
    history[5::7] = 200.0
    history[5::7, :, :24] = 400.0
    means, _ = usual(history, 40)
    assert means.sum() == pytest.approx(200.0 * 24 + 400.0 * 24, rel=0.05)
    assert means[0, 0] / means[0, 47] == pytest.approx(2.0, rel=0.1)


def test_a_door_that_is_shut_on_a_weekday_says_nothing_of_the_others() -> None:
    history = np.full((35, 4, 48), 20.0)
    history[6::7, :2] = 0.0
    means, _ = usual(history, 41)
    assert means[:2].sum() < 20.0
    assert means[2:] == pytest.approx(np.full((2, 48), 20.0), rel=0.01)


def test_a_weekday_on_which_nobody_comes_is_not_drawn_towards_the_others() -> None:
    history = np.full((35, 1, 48), 20.0)
    history[6::7] = 0.0
    means, _ = usual(history, 41)
    assert means.sum() < 10.0


def test_a_day_is_not_its_own_witness() -> None:
    history = np.ones((35, 1, 48))
    history[10] = 1_000.0
    own, others = usual(history, 10)[0], usual(history, 17)[0]
    assert own.max() < 0.3 * others.max()


def test_nothing_is_usual_where_nothing_was_seen() -> None:
    history = np.full((35, 2, 48), np.nan)
    means, weeks = usual(history, 35)
    assert np.isnan(means).all()
    assert not weeks.any()
    assert np.isnan(fill.filled(history, np.full((2, 48), np.nan))).all()


def test_what_was_seen_is_left_as_it_was() -> None:
    rng = np.random.default_rng(2)
    history = days(rng, 36)
    assert fill.filled(history[:35], history[35]) == pytest.approx(history[35])


def test_the_other_stream_and_the_rest_of_the_day_say_what_was_missed() -> None:
    rng = np.random.default_rng(3)
    wrong = np.zeros(2)
    for _ in range(12):
        history = days(rng, 36)
        today = history[35].copy()
        today[0, 24:32] = np.nan
        found = fill.filled(history[:35], today)
        means, _ = usual(history[:35], 35)
        true = history[35, 0, 24:32].sum()
        wrong += [abs(each[0, 24:32].sum() - true) for each in (found, means)]
    assert wrong[0] < 0.35 * wrong[1]


@given(
    arrays(np.float64, (14, 2, 48), elements=st.sampled_from([0.0, 1.0, 5.0, 400.0, np.nan])),
    arrays(np.float64, (2, 48), elements=st.sampled_from([0.0, 3.0, 10_000.0, np.nan])),
)
def test_no_history_makes_it_stumble(history: Days, today: Days) -> None:
    found = fill.filled(history, today)
    known = np.isfinite(usual(history, 14)[0])
    assert (np.isfinite(found) == known).all()
    values = np.linalg.eigvalsh(fill.together(history).kernel)
    assert values.min() > 0.0
