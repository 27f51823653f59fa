"""Conversion by the hour: the hour so far, and past hours for when more is known of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.changes import Conversion
from gateway.footfall.interval import conversion_rate
from gateway.footfall.visits import BIN, LAGS, Exposed, VisitLength

HOUR = 3600.0
HOURS_KEPT = 36
BINS_AN_HOUR = int(HOUR / BIN)
BINS_KEPT = HOURS_KEPT * BINS_AN_HOUR + LAGS
ESTIMATE_ERROR = 0.35
"""Standard error of an estimate of visitors, as a share of it: an hour of CalIt2, as it ends."""


@dataclass(slots=True)
class Hour:
    """What is known of one hour. `guessed`: of `visitors`, those from estimates."""

    visitors: int = 0
    transactions: int = 0
    estimated: bool = False
    guessed: int = 0
    variance: float = 0.0
    units: int = 0

    @property
    def unsure(self) -> float:
        """Relative variance of the visitors."""
        spread = self.variance + (ESTIMATE_ERROR * self.guessed) ** 2
        return spread / max(1, self.visitors) ** 2

    def memory(self) -> list[float | int | bool]:
        """For the constructor."""
        return [
            self.visitors,
            self.transactions,
            self.estimated,
            self.guessed,
            self.variance,
            self.units,
        ]


class Hours:
    """The hours of a day and a half, and what they taught of the visit length."""

    def __init__(self) -> None:
        self.visits = VisitLength()
        self._hours: dict[float, Hour] = {}
        self._bins: dict[int, list[int]] = {}
        self._since: float | None = None
        self._again: set[float] = set()

    def add(
        self,
        t: float,
        visitors: int,
        transactions: int,
        *,
        estimated: bool,
        guessed: int = 0,
        variance: float = 0.0,
        units: int = 0,
    ) -> None:
        """The minute that ended at `t` had these; said again, these more. Long over: nothing."""
        self._since = t if self._since is None else self._since
        end = math.ceil(t / HOUR) * HOUR
        if self._hours and end <= max(self._hours) - HOURS_KEPT * HOUR:
            return
        hour = self._hours.get(end) or self._begin(end)
        hour.visitors += visitors
        hour.transactions += transactions
        hour.estimated = hour.estimated or estimated
        hour.guessed += guessed
        hour.variance += variance
        hour.units += units
        if visitors or transactions:
            kept = self._bins.setdefault(math.ceil(t / BIN) - 1, [0, 0])
            kept[0] += visitors
            kept[1] += transactions

    def more_known(self, t: float) -> None:
        """The hour of a past minute has changed; with it those in which its visitors may buy."""
        end = math.ceil(t / HOUR) * HOUR
        reach = int(LAGS * BIN / HOUR) if self.visits.learned else 0
        self._again.update(end + HOUR * n for n in range(reach + 1))

    def step(self, now: float) -> None:
        """The clock was stepped and says `now`: hours to come are not known, nor this one whole."""
        last = math.ceil(now / HOUR) * HOUR
        self._hours = {end: hour for end, hour in self._hours.items() if end <= last}
        self._bins = {place: kept for place, kept in self._bins.items() if place * BIN < now}
        self._again = {end for end in self._again if end <= last}
        self._since = now

    def tell(self, end: float) -> list[Conversion]:
        """Past hours that are known better now, and the one that ends at `end`, if one does."""
        told = {one for one in self._again if one <= end and one in self._hours}
        self._again = {one for one in self._again if one > end}
        if end % HOUR == 0:
            told.add(end)
            self._learn(end)
        found = [self._tell(one) for one in sorted(told)]
        return [one for one in found if one is not None]

    def memory(self) -> dict[str, Any]:
        """For `restore`: everything."""
        return {
            "since": self._since,
            "hours": [[end, *hour.memory()] for end, hour in sorted(self._hours.items())],
            "bins": [[place, *kept] for place, kept in sorted(self._bins.items())],
            "visits": self.visits.memory(),
        }

    def newest(self) -> dict[str, Any]:
        """For `restore`: the hour so far, small enough to be written each minute."""
        end = max(self._hours, default=0.0)
        first = end / BIN - BINS_AN_HOUR
        return {
            "hours": [[end, *hour.memory()] for t, hour in self._hours.items() if t == end],
            "bins": [
                [place, *kept] for place, kept in sorted(self._bins.items()) if place >= first
            ],
        }

    def restore(self, kept: Mapping[str, Any] | list[Any]) -> None:
        """Take back; call first with what is older. A list is from before visits were learned."""
        if isinstance(kept, list):
            kept = {"hours": kept, "bins": []}
        for end, *hour in kept["hours"]:
            self._hours[end] = Hour(*hour)
        for place, visitors, transactions in kept["bins"]:
            self._bins[place] = [visitors, transactions]
        if "visits" in kept:
            self.visits.restore(kept["visits"])
            self._since = kept["since"]

    def _begin(self, end: float) -> Hour:
        self._hours[end] = Hour()
        newest = max(self._hours)
        for old in [one for one in self._hours if one <= newest - HOURS_KEPT * HOUR]:
            del self._hours[old]
        first = newest / BIN - BINS_KEPT
        for place in [one for one in self._bins if one < first]:
            del self._bins[place]
        return self._hours[end]

    def _entries(self, end: float) -> list[float]:
        last = int(end / BIN)
        places = range(last - BINS_AN_HOUR - LAGS, last)
        return [max(0, self._bins[place][0]) if place in self._bins else 0 for place in places]

    def _seen_whole(self, end: float) -> bool:
        return self._since is not None and self._since <= end - HOUR - LAGS * BIN

    def _learn(self, end: float) -> None:
        hour = self._hours.get(end)
        if hour is None or not hour.transactions or not self._seen_whole(end):
            return
        before = [self._hours.get(end - HOUR * n) for n in range(4)]
        if any(one is not None and one.estimated for one in before):
            return
        last = int(end / BIN)
        sales = [self._bins.get(n, (0, 0))[1] for n in range(last - BINS_AN_HOUR, last)]
        self.visits.learn(self._entries(end), sales)

    def _tell(self, end: float) -> Conversion | None:
        hour = self._hours.get(end)
        if hour is None or not (hour.visitors or hour.transactions):
            return None
        known = self.visits.learned and self._seen_whole(end)
        due = Exposed(float(hour.visitors), 1.0, 0.0)
        if known:
            due = self.visits.exposed(self._entries(end), BINS_AN_HOUR)
        rate = conversion_rate(
            hour.transactions, due.visitors, hour.unsure + due.unsure, due.inside
        )
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
            round(due.visitors, 1) if known else None,
            hour.units,
        )
