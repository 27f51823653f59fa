"""Book stock: what deliveries, sales, returns and counts say should be there, per GTIN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gateway.stock.layout import Article
from gateway.stock.lifted import Lifted
from gateway.stock.places import NOWHERE

DAY = 86_400.0
ARRIVING_SECONDS = 900.0
"""So long after a delivery antennas have found nearly all of it that they ever will."""
FULL_UNIT = 0.75
"""A scale that shows so much of a further unit has it."""
BOOK_TRUST = 0.985
"""P(a book is right that somebody has just written)."""
LATE_SECONDS, LATE_ENTRIES = 2 * DAY, 200
"""A count may be told so late, and so much may have moved the book since."""
AGAIN_SECONDS = 60.0
"""Less is not the time between two counts, but the same one told twice."""
DECAY_A_DAY = 0.01
"""Share of a book's certainty lost each day since somebody counted."""


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """What people found in a zone beyond its known tags.

    It holds as long as no further tag of the GTIN is read: `read` had been by then. `again`: the
    count before it had found so many units beyond the tags, too.
    """

    beyond: int
    again: bool
    read: int


@dataclass(slots=True)
class Account:
    """One GTIN: its book, its tags, what is put aside.

    Attributes:
        book: units by the book, None when nobody ever said. Never negative.
        booked_at: time of the newest delivery, count or return; None with no book.
        counted_at: time of the newest count or first booking.
        whole_at: time of the newest count of the building: what happened before is in it.
        entries: (time, units, of them returned) of what moved the book, for a count told late.
        rows: rows of every known tag of this GTIN.
        unavailable: units returned or damaged, not checked; part of what is on hand.
        lying: zones of units no tag was read of, as counted or delivered: zone number -> units.
        counted: by zone number, what the newest count of the zone found beyond its tags.
        moved: units by which counts of single zones have moved the book; None while it rests on
            nothing but such counts.
        delivered: of `lying`, units in the back room by delivery, not by anybody's count.
        arrivals: (time, units) of the newest deliveries, for which antennas may need a while.
        brought_back: units returned whose tags are sold ones: not in the book's tags again before
            they are read where goods lie.
        confirmed: units without a known tag that people found in two counts of the building.
        elsewhere: units in the book beyond those on the GTIN's scale, in the back room say; None
            until both have spoken.
        lifted: units that the scale no longer shows though it should.
        weighed: grams on all its scales together, None before they spoke.
        weighed_in: the same by zone number.
        weighed_t: when the scale spoke; of several, the one that spoke longest ago.
        mixed: P(count = k) on a scale that several GTINs share, None where its weight decides.
    """

    gtin: str
    article: Article
    catalogued: bool
    book: int | None = None
    booked_at: float | None = None
    counted_at: float | None = None
    whole_at: float | None = None
    entries: list[tuple[float, int, int]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    unavailable: int = 0
    lying: dict[int, int] = field(default_factory=dict)
    counted: dict[int, ZoneCount] = field(default_factory=dict)
    moved: int | None = 0
    delivered: int = 0
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    brought_back: int = 0
    returns_from: float | None = None
    confirmed: int = 0
    weighed: float | None = None
    weighed_in: dict[int, float] = field(default_factory=dict)
    weighed_t: float | None = None
    elsewhere: int | None = None
    lifted: Lifted = field(default_factory=Lifted)
    mixed: NDArray[np.float64] | None = None
    heard: float | None = None

    def counted_since(self, t: float) -> bool:
        """Whether the building was counted later: that count knew of what is only told now."""
        return self.whole_at is not None and t < self.whole_at

    def begin(self, units: int, t: float) -> None:
        """The first that is booked finds units there before it: nothing came in with them."""
        self.book, self.booked_at = max(0, units), t

    def take_in(self, qty: int, t: float, *, returned: bool = False) -> None:
        """Units came into the book, as goods or back from a customer."""
        self.book = max(0, (self.book or 0) + qty)
        self._note(t, qty, qty if returned else 0)
        self.booked_at = t
        if self.elsewhere is not None:
            self.elsewhere += qty
        if self.counted_at is None:
            self.counted_at = t

    def take_off(self, qty: int, t: float) -> int:
        """Units left the book; answers how many it did not have."""
        self._note(t, -qty, 0)
        if self.book is None:
            return 0
        short = max(0, qty - self.book)
        self.book = max(0, self.book - qty)
        self.unavailable = min(self.unavailable, self.book)
        self.brought_back = min(self.brought_back, self.book)
        return short

    def returned_since(self, t: float) -> int:
        """Units that came back from customers."""
        return sum(back for then, _, back in self.entries if then >= t)

    def arrive(self, qty: int, t: float) -> None:
        """Units were delivered; notes older than antennas need are forgotten."""
        self.arrivals = [(then, n) for then, n in self.arrivals if 0 <= t - then < ARRIVING_SECONDS]
        self.arrivals.append((t, qty))

    def arriving(self, now: float) -> list[tuple[float, int]]:
        """Deliveries so new that antennas may not have found all of them yet."""
        return [(t, n) for t, n in self.arrivals if abs(now - t) < ARRIVING_SECONDS]

    def pin(self, qty: int, t: float) -> None:
        """Somebody counted zones: the book is `qty` from now on."""
        self._note(t, qty - (self.book or 0), 0)
        self.book, self.booked_at, self.counted_at = max(0, qty), t, t
        self.elsewhere, self.lifted = None, Lifted()
        self.moved = 0

    def pin_whole(self, qty: int, t: float, known: int) -> None:
        """Somebody counted the building at `t`: `qty`, and what has come and gone since.

        `known`: tags that are in the book. What a later count finds again beyond them, is there.
        """
        since = [entry for entry in self.entries if entry[0] > t]
        before, again = self.book, self.whole_at is not None and t - self.whole_at >= AGAIN_SECONDS
        self.pin(qty + sum(units for _, units, _ in since), t)
        self.confirmed = self.unseen(known) if again and before == self.book else 0
        returned = sum(back for *_, back in since)
        self.unavailable = min(self.unavailable, returned)
        self.brought_back = min(self.brought_back, returned)
        self.whole_at, self.entries = t, since

    def _note(self, t: float, units: int, returned: int) -> None:
        kept = [entry for entry in self.entries if t - entry[0] < LATE_SECONDS]
        self.entries = [*kept[1 - LATE_ENTRIES :], (t, units, returned)]

    def weigh(self, by_zone: Mapping[int, float], t: float) -> None:
        """The GTIN's scale spoke, or the last of several: grams by zone number.

        Units beyond the book's are brought to the shelf from elsewhere; units that leave the shelf
        go nowhere else: they are in a hand, sold, or gone.
        """
        grams = sum(by_zone.values())
        lay, self.weighed = self._on_scale(), grams
        self.weighed_in, self.weighed_t = dict(by_zone), t
        self.mixed = None
        if self.book is None or not self.article.unit_grams:
            return
        lies = self._on_scale()
        rest = max(0, self.book - lies)
        self.elsewhere = rest if self.elsewhere is None else min(self.elsewhere, rest)
        self.lifted.weighed(rest - self.elsewhere, max(0, lies - lay), t)

    def _on_scale(self) -> int:
        """Units that the scale shows."""
        if self.weighed is None or not self.article.unit_grams:
            return 0
        return math.floor(max(0.0, self.weighed) / self.article.unit_grams + 1 - FULL_UNIT)

    def weigh_mixed(self, spread: NDArray[np.float64], zone: int, t: float) -> None:
        """A scale spoke that leaves open how many of its weight are of this GTIN."""
        likely = float(spread.argmax()) * (self.article.unit_grams or 0.0)
        self.weighed, self.weighed_in, self.weighed_t = likely, {zone: likely}, t
        self.mixed = spread

    def beside_scale(self, now: float) -> int:
        """Units in the building that do not lie on the scale: elsewhere, or just lifted off it."""
        if self.elsewhere is None or self.book is None or self.weighed is None:
            return 0
        rest = max(0, self.book - self._on_scale())
        lifted = min(self.lifted.in_hand(now), max(0, rest - self.elsewhere))
        return min(self.elsewhere, rest) + lifted

    def known_lying(self) -> dict[int, int]:
        """Units by zone number that no tag was read of, where somebody counted or delivered."""
        return {zone: qty for zone, qty in self.lying.items() if zone != NOWHERE and qty > 0}

    def unseen(self, known: int) -> int:
        """Units in the book beyond the `known` tags that are in it."""
        return max(0, (self.book or 0) - known)


def trust(account: Account, now: float) -> float:
    """P(the book is right), by itself: less with every day since somebody counted."""
    if account.counted_at is None:
        return BOOK_TRUST
    days = max(0.0, now - account.counted_at) / DAY
    return float(BOOK_TRUST * (1 - DECAY_A_DAY) ** days)
