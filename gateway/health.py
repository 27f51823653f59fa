"""The health engine: a device that is silent is a fact like any other.

Pure and synchronous. Devices and antennas on the store's list are watched by the arrival of what
they say; `ok`, `silent`, `offline` and `unknown` (not heard since the start) are all it answers.

How long a device may be silent is said by the rules, and longer where it is seen to speak seldom: a
sensor that wakes once in half an hour is not silent after ten minutes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from drivers.observations import Advert, Device, DeviceState, Observation, Round, TagReads
from gateway.changes import Alert, Change, DeviceChanged

Key = tuple[str, int | None]
BAD = frozenset({"silent", "offline"})
ANTENNA_DEAF_SECONDS = 900.0
"""An antenna that used to read and reads nothing for so long while its reader goes on is deaf."""

BREATH_SECONDS = 10.0
"""A sensor that wakes sends a handful of adverts; a real chip may report one in 10 s."""
PAUSES_KEPT, PAUSES_NEEDED = 5, 3
PAUSES_MISSED = 3.0
"""So many usual pauses without a word are silence."""


@dataclass(frozen=True, slots=True)
class HealthRules:
    """Who is watched.

    Attributes:
        devices: seconds after which the device (by id) counts as silent, at least.
        antennas: by (reader id, antenna number): seconds without a read, once it has read, after
            which the antenna counts as deaf; None where nothing may lie for hours (a till, an
            exit, a fitting room).
        exactly: those of `devices` whose seconds a person chose: they are not made longer.
        discreet: devices that people wear. What they need (a battery) is told; never whether they
            are heard, for it would tell who is in.
    """

    devices: Mapping[str, float] = field(default_factory=dict)
    antennas: Mapping[tuple[str, int], float | None] = field(default_factory=dict)
    exactly: frozenset[str] = frozenset()
    discreet: frozenset[str] = frozenset()


@dataclass(slots=True)
class Watched:
    """One device or antenna.

    Attributes:
        heard: arrival of its newest word; of an antenna, its newest tag read.
        scanned: arrival of an antenna's newest finished round.
        reads: its tag reads.
        told: the detail that is told of it while it is well: an alert that is not over.
        alarm: the kind of the alert that it is silent or offline, while that is not over.
        pauses: its newest pauses of note, in seconds: what it says in one breath is one word.
    """

    state: str = "unknown"
    heard: float | None = None
    scanned: float | None = None
    reads: int = 0
    offline: bool = False
    detail: str = ""
    told: str = ""
    alarm: str = ""
    pauses: deque[float] = field(default_factory=lambda: deque(maxlen=PAUSES_KEPT))

    def hear(self, at: float) -> None:
        """It spoke, and the pause before it may be its habit."""
        if self.heard is None:
            self.heard = at
            return
        if (pause := at - self.heard) >= BREATH_SECONDS:
            self.pauses.append(pause)
        self.heard = max(at, self.heard)

    def step(self, seconds: float) -> None:
        """The clock was stepped."""
        if self.heard is not None:
            self.heard += seconds
        if self.scanned is not None:
            self.scanned += seconds

    def usual(self) -> float:
        """Seconds of its usual pause, so far as it is known; one long absence makes no habit."""
        return median(self.pauses) if len(self.pauses) >= PAUSES_NEEDED else 0.0


class Health:
    """Watches all devices of a store."""

    def __init__(self, rules: HealthRules) -> None:
        self.faults: Counter[str] = Counter()
        self._rules = rules
        self._begun: float | None = None
        self.watched: dict[Key, Watched] = {(name, None): Watched() for name in rules.devices}
        self.watched.update({key: Watched() for key in rules.antennas})
        self._worn: dict[str, Watched] = {name: Watched() for name in rules.discreet}

    def observe(self, obs: Observation) -> None:
        """Note who spoke; a source that nobody configured is counted."""
        match obs:
            case TagReads():
                self._hear(obs.src, obs.at)
                self._hear_antennas(obs)
            case Round():
                self._hear(obs.src, obs.at)
                if (antenna := self.watched.get((obs.src, obs.antenna))) is not None:
                    antenna.scanned = obs.at
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
        for name, worn in self._worn.items():
            changes += self._attention(worn, name, worn.detail, now)
        return changes

    def step_clock(self, seconds: float) -> None:
        """The clock was stepped by `seconds`: silences are as long as they were."""
        if self._begun is not None:
            self._begun += seconds
        for watched in self.watched.values():
            watched.step(seconds)

    def _hear(self, name: str, at: float) -> None:
        watched = self.watched.get((name, None))
        if watched is None:
            return
        watched.hear(at)
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
        if (worn := self._worn.get(obs.src)) is not None:
            worn.detail = obs.detail
            return
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
            return self._antenna_state(name, antenna, watched, now)
        assert self._begun is not None
        heard = self._begun if watched.heard is None else watched.heard
        may = self._rules.devices[name]
        if name not in self._rules.exactly:
            may = max(may, PAUSES_MISSED * watched.usual())
        if now - heard > may:
            return "silent"
        return "unknown" if watched.heard is None else "ok"

    def _antenna_state(self, reader: str, antenna: int, watched: Watched, now: float) -> str:
        device = self.watched.get((reader, None))
        if device is not None and device.state in BAD:
            return device.state
        if watched.heard is None:
            return "unknown" if watched.scanned is None else "ok"
        deaf_after = self._rules.antennas[reader, antenna]
        deaf = deaf_after is not None and now - watched.heard > deaf_after
        return "silent" if deaf else "ok"

    def _said(self, key: Key, watched: Watched, state: str, now: float) -> list[Change]:
        name, antenna = key
        before, watched.state = watched.state, state
        changes: list[Change] = [DeviceChanged(now, name, state, antenna, watched.detail)]
        subject = name if antenna is None else f"{name}/{antenna}"
        changes += self._attention(watched, subject, watched.detail if state == "ok" else "", now)
        if before != state:
            changes += self._alarm(key, watched, subject, now)
        return changes

    def _alarm(self, key: Key, watched: Watched, subject: str, now: float) -> list[Change]:
        """The end of the alarm before, and a new one where the state is bad."""
        changes: list[Change] = []
        if watched.alarm:
            changes.append(Alert(now, watched.alarm, subject, over=True))
        watched.alarm = ""
        if watched.state in BAD and not self._all_of_it(key):
            watched.alarm = f"device_{watched.state}"
            changes.append(Alert(now, watched.alarm, subject, watched.detail))
        return changes

    def _all_of_it(self, key: Key) -> bool:
        """An antenna of a reader that is gone: the reader's own alert says it for all of them."""
        name, antenna = key
        reader = self.watched.get((name, None))
        return antenna is not None and reader is not None and reader.state in BAD

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
