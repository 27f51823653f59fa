"""What visitors do: browse, pick up, carry about, try on, put back, pay, steal, bring back."""

from __future__ import annotations

import numpy as np

from gateway.simulate.crowd import Person
from gateway.simulate.floor import Point
from gateway.simulate.shop import Script, Shop

PICKS, KEEPS, TRIES_ON, LEAVES_IN_FITTING = 0.45, 0.45, 0.35, 0.3
STOPS = (1, 5)
BROWSE_SECONDS, LOOK_SECONDS, FITTING_SECONDS = 35.0, 8.0, 150.0
SAME_STYLE = 0.6
"""How often a buyer goes for what everybody wants (`Shelving.demand`), not for any thing there."""


def visitor(shop: Shop, person: Person, door: int, closing: float, intent: str) -> Script:
    """One visit. `intent` is buy, steal or look."""
    yield from shop.enter(person, door)
    stops = int(shop.rng.integers(*STOPS))
    for zone in _tour(shop, stops):
        if shop.now > closing:
            break
        yield from shop.walk(person, stand(shop, zone))
        yield from _browse(shop, person, zone, intent)
    yield from _try_on(shop, person, intent)
    if intent != "buy" or shop.now > closing + 600.0:
        if intent != "steal":
            yield from _put_all_back(shop, person)
    elif own(shop, person):
        yield from _buy(shop, person)
    person.hides = False
    yield from shop.leave(person, door)


def returner(shop: Shop, person: Person, door: int) -> Script:
    """Comes in with a thing they bought, gives it back and leaves."""
    yield from shop.enter(person, door)
    zone = counter(shop, person.at)
    yield from shop.walk(person, stand(shop, zone))
    yield shop.queue()
    shop.give_back(person, zone)
    yield from shop.leave(person, door)


def stand(shop: Shop, zone: int) -> Point:
    """A place before a zone where somebody may stand."""
    x, y = shop.floor.areas[zone].stand
    half = shop.floor.areas[zone].half[0]
    return x + half * float(shop.rng.uniform(-0.8, 0.8)), y + float(shop.rng.uniform(-0.2, 0.2))


def counter(shop: Shop, at: Point) -> int:
    """Where one pays: the till, or whatever zone comes nearest to one."""
    for kind in ("till", "exit", "shelf"):
        zone = shop.floor.nearest(at, kind)
        if zone is not None:
            return zone
    return 0


def own(shop: Shop, person: Person) -> list[int]:
    """What somebody has with them of the store's, unpaid."""
    return [row for row in person.bag if not shop.goods.sold[row]]


def _tour(shop: Shop, stops: int) -> list[int]:
    shelves = shop.goods.shelves
    if not shelves:
        return []
    tour: list[int] = shop.rng.choice(shelves, min(stops, len(shelves)), replace=False).tolist()
    return tour


def _browse(shop: Shop, person: Person, zone: int, intent: str) -> Script:
    yield float(shop.rng.exponential(BROWSE_SECONDS))
    wish = PICKS if intent == "look" else 2 * PICKS
    if shop.rng.random() < wish:
        row = _choose(shop, zone)
        if row is not None:
            yield from _consider(shop, person, row, zone, intent)
    yield from _change_of_mind(shop, person, zone)


def _choose(shop: Shop, zone: int) -> int | None:
    lying = shop.goods.resting(zone)
    if not len(lying):
        return None
    wanted = shop.shelving.demand[shop.goods.gtin[lying]]
    odds = SAME_STYLE * wanted / wanted.sum() + (1 - SAME_STYLE) / len(lying)
    return int(shop.rng.choice(lying, p=odds / odds.sum()))


def _consider(shop: Shop, person: Person, row: int, zone: int, intent: str) -> Script:
    person.hides = intent == "steal"
    shop.pick(person, row)
    yield float(shop.rng.exponential(LOOK_SECONDS))
    if intent != "steal" and shop.rng.random() > KEEPS + 0.35 * (intent == "buy"):
        shop.put_down(person, [row], zone)


def _change_of_mind(shop: Shop, person: Person, zone: int) -> Script:
    """Now and then a thing from another shelf is left at this one."""
    if person.hides or not own(shop, person):
        return
    row = own(shop, person)[0]
    if zone not in shop.shelving.homes[shop.goods.gtin[row]] and shop.rng.random() < 0.5 * _sloppy(
        shop
    ):
        yield float(shop.rng.exponential(LOOK_SECONDS))
        shop.put_down(person, [row], zone)


def _try_on(shop: Shop, person: Person, intent: str) -> Script:
    room = shop.floor.nearest(person.at, "fitting")
    mine = own(shop, person)
    if room is None or not mine or intent == "steal" or shop.rng.random() > TRIES_ON:
        return
    yield from shop.walk(person, stand(shop, room))
    shop.put_down(person, mine, room, keep=True)
    yield float(shop.rng.gamma(3.0, FITTING_SECONDS / 3.0))
    left = [row for row in mine if shop.rng.random() < LEAVES_IN_FITTING]
    shop.take_up(person, mine)
    shop.put_down(person, left, room)


def _buy(shop: Shop, person: Person) -> Script:
    zone = counter(shop, person.at)
    mine = own(shop, person)
    yield from shop.walk(person, stand(shop, zone))
    shop.put_down(person, mine, zone, keep=True)
    yield shop.queue()
    shop.pay(mine)
    yield float(shop.rng.exponential(6.0))


def _put_all_back(shop: Shop, person: Person) -> Script:
    for row in own(shop, person):
        zone = shop.home(int(shop.goods.gtin[row]))
        if shop.rng.random() < _sloppy(shop) and shop.goods.shelves:
            zone = int(shop.rng.choice(np.array(shop.goods.shelves)))
        yield from shop.walk(person, stand(shop, zone))
        yield float(shop.rng.exponential(LOOK_SECONDS))
        shop.put_down(person, [row], zone)


def _sloppy(shop: Shop) -> float:
    return shop.scenario.misplaced
