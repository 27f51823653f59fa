"""The delay from door to till: learned, used, kept over a restart, and honest before."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.footfall.visits import LAGS, VisitLength
from tests.gateway.footfall.store import T0, Till

HOUR = 3_600.0


def day(shop: Till, begin: float, rng: np.random.Generator, totals: list[int]) -> None:
    """Ten hours of 60 visitors each; a quarter buy, some 18 minutes after they came."""
    came = np.sort(rng.uniform(0, 10 * HOUR, rng.poisson(600)))
    bought = came[rng.random(len(came)) < 0.25]
    sales = np.sort(bought + rng.gamma(4, 270, len(bought)))
    events = sorted([(t, "in") for t in came.tolist()] + [(t, "sale") for t in sales.tolist()])
    beat = 0.0
    for t, what in [*events, (13.9 * HOUR, "end")]:
        while beat < t:
            shop.count(begin + beat, totals[0], 0)
            shop.until(begin + beat)
            beat += 60
        if what == "in":
            totals[0] += 1
        elif what == "sale":
            shop.sale(begin + t, f"{begin}-{t}")


def test_the_hour_before_closing_is_read_right_once_the_visit_length_is_learned() -> None:
    shop, rng, totals = Till(), np.random.default_rng(4), [0]
    for n in range(6):
        day(shop, T0 + n * 86_400, rng, totals)
    visits = shop.engine._hours.visits
    assert visits.learned
    assert visits.mean_minutes == pytest.approx(18, abs=3.5)
    last = [c for t, c in sorted(shop.hours.items()) if t > T0 + 5 * 86_400 and c.visitors > 20]
    first, closing = last[0], last[-1]
    assert first.rate is not None
    assert first.exposed is not None
    assert first.exposed < first.visitors
    assert closing.exposed is not None
    assert first.rate == pytest.approx(0.25, abs=0.11)
    for hour in last:
        assert hour.low is None or hour.high is None or hour.low < hour.high
    after = shop.hours.get(closing.t + HOUR)
    assert after is not None
    assert "sales_without_visitors" not in after.flags, "they came before"
    shop.restart()
    assert shop.engine._hours.visits.mean_minutes == pytest.approx(visits.mean_minutes, abs=0.1)


def test_before_it_is_learned_the_rate_is_raw() -> None:
    shop = Till()
    shop.count(T0, 0, 0)
    shop.count(T0 + 60, 40, 0)
    shop.sale(T0 + 600, "R-1")
    shop.until(T0 + HOUR + 5)
    hour = shop.hours[T0 + HOUR]
    assert (hour.rate, hour.exposed) == (0.025, None)


def test_everybody_decides_once() -> None:
    visits = VisitLength()
    visits.learn([2.0] * (LAGS + 12), [1] * 12)
    entries = [0.0] * LAGS + [30.0] + [0.0] * (2 * LAGS)
    whole = visits.exposed(entries, 2 * LAGS + 1)
    assert whole.visitors == pytest.approx(30.0)
    assert whole.inside == pytest.approx(1.0)


@pytest.mark.parametrize("entries", [[0.0] * (LAGS + 12), [1.0] * (LAGS + 12)])
def test_nothing_learned_says_nothing_wild(entries: list[float]) -> None:
    due = VisitLength().exposed(entries, 12)
    assert 0 <= due.visitors <= 12.01
    assert 0 < due.inside <= 1.0001
    assert due.unsure >= 0
