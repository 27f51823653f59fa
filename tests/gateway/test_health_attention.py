"""A device that is well and yet needs a person: an alert that begins, changes and ends."""

from __future__ import annotations

from drivers.observations import Device, DeviceState
from gateway.changes import Alert, DeviceChanged
from gateway.health import Health, HealthRules

ON, OFF = DeviceState.ONLINE, DeviceState.OFFLINE


def said(
    health: Health, now: float, state: DeviceState | None = None, detail: str = ""
) -> list[object]:
    if state is not None:
        health.observe(Device("ble", now, now, state, detail=detail))
    return [
        (change.kind, change.detail, change.over) if isinstance(change, Alert) else change.state
        for change in health.advance(now)
        if isinstance(change, Alert | DeviceChanged)
    ]


def test_an_alert_begins_changes_and_ends() -> None:
    health = Health(HealthRules({"ble": 60.0}))
    assert said(health, 0.0, ON) == ["ok"]
    assert said(health, 1.0, ON, "battery low: a") == [
        "ok",
        ("device_attention", "battery low: a", False),
    ]
    assert said(health, 2.0, ON, "battery low: a") == []
    assert said(health, 3.0, ON, "battery low: a, b")[1] == (
        "device_attention",
        "battery low: a, b",
        False,
    )
    assert said(health, 4.0, ON) == ["ok", ("device_attention", "", True)]


def test_what_is_offline_has_one_alert_and_the_other_is_over() -> None:
    health = Health(HealthRules({"ble": 60.0}))
    said(health, 0.0, ON, "battery low: a")
    assert said(health, 1.0, OFF, "no adapter") == [
        "offline",
        ("device_attention", "", True),
        ("device_offline", "no adapter", False),
    ]
    assert said(health, 2.0, OFF, "still none") == []
    assert said(health, 3.0, ON, "battery low: a") == [
        "ok",
        ("device_attention", "battery low: a", False),
        ("device_offline", "", True),
    ]


def test_silence_alone_changes_nothing_else() -> None:
    health = Health(HealthRules({"ble": 60.0}))
    assert said(health, 0.0, ON) == ["ok"]
    assert said(health, 100.0) == ["silent", ("device_silent", "", False)]
