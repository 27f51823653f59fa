"""Conversion with its honesty: the Wilson score interval, "too few", and flags instead of clamps.

Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22
(1927), equation 6; z = 1.96 for 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z_95 = 1.959964
FEWEST_VISITORS = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """Transactions over visitors; None where it would say more than is known."""

    rate: float | None
    low: float | None
    high: float | None
    flags: tuple[str, ...] = ()


def wilson(share: float, trials: float) -> tuple[float, float]:
    """The 95 % Wilson interval of a `share` seen among `trials` (more than 0)."""
    z2 = Z_95 * Z_95
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    half /= 1 + z2 / trials
    return max(0.0, centre - half), min(1.0, centre + half)


def effective_trials(share: float, trials: float, unsure: float, inside: float = 1.0) -> float:
    """Fewer trials, among which chance alone spreads as widely as chance and our doubt together.

    Args:
        unsure: relative variance of the count of visitors.
        inside: mean chance that a visitor of those counted decides in the time looked at. Where it
            is below 1 the number of those who do is itself a matter of chance: the variance of the
            sales is n p (1 - p inside), not n p (1 - p).
    """
    chance = share * (1 - share)
    if chance <= 0.0:
        return trials
    spread = share * (1 - share * inside) / trials + unsure * share * share
    return chance / spread


def conversion_rate(
    transactions: int, visitors: float, unsure: float = 0.0, inside: float = 1.0
) -> Rate:
    """Conversion of a stretch of time, rounded to four places; see `effective_trials`."""
    if visitors <= 0:
        flags = ("sales_without_visitors",) if transactions else ("too_few",)
        return Rate(None, None, None, flags)
    share = transactions / visitors
    more = ("more_sales_than_visitors",) if transactions > visitors else ()
    if visitors < FEWEST_VISITORS:
        return Rate(None, None, None, ("too_few", *more))
    if more:
        return Rate(round(share, 4), None, None, more)
    low, high = wilson(share, effective_trials(share, visitors, unsure, inside))
    return Rate(round(share, 4), round(low, 4), round(high, 4))
