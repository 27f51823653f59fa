"""What of one day a door did not see, and the visitors that were said for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(slots=True)
class Missed:
    """The gaps of one door in one local day.

    Attributes:
        stretches: from, until: not seen, and estimated.
        told: visitors said for them, by the end of their minute.
    """

    day: date | None = None
    stretches: list[tuple[float, float]] = field(default_factory=list)
    told: Counter[float] = field(default_factory=Counter)

    def begin(self, day: date) -> None:
        """Another day: what was said before stands."""
        if day != self.day:
            self.day, self.stretches, self.told = day, [], Counter()

    def add(self, since: float, until: float) -> None:
        """One more stretch; one that follows the last without a gap goes on from it."""
        if self.stretches and self.stretches[-1][1] == since:
            since = self.stretches.pop()[0]
        self.stretches.append((since, until))

    def say(self, told: list[tuple[float, int]]) -> None:
        """These visitors were said, by minute."""
        for minute, visitors in told:
            self.told[minute] += visitors

    def say_anew(self, told: list[tuple[float, int]]) -> list[tuple[float, int]]:
        """These are the visitors of the whole day's gaps; how each minute changes by that."""
        anew: Counter[float] = Counter()
        for minute, visitors in told:
            anew[minute] += visitors
        minutes = sorted(anew.keys() | self.told.keys())
        changes = [(t, anew[t] - self.told[t]) for t in minutes if anew[t] != self.told[t]]
        self.told = anew
        return changes

    def take_back(self, since: float) -> None:
        """The counter told by itself what was said from `since` on."""
        self.stretches = [(a, min(b, since)) for a, b in self.stretches if a < since]
        self.told = Counter({t: n for t, n in self.told.items() if t <= since})

    def memory(self) -> list[Any]:
        """For `remembered`."""
        day = None if self.day is None else self.day.isoformat()
        return [day, self.stretches, sorted(self.told.items())]

    @classmethod
    def remembered(cls, kept: list[Any]) -> Missed:
        """As `memory` said; nothing, from what an earlier version wrote there."""
        if len(kept) != 3:
            return cls()
        day, stretches, told = kept
        when = None if day is None else date.fromisoformat(day)
        return cls(when, [(a, b) for a, b in stretches], Counter(dict(told)))
