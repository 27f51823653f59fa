"""What a door counted in each half hour of the past five weeks: what is usual there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gateway.footfall.usual import Days, usual

SLOT = 1_800.0
SLOTS_A_DAY = 48
DAYS_KEPT = 35
WEEKS_LOOKED_AT = 6
"""More same slots than this are another season; five are on disk."""
PROFILES_KEPT = 8


class Slots:
    """Whole half hours of one door by local day, as (entries, exits); never an estimate.

    On the day of 25 hours the repeated hour is kept once, on the day of 23 the missing one is None.
    """

    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone
        self._days: dict[date, list[list[int] | None]] = {}
        self._profiles: dict[date, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def put(self, begin: float, entries: int, exits: int) -> None:
        """The half hour from `begin` on was seen whole."""
        day, slot = self.place(begin)
        self._days.setdefault(day, [None] * SLOTS_A_DAY)[slot] = [entries, exits]
        self._profiles = {kept: one for kept, one in self._profiles.items() if kept <= day}

    def drop(self, begin: float) -> None:
        """What was kept of a half hour is not to be believed."""
        day, slot = self.place(begin)
        if day in self._days:
            self._days[day][slot] = None
            self._profiles.clear()

    def place(self, t: float) -> tuple[date, int]:
        """The local day of a moment, and the half hour in it."""
        local = datetime.fromtimestamp(t, self._timezone)
        return local.date(), (local.hour * 60 + local.minute) // 30

    def local_day(self, t: float) -> date:
        """The local day of a moment."""
        return self.place(t)[0]

    def seen(self, day: date) -> NDArray[np.float64]:
        """A day's (entries, exits) by half hour, nan where not seen."""
        kept = self._days.get(day, [None] * SLOTS_A_DAY)
        return np.array([one or (np.nan, np.nan) for one in kept], dtype=np.float64).T

    def before(self, day: date) -> Days:
        """The days kept before one, oldest first, whole weeks of them."""
        back = range(DAYS_KEPT, 0, -1)
        return np.stack([self.seen(day - timedelta(days=n)) for n in back])

    def alive(self, day: date) -> bool:
        """Whether the door saw anything of a day that has days like it before."""
        means, _ = self._profile(day)
        return bool(np.isfinite(self.seen(day) * means).any())

    def at(self, begin: float) -> tuple[int, int] | None:
        """What is kept of one half hour."""
        day, slot = self.place(begin)
        found = self._days.get(day, [None] * SLOTS_A_DAY)[slot]
        return None if found is None else (found[0], found[1])

    def past(self, begin: float) -> list[tuple[int, int]]:
        """The same half hour of past weeks, newest first."""
        day, slot = self.place(begin)
        found = []
        for week in range(1, WEEKS_LOOKED_AT + 1):
            kept = self._days.get(day - timedelta(weeks=week))
            if kept is not None and (one := kept[slot]) is not None:
                found.append((one[0], one[1]))
        return found

    def usual(self, begin: float, weeks: int = 1) -> tuple[float, float] | None:
        """Entries and exits usual in the half hour; None where fewer than `weeks` are kept."""
        day, slot = self.place(begin)
        means, kept = self._profile(day)
        if kept[0, slot] < weeks:
            return None
        return float(means[0, slot]), float(means[1, slot])

    def memory(self, begin: float) -> tuple[str, str]:
        """Key and value of the day of `begin`."""
        day, _ = self.place(begin)
        return day.isoformat(), json.dumps(self._days.get(day))

    def forget(self, now: float) -> Iterator[str]:
        """Keys of days that are too old, or have not come yet, forgotten."""
        today = self.local_day(now)
        oldest = today - timedelta(days=DAYS_KEPT)
        for day in sorted(self._days):
            # The day that ends now may have another date already.
            if not oldest <= day <= today + timedelta(days=1):
                del self._days[day]
                yield day.isoformat()

    def restore(self, kept: Iterable[tuple[str, str]]) -> None:
        """Take back days by key."""
        for key, text in kept:
            if (slots := json.loads(text)) is not None:
                self._days[date.fromisoformat(key)] = slots
        self._profiles.clear()

    def _profile(self, day: date) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if day not in self._profiles:
            if len(self._profiles) >= PROFILES_KEPT:
                self._profiles.clear()
            self._profiles[day] = usual(self.before(day), DAYS_KEPT)
        return self._profiles[day]
