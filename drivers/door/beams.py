"""Two light beams across a door: who went which way, from the edges of two pins.

The same rules as our own counter's firmware, told edge by edge instead of each millisecond: a level
counts once it has stood for 5 ms; the beam that is broken first is remembered; a passage is judged
when both are clear again, and only if both were broken; the way is that from the first beam to the
last cleared. First and last the same is a turn-back; more than 4 s is somebody who stands there;
both within one millisecond is unknown. Where the first beam is broken again while only the far one
is, somebody follows, and the first person is counted at once. A beam that is broken for 30 s is
stuck: what is counted until both are clear again is no count.

Pure: time is an argument, in whole milliseconds of a clock that never steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

A, B, BOTH = 1, 2, 3
"""Bits of a level: the beam is broken."""
DEBOUNCE_MS = 5
LOITER_MS = 4_000
STUCK_MS = 30_000


class Happening(StrEnum):
    """What a lane says."""

    IN = "in"
    OUT = "out"
    BACK = "back"
    LOITER = "loiter"
    UNKNOWN = "unknown"
    STUCK = "stuck"
    FREE = "free"


@dataclass(slots=True)
class _Beam:
    """One beam: what its pin says since when, and since when it is broken for sure."""

    bit: int
    raw: bool = False
    raw_since: int = 0
    broken_since: int = 0


class Lane:
    """One pair of beams. `level` and `stuck` have the bits `A` and `B`."""

    def __init__(self) -> None:
        self.level = 0
        self.stuck = 0
        self._beams = (_Beam(A), _Beam(B))
        self._first = self._seen = self._since = 0
        self._blind = False

    def edge(self, beam: int, *, broken: bool, at: int) -> list[Happening]:
        """A pin changed at `at`; what had happened until then."""
        said = self.advance(at - 1)
        one = self._beams[beam - 1]
        if one.raw != broken:
            one.raw, one.raw_since = broken, at
        return said

    def advance(self, until: int) -> list[Happening]:
        """What has happened up to and with the millisecond `until`."""
        said: list[Happening] = []
        while (due := self._next(until)) is not None:
            said += self._step(due)
        return said

    def _next(self, until: int) -> int | None:
        """The next millisecond at which something is decided."""
        dues = [
            beam.raw_since + DEBOUNCE_MS - 1
            for beam in self._beams
            if beam.raw != bool(self.level & beam.bit)
        ]
        dues += [
            beam.broken_since + STUCK_MS
            for beam in self._beams
            if self.level & beam.bit and not self.stuck & beam.bit
        ]
        due = min(dues, default=until + 1)
        return due if due <= until else None

    def _step(self, now: int) -> list[Happening]:
        before = self.level
        for beam in self._beams:
            settled = now - beam.raw_since >= DEBOUNCE_MS - 1
            if settled and beam.raw != bool(self.level & beam.bit):
                self.level ^= beam.bit
        said = self._follow(before, now) if self.level != before else []
        for beam in self._beams:
            said += self._watch(beam, before, now)
        return said

    def _follow(self, before: int, now: int) -> list[Happening]:
        level, first = self.level, self._first
        if self._blind:
            self._blind = level != 0
        elif before == 0:
            self._first, self._seen, self._since = level, level, now
        elif level == 0:
            return self._judged(before, now)
        elif self._seen == BOTH != first and before == BOTH ^ first and level & first:
            said = self._judged(before, now)
            self._seen, self._since = level, now
            return said
        else:
            self._seen |= level
        return []

    def _judged(self, last: int, now: int) -> list[Happening]:
        if self._seen != BOTH:
            return []
        if now - self._since > LOITER_MS:
            return [Happening.LOITER]
        if BOTH in (self._first, last):
            return [Happening.UNKNOWN]
        if self._first == last:
            return [Happening.BACK]
        return [Happening.IN if self._first == A else Happening.OUT]

    def _watch(self, beam: _Beam, before: int, now: int) -> list[Happening]:
        if not self.level & beam.bit:
            if self.stuck & beam.bit:
                self.stuck ^= beam.bit
                return [Happening.FREE]
        elif not before & beam.bit:
            beam.broken_since = now
        elif not self.stuck & beam.bit and now - beam.broken_since >= STUCK_MS:
            self.stuck |= beam.bit
            self._blind = True
            return [Happening.STUCK]
        return []
