"""Store minutes summed into buckets of any length, conversion with its interval for each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.changes import StoreMinute
from gateway.footfall.interval import Rate, conversion_rate


@dataclass(frozen=True, slots=True)
class Bucket:
    """What [`since`, `until`) saw; `occupancy` at its end, None when no minute was told in it."""

    since: float
    until: float
    entries: int
    exits: int
    visitors: int
    occupancy: int | None
    transactions: int
    estimated: bool
    rate: Rate


def buckets(
    minutes: Iterable[StoreMinute], since: float, until: float, step: float
) -> list[Bucket]:
    """One bucket for each `step` seconds of [`since`, `until`), oldest first, empty ones too.

    A minute belongs to the bucket that its last instant before the end lies in.
    """
    by_bucket: dict[int, list[StoreMinute]] = {}
    for minute in minutes:
        place = math.ceil((minute.t - since) / step) - 1
        by_bucket.setdefault(place, []).append(minute)
    count = math.ceil((until - since) / step)
    return [
        _sum(by_bucket.get(place, []), since + place * step, min(until, since + (place + 1) * step))
        for place in range(count)
    ]


def _sum(minutes: list[StoreMinute], since: float, until: float) -> Bucket:
    visitors = sum(minute.visitors for minute in minutes)
    transactions = sum(minute.transactions for minute in minutes)
    return Bucket(
        since,
        until,
        sum(minute.entries for minute in minutes),
        sum(minute.exits for minute in minutes),
        visitors,
        minutes[-1].occupancy if minutes else None,
        transactions,
        any(minute.estimated for minute in minutes),
        conversion_rate(transactions, visitors),
    )
