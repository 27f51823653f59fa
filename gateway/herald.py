"""Delivers "it is back on the shelf": calls who gave an address, and waits for the feed elsewhere.

What is due stands on disk before anybody is told, and is taken off when he was: a power cut between
the two tells him once more, under the same id. Tries are few and further and further apart; who
cannot be reached is given up, counted and logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.source import Clock
from gateway.alerts import KIND, BackOnShelf, Subscription
from gateway.callback import CallFailed, call
from gateway.engine_loop import EngineLoop
from gateway.requests import NotStored

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 600.0
TRIES = 10
"""The last one half an hour after the first."""
AT_ONCE = 8
FEED_SECONDS = 5.0
"""So long the feed must have been up with the alert on the board: it tells within a second."""
FEED_WAITS_SECONDS = 86_400.0
"""A feed that was down for a day tells yesterday's news to nobody."""


@dataclass(slots=True)
class _Trying:
    tries: int = 0
    again: float = 0.0
    done: bool | None = None


class Herald:
    """Tells those who are due. `feed_up` says whether the feed is connected, None without one.

    Attributes:
        counts: `called`, `call_failed`, `feed_told`, `given_up`.
        anywhere: the config lets callbacks leave the store's network.
    """

    def __init__(
        self,
        alerts: BackOnShelf,
        loop: EngineLoop,
        *,
        anywhere: bool,
        feed_up: Callable[[], bool | None],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.anywhere = anywhere
        self._alerts = alerts
        self._loop = loop
        self._feed_up = feed_up
        self._trying: dict[str, _Trying] = {}
        self._up_since: float | None = None

    async def run(self, clock: Clock) -> None:
        """Look who is due, second by second, until cancelled."""
        while True:
            await clock.sleep(LOOK_SECONDS)
            self._watch_feed(clock.monotonic())
            if self._alerts.due():
                await self.tell(clock)

    async def tell(self, clock: Clock) -> None:
        """One try for each who is due and whose time has come."""
        try:
            # Comes back when what made them due is on disk.
            due = await self._loop.ask(lambda _now: self._alerts.due())
        except NotStored:
            return
        waiting = {one.asked.id for one in due}
        # Who was unsubscribed meanwhile is not tried any more.
        self._trying = {key: one for key, one in self._trying.items() if key in waiting}
        now = clock.monotonic()
        ready = [one for one in due if self._tried(one).again <= now]
        await asyncio.gather(*(self._try(one, clock) for one in ready[:AT_ONCE]))
        await self._settle()

    async def _try(self, one: Subscription, clock: Clock) -> None:
        trying = self._tried(one)
        if trying.done is not None:
            return
        if one.asked.topic:
            self._wait_for_feed(one, trying, clock)
            return
        try:
            await call(one.asked.callback, body_of(one), anywhere=self.anywhere)
        except CallFailed as failed:
            self._failed(one, trying, failed, clock.monotonic())
        else:
            self.counts["called"] += 1
            trying.done = True

    def _failed(self, one: Subscription, trying: _Trying, failed: CallFailed, now: float) -> None:
        self.counts["call_failed"] += 1
        trying.tries += 1
        wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (trying.tries - 1))
        trying.again = now + wait
        if failed.final or trying.tries >= TRIES:
            trying.done = False
            self.counts["given_up"] += 1
            log.warning("alert %s is given up: %s", one.asked.id, failed)

    def _wait_for_feed(self, one: Subscription, trying: _Trying, clock: Clock) -> None:
        assert one.back is not None
        if self._up_since is not None and clock.monotonic() - self._up_since >= FEED_SECONDS:
            # Told or about to be: the alert has stood on the board since before this look.
            trying.tries += 1
            trying.done = True if trying.tries > FEED_SECONDS / LOOK_SECONDS else None
            self.counts["feed_told"] += trying.done is True
        elif clock.wall() - one.back.t > FEED_WAITS_SECONDS:
            trying.done = False
            self.counts["given_up"] += 1

    def _watch_feed(self, now: float) -> None:
        if self._feed_up() is False:
            self._up_since = None
        elif self._up_since is None:
            # With no feed at all the board, and so page and live events, is all there is to tell.
            self._up_since = now

    async def _settle(self) -> None:
        """Take off the disk who was told or given up; what the disk refuses is tried again."""
        over = [(key, one.done) for key, one in self._trying.items() if one.done is not None]
        if not over:
            return

        def finish(_now: float) -> None:
            for key, told in over:
                self._alerts.finish(key, told=told)

        try:
            await self._loop.ask(finish)
        except NotStored:
            return
        for key, _ in over:
            del self._trying[key]

    def _tried(self, one: Subscription) -> _Trying:
        return self._trying.setdefault(one.asked.id, _Trying())


def body_of(one: Subscription) -> dict[str, object]:
    """What is told: `{event, id, gtin, state, available, t}`."""
    assert one.back is not None
    return {
        "event": KIND,
        "id": one.asked.id,
        "gtin": one.asked.gtin,
        "state": one.back.state,
        "available": one.back.available,
        "t": datetime.fromtimestamp(one.back.t, UTC).isoformat(timespec="seconds")[:-6] + "Z",
    }
