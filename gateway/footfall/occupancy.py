"""People inside: never negative, begun anew each night, never fed back into what was counted.

A counter that misses more who leave than who come makes a store fill up all day. Whoever came left
before the night, so each whole day says the ratio of the two, and the next day is counted with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FEWEST_A_DAY = 100
"""Passages each way without which a day teaches nothing."""
RATIO_LOW, RATIO_HIGH = 0.8, 1.25
LEARNED_A_DAY = 0.2
"""Weight of the newest day in the ratio."""
SWAPPED_SHARE = -0.01
"""A store that holds fewer than minus this share of its day's entries on average is read backwards:
people seem to leave before they came."""


@dataclass(slots=True)
class Occupancy:
    """Attributes:
    level: people believed inside, a fraction where the ratio is.
    since: passages up to this moment are in `level` already.
    emptied: the night that was last taken into account.
    ratio: true exits for one counted, against entries.
    residual: what was left over at the last reset, negative where more left than came; None before
        the first.
    swapped: the last day looked as if in and out were exchanged.
    """

    level: float = 0.0
    since: float = 0.0
    emptied: float = 0.0
    ratio: float = 1.0
    residual: int | None = None
    swapped: bool = False
    came: int = 0
    left: int = 0
    whole: bool = False
    balance: float = 0.0
    minutes: int = 0

    @property
    def people(self) -> int:
        """Whole people."""
        return int(max(0.0, self.level) + 0.5)

    def after(self, entries: int, exits: int) -> float:
        """What `level` would be with these passages."""
        return self.level + entries - exits * self.ratio

    def move(self, entries: int, exits: int) -> None:
        """People who passed since `since`."""
        self.level = max(0.0, self.after(entries, exits))

    def tally(self, entries: int, exits: int) -> None:
        """Everybody who passed in a minute, for what the day teaches."""
        self.came, self.left = self.came + entries, self.left + exits
        if self.came or self.left:
            self.balance += self.came - self.left
            self.minutes += 1

    def doubt(self) -> None:
        """Some of the day was not seen: it teaches nothing."""
        self.whole = False

    def empty(self, at: float) -> None:
        """The store was empty at `at`: a new day."""
        self.residual = self.people or self._below_nobody()
        if self.whole and min(self.came, self.left) >= FEWEST_A_DAY:
            mean = self.balance / max(1, self.minutes)
            self.swapped = mean < SWAPPED_SHARE * self.came
            if not self.swapped:
                day = min(RATIO_HIGH, max(RATIO_LOW, self.came / self.left))
                self.ratio += LEARNED_A_DAY * (day - self.ratio)
        self.level, self.emptied, self.whole = 0.0, at, True
        self.came = self.left = self.minutes = 0
        self.balance = 0.0

    def _below_nobody(self) -> int:
        """By how many a whole day ended below nobody, where nobody looked meanwhile; 0 or less."""
        if not self.whole or self.since > self.emptied:
            return 0
        return min(0, round(self.came - self.left * self.ratio))

    def set(self, people: int, now: float, emptied: float) -> int:
        """Somebody looked; the residual is what was believed less what is."""
        self.residual = self.people - people
        self.level, self.since, self.emptied = float(people), now, max(self.emptied, emptied)
        return self.residual

    @classmethod
    def remembered(cls, kept: Sequence[Any]) -> Occupancy:
        """Take back what `memory` said."""
        level, since, emptied, ratio, residual, came, left, whole, balance, minutes = kept
        found = cls(level, since, emptied, ratio, residual)
        found.came, found.left, found.whole = came, left, whole
        found.balance, found.minutes = balance, minutes
        return found

    def memory(self) -> list[float | int | bool | None]:
        """For `restore`."""
        return [
            self.level,
            self.since,
            self.emptied,
            self.ratio,
            self.residual,
            self.came,
            self.left,
            self.whole,
            self.balance,
            self.minutes,
        ]
