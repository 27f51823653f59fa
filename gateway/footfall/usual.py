"""What is usual in a half hour: learned from the same weekday, and from all days. Pure.

Five same half hours say little: their mean is off by a fifth where ten people pass. Every other day
of the store has much the same shape, so the mean is drawn towards that shape, scaled to the
weekday: firmly where few pass, hardly where many do and weekdays show what they have of their own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.float64]
"""Counts shaped (days, streams, 48 half hours), one day after another, nan where not seen. Streams
are one alone, or entries and exits of a door, of another, and so on."""

WEEK = 7
SHAPE_WEEKS = 12.0
"""The shape of all days weighs as many same half hours: the count of weeks that foretells a week
left out best (CalIt2, 12 to 16)."""
SHAPE_DIFFERS = 0.1
"""By this share a weekday's own shape may differ from that of all days."""
SCATTER = 2.0
"""Variance over mean of the same half hour, events left out."""
TOTAL_PEOPLE = 20.0
"""People that count as usual before a weekday's own total says how busy it is."""
FEW = 0.1


def usual(
    days: Days, row: int, weight: Days | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean by stream and half hour on day `row`, from the other days; itself is left out.

    Args:
        days: the days known; `row` may be one of them or come after them.
        weight: what each count weighs, shaped like `days`; 1 where it is left out.

    Returns:
        the means, and how many same half hours are behind each; both shaped (streams, 48). The
        mean is nan where there are none.
    """
    known = np.isfinite(days).astype(np.float64) * (1.0 if weight is None else weight)
    counts = np.where(known > 0.0, days, 0.0)
    same = [n for n in range(row % WEEK, len(days), WEEK) if n != row]
    weeks = known[same].sum(axis=0)
    own = (counts * known)[same].sum(axis=0)
    shape = _mean((counts * known).sum(axis=0), known.sum(axis=0))
    scaled = shape * _scale(own, weeks, shape)
    pull = np.minimum(SHAPE_WEEKS, SCATTER / SHAPE_DIFFERS**2 / np.maximum(scaled, FEW))
    means = (own + scaled * pull) / (weeks + pull)
    return np.where(weeks > 0.0, means, np.nan), weeks


def _scale(own: Days, weeks: Days, shape: Days) -> NDArray[np.float64]:
    """How busy the weekday is against all days; shaped (streams, 1).

    By both streams of a door together, for who comes in goes out.
    """
    both = min(2, len(own))
    came = own.reshape(-1, both, own.shape[1]).sum(axis=(1, 2))
    due = (weeks * shape).reshape(-1, both, own.shape[1]).sum(axis=(1, 2))
    each = (came + TOTAL_PEOPLE) / (due + TOTAL_PEOPLE)
    return np.asarray(np.repeat(each, both)[:, None])


def _mean(total: Days, number: Days) -> NDArray[np.float64]:
    return np.asarray(np.where(number > 0.0, total / np.maximum(number, 1e-9), 0.0))
