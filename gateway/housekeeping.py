"""Forgetting: history older than the store keeps it is deleted, now and then, in small turns."""

from __future__ import annotations

import logging
import sqlite3
from operator import methodcaller

from gateway.clock import SteadyClock
from gateway.committer import Committer

log = logging.getLogger(__name__)

FIRST_SECONDS = 300.0
"""A start has better things to do than to delete."""
EVERY_SECONDS = 6 * 3_600.0


async def keep_house(committer: Committer, clock: SteadyClock, keep_seconds: float) -> None:
    """Until cancelled: delete history older than `keep_seconds`, by a clock that has settled."""
    await clock.sleep(FIRST_SECONDS)
    while True:
        if clock.settled():
            await _forget(committer, clock.wall() - keep_seconds)
        await clock.sleep(EVERY_SECONDS)


async def _forget(committer: Committer, before: float) -> None:
    try:
        await committer.in_thread(methodcaller("forget_before", before))
    except sqlite3.Error as error:
        log.warning("old history could not be deleted: %s", error)
