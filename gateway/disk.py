"""Room on the disk that the data folder lies on: said before it is full, and once it is well."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from drivers.source import Clock
from gateway.changes import Alert
from gateway.committer import Committer

log = logging.getLogger(__name__)

LEAST_BYTES = 200_000_000
LEAST_SHARE = 0.05
WELL_AGAIN = 1.2
"""Of what is enough: room that comes and goes by a little is one alert, not many."""
LOOK_SECONDS = 60.0
KIND, SUBJECT = "disk_filling", "store"


def enough(free: int, total: int, *, times: float = 1.0) -> bool:
    """Whether `free` of `total` bytes is room to work in, with `times` to spare."""
    return free >= times * LEAST_BYTES and free >= times * LEAST_SHARE * total


class DiskWatch:
    """Says once when room runs short, and once when there is room again."""

    def __init__(self) -> None:
        self._short = False

    def judge(self, free: int, total: int, now: float) -> Sequence[Alert]:
        """What is to be said of `free` of `total` bytes at `now`."""
        if not self._short and not enough(free, total):
            self._short = True
            return [Alert(now, KIND, SUBJECT, f"{free / 1e9:.2f} GB free of {total / 1e9:.0f} GB")]
        if self._short and enough(free, total, times=WELL_AGAIN):
            self._short = False
            return [Alert(now, KIND, SUBJECT, over=True)]
        return []


async def watch_disk(data: Path, committer: Committer, clock: Clock) -> None:
    """Until cancelled: look each minute. What is said goes with the next commit."""
    watch = DiskWatch()
    while True:
        try:
            usage = shutil.disk_usage(data)
        except OSError as error:
            log.warning("room on the disk cannot be told: %s", error)
        else:
            committer.add(watch.judge(usage.free, usage.total, clock.wall()))
        await clock.sleep(LOOK_SECONDS)
