"""Occupancy as it is said: its steps through the day, the night that empties it, a look around."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.changes import Alert, Change, OccupancyChanged
from gateway.footfall.doors import Passages
from gateway.footfall.hours import Openings
from gateway.footfall.occupancy import Occupancy

TRAIL_STEPS = 1_440
LOOK_FOR_NIGHT_SECONDS = 300.0


class Inside:
    """People inside, and what they were believed to be at each step of the last day."""

    def __init__(self, openings: Openings) -> None:
        self._openings = openings
        self._now = Occupancy()
        self._trail: deque[tuple[float, int]] = deque(maxlen=TRAIL_STEPS)
        self._swapped = False

    @property
    def people(self) -> int:
        """Believed inside now."""
        return self._now.people

    @property
    def residual(self) -> int | None:
        """What was left over at the last reset; None before the first."""
        return self._now.residual

    @property
    def emptied(self) -> float:
        """The night that was last taken into account; 0 before the first."""
        return self._now.emptied

    def begin(self, now: float) -> None:
        """The first moment: the night before it is taken for seen, where none was."""
        if not self._now.emptied:
            self._now.emptied = self._openings.last_empty(now)

    def step(self, now: float) -> None:
        """The clock was stepped and says `now`: who is inside is, and no night went by with it."""
        self._now.since = min(self._now.since, now)
        self._now.emptied = self._openings.last_empty(now)
        self._now.doubt()
        self._trail.clear()
        self._trail.append((0.0, self.people))

    def doubt(self) -> None:
        """Some of the day was not seen: it teaches nothing."""
        self._now.doubt()

    def move(self, told: Iterable[Passages]) -> None:
        """A minute's passages. Those before somebody looked are in the level already."""
        passages = list(told)
        fresh = [p for p in passages if p.t > self._now.since]
        self._now.tally(sum(p.entries for p in passages), sum(p.exits for p in passages))
        self._now.move(sum(p.entries for p in fresh), sum(p.exits for p in fresh))

    def at(self, t: float) -> int:
        """People believed inside at an earlier moment."""
        place = bisect_right(self._trail, t, key=lambda step: step[0])
        return self._trail[place - 1][1] if place else 0

    def said(self, end: float) -> list[Change]:
        """What is believed at `end`, where it is another number than was said last."""
        people = self.people
        if people == (self._trail[-1][1] if self._trail else 0):
            return []
        self._trail.append((end, people))
        return [OccupancyChanged(end, people)]

    def looked(
        self, value: int, now: float, untold: Iterable[Passages]
    ) -> tuple[int, OccupancyChanged]:
        """Somebody saw `value` people at `now`; passages not told yet are in it.

        Returns:
            what was believed before, `untold` counted in, and what is to be said.
        """
        inside = self._now
        for p in untold:
            if p.t > inside.since:
                inside.level = inside.after(p.entries, p.exits)
        inside.level = max(0.0, inside.level)
        believed = inside.people
        # Who looked after the night need not be told that the store was empty then.
        residual = inside.set(value, now, self._openings.last_empty(now))
        self._trail.append((now, value))
        return believed, OccupancyChanged(now, value, residual)

    def night(self, end: float) -> list[Change] | None:
        """Empty the store once, when its night has come: what is to be said; None on all others."""
        if end % LOOK_FOR_NIGHT_SECONDS:
            return None
        night = self._openings.last_empty(end)
        if night <= self._now.emptied:
            return None
        changes: list[Change] = []
        self._now.empty(night)
        if self._now.residual:
            self._trail.append((end, 0))
            changes.append(OccupancyChanged(end, 0, self._now.residual))
        if self._now.swapped != self._swapped:
            self._swapped = self._now.swapped
            over, detail = not self._swapped, "people leave before they come"
            changes.append(Alert(end, "in_out_swapped", "store", detail, over=over))
        return changes

    def memory(self) -> list[float | int | bool | None]:
        """For `restore`."""
        return self._now.memory()

    def restore(self, kept: Sequence[Any]) -> None:
        """Take back what `memory` said."""
        self._now = Occupancy.remembered(kept)
