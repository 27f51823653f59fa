"""Raw numbers of a load cell become grams by a tare and one known weight."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scale.calibration import Calibration, CalibrationError, calibrate


def test_a_known_weight_reads_as_itself() -> None:
    calibration = calibrate(84_120, 126_120, 500.0)
    assert calibration.grams(84_120) == 0.0
    assert calibration.grams(126_120) == pytest.approx(500.0)
    assert calibration.grams(105_120) == pytest.approx(250.0)


def test_a_cell_mounted_upside_down() -> None:
    assert calibrate(1_000, -41_000, 500.0).grams(-20_000) == pytest.approx(250.0)


def test_what_was_taken_off_after_the_tare_is_below_zero() -> None:
    assert calibrate(1_000, 2_000, 100.0).grams(500) == pytest.approx(-50.0)


@pytest.mark.parametrize(
    ("empty", "loaded", "grams", "words"),
    [(5, 5, 500.0, "same with and without"), (0, 9, 0.0, "more than"), (0, 9, math.nan, "more")],
)
def test_readings_that_give_no_factor(empty: int, loaded: int, grams: float, words: str) -> None:
    with pytest.raises(CalibrationError, match=words):
        calibrate(empty, loaded, grams)


@pytest.mark.parametrize("factor", [0.0, math.nan, math.inf])
def test_a_factor_that_is_none(factor: float) -> None:
    with pytest.raises(CalibrationError):
        Calibration(0, factor)


raws = st.integers(-(2**23), 2**23 - 1)


@given(raws, raws, st.floats(1.0, 50_000.0))
def test_both_ends_of_a_calibration_hold(empty: int, loaded: int, grams: float) -> None:
    if empty != loaded:
        calibration = calibrate(empty, loaded, grams)
        assert calibration.grams(empty) == 0.0
        assert calibration.grams(loaded) == pytest.approx(grams)
