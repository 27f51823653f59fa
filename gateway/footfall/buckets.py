"""Store minutes summed into buckets of any length, conversion with its interval for each.

Who comes in before the end of a bucket may buy after it, so transactions are taken over those who
would decide within the bucket (`exposed`), once the store's visit length is known. Until then they
are taken over those who came in, and a flag says so.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

import numpy as np

from gateway.changes import StoreMinute
from gateway.footfall.basket import Trade
from gateway.footfall.conversion import ESTIMATE_ERROR
from gateway.footfall.interval import Rate, conversion_rate
from gateway.footfall.visits import BIN, LAGS, Deciding, Delay, Exposed

DAY = 86_400.0
LEAD_SECONDS = LAGS * BIN
"""Of minutes before the first bucket: who came then may still decide in it."""
UNKNOWN = Rate(None, None, None)
LENGTH_UNKNOWN = "visit_length_unknown"


@dataclass(frozen=True, slots=True)
class Bucket:
    """What [`since`, `until`) saw; `occupancy` at its end, None when no minute was told in it.

    Attributes:
        outside: entries out of opening hours. reentries: of those in them, people who had just gone
            out; they are in `visitors`; None where nobody knows.
        units: goods sold. amount: hundredths paid in `priced` of the transactions. groups: visitors
            by the groups they came in, None where nobody knows.
        exposed: visitors by the time at which they would buy; None while that is not known.
        rate: transactions over `exposed`, or over `visitors`; `group_rate` the same of groups.
    """

    since: float
    until: float
    entries: int
    exits: int
    visitors: int
    occupancy: int | None
    transactions: int
    estimated: bool
    rate: Rate
    outside: int = 0
    units: int = 0
    groups: int | None = None
    exposed: float | None = None
    group_rate: Rate = UNKNOWN
    reentries: int | None = None
    amount: int = 0
    priced: int = 0

    @property
    def trade(self) -> Trade:
        """What a visitor and a ticket are worth, over the same visitors as `rate`."""
        visitors = self.visitors if self.exposed is None else self.exposed
        return Trade(visitors, self.transactions, self.units, self.amount, self.priced)


def buckets(
    minutes: Iterable[StoreMinute],
    since: float,
    until: float,
    step: float,
    delay: Delay | None = None,
    timezone: tzinfo = UTC,
) -> list[Bucket]:
    """One bucket for each `step` seconds of [`since`, `until`), oldest first, empty ones too.

    A step of whole days is days of the store's `timezone`, those of 23 and 25 hours too.
    A minute belongs to the bucket that its last instant before the end lies in. `minutes` may begin
    `LEAD_SECONDS` earlier; where they do not, `delay` is of no use for the first buckets.
    """
    known = list(minutes)
    cuts = edges(since, until, step, timezone)
    by_bucket: dict[int, list[StoreMinute]] = {}
    for minute in known:
        if minute.t > since:
            by_bucket.setdefault(bisect_left(cuts, minute.t) - 1, []).append(minute)
    lag = _Lag(known, since, until, delay) if delay is not None and known else None
    return [
        _sum(by_bucket.get(place, []), begin, end, lag)
        for place, (begin, end) in enumerate(pairwise(cuts))
    ]


def edges(since: float, until: float, step: float, timezone: tzinfo) -> list[float]:
    """Where buckets begin, and where the last one ends."""
    count = math.ceil((until - since) / step)
    if step % DAY:
        return [*(since + place * step for place in range(count)), until]
    first, each = datetime.fromtimestamp(since, timezone), timedelta(seconds=step)
    # On the wall clock: the day on which it changes is as long as it is.
    found = [since]
    while (following := (first + len(found) * each).timestamp()) < until:
        found.append(following)
    return [*found, until]


class _Lag:
    """Entries by bin, visitors and groups, and who of them decides when."""

    def __init__(
        self, minutes: Sequence[StoreMinute], since: float, until: float, delay: Delay
    ) -> None:
        self._first = math.floor(since / BIN)
        self._whole = minutes[0].t + LEAD_SECONDS - 2 * BIN
        count = math.ceil(until / BIN) - self._first + LAGS
        visitors, groups = np.zeros(count), np.zeros(count)
        for minute in minutes:
            place = math.ceil(minute.t / BIN) - 1 - self._first + LAGS
            if 0 <= place < count:
                visitors[place] += minute.visitors
                groups[place] += minute.groups or 0
        self._visitors = delay.of(np.maximum(visitors, 0.0))
        self._groups = delay.of(groups)

    def knows(self, since: float) -> bool:
        """Whether all who may decide from `since` on were seen coming in."""
        return since >= self._whole

    def visitors(self, since: float, until: float) -> Exposed:
        """Visitors who decide in [`since`, `until`)."""
        return self._exposed(self._visitors, since, until)

    def groups(self, since: float, until: float) -> Exposed:
        """Groups that decide in [`since`, `until`)."""
        return self._exposed(self._groups, since, until)

    def _exposed(self, deciding: Deciding, since: float, until: float) -> Exposed:
        first, last = math.floor(since / BIN), math.ceil(until / BIN)
        edges = np.clip(np.arange(first, last + 1) * BIN, since, until)
        return deciding.between(first - self._first, np.diff(edges) / BIN)


def _sum(minutes: list[StoreMinute], since: float, until: float, lag: _Lag | None) -> Bucket:
    visitors = sum(minute.visitors for minute in minutes)
    transactions = sum(minute.transactions for minute in minutes)
    together = _known(minute.groups for minute in minutes)
    plain = Exposed(float(visitors), 1.0, 0.0)
    parties = Exposed(float(together or 0), 1.0, 0.0)
    exposed = None
    if lag is not None and lag.knows(since):
        plain = lag.visitors(since, until)
        parties = lag.groups(since, until) if together is not None else parties
        exposed = round(plain.visitors, 1)
    doubt = _doubt(minutes, visitors)
    rate = conversion_rate(transactions, plain.visitors, plain.unsure + doubt, plain.inside)
    if exposed is None and rate.rate is not None:
        rate = replace(rate, flags=(*rate.flags, LENGTH_UNKNOWN))
    return Bucket(
        since,
        until,
        sum(minute.entries for minute in minutes),
        sum(minute.exits for minute in minutes),
        visitors,
        minutes[-1].occupancy if minutes else None,
        transactions,
        any(minute.estimated for minute in minutes),
        rate,
        sum(minute.outside for minute in minutes),
        sum(minute.units for minute in minutes),
        together,
        exposed,
        UNKNOWN
        if together is None
        else conversion_rate(transactions, parties.visitors, parties.unsure, parties.inside),
        _known(minute.reentries for minute in minutes),
        sum(minute.amount for minute in minutes),
        sum(minute.priced for minute in minutes),
    )


def _known(counts: Iterable[int | None]) -> int | None:
    """The sum, where all are known and there are any."""
    total = None
    for count in counts:
        if count is None:
            return None
        total = count + (total or 0)
    return total


def _doubt(minutes: Sequence[StoreMinute], visitors: int) -> float:
    """Relative variance of the visitors, from the counter's factor and from estimates."""
    guessed = ESTIMATE_ERROR * sum(minute.guessed for minute in minutes)
    variance = sum(minute.variance for minute in minutes) + guessed**2
    return variance / max(1, visitors) ** 2
