"""The gateway's clock stepped: said, and what was stamped by the clock before is put right.

A Pi without a clock of its own may start years off and be put right in the middle of a day, and a
time server may be wrong for a while. Left alone, everything heard "later" than now would count as
fresh until that time comes, and what is ten years old by a wrong clock as unknown: it is stamped
anew, as long ago as it was. A hold keeps the minutes that it had left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Alert, Change
from gateway.stock.book import Account
from gateway.stock.goods import Goods
from gateway.stock.hearing import Hearing
from gateway.stock.holds import Holds
from gateway.stock.tags import Tags

BACK_SECONDS, AHEAD_SECONDS = 60.0, 86_400.0
"""A step of less is nothing that a person must look at."""
TOLD_SECONDS = 3_600.0
TIMES = ("last", "first", "since", "sold", "settled", "recent_t", "since_rival", "placed")
"""Columns of tags that hold event times; `review` holds times to come."""
ACCOUNT_TIMES = ("booked_at", "counted_at", "whole_at", "heard", "weighed_t")


class SteppedClock:
    """Is told of steps, and compares each `now` with the one before for those nobody told of.

    What was stamped since the start was stamped by the clock that is now said to be wrong, and
    moves with it; what was remembered from before it was not.
    """

    def __init__(self, tags: Tags, goods: Goods, hearing: Hearing, holds: Holds) -> None:
        self._tags, self._goods, self._hearing, self._holds = tags, goods, hearing, holds
        self._before: float | None = None
        self._agreed = 0.0
        self._told: float | None = None
        self._said: list[Change] = []

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`: next `tell` says what follows."""
        self._before = now
        self._said += self._holds.step(seconds)
        self._stamp_anew(seconds, now)
        self._agreed = min(self._agreed + seconds, now)
        for account in self._goods.accounts:
            # Answers carry ages: all of them are said anew.
            self._goods.touch(account.gtin)
        if seconds <= -BACK_SECONDS or seconds >= AHEAD_SECONDS:
            self._alarm(seconds, now)

    def tell(self, now: float) -> list[Change]:
        """What a step makes known, with an alert that is taken back an hour later."""
        before, self._before = self._before, now
        if before is None:
            # What was remembered may have been stamped by a clock that was ahead.
            self._stamp_anew(0.0, now)
            self._agreed = now
        elif now - before <= -BACK_SECONDS:
            self.step(now - before, now)
        elif now - before >= AHEAD_SECONDS:
            # Nobody says that it is no time that went by: holds may have run out in it.
            self._agreed = now
            self._alarm(now - before, now)
        elif self._told is not None and now - self._told >= TOLD_SECONDS:
            self._told = None
            self._said.append(Alert(now, "clock_wrong", "clock", over=True))
        said, self._said = self._said, []
        return said

    def _alarm(self, seconds: float, now: float) -> None:
        self._told = now
        self._said.append(Alert(now, "clock_wrong", "clock", f"stepped by {seconds:+.0f} s"))

    def _stamp_anew(self, seconds: float, now: float) -> None:
        """Move what is younger than the last agreement; nothing was later than `now`."""
        for name in TIMES:
            self._move(getattr(self._tags, name), seconds, now)
        review = self._tags.review
        review[review >= self._agreed] += seconds
        self._move(self._hearing.heard, seconds, now)
        for account in self._goods.accounts:
            self._move_of(account, seconds, now)

    def _move(self, times: NDArray[np.float64], seconds: float, now: float) -> None:
        times[times >= self._agreed] += seconds
        np.minimum(times, now, out=times)

    def _move_of(self, account: Account, seconds: float, now: float) -> None:
        for name in ACCOUNT_TIMES:
            t = getattr(account, name)
            if t is not None:
                setattr(account, name, self._moved(t, seconds, now))
        account.arrivals = [(self._moved(t, seconds, now), qty) for t, qty in account.arrivals]
        entries = account.entries
        account.entries = [(self._moved(t, seconds, now), n, back) for t, n, back in entries]
        lifted = account.lifted
        lifted.units = [(self._moved(t, seconds, now), units) for t, units in lifted.units]

    def _moved(self, t: float, seconds: float, now: float) -> float:
        return min(now, t + seconds if t >= self._agreed else t)
