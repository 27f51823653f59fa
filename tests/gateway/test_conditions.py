"""A fridge too warm or too cold, a door that somebody forgot: told once, and its end."""

from __future__ import annotations

import math

import pytest

from drivers.observations import Advert, Quantity, Reading
from gateway.changes import Alert
from gateway.conditions import Conditions, Limits

FRIDGE = Limits(warmest=8.0, coldest=0.0)


def shop() -> Conditions:
    return Conditions({"fridge-1": FRIDGE, "back-door": Limits()})


def told(it: Conditions, now: float) -> list[tuple[str, str, bool]]:
    found = [change for change in it.advance(now) if isinstance(change, Alert)]
    return [(one.kind, one.subject, one.over) for one in found]


def warm(it: Conditions, t: float, degrees: float, device: str = "fridge-1") -> None:
    it.observe(Reading(device, t, t, Quantity.TEMPERATURE, degrees))


def door(it: Conditions, t: float, is_open: float, device: str = "back-door") -> None:
    it.observe(Reading(device, t, t, Quantity.OPEN, is_open))


def test_a_fridge_that_stays_too_warm_is_told_once_and_its_end() -> None:
    it = shop()
    for t in range(0, 890, 60):
        warm(it, t, 9.4)
        assert told(it, t) == []
    (alert,) = it.advance(900.0)
    assert alert == Alert(900.0, "too_warm", "fridge-1", "9.4 °C, at most 8 °C")
    warm(it, 960, 12.0)
    assert told(it, 960.0) == []
    warm(it, 1_020, 7.8)
    assert told(it, 1_020.0) == [], "at the limit is not well yet"
    warm(it, 1_080, 7.4)
    assert told(it, 1_080.0) == [("too_warm", "fridge-1", True)]
    assert told(it, 9_999.0) == []


def test_a_door_that_was_opened_for_a_customer_is_no_alarm() -> None:
    it = shop()
    warm(it, 0, 11.0)
    warm(it, 600, 6.0)
    warm(it, 700, 11.0)
    assert told(it, 1_500.0) == []
    assert told(it, 1_600.0) == [("too_warm", "fridge-1", False)]


def test_too_cold_is_another_alarm() -> None:
    it = shop()
    warm(it, 0, -0.1)
    assert told(it, 900.0) == [("too_cold", "fridge-1", False)]
    warm(it, 901, 8.1)
    assert told(it, 901.0) == [("too_cold", "fridge-1", True)]
    assert told(it, 1_801.0) == [("too_warm", "fridge-1", False)]


def test_an_opener_speaks_once_and_is_left_open_all_the_same() -> None:
    it = shop()
    door(it, 10, 1.0)
    assert told(it, 309.0) == []
    assert told(it, 310.0) == [("left_open", "back-door", False)]
    door(it, 400, 1.0)
    door(it, 410, 0.0)
    assert told(it, 410.0) == [("left_open", "back-door", True)]
    door(it, 420, 1.0, "fridge-1")
    assert told(it, 720.0) == [("left_open", "fridge-1", False)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_says_nothing(value: float) -> None:
    it = shop()
    warm(it, 0, value)
    assert told(it, 9_000.0) == []


def test_what_nobody_set_limits_for_says_nothing() -> None:
    it = shop()
    warm(it, 0, 60.0, "somewhere")
    warm(it, 0, 60.0, "back-door")
    it.observe(Reading("fridge-1", 0.0, 0.0, Quantity.UNITS, 99.0))
    it.observe(Advert("ble", 0.0, 0.0, "fridge-1", "C4:7C:8D:6A:11:02", -60.0))
    assert told(it, 9_000.0) == []


def test_a_clock_that_runs_ahead_puts_no_alarm_off() -> None:
    it = shop()
    it.observe(Reading("fridge-1", 3_000.0, 0.0, Quantity.TEMPERATURE, 20.0))
    assert told(it, 900.0) == [("too_warm", "fridge-1", False)]
