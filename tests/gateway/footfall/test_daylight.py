"""The nights on which the clocks change, from the counter to HTTP's buckets and HQ's messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.footfall.buckets import Bucket, buckets, edges
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from gateway.storage.rows import Batch
from gateway.uplink.compose import FeedComposer
from tests.gateway.footfall.store import Till

PARIS = ZoneInfo("Europe/Paris")
EVENINGS = FootfallRules(
    doors={"door-main": DoorRule("main")},
    timezone=PARIS,
    hours=dict.fromkeys(range(7), ((18 * 60, 26 * 60),)),
)
"""A bar: from six in the evening till two in the night."""
NIGHTS = {"2025-10-25": 25, "2025-03-29": 23, "2025-06-14": 24}
"""Evenings, and the hours of the day after."""
MINUTE, HOUR = 60.0, 3_600.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def night(evening: str) -> Till:
    """One comes in and one goes out each minute from four in the afternoon on, for fourteen hours;
    a sale every tenth minute.
    """
    begin = at(f"{evening}T16:00")
    shop = Till(EVENINGS, begin)
    for n in range(14 * 60 + 2):
        t = begin + MINUTE * n
        shop.count(t - 30, n, n)
        if n % 10 == 5:
            shop.sale(t - 20, f"R-{n}")
        shop.until(t + 10)
    return shop


def stored(shop: Till, where: Path, since: float, until: float, step: float) -> list[Bucket]:
    """As HTTP has them: from disk."""
    with Journal(where / "a.db") as journal:
        journal.commit(Batch(tuple(shop.said)))
        archive = Archive(where / "a.db")
        found = buckets(archive.store_minutes(since, until), since, until, step, None, PARIS)
        archive.close()
    return found


@pytest.mark.parametrize("evening", NIGHTS)
def test_who_comes_till_two_is_a_visitor_and_who_comes_after_is_not(
    tmp_path: Path, evening: str
) -> None:
    begin, end = at(f"{evening}T16:00"), at(f"{evening}T16:00") + 14 * HOUR
    hours = stored(night(evening), tmp_path, begin, end, HOUR)
    assert [one.until - one.since for one in hours] == [HOUR] * 14
    # Two o'clock, by whichever clock hangs there, is ten hours after four.
    assert [one.visitors for one in hours] == [0] * 2 + [60] * 8 + [0] * 4
    assert sum(one.outside for one in hours) == 6 * 60
    assert sum(one.entries for one in hours) == sum(one.exits for one in hours) == 14 * 60
    assert [one.transactions for one in hours] == [6] * 14


@pytest.mark.parametrize(("evening", "length"), NIGHTS.items())
def test_a_step_of_a_day_is_a_day_of_the_store(evening: str, length: int) -> None:
    since = at(f"{evening}T00:00")
    cuts = edges(since, since + 4 * 86_400.0, 86_400.0, PARIS)
    days = [(b - a) / HOUR for a, b in pairwise(cuts)]
    assert days[:3] == [24, length, 24]
    assert cuts[-1] == since + 4 * 86_400.0
    walls = [datetime.fromtimestamp(cut, PARIS).hour for cut in cuts[:-1]]
    assert set(walls) == {0}


@pytest.mark.parametrize("evening", NIGHTS)
def test_the_feed_tells_every_minute_of_the_night_once(evening: str) -> None:
    shop = night(evening)
    composer = FeedComposer("PAR-01", 1, 3)
    told = [json.loads(row.payload) for row in composer.compose(shop.said, shop.now)]
    minutes = [one for one in told if "in" in one]
    times = [one["t"] for one in minutes]
    assert times == list(_minutes(at(f"{evening}T16:00") + MINUTE, len(times)))
    assert len(times) == 14 * 60 + 1
    assert sum(one["in"] for one in minutes) == pytest.approx(14 * 60, abs=3)
    assert sum(one["transactions"] for one in minutes) == 84


def _minutes(first: float, count: int) -> Iterator[float]:
    return (first + MINUTE * n for n in range(count))
