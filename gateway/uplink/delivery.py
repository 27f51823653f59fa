"""What goes up next and when it goes up again: pure, time is an argument.

Rows leave the outbox only when HQ acks them, so "everything not acked" is simply what the outbox
still holds, and going back means reading it from the start. A broker loses messages that it has
confirmed (it was killed, its queue was full); HQ then acks nothing beyond the gap. Two things bring
the lost rows back: each new connection starts from the first row, and so does a silence of HQ that
outlasts the patience.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from gateway.uplink.outbox import START, OutboxRow
from gateway.uplink.settings import Pace

Key = tuple[int, int]


class Delivery:
    """Where the drain stands.

    Attributes:
        cursor: (boot, seq) of the row last handed out; the next is read after it.
        highest: the greatest key ever handed out by this process.
        patience: seconds without progress after which the drain goes back.
    """

    def __init__(self, boot: int, pace: Pace) -> None:
        self._boot = boot
        self._pace = pace
        self.cursor: Key = START
        self.highest: Key = START
        self.patience = pace.patience
        self._waiting: deque[Key] = deque()
        self._since = 0.0

    def begin(self) -> None:
        """A new connection: start from the first row not acked."""
        self.cursor = START
        self._waiting.clear()

    def room(self) -> int:
        """How many rows may go up now."""
        return min(self._pace.window_rows, self._pace.ahead_rows - len(self._waiting))

    def sending(self, rows: Sequence[OutboxRow], now: float) -> None:
        """These rows go up now. Say so before they do: the ack may be faster than the PUBACK."""
        if not self._waiting:
            self._since = now
        for row in rows:
            self.cursor = (row.boot, row.seq)
            self.highest = max(self.highest, self.cursor)
            self._waiting.append(self.cursor)

    def believable(self, boot: int, seq: int) -> bool:
        """Whether HQ can have committed this: it went up from here, or in an earlier boot."""
        return boot < self._boot or (boot, seq) <= self.highest or seq == 0

    def acked(self, boot: int, seq: int, now: float) -> None:
        """HQ has committed `boot` up to `seq`; only a new ack is progress."""
        left = deque(key for key in self._waiting if key[0] != boot or key[1] > seq)
        if len(left) < len(self._waiting):
            self._since, self.patience = now, self._pace.patience
        self._waiting = left

    def wait(self, now: float) -> float | None:
        """Seconds until patience ends; None when nothing is waited for."""
        if not self._waiting:
            return None
        return max(0.0, self._since + self.patience - now)

    def go_back(self, now: float) -> bool:
        """Go back to the first row not acked when patience has ended; whether it did."""
        if self.wait(now) != 0.0:
            return False
        self.begin()
        self.patience = min(2 * self.patience, self._pace.patience_most)
        return True
