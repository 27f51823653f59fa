"""Which antenna a reader means, where its family has two ways of saying it."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[[int], int]
"""From an antenna's number on the case to the value in a frame."""


class Numbering:
    """Learns, from the first tag of an antenna that we chose, how this reader numbers antennas.

    The ways must give different values for every antenna. Once learned, a value that says another
    antenna than the one we chose is no longer believed.
    """

    def __init__(self, *ways: Says) -> None:
        self._ways = ways
        self._learned: Says | None = None

    def agrees(self, value: int, antenna: int) -> bool:
        """Whether `value` means `antenna`, which is the one that scans."""
        if self._learned is None:
            self._learned = next((way for way in self._ways if way(antenna) == value), None)
        return self._learned is not None and self._learned(antenna) == value
