"""Silence is told, once, of the right device; and of an antenna that may be quiet it is not."""

from __future__ import annotations

import numpy as np

from drivers.observations import Device, DeviceState, Round, TagReads
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
