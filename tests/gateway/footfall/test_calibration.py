"""Factors from manual counts: with an interval, by flow, refused where they cannot be believed."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.footfall.calibration import Manual, NotCalibrated, band_of, calibrate
from gateway.footfall.rules import DoorRule, FootfallRules
from tests.gateway.footfall.store import T0, Till


def watched(flow: float, kept: float, stretches: int, seed: int = 1) -> list[Manual]:
    rng = np.random.default_rng(seed)
    true = rng.poisson(flow * 5, stretches) + 1
    return [Manual(flow, int(rng.binomial(n, kept)), int(n)) for n in true]


def test_a_busy_door_gets_another_factor_than_a_quiet_one() -> None:
    bands = calibrate([*watched(3, 0.97, 40), *watched(40, 0.76, 10)])
    quiet, busy = band_of(bands, 2.0), band_of(bands, 50.0)
    assert quiet is not None
    assert busy is not None
    assert quiet.factor == pytest.approx(1 / 0.97, abs=0.02)
    assert busy.factor == pytest.approx(1 / 0.76, abs=0.04)
    assert quiet.low < quiet.factor < quiet.high


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    inside = 0
    for seed in range(200):
        band = calibrate(watched(20, 0.85, 12, seed))[-1]
        inside += band.low <= 1 / 0.85 <= band.high
    assert inside >= 180


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ([Manual(2, 95, 100)], "300"),
        ([Manual(2, 200, 400)], "outside"),
        ([Manual(2, 500, 350)], "outside"),
        ([Manual(2, 0, 400)], "nobody"),
        ([Manual(2, -1, 400)], "from 0 on"),
        ([Manual(float("nan"), 400, 400)], "from 0 on"),
        ([], "300"),
    ],
)
def test_what_cannot_be_believed_is_refused(counts: list[Manual], why: str) -> None:
    with pytest.raises(NotCalibrated, match=why):
        calibrate(counts)


def test_a_band_hardly_watched_takes_the_factor_of_all() -> None:
    bands = calibrate([*watched(3, 0.95, 40), Manual(20, 9, 20)])
    middle = band_of(bands, 20)
    assert middle is not None
    assert middle.factor == pytest.approx(1.05, abs=0.04)


def test_raw_and_adjusted_stand_side_by_side_for_each_door() -> None:
    bands = calibrate([*watched(3, 0.97, 40), *watched(40, 0.76, 10)])
    rules = FootfallRules(
        doors={
            "north": DoorRule("north", bands=bands),
            "south": DoorRule("south", calibration=1.2, inverted=True),
        }
    )
    shop = Till(rules)
    for n in range(61):
        shop.count(T0 + 60 * n + 1, 40 * n, 0, src="north")
        shop.count(T0 + 60 * n + 1, 0, 10 * n, src="south")
        shop.until(T0 + 60 * n + 1)
    shop.until(T0 + 3_670)
    minutes = shop.minutes.values()
    assert sum(m.entries for m in minutes) == 60 * 50
    truth = 60 * (40 / 0.76 + 10 * 1.2)
    assert sum(m.visitors for m in minutes) == pytest.approx(truth, rel=0.02)
    hour = shop.hours[T0 + 3_600]
    assert hour.visitors > 59 * 50


def test_a_count_by_hand_holds_over_a_restart_and_a_bad_one_changes_nothing() -> None:
    shop = Till()
    bands = shop.engine.calibrate_by_hand("door-main", watched(20, 0.8, 12))
    with pytest.raises(NotCalibrated):
        shop.engine.calibrate_by_hand("door-main", [Manual(2, 1, 2)])
    with pytest.raises(KeyError):
        shop.engine.calibrate_by_hand("another", watched(20, 0.8, 12))
    shop.until(T0 + 5)
    shop.restart()
    shop.count(T0 + 10, 0, 0)
    shop.count(T0 + 20, 20, 0)
    shop.until(T0 + 70)
    assert bands[-1].factor == pytest.approx(1.25, abs=0.05)
    assert sum(m.visitors for m in shop.minutes.values()) == 25
