"""What shelf scales say, given to the articles that lie on them.

One scale for one article, several articles on one scale, or several scales for one article: the
shop floor has all three. Of the last, the weights are added up, and what lies there is known once
each of them has spoken.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from drivers.observations import Reading, Weight
from gateway.stock.book import Account
from gateway.stock.goods import Goods
from gateway.stock.layout import Layout, Scale
from gateway.stock.weighing import DECIDED, counts_by_weight, kind_of

GRAMS_MOST = 1e6
"""A shelf scale says no more than a tonne, or it is broken."""


class _Tray(NamedTuple):
    """What a scale said last."""

    grams: float
    zone: int
    t: float


class Scales:
    """The scales of the store, and what each said last."""

    def __init__(
        self, layout: Layout, goods: Goods, faults: Counter[str], zone: Callable[[str], int]
    ) -> None:
        self._scales, self._goods, self._faults = layout.scales, goods, faults
        self._zone = zone
        self._trays: dict[str, _Tray] = {}
        by_gtin: dict[str, list[str]] = {}
        for src, scale in layout.scales.items():
            for gtin in dict.fromkeys((scale.gtin, *scale.also)):
                by_gtin.setdefault(gtin, []).append(src)
        mixed = {src for src, scale in layout.scales.items() if scale.also}
        self._together = {
            gtin: sources
            for gtin, sources in by_gtin.items()
            if len(sources) > 1 and not mixed.intersection(sources)
        }

    def weighed(self, weight: Weight) -> None:
        """A scale spoke."""
        scale = self._scales.get(weight.src)
        account = None if scale is None else self._goods.account(scale.gtin)
        if scale is None or account is None:
            self._faults["unknown_scale"] += 1
        elif not (abs(weight.grams) <= GRAMS_MOST and math.isfinite(weight.t) and weight.t >= 0):
            self._faults["bad_weight"] += 1
        elif scale.also:
            self._share_out(weight, scale)
        elif account.article.unit_grams:
            self._add_up(weight, scale, account)

    def counted(self, said: Reading) -> None:
        """A shelf device that counts by itself is a scale whose every unit weighs the same."""
        scale = self._scales.get(said.src)
        account = None if scale is None else self._goods.account(scale.gtin)
        grams = (account.article.unit_grams if account is not None else None) or 0.0
        self.weighed(Weight(said.src, said.t, said.at, said.value * grams))

    def _add_up(self, weight: Weight, scale: Scale, account: Account) -> None:
        self._trays[weight.src] = _Tray(weight.grams, self._zone(scale.zone), weight.t)
        sources = self._together.get(scale.gtin, [weight.src])
        trays = [self._trays[src] for src in sources if src in self._trays]
        if len(trays) < len(sources):
            return
        by_zone: dict[int, float] = {}
        for tray in trays:
            by_zone[tray.zone] = by_zone.get(tray.zone, 0.0) + max(0.0, tray.grams)
        # As old as the oldest of them: one that fell silent leaves the sum unsure.
        account.weigh(by_zone, min(tray.t for tray in trays))
        self._goods.touch(account.gtin)

    def _share_out(self, weight: Weight, scale: Scale) -> None:
        """The weight of several articles on one tray, given to each as far as it can be told."""
        met = [self._goods.account(gtin) for gtin in dict.fromkeys((scale.gtin, *scale.also))]
        accounts = [one for one in met if one is not None]
        if any(not one.article.unit_grams for one in accounts) or len(accounts) < len(met):
            self._faults["unweighable_scale"] += 1
            return
        zone = self._zone(scale.zone)
        kinds = [kind_of(one, one.article.unit_grams or 1.0, weight.grams) for one in accounts]
        said = counts_by_weight(weight.grams, kinds)
        for account, kind, spread in zip(accounts, kinds, said, strict=True):
            if spread.max() >= DECIDED:
                account.weigh({zone: float(spread.argmax()) * kind.grams}, weight.t)
            else:
                account.weigh_mixed(spread, zone, weight.t)
            self._goods.touch(account.gtin)
