"""Who steps out and comes in again: kept apart, and never taken off by itself. Pure.

A door knows nobody, so this is told from time alone: an entry a few seconds after an exit at the
same door. Strangers follow each other so by chance; how often, is seen half a minute later, when
nobody comes back for that exit any more, and is taken off. Where so many pass that chance is all
there is, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.footfall.doors import Passages
from gateway.footfall.groups import CLOSE_ENOUGH_SECONDS

SOONEST_SECONDS = 2.0
LATEST_SECONDS = 15.0
"""For a look at the window, a forgotten umbrella, a word on the phone."""
AFTERWARDS_SECONDS = 30.0
LEARNED_AN_EXIT = 0.02
"""Weight of the newest exit in what chance does."""
MOST_BY_CHANCE = 0.5
"""Chance that an exit is followed by a stranger, beyond which nothing can be told."""
MOST_OWED = 50.0
"""What chance gave too much is not told again until so many have come back unsaid."""


@dataclass(slots=True)
class Returns:
    """One door.

    Attributes:
        chance: that a stranger follows an exit.
        owed: what is not told yet, or was told too much.
    """

    chance: float = 0.0
    owed: float = 0.0
    _out: list[float] = field(default_factory=list)
    _later: list[float] = field(default_factory=list)

    def minute(self, passages: Sequence[Passages]) -> int | None:
        """Re-entries in the minute being told; None where they cannot be known."""
        told = sorted(passages, key=lambda one: one.t)
        if any(one.estimated or one.seconds > CLOSE_ENOUGH_SECONDS for one in told):
            self.forget()
            return None
        for one in told:
            self._pass(one)
        if self.chance > MOST_BY_CHANCE:
            self.owed = 0.0
            return None
        again = max(0, math.floor(self.owed + 0.5))
        self.owed = max(-MOST_OWED, self.owed - again)
        return again

    def forget(self) -> None:
        """Whoever went out is not waited for."""
        self._out.clear()
        self._later.clear()

    def _pass(self, one: Passages) -> None:
        soon, _ = _followed(self._out, one)
        by_chance, strangers = _followed(self._later, one)
        for weight in [1.0] * by_chance + [0.0] * strangers:
            self.chance += LEARNED_AN_EXIT * (weight - self.chance)
        # Whom a stranger follows by chance may have come back as well, and that was not seen.
        self.owed += (soon - by_chance) / (1 - min(self.chance, MOST_BY_CHANCE))
        self._out += [one.t] * one.exits
        self._later += [one.t + AFTERWARDS_SECONDS] * one.exits


def _followed(moments: list[float], one: Passages) -> tuple[int, int]:
    """Take off the moments that entries now follow, and those that it is too late for; how many."""
    late = [t for t in moments if one.t - t > LATEST_SECONDS]
    near = [t for t in moments if SOONEST_SECONDS <= one.t - t <= LATEST_SECONDS]
    gone = near[: one.entries]
    for t in (*late, *gone):
        moments.remove(t)
    return len(gone), len(late)
