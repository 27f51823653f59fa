"""A capture through the core in virtual time: the same input gives the same changes.

The core is advanced on whole seconds of the arrival times, as the program does with the clock, and
right after a fact. In a silence nothing arrives, so there time is told in longer steps. Lines stand
in order of arrival: where that runs back, or ahead by a month, the clock was stepped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from drivers.observations import Delivery, Observation, Return, Sale, Stocktake
from gateway.changes import Change
from gateway.core import Core

SILENCE_SECONDS = 60
STEP_IN_SILENCE_SECONDS = 10
LONG_SILENCE_SECONDS = 86_400
STEP_IN_LONG_SILENCE_SECONDS = 60
BACK_SECONDS = 60.0
AHEAD_SECONDS = 30 * 86_400.0
"""A recording that goes on for longer without a word was not made in one piece."""
SETTLE_SECONDS = 65
"""After the last line: long enough for the last minute to be told."""


def replay(core: Core, observations: Iterable[Observation]) -> Iterator[Change]:
    """The changes that `observations`, in order of arrival, make in `core`."""
    now: float | None = None
    for obs in observations:
        if not math.isfinite(obs.at):
            core.observe(obs)
            continue
        if now is None:
            now = obs.at
            yield from core.advance(math.floor(now))
        if not -BACK_SECONDS < obs.at - now < AHEAD_SECONDS:
            yield from core.advance(now)
            core.step_clock(obs.at - now, obs.at)
            now = obs.at
        for second in _seconds(now, obs.at):
            yield from core.advance(second)
        now = max(now, obs.at)
        core.observe(obs)
        if isinstance(obs, (Sale, Return, Delivery, Stocktake)):
            yield from core.advance(now)
    if now is not None:
        for second in _seconds(now, now + SETTLE_SECONDS):
            yield from core.advance(second)


def _seconds(after: float, until: float) -> Iterator[float]:
    """The moments in (`after`, `until`] at which the core is asked."""
    begun = math.floor(after)
    second = begun + 1
    while second <= until:
        yield float(second)
        silence = second - begun
        if silence < SILENCE_SECONDS:
            second += 1
        else:
            long = silence >= LONG_SILENCE_SECONDS
            step = STEP_IN_LONG_SILENCE_SECONDS if long else STEP_IN_SILENCE_SECONDS
            second += step - second % step
