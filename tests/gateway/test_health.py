"""Silence is told, once, of the right device; and of an antenna that may be quiet it is not."""

from __future__ import annotations

import numpy as np

from drivers.observations import Advert, Device, DeviceState, Round, TagReads
from gateway.changes import Alert, Change, DeviceChanged
from gateway.health import Health, HealthRules

RULES = HealthRules(
    {"reader-1": 60.0, "door-main": 30.0},
    {("reader-1", 1): 900.0, ("reader-1", 2): None},
)


def reads(at: float, *antennas: int) -> TagReads:
    n = len(antennas)
    return TagReads(
        "reader-1",
        at,
        np.full(n, at),
        np.array(antennas, np.int32),
        np.zeros((n, 12), np.uint8),
        np.full(n, 12, np.int32),
        np.full(n, np.nan, np.float32),
        np.ones(n, np.int32),
    )


def states(changes: list[Change]) -> dict[tuple[str, int | None], str]:
    return {(c.device, c.antenna): c.state for c in changes if isinstance(c, DeviceChanged)}


def alerts(changes: list[Change]) -> list[tuple[str, str, bool]]:
    return [(c.kind, c.subject, c.over) for c in changes if isinstance(c, Alert)]


def scan(health: Health, start: int, until: int, *antennas: int) -> list[Change]:
    changes = []
    for second in range(start, until):
        health.observe(Round("reader-1", second, second, 1))
        health.observe(Round("reader-1", second, second, 2))
        if antennas:
            health.observe(reads(float(second), *antennas))
        changes += health.advance(float(second))
    return changes


def test_an_antenna_that_stops_reading_while_its_rounds_go_on_is_deaf() -> None:
    health = Health(RULES)
    said = scan(health, 0, 10, 1)
    assert states(said)["reader-1", 1] == "ok"
    said = scan(health, 10, 1_000)
    assert states(said)["reader-1", 1] == "silent"
    assert ("device_silent", "reader-1/1", False) in alerts(said)


def test_an_antenna_where_nothing_lies_is_well_by_its_rounds_and_may_be_quiet() -> None:
    health = Health(RULES)
    assert states(scan(health, 0, 10, 1))["reader-1", 2] == "ok"
    scan(health, 10, 20, 1, 2)
    assert ("reader-1", 2) not in states(scan(health, 20, 4_000, 1))


def test_a_lost_reader_is_one_alert_not_one_an_antenna() -> None:
    health = Health(RULES)
    scan(health, 0, 10, 1, 2)
    health.observe(Device("reader-1", 10.0, 10.0, DeviceState.OFFLINE, detail="no answer"))
    said = health.advance(10.0)
    said += health.advance(11.0)
    assert states(said)["reader-1", 1] == "offline"
    assert [a for a in alerts(said) if a[1] != "door-main"] == [
        ("device_offline", "reader-1", False)
    ]
    back = scan(health, 12, 14, 1, 2)
    assert [a for a in alerts(back) if a[1] != "door-main"] == [
        ("device_offline", "reader-1", True)
    ]


def test_a_device_never_heard_is_unknown_and_then_silent() -> None:
    health = Health(RULES)
    assert ("door-main", None) not in states(health.advance(0.0))
    assert states(health.advance(31.0))["door-main", None] == "silent"


def test_what_nobody_configured_is_counted() -> None:
    health = Health(RULES)
    health.observe(reads(1.0, 7))
    health.observe(Device("nobody", 1.0, 1.0, DeviceState.ONLINE))
    assert health.faults == {"read_unknown_antenna": 1, "unknown_device": 1}


def speak(health: Health, name: str, times: list[float]) -> list[tuple[str, str, bool]]:
    """Adverts of a beacon; the alerts of all seconds up to the last, and ten minutes more."""
    said: list[Change] = []
    waiting = sorted(times)
    for second in range(int(waiting[0]), int(waiting[-1]) + 7_300, 10):
        while waiting and waiting[0] <= second:
            at = waiting.pop(0)
            health.observe(Advert("ble", at, at, name, "C4:7C:8D:6A:11:02", -60.0))
        said += health.advance(float(second))
    return alerts(said)


def test_a_beacon_is_silent_after_its_minutes_and_back_when_it_speaks() -> None:
    health = Health(HealthRules({"fridge-1": 600.0}))
    said = speak(health, "fridge-1", [*range(100), 2_000])
    silent = ("device_silent", "fridge-1", False)
    assert said == [silent, ("device_silent", "fridge-1", True), silent]


def test_a_sensor_that_seldom_speaks_is_given_its_usual_pauses() -> None:
    health = Health(HealthRules({"fridge-1": 600.0}))
    bursts = [wake * 1_800.0 + n / 10 for wake in range(12) for n in range(5)]
    said = speak(health, "fridge-1", bursts)
    assert len(said) == 2 * 3 + 1, "three false ones until it is known, and a true one"
    exact = Health(HealthRules({"fridge-1": 600.0}, exactly=frozenset({"fridge-1"})))
    assert len(speak(exact, "fridge-1", bursts)) == 2 * 11 + 1


def test_one_long_absence_makes_no_habit() -> None:
    health = Health(HealthRules({"fridge-1": 600.0}))
    said = speak(health, "fridge-1", [*range(0, 100, 15), 90_000, *range(90_015, 90_100, 15)])
    assert said[-1] == ("device_silent", "fridge-1", False)
    assert health.watched["fridge-1", None].usual() == 15.0


def test_of_a_badge_its_battery_is_told_and_nothing_else() -> None:
    health = Health(HealthRules(discreet=frozenset({"badge-7"})))
    on = DeviceState.ONLINE
    health.observe(Advert("ble", 1.0, 1.0, "badge-7", "C4:7C:8D:6A:11:07", -60.0))
    assert health.advance(2.0) == []
    health.observe(Device("badge-7", 3.0, 3.0, on, detail="battery low: 9 %"))
    assert health.advance(3.0) == [Alert(3.0, "device_attention", "badge-7", "battery low: 9 %")]
    assert health.advance(90_000.0) == []
    health.observe(Device("badge-7", 90_001.0, 90_001.0, on))
    assert alerts(health.advance(90_001.0)) == [("device_attention", "badge-7", True)]
    assert health.watched == {}
    assert not health.faults
