"""The public counts, where they are: what the bench measures must not get worse unseen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.footfall.unusual import Condition
from tests.bench import calit2, conversion_days, events, gaps, staff_days


@pytest.fixture
def place() -> Path:
    found = calit2.folder()
    if found is None:
        pytest.skip("CalIt2 is not here (SHELFCAST_CALIT2)")
    return found


@pytest.fixture
def days(place: Path) -> np.ndarray:
    flows = (calit2.IN, calit2.OUT)
    return np.stack([calit2.counts(place, flow).reshape(-1, 48) for flow in flows], axis=1)


@pytest.mark.parametrize("stream", [0, 1])
def test_gaps_are_filled_better_than_by_the_mean_and_by_the_other_stream(
    days: np.ndarray, stream: int
) -> None:
    found = gaps.gap_errors(days, stream, weekends=False)
    for name, (zero, mean, other, early, late) in found.by_length.items():
        assert zero == pytest.approx(100.0)
        assert late < 1.02 * other < mean, name
        assert late <= early < mean, name
        assert found.met(name, "ours, as it ends"), name
        assert found.met(name, "ours, day over"), name


def test_the_plain_figures_are_those_of_the_facts(days: np.ndarray) -> None:
    """36, 22 and 20 % over fifteen weeks: the same measure on ten comes near."""
    found = gaps.gap_errors(days, 0, weekends=True)
    means = [float(errors[1]) for errors in found.by_length.values()]
    assert means == pytest.approx([36.0, 22.0, 20.0], rel=0.12)


def test_events_are_found_by_half_hours_and_by_alarms(place: Path, days: np.ndarray) -> None:
    known = calit2.events(place, len(days) // 7)
    lines = list(events.event_lines(days[:, 0], known))
    assert len(known) == 20
    assert lines[-1].endswith("at least 16.7: met")


def test_looking_back_is_surer_than_looking_on() -> None:
    counts = [30, 31, 29, 52, 90, 85, 30, 28]
    smooth = events.chances(np.array([counts], dtype=np.float64), np.full((1, 8), 30.0))[0]
    assert smooth.sum(axis=1) == pytest.approx(np.ones(len(counts)))
    on = Condition()
    seen = [on.step(c, 30.0).busy for c in counts]
    assert smooth[3, 1] > seen[3]
    assert smooth[0, 0] > 0.8


def test_means_are_found_without_what_is_unusual() -> None:
    rng = np.random.default_rng(1)
    weeks = rng.negative_binomial(20.0, 0.5, (70, 48)).astype(np.float64)
    weeks[30, 20:26] += 90
    means, found = events.looked_back(weeks)
    assert means[37, 20:26].mean() == pytest.approx(20.0, rel=0.1)
    assert found[30, 21:25, 1].min() > 0.9


def test_surprise_is_in_standard_deviations() -> None:
    rng = np.random.default_rng(5)
    counts = rng.negative_binomial(30, 0.5, 4_000).astype(np.float64)
    each = events.surprise(counts, np.full(4_000, 30.0))
    assert each.std() == pytest.approx(1.0, abs=0.1)
    assert each.mean() == pytest.approx(0.0, abs=0.15)


def test_neighbours_are_one_alarm() -> None:
    assert events.alarms([0.1, 0.9, 0.8, 0.2, 0.7, 0.05], 1) == [1, 2]
    assert events.alarms([0.1, 0.9, 0.8, 0.2, 0.7, 0.05], 2) == [0, 1, 2, 3, 4, 5]
    assert events.alarms([], 3) == []


@pytest.mark.parametrize("case", ["a badge lies at the door, 3 h", "two badges at once"])
def test_staff_are_taken_out_nearly_right(case: str) -> None:
    found = staff_days.error(staff_days.CASES[case], 1)
    assert abs(found["ours"]) < 1.5
    assert abs(found["ours"]) < abs(found["no exclusion"])


def test_an_hours_interval_holds_the_truth() -> None:
    judged = conversion_days.measure(11)
    assert judged["learned"].held / judged["learned"].hours > 0.85
    assert abs(judged["learned"].last - conversion_days.TRUE) < abs(
        judged["raw"].last - conversion_days.TRUE
    )
