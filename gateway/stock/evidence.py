"""What readers said, waiting to be weighed: reads and rounds in epochs of one second of event time.

Reads come late and out of order; they are weighed in the order of their event times among all that
has arrived when the engine is next asked. An epoch's rounds count once, whenever they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Epoch:
    """One second: `t` its start; `row`, `antenna` of each distinct read; `rounds` by antenna."""

    t: float
    row: NDArray[np.int32]
    antenna: NDArray[np.int32]
    rounds: NDArray[np.float32]


class Evidence:
    """Reads and rounds since the last epoch that was weighed."""

    def __init__(self, antennas: int) -> None:
        self._antennas = antennas
        self._times: list[NDArray[np.int64]] = []
        self._rows: list[NDArray[np.int32]] = []
        self._ants: list[NDArray[np.int32]] = []
        self._rounds: dict[int, NDArray[np.float32]] = {}

    def read(
        self, t: NDArray[np.float64], row: NDArray[np.int32], antenna: NDArray[np.int32]
    ) -> None:
        """Reads of known tags by known antennas, columns of equal length."""
        self._times.append(np.floor(t).astype(np.int64))
        self._rows.append(row)
        self._ants.append(antenna)

    def round(self, t: float, antenna: int, rounds: float = 1.0) -> None:
        """An antenna finished a round at `t`."""
        second = int(t // 1)
        counts = self._rounds.get(second)
        if counts is None:
            counts = self._rounds[second] = np.zeros(self._antennas, np.float32)
        counts[antenna] += rounds

    def take(self, until: float) -> Iterator[Epoch]:
        """Every waiting epoch that had ended by `until`, oldest first; the rest waits on."""
        end = int(until // 1)
        times, rows, ants = self._ready(end)
        rounds = {
            second: self._rounds.pop(second) for second in sorted(self._rounds) if second < end
        }
        seconds, starts = np.unique(times, return_index=True)
        stops = [*starts[1:].tolist(), len(times)] if len(times) else []
        spans = {
            int(second): slice(int(start), int(stop))
            for second, start, stop in zip(seconds, starts, stops, strict=True)
        }
        nothing = np.zeros(self._antennas, np.float32)
        for second in sorted(spans.keys() | rounds.keys()):
            span = spans.get(second, slice(0, 0))
            yield Epoch(float(second), rows[span], ants[span], rounds.get(second, nothing))

    def _ready(self, end: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        if not self._times:
            none = np.zeros(0, np.int32)
            return np.zeros(0, np.int64), none, none
        times = np.concatenate(self._times)
        rows, ants = np.concatenate(self._rows), np.concatenate(self._ants)
        later = times >= end
        self._times, self._rows, self._ants = [], [], []
        if later.any():
            self._times, self._rows, self._ants = [times[later]], [rows[later]], [ants[later]]
            now = ~later
            times, rows, ants = times[now], rows[now], ants[now]
        return _distinct(times, rows, ants, self._antennas)


def _distinct(
    times: NDArray[np.int64], rows: NDArray[np.int32], ants: NDArray[np.int32], antennas: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """One read a tag, antenna and second, ordered by time, row, antenna."""
    if not len(times):
        return times, rows, ants
    base = int(times.min())
    width = (int(rows.max()) + 1) * antennas
    key = np.unique((times - base) * width + rows.astype(np.int64) * antennas + ants)
    place = key % width
    return (
        key // width + base,
        (place // antennas).astype(np.int32),
        (place % antennas).astype(np.int32),
    )
