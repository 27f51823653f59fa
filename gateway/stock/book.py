"""Book stock: what deliveries, sales, returns and counts say should be there, per GTIN."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.stock.layout import Article

DAY = 86_400.0
DECAY_A_DAY = 0.01
"""Share of a book's certainty lost each day since somebody counted."""


@dataclass(slots=True)
class Account:
    """One GTIN: its book, its tags, what is put aside.

    Attributes:
        book: units by the book, None when nobody ever said. Never negative.
        booked_at: time of the newest delivery, count or return; None with no book.
        counted_at: time of the newest count or first booking.
        rows: rows of every known tag of this GTIN.
        unavailable: units returned or damaged, not checked; part of what is on hand.
        lying: zones of units no tag was read of, as counted or delivered: zone number -> units.
    """

    gtin: str
    article: Article
    catalogued: bool
    book: int | None = None
    booked_at: float | None = None
    counted_at: float | None = None
    rows: list[int] = field(default_factory=list)
    unavailable: int = 0
    lying: dict[int, int] = field(default_factory=dict)
    weighed: float | None = None
    weighed_zone: int = -1
    weighed_t: float | None = None
    heard: float | None = None

    def take_in(self, qty: int, t: float) -> None:
        """Units came into the book."""
        self.book = max(0, (self.book or 0) + qty)
        self.booked_at = t
        if self.counted_at is None:
            self.counted_at = t

    def take_off(self, qty: int) -> int:
        """Units left the book; answers how many it did not have."""
        if self.book is None:
            return 0
        short = max(0, qty - self.book)
        self.book = max(0, self.book - qty)
        return short

    def pin(self, qty: int, t: float) -> None:
        """Somebody counted: the book is `qty` from now on."""
        self.book, self.booked_at, self.counted_at = max(0, qty), t, t

    def unseen(self, known: int) -> int:
        """Units in the book beyond the `known` tags that are in it."""
        return max(0, (self.book or 0) - known)


def certainty(account: Account, now: float) -> float:
    """Share of certainty the book has kept since somebody counted."""
    if account.counted_at is None:
        return 1.0
    days = max(0.0, now - account.counted_at) / DAY
    return float((1 - DECAY_A_DAY) ** days)
