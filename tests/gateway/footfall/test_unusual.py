"""Busy and dead half hours: said when sure, silent on ordinary noise."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.footfall.unusual import (
    BUSY,
    DEAD,
    Herald,
    likelihoods,
    log_negative_binomial,
    surprise,
)


def ordinary(rng: np.random.Generator, mean: float, count: int) -> list[int]:
    found: list[int] = rng.negative_binomial(mean, 0.5, count).tolist()
    return found


def test_the_normal_is_a_distribution_with_its_variance() -> None:
    n = np.arange(400.0)
    p = np.exp(log_negative_binomial(n, np.full(400, 10.0), 2.9))
    mean = (n * p).sum()
    assert p.sum() == pytest.approx(1.0)
    assert mean == pytest.approx(10.0)
    assert ((n - mean) ** 2 * p).sum() == pytest.approx(29.0)


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


def test_what_was_not_seen_says_nothing() -> None:
    logs = likelihoods(np.array([np.nan, 3.0]), np.array([4.0, np.nan]))
    assert (logs == 0.0).all()


def test_a_quiet_night_without_anybody_is_not_dead() -> None:
    herald = Herald()
    assert not [a for n in range(40) for a in herald.step(1_800.0 * n, 0, 0.4)]


def test_surprise_is_in_standard_deviations() -> None:
    rng = np.random.default_rng(5)
    each = surprise(np.array(ordinary(rng, 30.0, 4_000), dtype=float), np.full(4_000, 30.0))
    assert each.std() == pytest.approx(1.0, abs=0.1)
    assert each.mean() == pytest.approx(0.0, abs=0.15)
