"""The loop that gives time to the core: observations in by turns, asked things at once.

Sources fill the intake; five times a second the loop hands it to the core, and on each whole second
it asks the core what is new. A fact or a hold that somebody waits for goes through the core at once
and is answered after its commit.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from drivers.observations import Observation
from drivers.source import Clock
from gateway.committer import Committer
from gateway.core import Core
from gateway.intake import Intake
from gateway.requests import NotStored

log = logging.getLogger(__name__)
T = TypeVar("T")

TURN_SECONDS = 0.2
CLOCK_STEP_SECONDS = 5.0
ASKS_WAITING = 1_000


@dataclass(slots=True)
class _Ask(Generic[T]):
    act: Callable[[float], T]
    answer: asyncio.Future[T]
    said: T | None = None


class EngineLoop:
    """Drives one core in one boot. `counts`: turns, observations, clock steps."""

    def __init__(
        self, core: Core, intake: Intake, committer: Committer, clock: Clock, boot: int
    ) -> None:
        self.boot = boot
        self.counts: Counter[str] = Counter()
        self.on_second: Callable[[float], None] = lambda _now: None
        self._core = core
        self._intake = intake
        self._committer = committer
        self._clock = clock
        self._asks: list[_Ask[object]] = []
        self._asked = asyncio.Event()
        self._now = clock.wall()

    async def ask(self, act: Callable[[float], T]) -> T:
        """Run `act(now)` between two turns; its answer comes when its changes are on disk.

        Raises:
            NotStored: the disk did not take them, or too many wait already.
        """
        if len(self._asks) >= ASKS_WAITING:
            raise NotStored("too much is waiting to be written")
        ask: _Ask[T] = _Ask(act, asyncio.get_running_loop().create_future())
        self._asks.append(ask)  # type: ignore[arg-type]  # the list does not mind what is answered
        self._asked.set()
        return await ask.answer

    async def run(self) -> None:
        """Turn after turn until cancelled; call `settle` then."""
        second = math.floor(self._clock.wall())
        while True:
            await self._wait()
            now = self._tell_time()
            if self._turn(now) or math.floor(now) > second:
                second = math.floor(now)
                self._committer.add(self._core.advance(now))
                self.on_second(now)
                await self._commit(now)

    async def settle(self) -> None:
        """One turn by itself, first or last: what waits is taken, said and committed."""
        now = self._tell_time()
        self._turn(now)
        self._committer.add(self._core.advance(now))
        await self._commit(now)

    async def _wait(self) -> None:
        turn = asyncio.ensure_future(self._clock.sleep(TURN_SECONDS))
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait((turn, asked), return_when=asyncio.FIRST_COMPLETED)
        finally:
            turn.cancel()
            asked.cancel()

    def _tell_time(self) -> float:
        """The wall clock, never backwards: engines are not asked to unlive a second."""
        wall = self._clock.wall()
        if wall < self._now - CLOCK_STEP_SECONDS:
            self.counts["clock_stepped_back"] += 1
        self._now = max(self._now, wall)
        return self._now

    def _turn(self, now: float) -> bool:
        """Feed the core; whether somebody waits for an answer."""
        self.counts["turns"] += 1
        for obs in self._intake.drain():
            self._feed(obs)
        self._asked.clear()
        for ask in self._asks:
            ask.said = ask.act(now)
        return bool(self._asks)

    def _feed(self, obs: Observation) -> None:
        try:
            self._core.observe(obs)
        except Exception:
            # One observation that an engine cannot take must not stop the store's other sensors.
            self.counts["engine_failed"] += 1
            log.exception("an engine failed on %s from %s", type(obs).__name__, obs.src)
        self.counts["observations"] += 1

    async def _commit(self, now: float) -> None:
        asks, self._asks = self._asks, []
        try:
            await self._committer.commit(now)
        except NotStored as error:
            self.counts["failed_last_commit"] = 1
            for ask in asks:
                if not ask.answer.done():
                    ask.answer.set_exception(error)
            return
        self.counts["failed_last_commit"] = 0
        for ask in asks:
            if not ask.answer.done():
                ask.answer.set_result(ask.said)
