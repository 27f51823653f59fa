"""The public counts, where they are: what the bench measures must not get worse unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import calit2, conversion_days, footfall


@pytest.fixture
def place() -> Path:
    found = calit2.folder()
    if found is None:
        pytest.skip("CalIt2 is not here (SHELFCAST_CALIT2)")
    return found


def test_gaps_are_filled_better_than_by_the_mean_alone(place: Path) -> None:
    own, other = (calit2.counts(place, flow).ravel() for flow in (calit2.IN, calit2.OUT))
    hours = footfall.gap_errors(own, other, 8)
    day = footfall.gap_errors(own, other, 48)
    assert hours[0] == pytest.approx(100.0)
    assert hours[2] < 16.0 < hours[1]
    assert day[2] < 4.8


def test_events_are_found_at_the_same_number_of_alarms(place: Path) -> None:
    lines = list(footfall.event_lines(place))
    assert "18 of 20 at 65 alarms" in lines[1]


def test_an_hours_interval_holds_the_truth() -> None:
    judged = conversion_days.measure(11)
    assert judged["learned"].held / judged["learned"].hours > 0.85
    assert abs(judged["learned"].last - conversion_days.TRUE) < abs(
        judged["raw"].last - conversion_days.TRUE
    )
