"""Gaps in one stream of a door, filled several ways: error of the gap's total.

Of CalIt2's ten weeks every gap is tried that has three weeks behind it; what a way of filling knows
of the past is the five weeks that a store keeps, and all that it learns it learns from those. The
few constants of `usual` and `fill` were set with an eye on these weeks: half or double of any of
them moves each figure by less than half a point.
"As it ends" knows nothing after the gap; "day over" is what the engine says at midnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.footfall.conversion import ESTIMATE_ERROR
from gateway.footfall.fill import Together, expected, together
from gateway.footfall.interval import Z_95
from gateway.footfall.slots import DAYS_KEPT
from gateway.footfall.usual import Days, usual

WEEKS_BEHIND, WEEKS_LOOKED_BACK = 3, 6
SLOTS = 48
OPENS, CLOSES = 16, 40
"""8 to 20 o'clock: at night there is nobody to miss. A gap of a day is all of it."""
RATIO_WEIGHT = 20.0
LENGTHS = {"1 h": 2, "4 h": 8, "1 day": 48}
GOALS = {"1 h": 29.0, "4 h": 12.0, "1 day": 4.4}
"""Best column of the prototype, in percent."""
FEWEST_GUESSED = 10.0
WAYS = ("zero", "mean of six", "x other stream", "ours, as it ends", "ours, day over")


@dataclass(slots=True)
class Errors:
    """Errors in percent by length of the gap and way of filling, in the order of `WAYS`."""

    by_length: dict[str, NDArray[np.float64]]

    def met(self, name: str, way: str) -> bool:
        """Whether a way of filling is no worse than the prototype's best."""
        return round(float(self.by_length[name][WAYS.index(way)]), 1) <= GOALS[name]


def gap_errors(days: Days, stream: int, *, weekends: bool) -> Errors:
    """Sum of absolute errors over the sum of true totals, in percent.

    Args:
        days: counts shaped (days, 2 streams, 48), from a Sunday on.
        stream: the one that is hidden; the other goes on.
        weekends: whether gaps on Saturdays and Sundays are judged, too.
    """
    wrong = {name: np.zeros(len(WAYS)) for name in LENGTHS}
    true = dict.fromkeys(LENGTHS, 0.0)
    for day in range(7 * WEEKS_BEHIND, len(days)):
        if not weekends and day % 7 in {0, 6}:
            continue
        for name, each, total in _judged(days, day, stream):
            wrong[name] += np.abs(each - total)
            true[name] += total
    return Errors({name: 100.0 * wrong[name] / true[name] for name in LENGTHS})


def _judged(days: Days, day: int, stream: int) -> Iterator[tuple[str, NDArray[np.float64], float]]:
    """(length, totals by way, true total) of every gap of one day."""
    history = np.full((DAYS_KEPT, *days.shape[1:]), np.nan)
    kept = days[max(0, day - DAYS_KEPT) : day]
    history[DAYS_KEPT - len(kept) :] = kept
    means, _ = usual(history, DAYS_KEPT)
    past = together(history)
    for name, slots in LENGTHS.items():
        starts = [0] if slots == SLOTS else range(OPENS, CLOSES - slots + 1)
        for begin in starts:
            gap = slice(begin, begin + slots)
            ours = [_ours(days[day], stream, gap, end, means, past) for end in (gap.stop, SLOTS)]
            totals = np.array([0.0, *_plain(days, day, stream, gap), *ours])
            yield name, totals, float(days[day, stream, gap].sum())


def _plain(days: Days, day: int, stream: int, gap: slice) -> tuple[float, float]:
    """Mean of the past same slots, and that times how busy the other stream is."""
    back = [day - 7 * n for n in range(1, WEEKS_LOOKED_BACK + 1) if day >= 7 * n]
    mean = float(days[back, stream, gap].sum(axis=1).mean())
    due = float(days[back, 1 - stream, gap].sum(axis=1).mean())
    now = float(days[day, 1 - stream, gap].sum())
    return mean, mean * (now + RATIO_WEIGHT) / (due + RATIO_WEIGHT)


def _ours(
    day: NDArray[np.float64], stream: int, gap: slice, end: int, means: Days, past: Together
) -> float:
    """As the engine fills it, knowing the day up to `end`."""
    seen = day.copy()
    seen[stream, gap] = np.nan
    seen[:, end:] = np.nan
    return float(expected(seen, means, past)[stream, gap].sum())


def estimate_error(days: Days) -> tuple[int, float, float]:
    """Hours of at least `FEWEST_GUESSED` guessed people, filled as they end.

    Returns:
        how many, the root mean square of their errors as a share of the guess, and in how many the
        truth lies within what conversion takes for the 95 % interval of an estimate.
    """
    shares = []
    for stream in range(2):
        for day in range(7 * WEEKS_BEHIND, len(days)):
            for name, each, total in _judged(days, day, stream):
                guess = each[WAYS.index("ours, as it ends")]
                if name == "1 h" and guess >= FEWEST_GUESSED:
                    shares.append(total / guess - 1.0)
    off = np.array(shares)
    held = float(np.mean(np.abs(off) <= Z_95 * ESTIMATE_ERROR))
    return len(off), float(np.sqrt(np.mean(off**2))), held


def gap_lines(days: Days) -> Iterator[str]:
    """The table, and a line for each goal."""
    yield (
        f"{'error of the total of a gap, %':<34}"
        + "".join(f"{way:>18}" for way in WAYS)
        + f"{'goal':>8}"
    )
    judged = {}
    for title, weekends in (("working days", False), ("all days", True)):
        for number, name in enumerate(("entries", "exits")):
            found = judged[title, name] = gap_errors(days, number, weekends=weekends)
            for length, errors in found.by_length.items():
                cells = "".join(f"{error:>18.1f}" for error in errors)
                yield f"{f'{length} of {name}, {title}':<34}{cells}{GOALS[length]:>8g}"
    first, every = (judged[title, "entries"] for title in ("working days", "all days"))
    for length, goal in GOALS.items():
        early, late = first.by_length[length][-2:]
        met = ["met" if first.met(length, way) else "missed" for way in WAYS[-2:]]
        yield (
            f"goal, gap of {length} in entries on working days, prototype's best {goal:g} %:"
            f" {early:.1f} % as it ends: {met[0]}; {late:.1f} % once the day is over: {met[1]}"
            f" (with weekends {every.by_length[length][-2]:.1f} and"
            f" {every.by_length[length][-1]:.1f} %, where mean x other stream of these very days"
            f" has {every.by_length[length][2]:.1f} %)"
        )
    hours, error, held = estimate_error(days)
    yield (
        f"  an hour's estimate is off by {100 * error:.0f} % (root mean square of {hours} hours of"
        f" at least {FEWEST_GUESSED:.0f} people); conversion takes it for"
        f" {100 * ESTIMATE_ERROR:.0f} %, whose interval holds {100 * held:.1f} %"
    )
