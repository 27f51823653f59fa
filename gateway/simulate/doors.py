"""The people counters: what they say, and who really passed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drivers.observations import Count
from gateway.simulate.truth import TruthLog

WRONG_WAY = 0.002
"""Share of passages that a counter takes for the other direction."""

HIDDEN_BEHIND_SECONDS, HIDDEN_BEHIND = 0.8, 0.25
"""Who passes this close behind somebody else is missed this often, where anybody is missed."""


@dataclass(slots=True)
class DoorCounter:
    """One counter. `entries` and `exits` are what it says; `came` and `went` are true."""

    id: str
    boot: int
    entries: int
    exits: int
    miss: float
    came: int = 0
    went: int = 0
    staff_came: int = 0
    staff_went: int = 0
    _last: float = -1e9

    def passed(self, t: float, rng: np.random.Generator, *, inward: bool, staff: bool) -> None:
        """Somebody walks through."""
        if inward:
            self.came += 1
            self.staff_came += staff
        else:
            self.went += 1
            self.staff_went += staff
        behind = self.miss > 0 and t - self._last < HIDDEN_BEHIND_SECONDS
        self._last = t
        chance, turn = rng.random(2)
        if chance < (max(self.miss, HIDDEN_BEHIND) if behind else self.miss):
            return
        if inward != (self.miss > 0 and turn < WRONG_WAY):
            self.entries += 1
        else:
            self.exits += 1

    def count(self, t: float) -> Count:
        """What it says now."""
        return Count(self.id, t, t, self.boot, self.entries, self.exits)

    def reboot(self) -> None:
        """It starts again: a new boot id, totals from zero."""
        self.boot += 1
        self.entries = self.exits = 0

    def tell(self, log: TruthLog, t: float) -> None:
        """Write the true totals down."""
        log.door(t, self.id, self.came, self.went, (self.staff_came, self.staff_went))
