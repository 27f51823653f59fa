"""The gateway's clock stepped: said, and no time kept that has not come yet.

A Pi without a clock of its own may start years off and be put right in the middle of a day. Forward
nothing is wrong but ages, which the next reads make young. Backward, everything heard "later" than
now would count as fresh until that time comes.
"""

from __future__ import annotations

import numpy as np

from gateway.changes import Alert, Change
from gateway.stock.book import Account
from gateway.stock.goods import Goods
from gateway.stock.hearing import Hearing
from gateway.stock.tags import Tags

BACK_SECONDS, AHEAD_SECONDS = 60.0, 86_400.0
"""Steps of less are the clock's usual manners, or a machine that slept."""
TOLD_SECONDS = 3_600.0
TIMES = ("last", "first", "since", "sold", "settled", "recent_t", "since_rival", "placed", "review")
"""Columns of tags that hold event times."""
ACCOUNT_TIMES = ("booked_at", "counted_at", "heard", "weighed_t", "short_since")


class SteppedClock:
    """Compares each `now` with the one before."""

    def __init__(self, tags: Tags, goods: Goods, hearing: Hearing) -> None:
        self._tags, self._goods, self._hearing = tags, goods, hearing
        self._before: float | None = None
        self._told: float | None = None

    def tell(self, now: float) -> list[Change]:
        """An alert when time stepped, taken back an hour later."""
        before, self._before = self._before, now
        step = 0.0 if before is None else now - before
        if step <= -BACK_SECONDS:
            self._forget_future(now)
        if step <= -BACK_SECONDS or step >= AHEAD_SECONDS:
            self._told = now
            return [Alert(now, "clock_wrong", "clock", f"stepped by {step:+.0f} s")]
        if self._told is not None and now - self._told >= TOLD_SECONDS:
            self._told = None
            return [Alert(now, "clock_wrong", "clock", over=True)]
        return []

    def _forget_future(self, now: float) -> None:
        """What is said to have been later than now was just now."""
        for name in TIMES:
            column = getattr(self._tags, name)
            np.minimum(column, now, out=column)
        np.minimum(self._hearing.heard, now, out=self._hearing.heard)
        for account in self._goods.accounts:
            self._forget_of(account, now)

    @staticmethod
    def _forget_of(account: Account, now: float) -> None:
        for name in ACCOUNT_TIMES:
            t = getattr(account, name)
            if t is not None and t > now:
                setattr(account, name, now)
