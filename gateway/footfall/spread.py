"""People whose minute is not known, over the minutes in which they may have come. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

MINUTE = 60.0
MOST_CELLS = 1_440
"""A day by the minute; a longer stretch gets longer cells, so that its telling stays bounded."""


def cells(
    since: float, until: float, weight: Callable[[float], float]
) -> list[tuple[float, float]]:
    """(moment, weight) for each minute that lies in (`since`, `until`], oldest first.

    The moment is the middle of what the stretch has of the minute. `weight` says how likely people
    are at a moment; where it is zero throughout, all minutes are as likely as each other.
    """
    first = math.floor(since / MINUTE)
    count = max(1, math.ceil(until / MINUTE) - first)
    minutes = math.ceil(count / MOST_CELLS)
    found = []
    for begin in range(first, first + count, minutes):
        lower, upper = max(since, begin * MINUTE), min(until, (begin + minutes) * MINUTE)
        if upper > lower:
            found.append(((lower + upper) / 2, upper - lower))
    weighed = [(t, length * weight(t)) for t, length in found]
    return weighed if any(w > 0 for _, w in weighed) else found


def shares(people: int, weights: Sequence[float]) -> list[int]:
    """`people` in whole numbers by weight, exactly as many as there were.

    Sums from the left are right to half a person, so nobody gathers at either end.
    """
    total = math.fsum(weights)
    told, so_far, found = 0, 0.0, []
    for weight in weights:
        so_far += weight
        due = min(people, math.floor(people * so_far / total + 0.5)) if total else people
        found.append(due - told)
        told = due
    if found:
        found[-1] += people - told
    return found
