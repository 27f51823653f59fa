"""Units that a customer brought back and whose tags nobody knew: are they on a shelf again?

What this store sold under its tag is watched by `afterlife`. What was bought in another store, or
before there was a gateway, comes with a tag that is first read with its return: well heard on a
shelf, somebody has looked at it and laid it there.
"""

from __future__ import annotations

import numpy as np

from gateway.stock.book import Account
from gateway.stock.goods import Goods
from gateway.stock.layout import ZoneKind
from gateway.stock.places import Places
from gateway.stock.tags import HERE, Status, Tags

LOOK_SECONDS = 10.0
LIES_SECONDS = 30.0
"""So long on a shelf, as with what was sold under its tag."""
SURE, WELL = 0.9, 0.2
"""Belief that it lies there; reads a round: what was hardly ever heard may have lain there before
the return."""


class Returned:
    """Looks for such units now and then."""

    def __init__(self, places: Places, tags: Tags, goods: Goods) -> None:
        self._tags, self._goods = tags, goods
        self._shelf = places.are(ZoneKind.SHELF)
        self._looked = -np.inf
        self._seen: set[int] = set()

    def look(self, now: float) -> None:
        """Make units available that lie on a shelf again."""
        if 0 <= now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        for account in self._goods.accounts:
            if account.unavailable and account.returns_from is not None and account.rows:
                self._look_at(account, account.returns_from, now)

    def _look_at(self, account: Account, since: float, now: float) -> None:
        tags, rows = self._tags, self._goods.live(account)
        new = rows[(tags.first[rows] >= since) & ~tags.booked[rows]]
        lies = self._shelf[tags.home[new]] & (tags.belief[new, HERE] > SURE)
        lies &= (tags.best[new] > WELL) & (now - tags.since[new] >= LIES_SECONDS)
        # Goods of a delivery that names no tags are new, too.
        unnamed = sum(
            max(0, units - back) for t, units, back in account.entries if units > 0 and t >= since
        )
        for row in new[lies & (tags.status[new] == Status.HERE)].tolist()[unnamed:]:
            if row not in self._seen and account.unavailable:
                self._seen.add(row)
                account.unavailable -= 1
                account.brought_back = max(0, account.brought_back - 1)
                self._goods.touch(account.gtin)
