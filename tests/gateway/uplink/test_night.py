from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest

from gateway.uplink.night import seconds_to_snapshot

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-11-21T14:00", "2026-11-22"),
        ("2026-11-21T01:59", "2026-11-21"),
        ("2026-11-21T02:00", "2026-11-22"),
        ("2026-03-28T12:00", "2026-03-29"),  # 02:00 does not exist in this night
        ("2026-10-24T12:00", "2026-10-25"),  # 02:00 exists twice
    ],
)
def test_it_goes_up_in_the_next_night_at_a_moment_of_its_own(now: str, night: str) -> None:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=PARIS).timestamp()
    seen = set()
    for seed in range(50):
        wait = seconds_to_snapshot(moment, PARIS, random.Random(seed))
        assert wait >= 0
        local = dt.datetime.fromtimestamp(moment + wait, PARIS)
        assert local.date().isoformat() == night
        assert 2 <= local.hour <= 5
        seen.add(local)
    assert len(seen) == 50
