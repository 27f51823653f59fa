"""The desk of the running program: facts, holds, history, numbers (see `gateway.desk.Desk`)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from drivers.observations import Fact
from drivers.source import Clock
from gateway.board import Board
from gateway.callback import read_address
from gateway.changes import ZoneVisits
from gateway.core import Core
from gateway.desk import FootfallBucket, LedgerEntry, Reloaded, Sample
from gateway.engine_loop import EngineLoop
from gateway.footfall.buckets import LEAD_SECONDS, Bucket, buckets
from gateway.requests import (
    AlertAnswer,
    AlertRequest,
    AlertVerdict,
    HoldAnswer,
    HoldRequest,
    ManualAct,
    ManualCount,
    NotStored,
    Verdict,
    WalkAct,
    WalkState,
)
from gateway.storage.archive import Archive

T = TypeVar("T")


class FrontDesk:
    """Answers page, API and feed. Reads history through a connection of its own, in a thread.

    `anywhere`: the config lets callbacks leave the store's network. `reloader` reads the config.
    """

    def __init__(
        self,
        board: Board,
        core: Core,
        loop: EngineLoop,
        archive: Archive,
        clock: Clock,
        numbers: Callable[[], Sequence[Sample]],
    ) -> None:
        self.board = board
        self.anywhere = False
        self.reloader: Callable[[], Awaitable[Reloaded]] | None = None
        self._core = core
        self._loop = loop
        self._archive = archive
        self._clock = clock
        self._numbers = numbers
        self._reading = asyncio.Lock()

    def now(self) -> float:
        """The gateway's wall clock, seconds UTC."""
        return self._clock.wall()

    async def record(self, fact: Fact) -> Verdict:
        """Take a fact; comes back when it is on disk. Raises `NotStored`."""
        return await self._loop.ask(lambda _now: self._core.observe(fact))

    async def hold(self, request: HoldRequest) -> HoldAnswer:
        """Promise goods; comes back when it is on disk. Raises `NotStored`."""
        return await self._loop.ask(lambda now: self._core.hold(request, now))

    async def collect(self, hold_id: str) -> HoldAnswer:
        """The shopper took the goods. Raises `NotStored`."""
        return await self._loop.ask(lambda now: self._core.collect(hold_id, now))

    async def release(self, hold_id: str) -> HoldAnswer:
        """The hold is off. Raises `NotStored`."""
        return await self._loop.ask(lambda now: self._core.release(hold_id, now))

    async def subscribe(self, request: AlertRequest) -> AlertAnswer:
        """Tell somebody when a GTIN is back. Raises `NotStored`."""
        if request.callback:
            try:
                read_address(request.callback, anywhere=self.anywhere)
            except ValueError as wrong:
                return AlertAnswer(AlertVerdict.REFUSED, None, str(wrong))
        return await self._loop.ask(lambda now: self._core.alerts.subscribe(request, now))

    async def unsubscribe(self, alert_id: str) -> bool:
        """Whether there was such a wish; it is off. Raises `NotStored`."""
        return await self._loop.ask(lambda _now: self._core.alerts.unsubscribe(alert_id))

    async def reset_occupancy(self, value: int) -> int:
        """There are `value` people inside now; what was believed before. Raises `NotStored`."""
        return await self._loop.ask(lambda now: self._core.reset_occupancy(value, now))

    def residual(self) -> int | None:
        """Of the occupancy, what was left over at the last reset; None before the first."""
        return self._core.footfall.residual

    def manual_counts(self) -> Sequence[ManualCount]:
        """The counts by hand at all doors."""
        return self._core.footfall.manual_counts()

    async def count_by_hand(self, door: str, act: ManualAct) -> ManualCount:
        """A step of the person with the clicker. Raises `KeyError` (no such door), `NotStored`."""
        if all(one.door != door for one in self.manual_counts()):
            raise KeyError(door)
        return await self._loop.ask(lambda now: self._core.footfall.manual(door, act, now))

    def walk_state(self) -> WalkState:
        """How the installer's walk stands."""
        return self._core.stock.walk_state(self.now())

    async def walk(self, act: WalkAct) -> WalkState:
        """A step of the installer's walk. Raises `NotStored`."""
        return await self._loop.ask(lambda now: self._core.walk(act, now))

    async def reload(self) -> Reloaded | None:
        """Read the config again; None when there is no file to read. Raises `NotStored`."""
        return None if self.reloader is None else await self.reloader()

    async def footfall(self, since: float, until: float, step: float) -> Sequence[FootfallBucket]:
        """Footfall from disk in buckets of `step` seconds. Raises `NotStored` if unreadable."""
        delay = self._core.footfall.delay()
        begin = since - LEAD_SECONDS

        def read() -> list[Bucket]:
            minutes = self._archive.store_minutes(begin, until)
            return buckets(minutes, since, until, step, delay, self._core.footfall.timezone)

        return [_bucket(bucket) for bucket in await self._read(read)]

    async def zone_visits(self, since: float, until: float) -> Sequence[ZoneVisits]:
        """What baskets say of the zones. Raises `NotStored` if unreadable."""
        return await self._read(lambda: self._archive.zone_visits(since, until))

    async def history(self, gtin: str, limit: int) -> Sequence[LedgerEntry]:
        """The newest lines of a GTIN's ledger, newest first. Raises `NotStored` if unreadable."""
        lines = await self._read(lambda: self._archive.ledger(gtin, limit))
        return [
            LedgerEntry(line.t, line.reason, line.qty, line.zone, line.epc, line.ref)
            for line in lines
        ]

    def samples(self) -> Sequence[Sample]:
        """Every counter and gauge of the program."""
        return self._numbers()

    def ready(self) -> Sequence[str]:
        """What is missing before the answers can be trusted."""
        missing = [] if self._loop.counts["turns"] else ["the engines have not started"]
        if self._loop.counts["failed_last_commit"]:
            missing.append("the disk does not take what is written")
        return missing

    async def _read(self, query: Callable[[], T]) -> T:
        async with self._reading:
            try:
                return await asyncio.to_thread(query)
            except sqlite3.Error as error:
                raise NotStored(f"the disk cannot be read: {error}") from error


def _bucket(bucket: Bucket) -> FootfallBucket:
    return FootfallBucket(
        since=bucket.since,
        until=bucket.until,
        entries=bucket.entries,
        exits=bucket.exits,
        visitors=bucket.visitors,
        occupancy=bucket.occupancy or 0,
        transactions=bucket.transactions,
        rate=bucket.rate.rate,
        low=bucket.rate.low,
        high=bucket.rate.high,
        estimated=bucket.estimated,
        flags=bucket.rate.flags,
        outside=bucket.outside,
        units=bucket.units,
        units_a_ticket=bucket.trade.units_a_ticket,
        units_a_visitor=bucket.trade.units_a_visitor,
        groups=bucket.groups,
        group_rate=bucket.group_rate.rate,
        group_low=bucket.group_rate.low,
        group_high=bucket.group_rate.high,
        exposed=bucket.exposed,
        reentries=bucket.reentries,
        amount=bucket.amount,
        priced=bucket.priced,
        average_ticket=bucket.trade.average_ticket,
        sales_a_visitor=bucket.trade.sales_a_visitor,
    )
