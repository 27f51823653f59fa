"""What is in the store when the capture begins, and what the books say of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from drivers.observations import Delivery, DeliveryLine, Stocktake
from gateway.simulate.goods import Ints
from gateway.simulate.scenario import Book
from gateway.simulate.shop import BACK_OFFICE, Shop

EMPTY_AT_START, FEW_AT_START = 0.04, 0.25
"""Share of GTINs with none, and with only one or two, in the whole building."""

SOLD_BEFORE = 0.02
"""Units that customers bought before the capture began, as a share of the stock, at least one."""


def lay_out(shop: Shop) -> None:
    """Fill the shelves and the back room, and put what was sold before out of the door."""
    before = []
    stores = [i for i, kind in enumerate(shop.floor.kinds) if kind == "backroom"]
    for gtin in range(len(shop.goods.gtins)):
        left = _units(shop, gtin)
        for zone in shop.shelving.homes[gtin]:
            there = min(left, shop.shelving.capacity[zone, gtin])
            if there:
                shop.receive(gtin, there, zone)
            left -= there
        if left:
            shop.receive(gtin, left, stores[gtin % len(stores)] if stores else _first(shop, gtin))
        if shop.rng.random() < 4 * SOLD_BEFORE:
            before.append(gtin)
    for gtin in before:
        shop.sold_before(gtin)


def first_facts(shop: Shop) -> Iterator[Delivery | Stocktake]:
    """One delivery or stocktake for each GTIN, right or wrong as the scenario says."""
    scenario = shop.scenario
    if scenario.book is Book.NONE:
        return
    for gtin, name in enumerate(shop.goods.gtins):
        rows = np.flatnonzero(
            (shop.goods.gtin[: shop.goods.size] == gtin) & ~shop.goods.sold[: shop.goods.size]
        )
        qty = _written(shop, len(rows))
        if shop.rng.random() < scenario.first_epcs and qty:
            listed = tuple(_hex(shop, rows[:qty]))
            line = DeliveryLine(name, qty, listed)
            yield Delivery(BACK_OFFICE, shop.now, shop.now, f"OPEN-{gtin:05d}", (line,))
        else:
            yield Stocktake(BACK_OFFICE, shop.now, shop.now, name, qty)


def _units(shop: Shop, gtin: int) -> int:
    chance = shop.rng.random()
    if chance < EMPTY_AT_START:
        return 0
    if chance < EMPTY_AT_START + FEW_AT_START:
        return int(shop.rng.integers(1, 3))
    room = sum(shop.shelving.capacity[zone, gtin] for zone in shop.shelving.homes[gtin])
    return max(1, int(shop.rng.binomial(room, 0.8))) + int(shop.rng.poisson(0.4 * room))


def _first(shop: Shop, gtin: int) -> int:
    return shop.shelving.homes[gtin][0]


def _written(shop: Shop, units: int) -> int:
    if shop.scenario.book is not Book.WRONG or shop.rng.random() >= shop.scenario.book_errors:
        return units
    off = int(shop.rng.choice([-2, -1, -1, 1, 1, 2, 3]))
    return max(0, units + off)


def _hex(shop: Shop, rows: Ints) -> Iterator[str]:
    for row in rows.tolist():
        yield shop.goods.epc[row].tobytes().hex().upper()
