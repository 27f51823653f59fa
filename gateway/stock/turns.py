"""When has an antenna had its turn? For readers that never say so.

A reader asks its antennas one after the other, and each is heard in bursts: what it did not read in
the seconds between, others had their turn in. So a second counts as a round of an antenna that was
heard in it, and of a silent one when the time has gone by that its reader usually takes to come
round, which the bursts tell.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

_KEPT, _KNOWN = 16, 8
"""Bursts remembered of each antenna; so many tell how often it has its turn."""
_QUARTER = 4
"""Some bursts are missed, none comes too soon: the lower quarter of the times between is right."""
_WITHOUT_PAUSE = 3
"""Seconds in a row: no burst that two seconds share, but an antenna that is always on."""


class Turns:
    """Seconds between the turns of each antenna, 1 until its reader has taught otherwise."""

    def __init__(self, reader_of: Sequence[str]) -> None:
        antennas = len(reader_of)
        self._reader_of = tuple(reader_of)
        self._begun = [-1] * antennas
        self._last = [-1] * antennas
        self._turned = [-1] * antennas
        self._between: list[deque[int]] = [deque(maxlen=_KEPT) for _ in range(antennas)]
        self._usual: dict[str, float] = {}

    def heard(self, antenna: int, second: int) -> None:
        """The antenna was heard in a second."""
        last, begun = self._last[antenna], self._begun[antenna]
        if second <= last:
            return
        self._last[antenna] = self._turned[antenna] = second
        if begun >= 0 and second == last + 1:
            if second - begun < _WITHOUT_PAUSE - 1:
                return
            self._learn(antenna, 1)
        else:
            if begun >= 0:
                self._learn(antenna, second - begun)
            self._begun[antenna] = second

    def silent(self, antenna: int, second: int) -> bool:
        """Whether an antenna that was not heard in a second has had its turn by then."""
        due = second - self._turned[antenna] >= self.seconds(antenna)
        if due:
            self._turned[antenna] = second
        return due

    def seconds(self, antenna: int) -> float:
        """From one turn of an antenna to its next, about."""
        usual = self._usual.get(self._reader_of[antenna], 1.0)
        own = self._of(antenna)
        return usual if own is None else min(own, usual)

    def _of(self, antenna: int) -> int | None:
        between = self._between[antenna]
        return sorted(between)[len(between) // _QUARTER] if len(between) >= _KNOWN else None

    def _learn(self, antenna: int, seconds: int) -> None:
        self._between[antenna].append(seconds)
        reader = self._reader_of[antenna]
        each = [self._of(n) for n, name in enumerate(self._reader_of) if name == reader]
        known = [seconds for seconds in each if seconds is not None]
        if known:
            self._usual[reader] = float(median(known))
