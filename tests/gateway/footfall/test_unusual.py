"""Busy and dead half hours: said when sure, silent on ordinary noise."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.changes import Alert
from gateway.footfall.chance import log_negative_binomial
from gateway.footfall.day import BUSY_DAY, DEAD_DAY, Day, day_chances
from gateway.footfall.unusual import (
    BUSY,
    DEAD,
    Herald,
    likelihoods,
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
    assert [one for one in kinds(said) if one[0] == kind] == [(kind, False), (kind, True)]
    again = Herald()
    again.restore(herald.memory())
    assert again.memory() == herald.memory()


def test_what_was_not_seen_says_nothing() -> None:
    logs = likelihoods(np.array([np.nan, 3.0]), np.array([4.0, np.nan]))
    assert (logs == 0.0).all()


def test_a_quiet_night_without_anybody_is_not_dead() -> None:
    herald = Herald()
    assert not [a for n in range(40) for a in herald.step(1_800.0 * n, 0, 0.4)]


def kinds(alerts: list[Alert]) -> list[tuple[str, bool]]:
    return [(one.kind, one.over) for one in alerts]


@pytest.mark.parametrize(("share", "kind"), [(1.9, BUSY_DAY), (0.15, DEAD_DAY)])
def test_a_whole_day_is_said_once_and_over_the_next_morning(share: float, kind: str) -> None:
    day = Day()
    said = [a for n in range(20) for a in day.step(1_800.0 * n, round(20 * share), 20.0)]
    assert kinds(said) == [(kind, False)]
    assert "are usual, p = " in said[0].detail
    again = Day()
    again.restore(day.memory())
    morning = 1_800.0 * 44
    assert kinds(again.step(morning, 20, 20.0)) == [(kind, True)]
    assert not again.step(morning + 1_800.0, 20, 20.0)


def test_half_hours_within_what_is_usual_make_an_unusual_day() -> None:
    herald, said = Herald(), []
    for n in range(20):
        said += herald.step(1_800.0 * n, 35, 20.0)
    assert BUSY not in {a.kind for a in said[:1]}
    assert BUSY_DAY in {a.kind for a in said}


def test_a_day_is_as_usual_most_of_the_time() -> None:
    rng = np.random.default_rng(7)
    flagged = [
        max(day_chances(int(rng.poisson(400 * max(0.3, rng.normal(1.0, 0.15)))), 400.0)) > 0.8
        for _ in range(300)
    ]
    assert sum(flagged) <= 6


def test_an_always_open_store_has_days_too() -> None:
    day = Day()
    said = [a for n in range(200) for a in day.step(1_800.0 * n, 2 if n < 48 else 20, 20.0)]
    assert kinds(said) == [(DEAD_DAY, False), (DEAD_DAY, True)]


def test_what_an_earlier_version_kept_is_taken_back() -> None:
    herald = Herald()
    herald.restore([[0.9, 0.05, 0.05], BUSY])
    assert herald.memory()[1:] == [BUSY, None]
