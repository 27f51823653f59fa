"""One door's counter: from totals that never reset to passages, with nobody lost or invented.

The rules of the wire: first contact is a base; another boot id is a new base; a difference is taken
modulo 2^32 and one of more than 2^31 is a stale frame; more than eight passages a second are a
fault, not people. What a counter kept by itself while nobody heard it is spread over that time.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.observations import Count
from gateway.footfall.rules import DoorRule
from gateway.footfall.spread import cells, shares
from gateway.footfall.stamps import stamped

WRAP = 2**32
STALE = 2**31
PASSAGES_A_SECOND = 8.0
GAP_SECONDS = 120.0
"""Totals further apart than this were not counted minute by minute: what they say is estimated."""


@dataclass(frozen=True, slots=True)
class Passages:
    """What one pair of totals says: people in and out since the totals before, at `t`.

    `seconds`: how far apart the two were; where nobody knows, endless. `groups`: how many groups
    came in, where the counter itself says so.
    """

    t: float
    entries: int
    exits: int
    estimated: bool
    boot: int
    seconds: float = math.inf
    groups: int | None = None


TWO_UNITS_SECONDS = 60.0
"""An earlier boot that speaks while the present one is heard is another unit under the same id."""

BACKWARDS_BEFORE_REBASE = 20
"""So many totals in a row below ours, rising among themselves, are another unit's, not stale."""

AHEAD_SECONDS = 5.0
BEHIND_SECONDS = 7_200.0
"""Older than this is said to be a wrong clock; it may be an honest backlog, so it counts."""


def _alike(_t: float) -> float:
    return 1.0


@dataclass(slots=True)
class Door:
    """The counter behind one door. `untold` are passages that no minute has told yet.

    Attributes:
        likely: how likely people are at a moment, relative; late totals are spread by it.
        at: time of the last totals taken; `heard`: when they arrived.
    """

    rule: DoorRule
    likely: Callable[[float], float] = _alike
    boot: int | None = None
    entries: int = 0
    exits: int = 0
    at: float | None = None
    heard: float = 0.0
    untold: list[Passages] = field(default_factory=list)
    _groups: int | None = None
    _earlier: int | None = None
    _lower: list[tuple[int, int]] = field(default_factory=list)

    def take(self, count: Count, faults: Counter[str]) -> bool:
        """Take new totals; true when they are a new base, which must be remembered at once."""
        if self.boot != count.boot:
            if count.boot == self._earlier and count.at - self.heard <= TWO_UNITS_SECONDS:
                faults["count_two_units"] += 1
                return False
            self._earlier = self.boot
            self._rebase(count, self._time(count, faults))
            return True
        entries = (count.entries - self.entries) % WRAP
        exits = (count.exits - self.exits) % WRAP
        if entries > STALE or exits > STALE:
            faults["count_backwards"] += 1
            return self._another_unit(count, faults)
        t = self._time(count, faults)
        at = self.at if self.at is not None else t
        if max(entries, exits) > PASSAGES_A_SECOND * max(t - at, 1.0):
            faults["count_too_fast"] += 1
        elif entries or exits:
            self._note(at, t, entries, exits, count.boot, self._came(count))
        self._rebase(count, t)
        return False

    def _time(self, count: Count, faults: Counter[str]) -> float:
        """When the totals stood so: a clock that is ahead or steps back is not believed."""
        if count.t > count.at + AHEAD_SECONDS:
            faults["count_clock_ahead"] += 1
            return count.at
        if count.at - count.t > BEHIND_SECONDS:
            faults["count_clock_behind"] += 1
        at = self.at if self.boot == count.boot else None
        if at is not None and count.t < at - GAP_SECONDS:
            faults["count_clock_back"] += 1
            return count.at
        return count.t

    def _another_unit(self, count: Count, faults: Counter[str]) -> bool:
        if (
            self._lower
            and min(count.entries - self._lower[-1][0], count.exits - self._lower[-1][1]) < 0
        ):
            self._lower.clear()
        self._lower.append((count.entries, count.exits))
        if len(self._lower) < BACKWARDS_BEFORE_REBASE:
            return False
        faults["count_rebased"] += 1
        self._rebase(count, self._time(count, faults))
        return True

    def tell(self, until: float) -> list[Passages]:
        """Passages up to `until`, told once."""
        told = [p for p in self.untold if p.t <= until]
        self.untold = [p for p in self.untold if p.t > until]
        return told

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`."""
        self.heard = stamped(self.heard, seconds, now)
        self.at = None if self.at is None else stamped(self.at, seconds, now)
        self.untold = [replace(p, t=stamped(p.t, seconds, now)) for p in self.untold]

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

    def _came(self, count: Count) -> int | None:
        """Groups since the totals before; what goes in by the device goes out where it hangs
        the other way round.
        """
        if count.groups is None or self._groups is None or self.rule.inverted:
            return None
        return max(0, count.groups - self._groups)

    def _note(
        self, since: float, t: float, entries: int, exits: int, boot: int, groups: int | None
    ) -> None:
        if self.rule.inverted:
            entries, exits = exits, entries
        if t - since <= GAP_SECONDS:
            self.untold.append(
                Passages(
                    t, entries, exits, estimated=False, boot=boot, seconds=t - since, groups=groups
                )
            )
            return
        moments = cells(since, t, self.likely)
        weights = [weight for _, weight in moments]
        for (moment, _), came, left in zip(
            moments, shares(entries, weights), shares(exits, weights), strict=True
        ):
            if came or left:
                self.untold.append(Passages(moment, came, left, estimated=True, boot=boot))

    def _as_counted(self, passages: Passages) -> tuple[int, int]:
        told = (passages.entries, passages.exits)
        return (told[1], told[0]) if self.rule.inverted else told

    def _rebase(self, count: Count, t: float) -> None:
        self.boot, self.entries, self.exits = count.boot, count.entries, count.exits
        self.at, self.heard = t, count.at
        self._groups = count.groups
        self._lower.clear()
