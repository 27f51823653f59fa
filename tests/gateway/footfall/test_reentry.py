"""Re-entry: told from time alone, chance taken off, kept apart from the visitors."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.footfall.doors import Passages
from gateway.footfall.reentry import Returns
from tests.gateway.footfall.store import T0, Till

HOURS = 40


def told(a_minute: float, share: float, seed: int) -> tuple[int, int, int]:
    """Re-entries told, true ones, and minutes in which nothing could be said."""
    rng = np.random.default_rng(seed)
    count = rng.poisson(a_minute * 60 * HOURS)
    came, left = (np.sort(rng.uniform(0, 3_600 * HOURS, count)) for _ in range(2))
    again = left[rng.random(count) < share]
    back = again + rng.uniform(4, 12, len(again))
    events = [(t, 1, 0) for t in (*came, *back)] + [(t, 0, 1) for t in left]
    returns, found, silent = Returns(), 0, 0
    by_minute: dict[int, list[Passages]] = {}
    for t, entries, exits in events:
        second = float(np.ceil(t))
        by_minute.setdefault(int(second // 60), []).append(
            Passages(second, entries, exits, False, 1, 1.0)
        )
    for minute in range(60 * HOURS):
        said = returns.minute(by_minute.get(minute, []))
        silent += said is None
        found += said or 0
    return found, len(again), silent


@pytest.mark.parametrize("a_minute", [0.5, 1.5])
def test_those_who_come_back_are_told_and_strangers_are_not(a_minute: float) -> None:
    found, truth = np.sum([told(a_minute, 0.1, seed)[:2] for seed in range(4)], axis=0)
    assert found == pytest.approx(truth, rel=0.3)
    nobody = sum(told(a_minute, 0.0, seed)[0] for seed in range(4))
    assert nobody < 0.15 * truth


def test_where_many_pass_nothing_is_said() -> None:
    found, _, silent = told(12.0, 0.1, 1)
    assert silent > 0.95 * 60 * HOURS
    assert found < 60


def test_a_counter_that_tells_by_the_minute_says_nothing_of_it() -> None:
    assert Returns().minute([Passages(60.0, 2, 3, False, 1, 60.0)]) is None


def test_one_who_steps_out_and_in_again_is_kept_apart_and_still_counted() -> None:
    shop = Till()
    came = left = 0
    for second in range(1_200):
        left += second in (100, 400, 700)
        came += second in (108, 408, 708, 950)
        shop.count(T0 + second, came, left)
        shop.until(T0 + second)
    shop.until(T0 + 1_300)
    minutes = shop.minutes.values()
    assert sum(m.visitors for m in minutes) == 4
    assert sum(m.reentries or 0 for m in minutes) == 3
