"""What a visitor is worth in goods. The till sends no prices, so everything here is in units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """A stretch of time. Units a visitor = conversion × units a ticket, where all three exist."""

    visitors: float
    transactions: int
    units: int

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
