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
        self._running = trigger is None
        self._first = trigger is not None
        self._closed = False
        self._until = self._again = float("-inf")

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
        self._running, self._first = True, False

    def ended(self, now: float) -> None:
        """Our ROSpec's list is done."""
        self._running = False
        # Without a trigger the reader is given a moment to begin again by itself.
        self._again = now if self.trigger is not None else now + RESTART_SECONDS

    def round(self) -> None:
        """An antenna's round ended. The last one's may come after the end of the list is told."""
        self._first = False
        if self.trigger is None:
            self._running = True

    def due(self, now: float) -> bool:
        """Whether to say START_ROSPEC now; in vain, it is due again a little later."""
        wanted = self.trigger is None or self._first or self._closed or now < self._until
        if self._running or not wanted or now < self._again:
            return False
        self._again = now + RESTART_SECONDS
        return True
