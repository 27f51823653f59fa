"""One door's counter: from totals that never reset to passages, with nobody lost or invented.

The rules of the wire: first contact is a base; another boot id is a new base; a difference is taken
modulo 2^32 and one of more than 2^31 is a stale frame; more than eight passages a second are a
fault, not people.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from drivers.observations import Count
from gateway.footfall.rules import DoorRule

WRAP = 2**32
STALE = 2**31
PASSAGES_A_SECOND = 8.0
GAP_SECONDS = 120.0
"""Totals further apart than this were not counted minute by minute: what they say is estimated."""


@dataclass(frozen=True, slots=True)
class Passages:
    """What one pair of totals says: people in and out since the totals before, at `t`."""

    t: float
    entries: int
    exits: int
    estimated: bool
    boot: int


@dataclass(slots=True)
class Door:
    """The counter behind one door. `untold` are passages that no minute has told yet."""

    rule: DoorRule
    boot: int | None = None
    entries: int = 0
    exits: int = 0
    at: float | None = None
    untold: list[Passages] = field(default_factory=list)

    def take(self, count: Count, faults: Counter[str]) -> bool:
        """Take new totals; true when they are a new base, which must be remembered at once."""
        if self.boot != count.boot:
            self._rebase(count)
            return True
        entries = (count.entries - self.entries) % WRAP
        exits = (count.exits - self.exits) % WRAP
        if entries > STALE or exits > STALE:
            faults["count_backwards"] += 1
            return False
        since = count.t - self.at if self.at is not None else GAP_SECONDS + 1
        if max(entries, exits) > PASSAGES_A_SECOND * max(since, 1.0):
            faults["count_too_fast"] += 1
        elif entries or exits:
            self._note(count.t, entries, exits, estimated=since > GAP_SECONDS, boot=count.boot)
        self._rebase(count)
        return False

    def tell(self, until: float) -> list[Passages]:
        """Passages up to `until`, told once."""
        told = [p for p in self.untold if p.t <= until]
        self.untold = [p for p in self.untold if p.t > until]
        return told

    def memory(self) -> str:
        """What must be known after a restart: the totals as told, and passages only we know of.

        Untold passages of the present boot are left out of the told totals: the counter, which
        never resets, says them again. Those of a boot that is over stand here by themselves.
        """
        now = [self._as_counted(p) for p in self.untold if p.boot == self.boot]
        entries = (self.entries - sum(e for e, _ in now)) % WRAP
        exits = (self.exits - sum(x for _, x in now)) % WRAP
        lost = [[p.t, p.entries, p.exits, p.boot] for p in self.untold if p.boot != self.boot]
        return json.dumps([self.boot, entries, exits, self.at, lost])

    def restore(self, text: str) -> None:
        """Take back what `memory` said."""
        self.boot, self.entries, self.exits, self.at, lost = json.loads(text)
        self.untold = [Passages(t, e, x, estimated=True, boot=b) for t, e, x, b in lost]

    def _note(self, t: float, entries: int, exits: int, *, estimated: bool, boot: int) -> None:
        passages = Passages(t, entries, exits, estimated, boot)
        if self.rule.inverted:
            passages = Passages(t, exits, entries, estimated, boot)
        self.untold.append(passages)

    def _as_counted(self, passages: Passages) -> tuple[int, int]:
        told = (passages.entries, passages.exits)
        return (told[1], told[0]) if self.rule.inverted else told

    def _rebase(self, count: Count) -> None:
        self.boot, self.entries, self.exits, self.at = (
            count.boot,
            count.entries,
            count.exits,
            count.t,
        )
