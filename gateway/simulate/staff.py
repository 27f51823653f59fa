"""What staff do: refill shelves, carry strays home, count, stand at the till, go out."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import TypeAlias

import numpy as np

from drivers.observations import Stocktake
from gateway.simulate.crowd import Person
from gateway.simulate.shop import BACK_OFFICE, Script, Shop
from gateway.simulate.shoppers import counter, stand

_Done: TypeAlias = Generator[float, None, bool]

HANDS = 8
LOW_SHELF = 0.5
SECONDS_A_UNIT = 1.5
MISCOUNT = 0.04
BREAK = 0.04
NOTICES_STRAY = 0.25


def employee(shop: Shop, person: Person, tasks: deque[int]) -> Script:
    """A working day. `tasks` are zones that somebody should count."""
    door = int(shop.rng.integers(len(shop.floor.doors)))
    while True:
        if tasks:
            yield from _count(shop, person, tasks.popleft())
        elif shop.rng.random() < BREAK and shop.staff > 1:
            yield from _break(shop, person, door)
        elif not (yield from _refill(shop, person)) and not (yield from _tidy(shop, person)):
            yield from _stand_about(shop, person)


def _stand_about(shop: Shop, person: Person) -> Script:
    yield from shop.walk(person, stand(shop, counter(shop, person.at)))
    yield float(shop.rng.uniform(60.0, 300.0))


def _break(shop: Shop, person: Person, door: int) -> Script:
    yield from shop.go_out(person, door)
    yield float(shop.rng.uniform(300.0, 1500.0))
    yield from shop.enter(person, door)


def _refill(shop: Shop, person: Person) -> _Done:
    """Bring what a shelf is short of from the back room."""
    wanted = _short(shop)
    if wanted is None:
        return False
    gtin, shelf, store = wanted
    yield from shop.walk(person, stand(shop, store))
    lying = shop.goods.resting(store)
    short = shop.shelving.capacity[shelf, gtin] - int(shop.goods.at[gtin, shelf])
    mine = lying[shop.goods.gtin[lying] == gtin][: min(HANDS, max(short, 0))].tolist()
    for row in mine:
        shop.pick(person, row)
    yield SECONDS_A_UNIT * len(mine) + 2.0
    yield from shop.walk(person, stand(shop, shelf))
    for row in mine:
        yield SECONDS_A_UNIT
        shop.put_down(person, [row], shelf)
    return True


def _short(shop: Shop) -> tuple[int, int, int] | None:
    """A GTIN, the shelf that is short of it, and the back room that has it."""
    stores = [i for i, kind in enumerate(shop.floor.kinds) if kind == "backroom"]
    if not stores or not shop.shelving.places:
        return None
    for _ in range(20):
        shelf, gtin = shop.shelving.places[int(shop.rng.integers(len(shop.shelving.places)))]
        if shop.goods.at[gtin, shelf] > LOW_SHELF * shop.shelving.capacity[shelf, gtin]:
            continue
        for store in stores:
            if shop.goods.at[gtin, store] > 0:
                return gtin, shelf, store
    return None


def _tidy(shop: Shop, person: Person) -> _Done:
    """Carry home what lies where it does not belong."""
    strays = _strays(shop)
    if not strays:
        return False
    for row in strays:
        yield from shop.walk(person, stand(shop, int(shop.goods.zone[row])))
        if int(shop.goods.holder[row]) < 0 and int(shop.goods.zone[row]) >= 0:
            shop.pick(person, row)
    for row in [row for row in strays if row in person.bag]:
        zone = shop.home(int(shop.goods.gtin[row]))
        yield from shop.walk(person, stand(shop, zone))
        yield 2.0
        shop.put_down(person, [row], zone)
    return True


def _strays(shop: Shop) -> list[int]:
    found: list[int] = []
    for zone, kind in enumerate(shop.floor.kinds):
        lying = shop.goods.resting(zone)
        if kind == "shelf":
            away = [
                r for r in lying.tolist() if zone not in shop.shelving.homes[shop.goods.gtin[r]]
            ]
            found += [r for r in away if shop.rng.random() < NOTICES_STRAY]
        elif kind != "backroom":
            found += lying.tolist()
    return found[:HANDS]


def _count(shop: Shop, person: Person, zone: int) -> Script:
    """Count a zone by hand and say what was found."""
    yield from shop.walk(person, stand(shop, zone))
    gtins = np.flatnonzero(shop.goods.at[:, zone])
    for gtin in gtins.tolist():
        found = int(shop.goods.at[gtin, zone])
        if found and shop.rng.random() < MISCOUNT:
            found += int(shop.rng.choice([-1, 1]))
        shop.out.append(
            Stocktake(BACK_OFFICE, shop.now, shop.now, shop.goods.gtins[gtin], max(found, 0),
                      shop.goods.zones[zone])
        )  # fmt: skip
        yield SECONDS_A_UNIT * max(found, 1)
