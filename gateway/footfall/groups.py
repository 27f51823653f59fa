"""Groups as a second basis: people who come in together buy together. Pure.

A counter that sees groups says them, and that is the answer. Else entries at one door with no
longer pause than `TOGETHER_SECONDS` between them are one group. Where many come, strangers follow
each other as closely by chance. Groups that arrive at random hide behind others for the share of
the time in which somebody has just come in, so what is seen is divided by the rest of the time
(clumps of a Poisson process; Hall, Introduction to the Theory of Coverage Processes, 1988, chapter
2). Nobody missed by a beam takes a group away while one of the group is seen, so groups bear no
calibration. A counter that tells passages less often than they come says nothing about groups: then
they are unknown, not guessed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.footfall.doors import Passages
from gateway.footfall.spread import MINUTE

TOGETHER_SECONDS = 2.0
HEARTBEAT_SECONDS = 1.0
"""Between two totals of our counter: a pause that is said to be two seconds is up to three."""
CLOSE_ENOUGH_SECONDS = 2.5
"""Totals further apart than this hide who came together."""
LEARNED_A_MINUTE = 0.1
"""Weight of the newest minute in `covered`: some ten minutes."""
MOST_COVERED = 0.8
"""Beyond this nearly everybody follows somebody, and a division says nothing any more."""


@dataclass(slots=True)
class Parties:
    """One door.

    Attributes:
        covered: share of the time in which somebody has just come in.
        owed: the fraction of a group not yet told.
    """

    covered: float = 0.0
    owed: float = 0.0
    _newest: float = -math.inf

    def minute(self, passages: Sequence[Passages]) -> int | None:
        """Groups among the passages of the minute being told; None where they cannot be known."""
        came = sorted((one for one in passages if one.entries), key=lambda one: one.t)
        said = [one.groups for one in came if one.groups is not None]
        if came and len(said) == len(came):
            return sum(said)
        if any(self._hidden(one) for one in came):
            self._newest = max(self._newest, came[-1].t)
            return None
        seen, seconds = 0, 0.0
        reach = TOGETHER_SECONDS + HEARTBEAT_SECONDS / 2
        for one in came:
            pause = one.t - self._newest
            seen += pause > TOGETHER_SECONDS
            seconds += min(max(pause, 0.0), reach)
            self._newest = max(self._newest, one.t)
        self.covered += LEARNED_A_MINUTE * (min(1.0, seconds / MINUTE) - self.covered)
        true = seen / (1 - min(self.covered, MOST_COVERED))
        self.owed += min(true, float(sum(one.entries for one in came)))
        told = max(0, math.floor(self.owed + 0.5))
        self.owed -= told
        return told

    def forget(self) -> None:
        """Nobody came before the next."""
        self._newest = -math.inf

    def _hidden(self, one: Passages) -> bool:
        """Whether the counter told too rarely, or too late, to say who came together."""
        late = one.t < self._newest - MINUTE
        return one.estimated or late or (one.seconds > CLOSE_ENOUGH_SECONDS and one.entries > 1)
