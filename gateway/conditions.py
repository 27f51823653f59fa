"""The conditions engine: fridges that are too warm or too cold, doors that are left open.

Pure and synchronous. A reading beyond a limit is an alarm when it has stayed so for the time that
the rules give; the device's last word counts until it says another. Whether it speaks at all is the
business of `gateway.health`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from drivers.observations import Observation, Quantity, Reading
from gateway.changes import Alert, Change

WELL_AGAIN_DEGREES = 0.5
"""A temperature must come back by so much: at the limit itself an alarm would flicker."""

Kind: TypeAlias = str
Judge: TypeAlias = Callable[[float, bool], bool]
"""Whether a value is bad, given that it was, or was not, before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is well for one device.

    Attributes:
        warmest, coldest: °C; None where there is no such limit.
        temperature_after: seconds beyond a limit that are an alarm.
        open_after: seconds open that are an alarm.
    """

    warmest: float | None = None
    coldest: float | None = None
    temperature_after: float = 900.0
    open_after: float = 300.0


@dataclass(slots=True)
class _Watch:
    """One way in which one device may be bad; `value` is its last word."""

    kind: Kind
    after: float
    bad: Judge
    detail: Callable[[float], str]
    value: float = math.nan
    since: float | None = None
    told: bool = False

    def take(self, value: float, t: float) -> None:
        """A new word of the device."""
        self.value = value
        if not self.bad(value, self.since is not None):
            self.since = None
        elif self.since is None:
            self.since = t

    def change(self, subject: str, now: float) -> Alert | None:
        """The alert that begins or ends at `now`."""
        due = self.since is not None and now - self.since >= self.after
        if due and not self.told:
            self.told = True
            return Alert(now, self.kind, subject, self.detail(self.value))
        if self.told and self.since is None:
            self.told = False
            return Alert(now, self.kind, subject, over=True)
        return None


@dataclass(slots=True)
class Conditions:
    """Watches the devices of `limits`, by id; readings of others are passed over."""

    limits: Mapping[str, Limits]
    _watches: dict[tuple[str, Quantity], list[_Watch]] = field(default_factory=dict)

    def observe(self, obs: Observation) -> None:
        """Take a reading; everything else is not about conditions."""
        if not isinstance(obs, Reading) or not math.isfinite(obs.value):
            return
        for watch in self._watching(obs.src, obs.quantity):
            watch.take(obs.value, min(obs.t, obs.at))

    def advance(self, now: float) -> list[Change]:
        """Alarms that begin or end at `now`."""
        changes: list[Change] = []
        for (device, _), watches in self._watches.items():
            found = (watch.change(device, now) for watch in watches)
            changes += [alert for alert in found if alert is not None]
        return changes

    def step_clock(self, seconds: float) -> None:
        """The clock was stepped by `seconds`: what lasts has lasted as long as it had."""
        for watches in self._watches.values():
            for watch in watches:
                if watch.since is not None:
                    watch.since += seconds

    def _watching(self, device: str, quantity: Quantity) -> list[_Watch]:
        limits = self.limits.get(device)
        if limits is None:
            return []
        if (device, quantity) not in self._watches:
            self._watches[device, quantity] = list(_watches(limits, quantity))
        return self._watches[device, quantity]


def _watches(limits: Limits, quantity: Quantity) -> list[_Watch]:
    if quantity is Quantity.OPEN:
        return [_Watch("left_open", limits.open_after, _is_open, _since_minutes(limits))]
    found: list[_Watch] = []
    if quantity is Quantity.TEMPERATURE:
        after = limits.temperature_after
        if (most := limits.warmest) is not None:
            detail = _degrees("at most", most)
            found.append(_Watch("too_warm", after, _above(most), detail))
        if (least := limits.coldest) is not None:
            detail = _degrees("at least", least)
            found.append(_Watch("too_cold", after, _below(least), detail))
    return found


def _is_open(value: float, _before: bool) -> bool:  # noqa: FBT001 - as `Judge` has it
    return value != 0


def _above(most: float) -> Judge:
    return lambda value, before: value > (most - WELL_AGAIN_DEGREES if before else most)


def _below(least: float) -> Judge:
    return lambda value, before: value < (least + WELL_AGAIN_DEGREES if before else least)


def _degrees(bound: str, limit: float) -> Callable[[float], str]:
    return lambda value: f"{value:.1f} °C, {bound} {limit:g} °C"


def _since_minutes(limits: Limits) -> Callable[[float], str]:
    minutes = limits.open_after / 60
    return lambda _value: f"for {minutes:.3g} min"
