"""The loop that gives time to the core: observations in by turns, asked things at once.

Sources fill the intake; five times a second the loop hands it to the core, and on each whole second
it asks the core what is new. A fact or a hold that somebody waits for goes through the core at once
and is answered after its commit. It alone agrees anew upon the time when somebody steps the clock,
so that all which was stamped before a step is taken before it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import methodcaller
from typing import Generic, TypeVar

from drivers.observations import Delivery, Observation, Return, Sale, Stocktake, TagReads
from gateway.changes import Alert
from gateway.clock import UNLIKELY_SECONDS, YOUNG_SECONDS, SteadyClock
from gateway.committer import Committer
from gateway.core import Core
from gateway.intake import Intake
from gateway.requests import NotStored

log = logging.getLogger(__name__)
T = TypeVar("T")

TURN_SECONDS = 0.2
STAMPED_BEFORE_SECONDS = 5.0
"""So long after a step a source may still tell what it stamped before."""
ASKS_WAITING = 1_000


@dataclass(slots=True)
class _Ask(Generic[T]):
    act: Callable[[float], T]
    answer: asyncio.Future[T]
    said: T | None = None


class EngineLoop:
    """Drives one core in one boot. `counts`: turns, observations, clock steps."""

    def __init__(
        self, core: Core, intake: Intake, committer: Committer, clock: SteadyClock, boot: int
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
        self._now = self._began = clock.wall()
        self._step = 0.0
        self._stepped = -math.inf
        self._doubted = False

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
        second = math.floor(self._now)
        while True:
            await self._wait()
            await self._agree()
            now = self._tell_time()
            if self._turn(now) or math.floor(now) != second:
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

    async def finish(self) -> None:
        """After the last `settle`: what the engines would tell of themselves only later."""
        now = self._tell_time()
        self._committer.add(self._core.remember(now))
        await self._commit(now)

    async def _wait(self) -> None:
        turn = asyncio.ensure_future(self._clock.sleep(TURN_SECONDS))
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait((turn, asked), return_when=asyncio.FIRST_COMPLETED)
        finally:
            turn.cancel()
            asked.cancel()

    async def _agree(self) -> None:
        """Look whether somebody stepped the machine's clock, and live on by the new time if so."""
        before = self._tell_time()
        step = self._clock.agree()
        self._say_doubt(before, step)
        if not step:
            return
        self._take_all()
        self._committer.add(self._core.advance(before))
        young = before - self._began < YOUNG_SECONDS
        self._step, self._stepped = step, self._clock.monotonic()
        self._now = self._clock.wall()
        self.counts["clock_stepped_back" if step < 0 else "clock_stepped_ahead"] += 1
        log.warning("the clock was stepped by %+.0f s", step)
        self._core.step_clock(step, self._now)
        if step <= -UNLIKELY_SECONDS:
            await self._restamp(self._now, step)
        elif step >= UNLIKELY_SECONDS and young:
            await self._restamp(self._began, step)
        self._began += step

    async def _restamp(self, after: float, step: float) -> None:
        """What is on disk and was stamped by the clock that was wrong."""
        try:
            # Not with those who wait for an answer: nobody has asked the core for them yet.
            await self._committer.commit(self._now)
            await self._committer.in_thread(methodcaller("restamp", after, step))
        except (NotStored, sqlite3.Error) as error:
            log.warning("history keeps the times of the clock before: %s", error)

    def _say_doubt(self, now: float, step: float) -> None:
        doubt = self._clock.doubt
        if bool(doubt) is self._doubted:
            return
        self._doubted = bool(doubt)
        if doubt:
            detail = f"off by {doubt:+.0f} s, not believed yet"
            self._committer.add([Alert(now, "clock_wrong", "clock", detail)])
        elif not step:
            self._committer.add([Alert(now, "clock_wrong", "clock", over=True)])

    def _tell_time(self) -> float:
        """The time agreed upon: but for a step never backwards, no second is lived twice."""
        self._now = max(self._now, self._clock.wall())
        return self._now

    def _turn(self, now: float) -> bool:
        """Feed the core; whether somebody waits for an answer."""
        self.counts["turns"] += 1
        self._take_all()
        self._asked.clear()
        for ask in self._asks:
            ask.said = ask.act(now)
        return bool(self._asks)

    def _take_all(self) -> None:
        late = self._clock.monotonic() - self._stepped < STAMPED_BEFORE_SECONDS
        for obs in self._intake.drain():
            self._feed(self._stamped(obs) if late else obs)

    def _stamped(self, obs: Observation) -> Observation:
        """The observation; with the time of today where its source had looked before the step."""
        before = abs(obs.at - (self._now - self._step)) < abs(obs.at - self._now)
        if not before or isinstance(obs, (Sale, Return, Delivery, Stocktake)):
            return obs
        at = obs.at + self._step
        if isinstance(obs, TagReads):
            return replace(obs, t=obs.t + self._step, at=at)
        return replace(obs, t=obs.t + self._step, at=at)

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
