"""A queue between the pins' interrupt and the loop; runs on MicroPython and CPython.

`note` allocates nothing, as an interrupt on the board demands.
"""

from array import array

SIZE = 64


class Edges:
    """Changes of the level with the millisecond they came in."""

    def __init__(self, level: int = 0):
        self._when = array("I", [0] * SIZE)
        self._level = array("B", [0] * SIZE)
        self._in = self._out = 0
        self._last = self._now = level
        self._dropped = 0

    def note(self, level: int, when: int) -> None:
        """From the interrupt: the level is this since the millisecond `when` (30 bits)."""
        if level == self._last:
            return
        following = (self._in + 1) % SIZE
        if following == self._out:
            self._dropped += 1
            return
        self._when[self._in] = when
        self._level[self._in] = level
        self._in = following
        self._last = level

    def level(self, now: int) -> int:
        """The level in the millisecond `now` (30 bits); call it for each, in order."""
        while self._out != self._in and (now - self._when[self._out]) & 0x3FFF_FFFF < 0x2000_0000:
            self._now = self._level[self._out]
            self._out = (self._out + 1) % SIZE
        return self._now

    def dropped(self) -> int:
        """Changes that found no room since the last call."""
        count, self._dropped = self._dropped, 0
        return count
