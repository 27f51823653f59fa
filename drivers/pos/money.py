"""Money as whole hundredths of the store's currency, and the decimal text that it travels as."""

from __future__ import annotations

import re
from decimal import Decimal

HUNDREDTHS_MAX = 1_000_000_000
"""No line of goods costs more than ten millions."""

_TEXT = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")


def hundredths(text: str) -> int | None:
    """1290 for `12.90`; None for what is no amount: a sign, a comma, more than two decimals."""
    if not _TEXT.fullmatch(text):
        return None
    found = int(Decimal(text) * 100)
    return found if found <= HUNDREDTHS_MAX else None


def decimal_text(amount: int) -> str:
    """`12.90` for 1290; `amount` is not negative."""
    return f"{amount // 100}.{amount % 100:02}"
