"""A day of one shop: what the gateway hears, and what was so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from drivers.observations import Observation, Stocktake
from gateway.simulate.truth import VERSION, TruthLog
from tests.bench.second_store.floor import Floor, Script
from tests.bench.second_store.goods import Goods
from tests.bench.second_store.knobs import Knobs
from tests.bench.second_store.link import Link
from tests.bench.second_store.premises import Premises, premises
from tests.bench.second_store.readers import Reader
from tests.bench.second_store.staff import OFFICE, Staff
from tests.bench.second_store.visitors import Visitors

START = 1_772_442_000.0
"""Monday, 2 March 2026, 10:00 in Paris."""
ROOM = 60
"""Tags that may come in during the day."""
WORN = 24
DEAF_DB = 60.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one shop."""

    seed: int
    knobs: Knobs
    shop: Premises
    header: dict[str, Any]
    truth: list[dict[str, Any]]
    observations: list[Observation]


def make_day(seed: int, knobs: Knobs, hours: float) -> Day:
    """The day of a seed; the same every time."""
    shop = premises(seed, knobs)
    rng = np.random.default_rng([seed, 77])
    units = sum(article.shown + article.spare for article in shop.articles)
    link = Link(shop, units + ROOM + WORN, np.random.default_rng([seed, 78]))
    goods = Goods(shop, link, TruthLog(), rng, START)
    link.weaken(_lack(rng, units + ROOM + WORN, knobs))
    floor = Floor(shop, goods, rng, START)
    _open(floor, np.random.default_rng([seed, 79]), knobs)
    _fill(floor, knobs, hours)
    epcs = _memory(goods)
    readers = [
        Reader(name, shop, link, epcs, (seed, 80, i), START)
        for i, name in enumerate(dict.fromkeys(a.reader for a in shop.antennas))
    ]
    for fault in _faults(floor, readers, np.random.default_rng([seed, 81]), knobs, hours):
        floor.begin(*fault)
    until = START + 3600.0 * hours
    _run(floor, readers, epcs, until)
    heard = sorted((o for o in floor.heard if o.at < until), key=lambda o: o.at)
    truth = sorted((line for line in goods.truth.take()), key=lambda line: float(str(line["t"])))
    header = {
        "kind": "truth",
        "version": VERSION,
        "store": f"SECOND-{seed}",
        "seed": seed,
        "from": START,
        "to": until,
        "zones": {place.id: place.kind for place in shop.places},
    }
    return Day(seed, knobs, shop, header, truth, heard)


def _lack(rng: np.random.Generator, tags: int, knobs: Knobs) -> np.ndarray[Any, Any]:
    lack = rng.normal(0.0, 1.0, tags)
    weak = rng.random(tags) < rng.uniform(*knobs.weak)
    lack[weak] += rng.uniform(*knobs.weak_db, int(weak.sum()))
    lack[rng.random(tags) < knobs.dead] = np.inf
    return lack


def _open(floor: Floor, rng: np.random.Generator, knobs: Knobs) -> None:
    """Goods in their places, and the book as it was left the evening before."""
    goods, shop = floor.goods, floor.shop
    back = shop.of_kind("backroom")[0]
    for article in shop.articles:
        for count, zone in ((article.shown, article.home), (article.spare, back)):
            goods.bring([goods.make(article) for _ in range(count)], zone)
    for article in shop.articles:
        off = int(rng.choice([-2, -1, 1, 2])) if rng.random() < knobs.book_wrong else 0
        book = max(0, article.shown + article.spare + off)
        floor.heard.append(Stocktake(OFFICE, floor.now, floor.now, article.gtin, book))


def _fill(floor: Floor, knobs: Knobs, hours: float) -> None:
    """Everybody's scripts."""
    rng, goods, articles = floor.rng, floor.goods, floor.shop.articles
    worn = []
    if knobs.wearers:
        worn = [goods.make(articles[7 * i % len(articles)]) for i in range(WORN)]
    visitors, staff = Visitors(floor, knobs, worn), Staff(floor)
    floor.begin(visitors.arrivals(), 0.0)
    floor.begin(visitors.crimes(), 0.0)
    for _ in range(floor.shop.habits.staff):
        floor.begin(staff.work(), 0.0)
    if rng.random() < 0.6:
        when = float(rng.uniform(0.15, 0.85)) * 3600.0 * hours
        floor.begin(staff.delivery(bool(rng.random() < 0.5)), when)


def _faults(
    floor: Floor, readers: list[Reader], rng: np.random.Generator, knobs: Knobs, hours: float
) -> list[tuple[Script, float]]:
    shop, link, truth = floor.shop, floor.goods.link, floor.truth

    def deaf(antenna: int, minutes: float) -> Script:
        its = shop.antennas[antenna]
        link.deafen(antenna, DEAF_DB)
        truth.fault(floor.now, its.reader, "deaf", its.number)
        yield 60.0 * minutes
        link.deafen(antenna, 0.0)
        truth.fault(floor.now, its.reader, "online", its.number)

    def offline(reader: Reader, minutes: float) -> Script:
        truth.fault(floor.now, reader.id, "offline")
        floor.heard.append(reader.device(floor.now, online=False))
        yield 60.0 * minutes
        truth.fault(floor.now, reader.id, "online")
        floor.heard.append(reader.device(floor.now, online=True))

    def restart() -> Script:
        floor.restart_counter()
        truth.fault(floor.now, "door-main", "reboot")
        yield 0.0

    shelves = [i for i, a in enumerate(shop.antennas) if shop.places[a.place].kind == "shelf"]
    chosen = readers[int(rng.integers(len(readers)))]
    scripts = (
        deaf(int(rng.choice(shelves)), float(rng.uniform(*knobs.deaf_minutes))),
        offline(chosen, float(rng.uniform(*knobs.offline_minutes))),
        restart(),
    )
    return [(script, float(rng.uniform(0.1, 0.8)) * 3600.0 * hours) for script in scripts]


def _run(floor: Floor, readers: list[Reader], epcs: np.ndarray[Any, Any], until: float) -> None:
    link = floor.goods.link
    known = 0
    while True:
        reader = min(readers, key=lambda one: one.next)
        if reader.next >= until:
            break
        floor.run(reader.next)
        link.drift(reader.next)
        if known < len(floor.goods.things):
            for thing in floor.goods.things[known:]:
                epcs[thing.row] = np.frombuffer(thing.epc, np.uint8)
            known = len(floor.goods.things)
        floor.heard.extend(reader.round())
    floor.run(until)


def _memory(goods: Goods) -> np.ndarray[Any, Any]:
    return np.zeros((len(goods.link.at), 12), np.uint8)
