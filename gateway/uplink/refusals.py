"""What HQ's broker does not take: said, and left alone for a while. Pure, time is an argument.

Brokers may hang up after they refused a message (mosquitto 2 does, AWS IoT Core, too): without a
memory beyond the connection, one topic that a store may not use would cut off all others for ever.
"""

from __future__ import annotations

from collections.abc import Collection

AGAIN_SECONDS = 300.0
"""A broker refuses until a person changes its rules."""


class Refusals:
    """Refused parts (last parts of topics), each with one plain line."""

    def __init__(self) -> None:
        self._refused: dict[str, tuple[str, float]] = {}

    def note(self, part: str, line: str, now: float) -> None:
        """The broker refused `part` at `now`, monotonic."""
        self._refused[part] = line, now

    def taken(self, parts: Collection[str]) -> None:
        """The broker took these."""
        for part in parts:
            self._refused.pop(part, None)

    def wait(self, parts: Collection[str], now: float) -> float:
        """Seconds until all of `parts` may be tried; 0: now."""
        again = [self._refused[part][1] + AGAIN_SECONDS for part in parts if part in self._refused]
        return max(0.0, max(again, default=now) - now)

    def lines(self) -> dict[str, str]:
        """What is refused, and how it was said."""
        return {part: line for part, (line, _) in sorted(self._refused.items())}
