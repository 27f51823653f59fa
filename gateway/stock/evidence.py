"""What readers said, waiting to be weighed: rounds and what was heard in them, in order of time.

A round is the unit of evidence: what it read once or ten times it heard, what it did not read it
did not hear. Reads wait for the end of their antenna's round. A reader that never sends rounds has
at most one a second for each antenna, when that has its turn (see `turns`). Rounds that come late
are weighed in the order of their event times among all that has arrived when the engine is next
asked, facts among them. Doubt about a zone does not grow while its antennas send no rounds, so a
reader that kept its reports and tells them late leaves its own zones as if it had told them in
time. What differs: goods that another reader hears, too, were weighed without the first one's word
meanwhile, and a sale was explained without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.stock.hearing import Hearing
from gateway.stock.turns import Turns

WAIT_SECONDS = 10.0
"""Reads whose round's end never comes are weighed by themselves after this time."""

Rows = NDArray[np.int32]
Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One second: `t` its start; `row`, `antenna` of each tag heard; `rssi` of its
    strongest read, dBm, NaN where the reader does not say; `rounds` by antenna.

    Sorted by row, then antenna; no pair twice.
    """

    t: float
    row: NDArray[np.int64]
    antenna: NDArray[np.int64]
    rssi: NDArray[np.float32]
    rounds: NDArray[np.float32]

    def only(self, chosen: NDArray[np.bool_]) -> Epoch:
        """The same second with these reads alone."""
        if chosen.all():
            return self
        row, antenna, rssi = self.row[chosen], self.antenna[chosen], self.rssi[chosen]
        return Epoch(self.t, row, antenna, rssi, self.rounds)


def distinct(values: NDArray[np.int16] | NDArray[np.int32] | NDArray[np.int64]) -> list[int]:
    """The different values, in order: for columns too short for a sort to pay."""
    return sorted(set(values.tolist()))


def firsts(ordered: NDArray[np.int32] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a sorted column's value differs from the one before."""
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def summed(ordered: NDArray[np.int64], values: NDArray[Any]) -> tuple[NDArray[np.int64], Any]:
    """Where each value of a sorted column begins, and the sums of the rows that belong to it.

    `np.add.reduceat` takes several times as long where most sums are of one or two rows.
    """
    begins = np.flatnonzero(firsts(ordered))
    many = np.diff(begins, append=len(ordered))
    total = values[begins]
    for further in range(1, int(many.max(initial=0))):
        longer = np.flatnonzero(many > further)
        total[longer] += values[begins[longer] + further]
    return begins, total


class Evidence:
    """Reads and rounds since the last epoch that was weighed."""

    def __init__(self, antennas: int, hearing: Hearing, turns: Turns) -> None:
        self._antennas, self._hearing, self._turns = antennas, hearing, turns
        self._open: list[list[tuple[float, Rows, Levels]]] = [[] for _ in range(antennas)]
        self._heard: dict[int, list[tuple[int, Rows, Levels]]] = {}
        self._rounds: dict[int, NDArray[np.float32]] = {}

    def read(self, t: NDArray[np.float64], row: Rows, antenna: Rows, rssi: Levels) -> None:
        """Reads of known tags by known antennas, columns of equal length."""
        numbers = distinct(antenna)
        for number in numbers:
            mine = antenna == number if len(numbers) > 1 else slice(None)
            if self._hearing.rounds_sent[number]:
                self._open[number].append((float(t[mine].max()), row[mine], rssi[mine]))
                continue
            seconds = np.floor(t[mine]).astype(np.int64)
            for second in distinct(seconds):
                its = seconds == second
                self._add(second, number, row[mine][its], rssi[mine][its])
                self._turns.heard(number, second)
                self._count(second)[number] = 1.0

    def round(self, t: float, antenna: int) -> None:
        """An antenna finished a round at `t`: what it read since the last is what it heard."""
        second = int(t // 1)
        self._count(second)[antenna] += 1.0
        waiting = self._open[antenna]
        if waiting:
            rows = np.concatenate([rows for _, rows, _ in waiting])
            self._add(second, antenna, rows, np.concatenate([rssi for _, _, rssi in waiting]))
            self._open[antenna] = []

    def scanned(self, second: int, antenna: int) -> bool:
        """An antenna was at work in a second, of a reader that does not tell rounds.

        Answers whether it has had its turn by then.
        """
        turn = self._count(second)[antenna] > 0 or self._turns.silent(antenna, second)
        if turn:
            self._count(second)[antenna] = 1.0
        return turn

    def take(self, until: float) -> Iterator[Epoch]:
        """Every waiting epoch that had ended by `until`, oldest first; the rest waits on."""
        self._give_up_waiting(until)
        end = int(until // 1)
        for second in sorted(self._heard.keys() | self._rounds.keys()):
            if second < end:
                yield self._epoch(second)

    def _epoch(self, second: int) -> Epoch:
        rounds = self._count(second)
        del self._rounds[second]
        heard = self._heard.pop(second, [])
        if not heard:
            none = np.zeros(0, np.int64)
            return Epoch(float(second), none, none, np.zeros(0, np.float32), rounds)
        rows = np.concatenate([rows for _, rows, _ in heard])
        rssi = np.concatenate([rssi for _, _, rssi in heard])
        antennas = np.repeat(
            [number for number, _, _ in heard], [len(rows) for _, rows, _ in heard]
        )
        place = rows.astype(np.int64) * self._antennas + antennas
        order = place.argsort()
        place, rssi = place[order], rssi[order]
        new = firsts(place)
        if not new.all():
            place, rssi = place[new], np.fmax.reduceat(rssi, np.flatnonzero(new))
        row = place // self._antennas
        return Epoch(float(second), row, place - row * self._antennas, rssi, rounds)

    def _give_up_waiting(self, now: float) -> None:
        for antenna, waiting in enumerate(self._open):
            while waiting and now - waiting[0][0] > WAIT_SECONDS:
                t, rows, rssi = waiting.pop(0)
                self._add(int(t // 1), antenna, rows, rssi)

    def _add(self, second: int, antenna: int, rows: Rows, rssi: Levels) -> None:
        self._heard.setdefault(second, []).append((antenna, rows, rssi))

    def _count(self, second: int) -> NDArray[np.float32]:
        counts = self._rounds.get(second)
        if counts is None:
            counts = self._rounds[second] = np.zeros(self._antennas, np.float32)
        return counts
