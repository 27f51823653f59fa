"""Opening hours: exceptions, over midnight, days of 23 and 25 hours; who comes outside of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.footfall.hours import Openings
from gateway.footfall.rules import DoorRule, FootfallRules
from tests.gateway.footfall.store import Till

PARIS = ZoneInfo("Europe/Paris")
DAILY = dict.fromkeys(range(7), ((600, 1200),))
FALL_BACK, SPRING_FORWARD = date(2025, 10, 26), date(2025, 3, 30)


def at(text: str, zone: ZoneInfo = PARIS) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def test_a_weekday_without_hours_counts_as_open_and_an_empty_one_as_closed() -> None:
    openings = Openings(PARIS, {0: ((600, 1200),), 6: ()})
    assert not openings.is_open(at("2025-11-24T09:59"))
    assert openings.is_open(at("2025-11-24T10:00"))
    assert not openings.is_open(at("2025-11-24T20:00"))
    assert openings.is_open(at("2025-11-25T03:00"))
    assert not openings.is_open(at("2025-11-23T12:00"))


def test_an_exception_stands_instead_of_the_weekday() -> None:
    openings = Openings(PARIS, DAILY, {date(2025, 12, 25): (), date(2025, 12, 24): ((600, 960),)})
    assert not openings.is_open(at("2025-12-25T12:00"))
    assert not openings.is_open(at("2025-12-24T16:30"))
    assert openings.is_open(at("2025-12-26T16:30"))


def test_a_night_belongs_to_the_evening_before() -> None:
    openings = Openings(PARIS, {**dict.fromkeys(range(7), ()), 4: ((18 * 60, 26 * 60),)})
    assert openings.is_open(at("2025-11-22T01:59"))
    assert not openings.is_open(at("2025-11-22T02:00"))
    assert not openings.is_open(at("2025-11-21T01:30"))


@pytest.mark.parametrize(("day", "hours"), [(FALL_BACK, 25), (SPRING_FORWARD, 23)])
def test_days_of_23_and_25_hours(day: date, hours: int) -> None:
    openings = Openings(PARIS, dict.fromkeys(range(7), ((0, 1440),)))
    spans = openings.spans_of(day)
    assert spans is not None
    assert spans[0][1] - spans[0][0] == hours * 3600
    usual = Openings(PARIS, DAILY).spans_of(day)
    assert usual is not None
    assert datetime.fromtimestamp(usual[0][0], PARIS).hour == 10
    assert usual[0][1] - usual[0][0] == 10 * 3600


@pytest.mark.parametrize("hours", [DAILY, {}, dict.fromkeys(range(7), ())])
def test_the_store_is_empty_once_a_day_at_most_and_time_never_runs_back(
    hours: dict[int, tuple[tuple[int, int], ...]],
) -> None:
    openings = Openings(PARIS, hours)
    begin = at("2025-10-20T00:00")
    nights = [openings.last_empty(begin + 900.0 * n) for n in range(4 * 24 * 14)]
    assert nights == sorted(nights)
    assert len(set(nights)) <= 15
    assert all(night <= begin + 900.0 * n for n, night in enumerate(nights))


def test_a_store_is_empty_half_an_hour_after_closing_and_not_over_lunch() -> None:
    openings = Openings(PARIS, dict.fromkeys(range(7), ((540, 720), (840, 1140))))
    assert openings.last_empty(at("2025-11-21T20:00")) == at("2025-11-21T19:30")
    assert openings.last_empty(at("2025-11-21T15:00")) == at("2025-11-20T19:30")


def test_a_store_that_never_closes_is_never_taken_for_empty() -> None:
    openings = Openings(PARIS, dict.fromkeys(range(7), ((0, 1440),)))
    assert openings.last_empty(at("2025-11-21T15:00")) == 0.0


def test_who_comes_out_of_hours_is_counted_apart_and_is_no_visitor() -> None:
    rules = FootfallRules(doors={"door-main": DoorRule("main")}, timezone=PARIS, hours=DAILY)
    begin = at("2025-11-21T09:30")
    shop = Till(rules, begin)
    for n in range(121):
        shop.count(begin + 30 * n, n, 0)
        shop.until(begin + 30 * n)
    shop.until(begin + 3_700)
    opening = at("2025-11-21T10:00")
    assert all(m.visitors == 0 for t, m in shop.minutes.items() if t <= opening)
    assert sum(m.outside for m in shop.minutes.values()) == 60
    assert sum(m.visitors for m in shop.minutes.values()) == 60
    assert shop.passed == (120, 0)


@pytest.mark.parametrize("night", ["2025-10-26T00:30+00:00", "2025-03-30T00:30+00:00"])
def test_the_night_the_clocks_change_tells_every_minute_once(night: str) -> None:
    rules = FootfallRules(doors={"door-main": DoorRule("main")}, timezone=PARIS, hours=DAILY)
    begin = datetime.fromisoformat(night).astimezone(UTC).timestamp()
    shop = Till(rules, begin)
    for n in range(121):
        shop.count(begin + 60 * n, n, n)
        shop.until(begin + 60 * n)
    assert len(shop.minutes) == len([c for c in shop.said if type(c).__name__ == "StoreMinute"])
    assert shop.passed == (119, 119)
