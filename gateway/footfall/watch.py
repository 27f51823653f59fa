"""What is known of one door's gaps while the store goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from gateway.footfall.doors import GAP_SECONDS, Door
from gateway.footfall.missed import Missed
from gateway.footfall.slots import Slots

LONGEST_ESTIMATE_SECONDS = 7 * 86_400.0
"""A counter that is down for longer has no gap to fill: it is gone."""


@dataclass(slots=True, eq=False)
class Watch:
    """One door's gaps.

    Attributes:
        counted: passages of the half hour so far.
        given: (minute, visitors) estimated in the silence that lasts; the counter may replace them.
        blind: stretches not seen and not yet estimated, that the counter will never tell.
        missed: what of the day was estimated, by silence or for zeros.
        told_until: until when the silence that lasts has been estimated.
        partial: the half hour so far was not seen whole.
        changed: the memory is to be told with the next minute.
        zeros: beginnings of half hours without anybody, in a row; `due`: who was usual in them.
    """

    src: str
    door: Door
    slots: Slots
    counted: list[int] = field(default_factory=lambda: [0, 0])
    given: list[tuple[float, int]] = field(default_factory=list)
    blind: list[tuple[float, float]] = field(default_factory=list)
    told_until: float = 0.0
    missed: Missed = field(default_factory=Missed)
    zeros: list[float] = field(default_factory=list)
    due: float = 0.0
    absurd: bool = False
    partial: bool = False
    changed: bool = False

    def step(self, now: float) -> None:
        """The clock was stepped and says `now`: of gaps before that nothing more is said."""
        self.given, self.blind, self.zeros = [], [], []
        self.told_until, self.missed, self.due = now, Missed(), 0.0
        self.partial = self.changed = True

    def silent(self, now: float) -> bool:
        """Whether the counter once spoke and does no more."""
        return self.door.at is not None and now - self.door.at > GAP_SECONDS

    def dark(self, end: float) -> list[tuple[float, float]]:
        """Stretches up to `end` that are to be estimated now."""
        parts, at = list(self.blind), self.door.at
        if at is not None and self.silent(end):
            parts.append((max(at, self.told_until), end))
        oldest = end - LONGEST_ESTIMATE_SECONDS
        if at is not None and at < oldest and self.silent(end):
            return []
        return [(max(a, oldest), b) for a, b in parts if b > max(a, oldest)]

    def memory(self) -> str:
        """For `restore`."""
        return json.dumps([self.given, self.blind, self.told_until, self.missed.memory()])

    def restore(self, text: str) -> None:
        """Take back what `memory` said."""
        given, blind, self.told_until, missed = json.loads(text)
        self.missed = Missed.remembered(missed)
        self.given = [(t, n) for t, n in given]
        self.blind = [(a, b) for a, b in blind]
