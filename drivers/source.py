"""The contract between a driver's thin shell and whoever runs it.

A source is given a way to emit observations and a clock, and runs until it is cancelled or its
device is lost. It never retries by itself: restarts, back-off and "silent" belong to the runner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeAlias

from drivers.observations import Observation

Emit: TypeAlias = Callable[[Observation], None]


class Clock(Protocol):
    """Time as a source may see it: one seam for the real clock, a faster one, or a test's."""

    def wall(self) -> float:
        """Seconds since the Unix epoch, UTC."""

    def monotonic(self) -> float:
        """Seconds of a clock that never steps, same rate as `wall`."""

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds` of this clock."""


class SourceLost(Exception):
    """The device is gone or refuses; the message is one plain line for the installer.

    Attributes:
        at_least: seconds before which another attempt makes no sense (somebody else holds the
            device); 0 leaves it to the runner.
    """

    def __init__(self, line: str, *, at_least: float = 0.0) -> None:
        super().__init__(line)
        self.at_least = at_least


class Source(Protocol):
    """One device's driver.

    Attributes:
        name: the device's id from the config, and the `src` of what it emits.
        faults: counted drops by reason (`bad_check`, `torn`, `unknown_type` …), only ever growing.
        facts: what is known of the device (firmware, model, battery), shown as it is.
    """

    name: str
    faults: Counter[str]
    facts: dict[str, str]

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Open, emit `Device(online)`, read until cancelled.

        Raises:
            SourceLost: the device refused, fell silent or went away. `OSError` means the same.
        """
