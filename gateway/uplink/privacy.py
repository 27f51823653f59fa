"""No bucket of people below the store's threshold leaves the store.

Counts of people (in, out, visitors) that are too small to be told are carried over to a later
minute until together they reach the threshold, so sums over time stay exact. Occupancy is no sum
and cannot be carried: from 1 up to the threshold it is not told at all (null). Zero is told:
nobody is nobody's secret.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carried:
    """People counted and not yet told, by column."""

    entries: int = 0
    exits: int = 0
    visitors: int = 0

    def __bool__(self) -> bool:
        return bool(self.entries or self.exits or self.visitors)


def told(carried: Carried, counted: Carried, threshold: int) -> tuple[Carried, Carried]:
    """Split what is carried plus what was counted into (told now, carried on)."""
    entries = _split(carried.entries + counted.entries, threshold)
    exits = _split(carried.exits + counted.exits, threshold)
    visitors = _split(carried.visitors + counted.visitors, threshold)
    return (
        Carried(entries[0], exits[0], visitors[0]),
        Carried(entries[1], exits[1], visitors[1]),
    )


def told_occupancy(occupancy: int, threshold: int) -> int | None:
    """People inside, or None when there are some and fewer than the threshold."""
    return occupancy if occupancy <= 0 or occupancy >= threshold else None


def _split(count: int, threshold: int) -> tuple[int, int]:
    return (count, 0) if count >= max(threshold, 1) else (0, count)
