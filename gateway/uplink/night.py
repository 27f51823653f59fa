"""When the nightly snapshot goes up: each store at its own moment of its own night. Pure."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

NIGHT_BEGINS = dt.time(2, 0)
NIGHT_SECONDS = 2 * 3600.0


def seconds_to_snapshot(now: float, zone: ZoneInfo, rng: random.Random) -> float:
    """Seconds from `now` (UTC, since the epoch) to a random moment of the next night.

    The next night is the first that has not begun; where the clock is put forward over its
    beginning, it begins as much later.
    """
    local = dt.datetime.fromtimestamp(now, zone)
    day = local.date() if local.time() < NIGHT_BEGINS else local.date() + dt.timedelta(days=1)
    begins = dt.datetime.combine(day, NIGHT_BEGINS, zone)
    return begins.timestamp() - now + rng.uniform(0.0, NIGHT_SECONDS)
