"""What a door counted in each half hour of the past five weeks: what is usual there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SLOT = 1_800.0
SLOTS_A_DAY = 48
DAYS_KEPT = 35
WEEKS_LOOKED_AT = 6
"""More same slots than this are another season; five are on disk."""


class Slots:
    """Whole half hours of one door by local day, as (entries, exits); never an estimate.

    On the day of 25 hours the repeated hour is kept once, on the day of 23 the missing one is None.
    """

    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone
        self._days: dict[date, list[list[int] | None]] = {}

    def put(self, begin: float, entries: int, exits: int) -> None:
        """The half hour from `begin` on was seen whole."""
        day, slot = self._place(begin)
        self._days.setdefault(day, [None] * SLOTS_A_DAY)[slot] = [entries, exits]

    def drop(self, begin: float) -> None:
        """What was kept of a half hour is not to be believed."""
        day, slot = self._place(begin)
        if day in self._days:
            self._days[day][slot] = None

    def at(self, begin: float) -> tuple[int, int] | None:
        """What is kept of one half hour."""
        day, slot = self._place(begin)
        found = self._days.get(day, [None] * SLOTS_A_DAY)[slot]
        return None if found is None else (found[0], found[1])

    def past(self, begin: float) -> list[tuple[int, int]]:
        """The same half hour of past weeks, newest first."""
        day, slot = self._place(begin)
        found = []
        for week in range(1, WEEKS_LOOKED_AT + 1):
            kept = self._days.get(day - timedelta(weeks=week))
            if kept is not None and (one := kept[slot]) is not None:
                found.append((one[0], one[1]))
        return found

    def usual(self, begin: float, weeks: int = 1) -> tuple[float, float] | None:
        """Mean (entries, exits) of the same half hour; the median would be a tenth too low.

        None where fewer than `weeks` are kept.
        """
        past = self.past(begin)
        if len(past) < weeks:
            return None
        return sum(e for e, _ in past) / len(past), sum(x for _, x in past) / len(past)

    def memory(self, begin: float) -> tuple[str, str]:
        """Key and value of the day of `begin`."""
        day, _ = self._place(begin)
        return day.isoformat(), json.dumps(self._days.get(day))

    def forget(self, now: float) -> Iterator[str]:
        """Keys of days that are too old, forgotten."""
        oldest = self._place(now)[0] - timedelta(days=DAYS_KEPT)
        for day in sorted(self._days):
            if day < oldest:
                del self._days[day]
                yield day.isoformat()

    def restore(self, kept: Iterable[tuple[str, str]]) -> None:
        """Take back days by key."""
        for key, text in kept:
            if (slots := json.loads(text)) is not None:
                self._days[date.fromisoformat(key)] = slots

    def _place(self, t: float) -> tuple[date, int]:
        local = datetime.fromtimestamp(t, self._timezone)
        return local.date(), (local.hour * 60 + local.minute) // 30
