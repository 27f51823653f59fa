"""In which department a basket is, told from how strongly several receivers hear it.

RSSI gives departments of 10 to 15 m, never shelves: on public data (UCI, 13 beacons) a 15 × 15 m
cell is right 59 times in 100, a 6 × 6 m one 28. So the answer is slow to change and quick to give
up: each receiver's RSSI is the median of the last three adverts, smoothed with a weight of 0.3; a
new department must be stronger by some decibels for some seconds; and where no receiver has heard
the basket for a while it is unknown, not where it was last.

Pure: time is an argument. Bounded by the beacons and receivers that it is told of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

MEDIAN_OF = 3
WEIGHT = 0.3
"""Of a new reading in the moving average."""


@dataclass(frozen=True, slots=True)
class DepartmentRules:
    """How sure is sure.

    Attributes:
        receivers: department by receiver (the `src` of its adverts).
        hysteresis: dB by which another department must be stronger; 6 to 16 are sensible.
        dwell: seconds for which it must be so without a break; 5 to 10 are sensible.
        stale: seconds without an advert after which a receiver says nothing. A real chip may
            report a constant beacon once in 10 s, so at least 30.
    """

    receivers: Mapping[str, str]
    hysteresis: float = 8.0
    dwell: float = 7.0
    stale: float = 30.0


@dataclass(slots=True)
class _Ear:
    """One beacon as one receiver hears it."""

    recent: deque[float] = field(default_factory=lambda: deque(maxlen=MEDIAN_OF))
    smooth: float | None = None
    heard: float = 0.0

    def hear(self, rssi: float, t: float, *, afresh: bool) -> None:
        if afresh:
            self.recent.clear()
            self.smooth = None
        self.recent.append(rssi)
        now = float(median(self.recent))
        self.smooth = now if self.smooth is None else self.smooth + WEIGHT * (now - self.smooth)
        self.heard = t


@dataclass(slots=True)
class _Place:
    """Where one beacon is believed to be, and who would have it otherwise since when."""

    ears: dict[str, _Ear] = field(default_factory=dict)
    department: str | None = None
    rival: str | None = None
    rival_since: float = 0.0


class Departments:
    """Where each of some beacons is."""

    def __init__(self, rules: DepartmentRules, beacons: frozenset[str]) -> None:
        self._rules = rules
        self._places = {beacon: _Place() for beacon in beacons}

    def hear(self, beacon: str, receiver: str, rssi: float, t: float) -> None:
        """An advert of `beacon` at `receiver`; strangers on either side are passed over."""
        place = self._places.get(beacon)
        if place is None or receiver not in self._rules.receivers:
            return
        ear = place.ears.setdefault(receiver, _Ear())
        if t < ear.heard:
            return
        ear.hear(rssi, t, afresh=t - ear.heard > self._rules.stale)
        self._judge(place, t)

    def where(self, beacon: str, t: float) -> str | None:
        """The department at `t`; None while it is unknown."""
        place = self._places.get(beacon)
        if place is None:
            return None
        self._judge(place, t)
        return place.department

    def _judge(self, place: _Place, t: float) -> None:
        levels = self._levels(place, t)
        if not levels:
            place.department = place.rival = None
            return
        best = max(sorted(levels), key=lambda department: levels[department])
        here = levels.get(place.department) if place.department is not None else None
        needed = -float("inf") if here is None else here + self._rules.hysteresis
        if best == place.department or levels[best] < needed:
            place.rival = None
            return
        if best != place.rival:
            place.rival, place.rival_since = best, t
        if t - place.rival_since >= self._rules.dwell:
            place.department, place.rival = best, None
        elif here is None:
            # It is heard, but not where it was: that is no longer known, and the rest not yet.
            place.department = None

    def _levels(self, place: _Place, t: float) -> dict[str, float]:
        """The strongest smoothed RSSI by department, of receivers that still hear it."""
        levels: dict[str, float] = {}
        for receiver, ear in place.ears.items():
            if ear.smooth is not None and t - ear.heard <= self._rules.stale:
                department = self._rules.receivers[receiver]
                levels[department] = max(ear.smooth, levels.get(department, -1000.0))
        return levels
