"""What a visitor and a ticket are worth, in goods and, where the till says what was paid, in money.

Money is counted in whole hundredths of the store's currency and divided as fractions: no float.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Trade:
    """A stretch of time. Units a visitor = conversion × units a ticket, where all three exist.

    `amount`: hundredths paid in `priced` of the transactions; a till need not say it of all.
    """

    visitors: float
    transactions: int
    units: int
    amount: int = 0
    priced: int = 0

    @property
    def conversion(self) -> float | None:
        """Transactions over visitors; None without visitors."""
        return self.transactions / self.visitors if self.visitors > 0 else None

    @property
    def units_a_ticket(self) -> float | None:
        """Units over transactions; None without transactions."""
        return self.units / self.transactions if self.transactions > 0 else None

    @property
    def units_a_visitor(self) -> float | None:
        """Units over visitors; None without visitors."""
        return self.units / self.visitors if self.visitors > 0 else None

    @property
    def average_ticket(self) -> Fraction | None:
        """Hundredths a ticket, of those whose amount is known; None where there are none."""
        return Fraction(self.amount, self.priced) if self.priced > 0 else None

    @property
    def sales_a_visitor(self) -> Fraction | None:
        """Hundredths a visitor: conversion × average ticket; tickets without an amount are taken
        for average ones. None without visitors or amounts.
        """
        if self.average_ticket is None or self.visitors <= 0:
            return None
        return self.transactions / Fraction(self.visitors) * self.average_ticket
