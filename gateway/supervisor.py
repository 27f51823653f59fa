"""Runs each source by itself: one that dies is restarted, shown, and takes nobody with it.

The only place with a broad handler: whatever a driver's fault is, the store goes on with the rest,
and the fault is logged with its trace.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from drivers.observations import Device, DeviceState, Observation
from drivers.source import Clock, Emit, Source, SourceLost

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
HEALTHY_AFTER_SECONDS = 60.0
"""Who was well for so long was well: the next fall starts with the first wait again."""


@dataclass(slots=True)
class Backoff:
    """Waits that double from fall to fall, with jitter so that devices do not return in step."""

    random: random.Random
    falls: int = 0

    def next_wait(self, well_seconds: float) -> float:
        """Seconds to wait after the fall of who was well for `well_seconds`."""
        self.falls = 1 if well_seconds >= HEALTHY_AFTER_SECONDS else self.falls + 1
        longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(self.falls - 1, 10))
        wait: float = longest * self.random.uniform(0.5, 1.0)
        return wait


class _Spell:
    """Passes on what a source says, and notes how long it is online: trying is not being well."""

    def __init__(self, name: str, emit: Emit, clock: Clock) -> None:
        self._name, self._emit, self._clock = name, emit, clock
        self._since: float | None = None
        self._longest = 0.0

    def emit(self, obs: Observation) -> None:
        """Pass it on."""
        if isinstance(obs, Device) and obs.antenna is None and obs.src == self._name:
            self._longest = self.well_seconds()
            if obs.state is DeviceState.OFFLINE:
                self._since = None
            elif self._since is None:
                self._since = self._clock.monotonic()
        self._emit(obs)

    def well_seconds(self) -> float:
        """The longest time online without a break."""
        now = 0.0 if self._since is None else self._clock.monotonic() - self._since
        return max(self._longest, now)


async def supervise(source: Source, emit: Emit, clock: Clock, jitter: random.Random) -> None:
    """Run `source` until cancelled, again and again."""
    backoff = Backoff(jitter)
    while True:
        spell = _Spell(source.name, emit, clock)
        why, at_least = await _run_once(source, spell.emit, clock)
        source.faults["restarts"] += 1
        now = clock.wall()
        emit(Device(source.name, now, now, DeviceState.OFFLINE, detail=why))
        await clock.sleep(max(at_least, backoff.next_wait(spell.well_seconds())))


async def _run_once(source: Source, emit: Emit, clock: Clock) -> tuple[str, float]:
    """Run `source` until it falls; the plain reason why, and how long to wait at least."""
    try:
        await source.run(emit, clock)
    except (SourceLost, OSError) as lost:
        # Some drivers put their name before it, who shows it does so, too.
        line = str(lost).removeprefix(f"{source.name}: ") or type(lost).__name__
        log.warning("%s: %s", source.name, line)
        return line, lost.at_least if isinstance(lost, SourceLost) else 0.0
    except Exception:
        log.exception("%s: the driver failed; it is started again", source.name)
        return "the driver failed; see the log", 0.0
    return "ended", 0.0


async def keep_running(
    name: str, work: Callable[[Clock], Awaitable[None]], clock: Clock, jitter: random.Random
) -> None:
    """Run a part of the program that is no source until cancelled, again after each fault."""
    backoff = Backoff(jitter)
    while True:
        begun = clock.monotonic()
        try:
            await work(clock)
        except Exception:
            log.exception("%s failed; it is started again", name)
        await clock.sleep(backoff.next_wait(clock.monotonic() - begun))


async def supervise_all(
    sources: list[Source], emit: Emit, clock: Clock, jitter: random.Random
) -> None:
    """Run all sources side by side until cancelled."""
    async with asyncio.TaskGroup() as group:
        for source in sources:
            group.create_task(supervise(source, emit, clock, jitter), name=f"source {source.name}")
