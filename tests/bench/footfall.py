"""Footfall: gaps filled, events found, conversion within its interval, a year aggregated."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gateway.changes import StoreMinute
from gateway.footfall.buckets import buckets
from gateway.footfall.down import ratio
from gateway.footfall.unusual import alarms, usual_among
from tests.bench import calit2, conversion_days

WEEKS_LOOKED_BACK = 6
SEEDS = 12
GOALS = {"1 h": (36.0, 29.0), "4 h": (22.0, 12.0), "1 day": (20.0, 4.4)}
"""Errors of the prototype in percent: mean of the past six, and that times the other stream."""
FLAGS_OF_FIFTEEN_WEEKS, EVENTS_GOAL, EVENTS_ALL = 98, 25, 30


def run() -> list[str]:
    """One line a figure."""
    place = calit2.folder()
    if place is None:
        public = ["CalIt2 is not here (SHELFCAST_CALIT2): gaps and events not measured"]
    else:
        public = [*gap_lines(*(calit2.counts(place, flow) for flow in (calit2.IN, calit2.OUT)))]
        public += event_lines(place)
    return [*public, *conversion_lines(), year_line()]


def gap_lines(own: NDArray[np.float64], other: NDArray[np.float64]) -> Iterator[str]:
    """Error of the total of gaps, each way of filling, over every gap of the later weeks."""
    for name, slots in (("1 h", 2), ("4 h", 8), ("1 day", 48)):
        errors = gap_errors(own.ravel(), other.ravel(), slots)
        goal = GOALS[name]
        yield (
            f"gap of {name}: zero {errors[0]:.1f} %, mean of slots {errors[1]:.1f} %,"
            f" with the other stream {errors[2]:.1f} % (prototype {goal[0]:g} and {goal[1]:g} %)"
        )


def gap_errors(
    own: NDArray[np.float64], other: NDArray[np.float64], slots: int
) -> tuple[float, float, float]:
    """Sum of absolute errors over the sum of true totals, in percent.

    Every gap of weekdays between 8 and 20 o'clock (the day: all of it) that has three weeks behind
    it: at night there is nobody to miss. The other stream's ratio is taken over the gap so far, as
    the engine does.
    """
    week = calit2.SLOTS_A_WEEK
    wrong = np.zeros(3)
    true = 0.0
    for begin in range(3 * week, len(own) - slots + 1):
        if not _worth_filling(begin, slots):
            continue
        gap = np.arange(begin, begin + slots)
        back = [gap - week * n for n in range(1, WEEKS_LOOKED_BACK + 1) if begin >= week * n]
        mean = float(np.mean([own[one] for one in back], axis=0).sum())
        usual = float(np.mean([other[one] for one in back], axis=0).sum())
        scaled = mean * ratio(float(other[gap].sum()), usual)
        total = own[gap].sum()
        true += total
        wrong += np.abs(np.array([0.0, mean, scaled]) - total)
    zero, means, streams = 100.0 * wrong / true
    return float(zero), float(means), float(streams)


def _worth_filling(begin: int, slots: int) -> bool:
    day, slot = divmod(begin, 48)
    if not 1 <= day % 7 <= 5:
        return False
    return slot == 0 if slots == 48 else slot >= 16 and slot + slots <= 40


def event_lines(folder: Path) -> Iterator[str]:
    """Events found at as many flags a week as the prototype's 98 in fifteen weeks."""

    weeks = calit2.counts(folder, calit2.IN)
    known = calit2.events(folder, len(weeks))
    flags = round(FLAGS_OF_FIFTEEN_WEEKS * len(weeks) / 15)
    goal = EVENTS_GOAL / EVENTS_ALL * len(known)
    usual = weeks.mean(axis=0)
    # Anscombe: the threshold of a Poisson normal, as so many standard deviations.
    poisson = (2 * (np.sqrt(weeks + 3 / 8) - np.sqrt(usual + 3 / 8))).ravel()
    busy = usual_among(weeks)[1][:, :, 1].ravel()
    odds = np.log(busy + 1e-300) - np.log(1 - busy + 1e-17)
    for name, score in (("Poisson threshold", poisson), ("two-state model", odds)):
        single = np.argsort(-score, kind="stable")[:flags].tolist()
        yield (
            f"events, {name}: {_found(known, alarms(score.tolist(), flags))} of {len(known)} at"
            f" {flags} alarms, {_found(known, single)} at {flags} single half hours"
            f" (goal {goal:.1f})"
        )


def _found(known: list[tuple[int, int]], flagged: list[int]) -> int:
    slots = set(flagged)
    return sum(any(n in slots for n in range(begin, end)) for begin, end in known)


def conversion_lines() -> Iterator[str]:
    """Simulated days through the engine: the interval beside raw division, edges apart."""
    each = [conversion_days.measure(seed) for seed in range(SEEDS)]
    for name in ("learned", "raw"):
        hours = sum(one[name].hours for one in each)
        held = sum(one[name].held for one in each)
        edges = [one[name] for one in each]
        first = np.mean([one.first for one in edges])
        last = np.mean([one.last for one in edges])
        yield (
            f"conversion, {name}: truth within the interval in {100 * held / hours:.1f} % of"
            f" {hours} hours; first hour {100 * first:.1f} %, last {100 * last:.1f} %"
            f" (true {100 * conversion_days.TRUE:.0f} %)"
        )


def year_line() -> str:
    """A store-year of minutes into hours."""
    rng = np.random.default_rng(1)
    people = rng.poisson(1.0, 365 * 1_440).tolist()
    minutes = [StoreMinute(60.0 * (n + 1), p, p, p, 9, p // 3) for n, p in enumerate(people)]
    begun = time.process_time()
    found = buckets(minutes, 0.0, 365 * 86_400.0, 3_600.0)
    taken = time.process_time() - begun
    assert sum(one.entries for one in found) == sum(people)
    return f"a store-year of minutes into {len(found)} hours: {taken:.2f} s (goal < 2 s)"


if __name__ == "__main__":
    print("\n".join(run()))
