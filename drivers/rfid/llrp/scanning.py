"""Whether our ROSpec is to run, and what the reader's inputs say: all of it without a message.

Without a trigger the scan goes on for ever: the reader starts it again by itself, and who does not
is told to. With one it runs while an input is closed (a motion sensor, a door's contact) and a
little longer; once at the start in any case, so that it is known that this reader tells its rounds:
an antenna that never told one would be taken as scanning without pause.
"""

from __future__ import annotations

from collections import Counter

RESTART_SECONDS = 2.0
"""A reader that ended our ROSpec and did not start it again within this is told to."""
LINGER_SECONDS = 10.0
"""A motion sensor lets go between two movements of somebody who stands there."""
INPUTS_MOST = 64


class Scanning:
    """The inputs, and whether the scan is to be started now.

    Args:
        trigger: number of the input that says when to scan; None scans always.
        facts: where the inputs are shown.
    """

    def __init__(self, trigger: int | None, facts: dict[str, str]) -> None:
        self.trigger = trigger
        self._facts = facts
        self._changes: Counter[int] = Counter()
        self._ended: float | None = None
        self._closed = False
        self._until = float("-inf")
        self._first = trigger is not None

    def input(self, port: int, now: float, *, closed: bool, told: bool = True) -> bool:
        """An input is closed or open; False for one that cannot be. `told`: it changed just now."""
        if not 0 < port <= INPUTS_MOST:
            return False
        self._changes[port] += told
        level = "closed" if closed else "open"
        self._facts[f"input {port}"] = f"{level}, {self._changes[port]} changes"
        if port == self.trigger:
            if self._closed and not closed:
                self._until = now + LINGER_SECONDS
            self._closed = closed
        return True

    def began(self) -> None:
        """Our ROSpec runs."""
        self._first, self._ended = False, None

    def ended(self, now: float) -> None:
        """Our ROSpec's list is done."""
        self._ended = now

    def due(self, now: float) -> bool:
        """Whether the ROSpec is to be started now; asked again, it is not."""
        if self.trigger is None:
            start = self._ended is not None and now >= self._ended + RESTART_SECONDS
        else:
            idle = self._first or self._ended is not None
            start = idle and (self._first or self._closed or now < self._until)
        if start:
            self.began()
        return start
