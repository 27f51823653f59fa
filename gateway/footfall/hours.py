"""When the store is open: by weekday, with exceptions, over midnight, on days of 23 and 25 hours.

Openings are wall-clock times of the store: on the day the clocks change a store still opens at ten.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

Span: TypeAlias = tuple[float, float]
"""From, until: seconds since the epoch, UTC."""

Minutes: TypeAlias = tuple[int, int]
"""From, until: minutes since local midnight; more than 1440 is after the next midnight."""

EMPTY_AFTER_SECONDS = 1_800.0
"""So long after closing the last customer has left."""

NIGHT_SECONDS = 10_800.0
"""A shorter closure (a lunch break) does not empty the store for certain."""

DAYS_CACHED = 16


class Openings:
    """Opening hours of one store; with none known it is taken for always open.

    Args:
        weekly: by weekday, 0 is Monday. A weekday that is missing has no known hours and counts as
            open; one with no openings is closed.
        exceptions: by local date, instead of the weekday's.
        reset_hour: local hour at which a store with no known closing is taken for empty.
    """

    def __init__(
        self,
        timezone: ZoneInfo,
        weekly: Mapping[int, tuple[Minutes, ...]] | None = None,
        exceptions: Mapping[date, tuple[Minutes, ...]] | None = None,
        reset_hour: int = 4,
    ) -> None:
        self.timezone = timezone
        self._weekly = dict(weekly or {})
        self._exceptions = dict(exceptions or {})
        self._reset_hour = reset_hour
        self._spans: dict[date, tuple[Span, ...] | None] = {}

    def is_open(self, t: float) -> bool:
        """Whether customers may come in at `t`."""
        today = datetime.fromtimestamp(t, self.timezone).date()
        spans = self.spans_of(today)
        if spans is None:
            return True
        yesterday = self.spans_of(today - timedelta(days=1)) or ()
        return any(since <= t < until for since, until in (*spans, *yesterday))

    def spans_of(self, day: date) -> tuple[Span, ...] | None:
        """The openings that begin on a local day; None when its hours are not known."""
        if day not in self._spans:
            if len(self._spans) >= DAYS_CACHED:
                self._spans.clear()
            named = self._exceptions.get(day, self._weekly.get(day.weekday()))
            self._spans[day] = (
                None
                if named is None
                else tuple((self._at(day, since), self._at(day, until)) for since, until in named)
            )
        return self._spans[day]

    def last_empty(self, t: float) -> float:
        """The latest moment up to `t` at which the store is for certain empty; 0 for none."""
        today = datetime.fromtimestamp(t, self.timezone).date()
        days = [today + timedelta(days=n) for n in range(-2, 2)]
        spans = sorted(span for day in days for span in self.spans_of(day) or ())
        ends = [
            end + EMPTY_AFTER_SECONDS
            for (_, end), (begin, _) in pairwise([*spans, (float("inf"), float("inf"))])
            if begin - end >= NIGHT_SECONDS
        ]
        if len(ends) <= 1 or any(self.spans_of(day) is None for day in days[:3]):
            # No night is known: the small hours have to do, where nothing says it is open then.
            nights = [self._at(day, 60 * self._reset_hour) for day in days[:3]]
            ends += [night for night in nights if not any(a <= night < b for a, b in spans)]
        return max((end for end in ends if end <= t), default=0.0)

    def _at(self, day: date, minutes: int) -> float:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - wall-clock arithmetic, the zone follows
        return wall.replace(tzinfo=self.timezone).timestamp()
