"""Busy and dead half hours: said when sure, silent on ordinary noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gateway.footfall.unusual import (
    BUSY,
    DEAD,
    Condition,
    Herald,
    alarms,
    chances,
    log_negative_binomial,
    usual_among,
)


def ordinary(rng: np.random.Generator, mean: float, count: int) -> list[int]:
    size = mean / 1.9
    return rng.negative_binomial(size, 1 / 2.9, count).tolist()


def test_the_normal_is_a_distribution_with_its_variance() -> None:
    p = [math.exp(log_negative_binomial(n, 10.0, 2.9)) for n in range(400)]
    mean = sum(n * each for n, each in enumerate(p))
    assert sum(p) == pytest.approx(1.0)
    assert mean == pytest.approx(10.0)
    assert sum((n - mean) ** 2 * each for n, each in enumerate(p)) == pytest.approx(29.0)


def test_ordinary_noise_raises_hardly_any_alarm() -> None:
    rng = np.random.default_rng(3)
    herald = Herald()
    said = [
        alert
        for n, count in enumerate(ordinary(rng, 30.0, 2_000))
        for alert in herald.step(1_800.0 * n, count, 30.0)
        if not alert.over
    ]
    assert len(said) <= 10, "a hundred days of twenty half hours"


@pytest.mark.parametrize(("count", "kind"), [(95, BUSY), (1, DEAD)])
def test_a_busy_and_a_dead_afternoon_are_said_once_and_ended(count: int, kind: str) -> None:
    herald = Herald()
    day = [30, 28, 33, *[count] * 6, 31, 29, 30, 30, 30]
    said = [a for n, each in enumerate(day) for a in herald.step(1_800.0 * n, each, 30.0)]
    assert [(a.kind, a.over) for a in said] == [(kind, False), (kind, True)]
    again = Herald()
    again.restore(herald.memory())
    assert again.memory() == herald.memory()


def test_looking_back_is_surer_than_looking_on() -> None:
    counts = [30, 31, 29, 52, 90, 85, 30, 28]
    smooth = chances(counts, [30.0] * len(counts))
    assert smooth.sum(axis=1) == pytest.approx(np.ones(len(counts)))
    on = Condition()
    seen = [on.step(c, 30.0).busy for c in counts]
    assert smooth[3, 1] > seen[3]
    assert smooth[0, 0] > 0.8


def test_means_are_found_without_what_is_unusual() -> None:
    rng = np.random.default_rng(1)
    weeks = np.array([ordinary(rng, 20.0, 48) for _ in range(10)], dtype=np.float64)
    weeks[4, 20:26] += 90
    means, found = usual_among(weeks)
    assert means[20:26].mean() == pytest.approx(20.0, rel=0.3)
    assert found[4, 21:25, 1].min() > 0.9


def test_neighbours_are_one_alarm() -> None:
    assert alarms([0.1, 0.9, 0.8, 0.2, 0.7, 0.05], 1) == [1, 2]
    assert alarms([0.1, 0.9, 0.8, 0.2, 0.7, 0.05], 2) == [0, 1, 2, 3, 4, 5]
    assert alarms([], 3) == []
