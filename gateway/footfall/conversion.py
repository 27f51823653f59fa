"""Conversion by the hour: the hour so far, and past hours for when more is known of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.changes import Conversion
from gateway.footfall.interval import conversion_rate

HOUR = 3600.0
HOURS_KEPT = 36
ESTIMATE_ERROR = 0.3
"""Standard error of an estimate of visitors, as a share of it (half an hour to four hours)."""


@dataclass(slots=True)
class Hour:
    """What is known of one hour. `guessed`: of `visitors`, those from estimates."""

    visitors: int = 0
    transactions: int = 0
    estimated: bool = False
    guessed: int = 0
    variance: float = 0.0

    @property
    def unsure(self) -> float:
        """Relative variance of the visitors."""
        spread = self.variance + (ESTIMATE_ERROR * self.guessed) ** 2
        return spread / max(1, self.visitors) ** 2

    def memory(self) -> list[float | int | bool]:
        """For the constructor."""
        return [self.visitors, self.transactions, self.estimated, self.guessed, self.variance]


class Hours:
    """The hours of a day and a half."""

    def __init__(self) -> None:
        self._hours: dict[float, Hour] = {}
        self._again: set[float] = set()

    def of(self, t: float) -> Hour | None:
        """The hour that the minute ending at `t` is in, for adding to; None when long over."""
        end = math.ceil(t / HOUR) * HOUR
        if end not in self._hours:
            if self._hours and end <= max(self._hours) - HOURS_KEPT * HOUR:
                return None
            self._hours[end] = Hour()
            for old in [one for one in self._hours if one <= end - HOURS_KEPT * HOUR]:
                del self._hours[old]
        return self._hours[end]

    def more_known(self, t: float) -> None:
        """The hour of a past minute has changed."""
        self._again.add(math.ceil(t / HOUR) * HOUR)

    def tell(self, end: float) -> list[Conversion]:
        """Past hours that are known better now, and the one that ends at `end`, if one does."""
        told = sorted(one for one in self._again if one <= end and one in self._hours)
        self._again = {one for one in self._again if one > end}
        if end % HOUR == 0 and end not in told:
            told.append(end)
        found = [self._tell(one) for one in told]
        return [one for one in found if one is not None]

    def memory(self) -> list[list[float | int | bool]]:
        """For `restore`."""
        return [[end, *hour.memory()] for end, hour in sorted(self._hours.items())]

    def restore(self, kept: Sequence[Sequence[float]]) -> None:
        """Take back hours; those known already stand."""
        for end, visitors, transactions, estimated, guessed, variance in kept:
            self._hours.setdefault(
                end,
                Hour(int(visitors), int(transactions), bool(estimated), int(guessed), variance),
            )

    def _tell(self, end: float) -> Conversion | None:
        hour = self._hours.get(end)
        if hour is None or not (hour.visitors or hour.transactions):
            return None
        rate = conversion_rate(hour.transactions, hour.visitors, hour.unsure)
        return Conversion(
            end,
            end - HOUR,
            hour.visitors,
            hour.transactions,
            rate.rate,
            rate.low,
            rate.high,
            hour.estimated,
            rate.flags,
        )
