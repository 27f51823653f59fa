"""One run of an ROSpec: whose turn it is, until when, and what is to be said after each round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gateway.demo.llrp_scan import Scan, ScanPlan
from gateway.demo.llrp_words import Sighting

DWELL_SECONDS = 0.2
"""An antenna's turn in a scan that nothing but a stop ends."""
LATE_SECONDS = 2.0
"""Rounds that should have ended longer ago than this are left out: nobody scanned then."""

Heard: TypeAlias = tuple[int, Sighting]


@dataclass(frozen=True, slots=True)
class Report:
    """Report these tags (antenna, sighting) of AISpec `index`, counted from 1."""

    index: int
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class ScanEnded:
    """AISpec `index` is over; its tags came before this."""

    index: int
    t: float


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The ROSpec's list is done, or its time is up."""

    t: float


Said: TypeAlias = Report | ScanEnded | RunEnded


class Run:
    """An active ROSpec. `antenna` scans from `began` to `ends` (seconds UTC); then `finish`."""

    def __init__(self, plan: ScanPlan, now: float) -> None:
        self.plan = plan
        self._started = now
        self._scan = self._turn = self._heard = 0
        self._waiting: list[Heard] = []
        self.began = self.ends = now
        self._next_turn(now)

    @property
    def antenna(self) -> int:
        """Whose turn it is."""
        return self._now.antennas[self._turn]

    def finish(self, heard: Sequence[Sighting], now: float) -> list[Said]:
        """The present turn is over, with what was heard in it; what is to be said, in order."""
        antenna, ended = self.antenna, self.ends
        self._waiting += [(antenna, seen) for seen in heard]
        self._heard += len(heard)
        every = self.plan.report.every
        said: list[Said] = list(self.report()) if every and len(self._waiting) >= every else []
        self._turn = (self._turn + 1) % len(self._now.antennas)
        time_up = self.plan.seconds is not None and ended >= self._started + self.plan.seconds
        if time_up or self._scan_is_over():
            said += self._end_scan(ended, time_up=time_up)
        if not (said and isinstance(said[-1], RunEnded)):
            self._next_turn(max(ended, now - LATE_SECONDS))
        return said

    def report(self) -> list[Report]:
        """What waits, reported now."""
        heard, self._waiting = tuple(self._waiting), []
        return [Report(self._scan + 1, heard)] if heard else []

    @property
    def _now(self) -> Scan:
        return self.plan.scans[self._scan]

    def _scan_is_over(self) -> bool:
        scan = self._now
        enough = 0 < scan.tags <= self._heard
        return enough or (self._turn == 0 and scan.seconds is not None)

    def _end_scan(self, t: float, *, time_up: bool) -> list[Said]:
        done = time_up or self._scan + 1 == len(self.plan.scans)
        said: list[Said] = [*self.report(), ScanEnded(self._scan + 1, t)]
        if done:
            said.append(RunEnded(t))
        else:
            self._scan, self._turn, self._heard = self._scan + 1, 0, 0
        return said

    def _next_turn(self, begins: float) -> None:
        scan = self._now
        lasts = DWELL_SECONDS if scan.seconds is None else scan.seconds / len(scan.antennas)
        self.began, self.ends = begins, begins + lasts
