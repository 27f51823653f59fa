"""The health engine: a device that is silent is a fact like any other.

Pure and synchronous. Devices and antennas on the store's list are watched by the arrival of what
they say; `ok`, `silent`, `offline` and `unknown` (not heard since the start) are all it answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from drivers.observations import Advert, Device, DeviceState, Observation, Round, TagReads
from gateway.changes import Alert, Change, DeviceChanged

Key = tuple[str, int | None]
ANTENNA_DEAF_SECONDS = 900.0
"""An antenna that used to read and reads nothing for so long while its reader goes on is deaf."""


@dataclass(frozen=True, slots=True)
class HealthRules:
    """Who is watched.

    Attributes:
        devices: seconds after which the device (by id) counts as silent.
        antennas: (reader id, antenna number) of every antenna in use.
    """

    devices: Mapping[str, float] = field(default_factory=dict)
    antennas: tuple[tuple[str, int], ...] = ()
    antenna_deaf: float = ANTENNA_DEAF_SECONDS


@dataclass(slots=True)
class Watched:
    """One device or antenna.

    Attributes:
        heard: arrival of its newest word.
        reads: its tag reads.
        told: the detail that is told of it while it is well: an alert that is not over.
    """

    state: str = "unknown"
    heard: float | None = None
    reads: int = 0
    offline: bool = False
    detail: str = ""
    told: str = ""


class Health:
    """Watches all devices of a store."""

    def __init__(self, rules: HealthRules) -> None:
        self.faults: Counter[str] = Counter()
        self._rules = rules
        self._begun: float | None = None
        self.watched: dict[Key, Watched] = {(name, None): Watched() for name in rules.devices}
        self.watched.update({key: Watched() for key in rules.antennas})

    def observe(self, obs: Observation) -> None:
        """Note who spoke; a source that nobody configured is counted."""
        match obs:
            case TagReads():
                self._hear(obs.src, obs.at)
                self._hear_antennas(obs)
            case Round():
                self._hear(obs.src, obs.at)
            case Device():
                self._device(obs)
            case Advert():
                self._hear(obs.src, obs.at)
                self._hear(obs.beacon, obs.at)
            case _:
                self._hear(obs.src, obs.at)

    def advance(self, now: float) -> list[Change]:
        """Changes of state at `now`, with the alert that a silent or lost device is worth."""
        if self._begun is None:
            self._begun = now
        changes: list[Change] = []
        for key, watched in self.watched.items():
            state = self._state(key, watched, now)
            if state != watched.state or (state == "ok" and watched.detail != watched.told):
                changes += self._said(key, watched, state, now)
        return changes

    def _hear(self, name: str, at: float) -> None:
        watched = self.watched.get((name, None))
        if watched is None:
            return
        watched.heard = at if watched.heard is None else max(at, watched.heard)
        _back(watched)

    def _hear_antennas(self, reads: TagReads) -> None:
        for number, count in enumerate(np.bincount(reads.antenna.clip(0, 256)).tolist()):
            if not count:
                continue
            watched = self.watched.get((reads.src, number))
            if watched is None:
                self.faults["read_unknown_antenna"] += count
                continue
            watched.heard, watched.reads = reads.at, watched.reads + count
            _back(watched)
        if (device := self.watched.get((reads.src, None))) is not None:
            device.reads += len(reads)

    def _device(self, obs: Device) -> None:
        watched = self.watched.get((obs.src, obs.antenna))
        if watched is None:
            self.faults["unknown_device"] += 1
            return
        watched.offline = obs.state is DeviceState.OFFLINE
        watched.detail = obs.detail
        if obs.antenna is None and not watched.offline:
            self._hear(obs.src, obs.at)

    def _state(self, key: Key, watched: Watched, now: float) -> str:
        name, antenna = key
        if watched.offline:
            return "offline"
        if antenna is not None:
            return self._antenna_state(name, watched, now)
        assert self._begun is not None
        heard = self._begun if watched.heard is None else watched.heard
        if now - heard > self._rules.devices[name]:
            return "silent"
        return "unknown" if watched.heard is None else "ok"

    def _antenna_state(self, reader: str, watched: Watched, now: float) -> str:
        device = self.watched.get((reader, None))
        if device is not None and device.state in {"offline", "silent"}:
            return device.state
        if watched.heard is None:
            return "unknown"
        return "silent" if now - watched.heard > self._rules.antenna_deaf else "ok"

    def _said(self, key: Key, watched: Watched, state: str, now: float) -> list[Change]:
        name, antenna = key
        before, watched.state = watched.state, state
        changes: list[Change] = [DeviceChanged(now, name, state, antenna, watched.detail)]
        subject = name if antenna is None else f"{name}/{antenna}"
        changes += self._attention(watched, subject, watched.detail if state == "ok" else "", now)
        bad, was_bad = state in {"silent", "offline"}, before in {"silent", "offline"}
        if before == state:
            return changes
        if bad:
            changes.append(Alert(now, f"device_{state}", subject, watched.detail))
        if was_bad:
            changes.append(Alert(now, f"device_{before}", subject, over=True))
        return changes

    @staticmethod
    def _attention(watched: Watched, subject: str, detail: str, now: float) -> list[Change]:
        """A device that is well and yet has something to say: a stuck beam, a low battery."""
        before, watched.told = watched.told, detail
        if detail == before:
            return []
        if detail:
            return [Alert(now, "device_attention", subject, detail)]
        return [Alert(now, "device_attention", subject, over=True)]


def _back(watched: Watched) -> None:
    """It speaks: why it was offline is no matter any more."""
    if watched.offline:
        watched.offline, watched.detail = False, ""
