"""Two step functions laid over each other: exact integrals between their changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def overlaid(
    left: Sequence[tuple[float, A]],
    right: Sequence[tuple[float, B]],
    since: float,
    until: float,
    first: tuple[A, B],
) -> Iterator[tuple[float, float, A, B]]:
    """(begin, end, left's value, right's value) for each stretch of [`since`, `until`).

    `left` and `right` are (time, value from then on), by time. Before their first entry the values
    are those of `first`. Stretches of no length are left out.
    """
    a, b = first
    i = j = 0
    begin = since
    while True:
        while i < len(left) and left[i][0] <= begin:
            a, i = left[i][1], i + 1
        while j < len(right) and right[j][0] <= begin:
            b, j = right[j][1], j + 1
        end = until
        if i < len(left):
            end = min(end, left[i][0])
        if j < len(right):
            end = min(end, right[j][0])
        if begin >= until:
            return
        yield begin, end, a, b
        begin = end


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of `values` do not exceed; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]
