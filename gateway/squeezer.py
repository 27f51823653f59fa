"""Keeps the outbox within its bytes: when it is over, what waits is collapsed in place."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable

from drivers.source import Clock
from gateway.desk import Sample
from gateway.event_outbox import StoredEvents
from gateway.outbox import StoredOutbox
from gateway.requests import NotStored
from gateway.uplink.collapse import collapse
from gateway.uplink.outbox import START
from gateway.uplink.shell import Uplink

log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
AGAIN_SECONDS = 3_600.0
"""A full pass reads the whole outbox: on a card that is worth it once an hour."""
WINDOW_ROWS = 1_000
ALL_SENT = 2**62


class Squeezer:
    """Looks at the backlog now and then. `counts`: passes, rows rewritten, failures."""

    def __init__(
        self,
        outbox: StoredOutbox,
        uplink: Uplink,
        boot: int,
        most_bytes: int,
        events: StoredEvents | None = None,
    ) -> None:
        """Set up; `events` that wait beside the outbox are kept within bytes of their own."""
        self.counts: Counter[str] = Counter()
        self._outbox = outbox
        self._uplink = uplink
        self._boot = boot
        self._most = most_bytes
        self._events = events
        self._again = 0.0

    async def run(self, clock: Clock) -> None:
        """Until cancelled."""
        while True:
            await clock.sleep(LOOK_SECONDS)
            if self._outbox.backlog().bytes > self._most and clock.monotonic() >= self._again:
                await self._try(self.squeeze())
                self._again = clock.monotonic() + AGAIN_SECONDS
            if self._events is not None:
                await self._try(self._events.trim())

    async def squeeze(self) -> None:
        """One pass over all that waits. Raises `NotStored`."""
        self.counts["passes"] += 1
        key = START
        while rows := await self._outbox.after(key, WINDOW_ROWS):
            fewer = collapse(rows, self._unsent_after())
            if fewer:
                await self._outbox.rewrite(fewer)
                self.counts["rows"] += len(fewer)
            key = (rows[-1].boot, rows[-1].seq)
        await self._outbox.measure()
        log.warning("the outbox was full and is collapsed to %s", self._outbox.backlog())

    def samples(self) -> list[Sample]:
        """Counters for `/metrics`."""
        text = "What was merged in a full outbox"
        return [
            Sample("outbox_merged_total", "counter", text, self.counts[what], (("what", what),))
            for what in ("passes", "rows", "failures")
        ]

    async def _try(self, work: Awaitable[None]) -> None:
        try:
            await work
        except NotStored as error:
            self.counts["failures"] += 1
            log.warning("the outbox is full and cannot be made smaller: %s", error)

    def _unsent_after(self) -> tuple[int, int]:
        """While connected any row may be on its way up; what never went up is known only apart."""
        if self._uplink.state().connected:
            return self._boot, ALL_SENT
        return max(self._uplink.tally.highest, (self._boot, 0))
