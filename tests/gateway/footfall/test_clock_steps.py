"""A clock that is stepped loses nobody, invents nobody, and does not stop the minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.changes import OccupancyChanged, Remember, StoreMinute
from tests.gateway.footfall.store import MAIN, T0, Till

DECADE = 10 * 365 * 86_400.0


class Day(Till):
    """Somebody comes in every ten seconds, and the clock may be stepped."""

    people = 0

    def go_on(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            self.people += self.now % 10 == 0
            self.count(self.now, self.people, 0)
            self.until(self.now)

    def step(self, seconds: float) -> None:
        self.engine.step_clock(seconds, self.now + seconds)
        self.now += seconds

    def told(self) -> int:
        return sum(m.entries for m in self.minutes.values())


@pytest.mark.parametrize("step", [DECADE, -DECADE, 50_400.0, -3_600.0, 90.0, -7.0, -1.0e9])
def test_everybody_is_told_once_and_nobody_is_invented(step: float) -> None:
    day = Day()
    day.count(T0, 0, 0)
    day.go_on(345)
    day.step(step)
    day.go_on(333)
    day.step(-step)
    day.go_on(400)
    while day.now % 60 != 5:
        day.go_on(1)
    assert day.told() == day.people
    assert sum(m.visitors for m in day.minutes.values()) == day.told()
    assert sum(m.guessed for m in day.minutes.values()) == 0
    newest = [c for c in day.said if isinstance(c, StoreMinute)][-1]
    assert newest.t <= day.now < newest.t + 65
    assert newest.occupancy == day.told(), "who is inside stays inside"
    assert all(
        abs(m.t - day.now) < 2_000 or abs(m.t - day.now - step) < 2_000
        for m in day.minutes.values()
    )


def test_badges_sales_and_hours_go_on_after_ten_years_that_were_none() -> None:
    day = Day()
    day.count(T0, 0, 0)
    day.go_on(120)
    day.step(DECADE)
    day.go_on(7_300)
    day.step(-DECADE)
    day.sale(day.now, "R-1")
    day.go_on(7_300)
    mine = [m for m in day.minutes.values() if m.t <= day.now]
    assert sum(m.transactions for m in mine) == 1
    assert max(t for t in day.hours if t <= day.now) >= day.now - 3_600
    assert day.hours[max(t for t in day.hours if t <= day.now)].visitors == 360


def test_nights_come_again_after_a_step_back() -> None:
    day = Day(replace(MAIN, hours=dict.fromkeys(range(7), ((600, 1200),))))
    day.count(T0, 0, 0)
    day.step(DECADE)
    day.go_on(200)
    day.step(-DECADE)
    day.go_on(200)
    day.until(T0 + 86_400)
    emptied = [c for c in day.said if isinstance(c, OccupancyChanged) and c.residual is not None]
    assert [c.occupancy for c in emptied] == [0]
    assert T0 < emptied[0].t < T0 + 86_400


def test_what_was_remembered_by_a_clock_years_ahead_does_not_stop_a_start() -> None:
    day = Day()
    day.count(T0, 0, 0)
    day.step(DECADE)
    day.go_on(300)
    day.now -= DECADE
    day.restart()
    day.go_on(300)
    mine = [m for m in day.minutes.values() if m.t <= day.now]
    assert sum(m.entries for m in mine) >= 24


def test_weeks_of_history_outlive_a_clock_ten_years_ahead() -> None:
    day = Day()
    day.count(T0, 0, 0)
    day.go_on(3_700)
    kept = {key for key in day.disk if key.startswith("slots/")}
    assert kept
    day.step(DECADE)
    day.go_on(3_700)
    day.step(-DECADE)
    day.go_on(10)
    forgotten = {c.key for c in day.said if isinstance(c, Remember) and c.value is None}
    assert not kept & forgotten
