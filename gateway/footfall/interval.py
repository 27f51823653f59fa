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


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share, `trials` at least 1 and `successes` at most that."""
    share = successes / trials
    z2 = Z_95 * Z_95
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    half /= 1 + z2 / trials
    return max(0.0, centre - half), min(1.0, centre + half)


def conversion_rate(transactions: int, visitors: int) -> Rate:
    """Conversion of a stretch of time, rounded to four places."""
    if visitors <= 0:
        flags = ("sales_without_visitors",) if transactions else ("too_few",)
        return Rate(None, None, None, flags)
    if transactions > visitors:
        return Rate(round(transactions / visitors, 4), None, None, ("more_sales_than_visitors",))
    if visitors < FEWEST_VISITORS:
        return Rate(None, None, None, ("too_few",))
    low, high = wilson(transactions, visitors)
    return Rate(round(transactions / visitors, 4), round(low, 4), round(high, 4))
