"""The rule to beat: where an item was last well read."""

from __future__ import annotations

import numpy as np

from drivers.observations import Delivery, Return, Sale, Stocktake
from gateway.simulate.baselines.tags import NOWHERE, Ints, Reads, TagRule
from gateway.simulate.plan import StorePlan


class LastWellRead(TagRule):
    """The rule to beat: an item stays where it was last well read until sold or seen leaving.

    Reads fade by 7 % a second; a move needs 1.8 times the reads of the present zone; a sale takes
    the item of that GTIN last heard at till or exit; an item last well read at the exit and silent
    since has left.
    """

    name = "last well read"
    FADE, MOVES = 0.93, 1.8
    LEFT_AFTER = 15.0
    """Seconds without a word after the exit heard it best."""

    def __init__(self, plan: StorePlan) -> None:
        super().__init__(plan)
        self._out = np.array([kind in {"till", "exit"} for kind in self.kinds])
        self._exit = np.array([kind == "exit" for kind in self.kinds])
        self._level = np.zeros((0, len(self.zones)), np.float64)
        self._at: Ints = np.zeros(0, np.int64)
        self._heard = np.zeros(0, np.float64)
        self._heard_out = np.zeros(0, np.float64)
        self._sold = np.zeros(0, np.bool_)
        self._now: float | None = None

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """Add to the zone's level."""
        zone = int(self.zone_of[antenna])
        self._level[rows, zone] += reads.n
        self._heard[rows] = t
        if self._out[zone]:
            self._heard_out[rows] = t

    def settle(self, now: float) -> Ints:
        """Move what is now much better read elsewhere; let go what left."""
        rows = np.arange(len(self._at))
        best = self._level.argmax(axis=1) if len(rows) else rows
        present = np.where(self._at != NOWHERE, self._level[rows, self._at], 0.0)
        moves = (self._level[rows, best] > self.MOVES * present) & (self._level[rows, best] >= 1.0)
        moves &= ~self._sold
        self._at[moves] = best[moves]
        at_exit = (self._at != NOWHERE) & self._exit[self._at]
        self._at[at_exit & (self._heard < now - self.LEFT_AFTER)] = NOWHERE
        since = 1.0 if self._now is None else max(0.0, now - self._now)
        self._level *= self.FADE**since
        self._now = now
        return np.where(self._sold, NOWHERE, self._at)

    def told(self, fact: Sale | Return | Delivery | Stocktake) -> None:
        """Sales take an item away, returns bring the one last heard back."""
        if isinstance(fact, Sale | Return):
            for line in fact.lines:
                for _ in range(line.qty):
                    self._take(line.gtin, line.epc, sold=isinstance(fact, Sale))

    def grow(self, rows: int) -> None:
        """Make room."""
        more = rows - len(self._at)
        self._level = np.concatenate([self._level, np.zeros((more, len(self.zones)))])
        self._at = np.concatenate([self._at, np.full(more, NOWHERE, np.int64)])
        self._heard = np.concatenate([self._heard, np.full(more, -np.inf)])
        self._heard_out = np.concatenate([self._heard_out, np.full(more, -np.inf)])
        self._sold = np.concatenate([self._sold, np.zeros(more, np.bool_)])

    def _take(self, gtin: str, epc: str | None, *, sold: bool) -> None:
        row = None if epc is None else self.row_of_urn(epc)
        if row is None:
            known = np.arange(self.count)
            of_gtin = self.gtin[: self.count] == self.gtin_index(gtin)
            fits = known[of_gtin & (self._sold[: self.count] != sold)]
            if not len(fits):
                return
            by = self._heard_out[fits] if sold else self._heard[fits]
            # With none heard on its way out, the one that has been silent longest.
            row = int(fits[by.argmax() if np.isfinite(by).any() else self._heard[fits].argmin()])
        self._sold[row] = sold
        if not sold:
            self._level[row] = 0.0
