"""One shop as it was built: zones, antennas, goods and habits, all drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drivers.gtin import check_digit
from tests.bench.second_store.air import Air, drawn_air
from tests.bench.second_store.knobs import Knobs, Span

COMPANY = "3770042"
SHOP_FLOOR, BACK, CABIN = 0, 1, 2
"""Rooms, with walls between."""
ONE_READER = 14
"""Antennas that one reader serves; with more, a second one takes all that hang over no shelf."""


@dataclass(frozen=True, slots=True)
class Place:
    """A zone: where it is, how long it is along x, and on which side people stand."""

    id: str
    kind: str
    x: float
    y: float
    length: float
    front: float


@dataclass(frozen=True, slots=True)
class Antenna:
    """Where it hangs, where it looks, what it sends (dBm at its connector)."""

    reader: str
    number: int
    place: int
    at: tuple[float, float, float]
    aim: tuple[float, float, float]
    power: float


@dataclass(frozen=True, slots=True)
class Article:
    """A GTIN, its shelf, how many that holds, how many there are at opening."""

    gtin: str
    home: int
    facing: int
    shown: int
    spare: int


@dataclass(frozen=True, slots=True)
class Habits:
    """How people are here: rates an hour, shares, mean stops and picks."""

    visitors: float
    thefts: float
    stops: float
    picks: float
    keeps: float
    elsewhere: float
    tries: float
    buys: float
    till_reads_epc: float
    staff: int


@dataclass(frozen=True, slots=True)
class Premises:
    """A whole shop."""

    places: tuple[Place, ...]
    antennas: tuple[Antenna, ...]
    articles: tuple[Article, ...]
    air: Air
    habits: Habits
    width: float
    back_wall: float

    def of_kind(self, kind: str) -> list[int]:
        """Indices of the zones of a kind."""
        return [i for i, place in enumerate(self.places) if place.kind == kind]

    @property
    def door(self) -> tuple[float, float]:
        """Where people come in."""
        return self.width / 2.0, -0.3


def premises(seed: int, knobs: Knobs) -> Premises:
    """The shop of a seed; scenarios share its walls and goods."""
    rng = np.random.default_rng([seed, 20_261])
    cols = int(rng.integers(3, 5))
    shelves = int(rng.integers(8, 13))
    across, along = rng.uniform(2.6, 3.4), rng.uniform(2.7, 3.6)
    width = across * cols + 1.0
    places = _shelves(rng, shelves, cols, across, along)
    back_wall = max(place.y for place in places) + rng.uniform(1.8, 2.6)
    side = float(rng.choice([-1.0, 1.0]))
    places += [
        Place("stockroom", "backroom", width / 2.0, back_wall + 2.0, 4.0, -1.0),
        Place("cabins", "fitting", width + 1.5, rng.uniform(6.0, back_wall - 1.0), 2.5, -1.0),
        Place("desk", "till", width / 2.0 + side * rng.uniform(2.2, 3.0), 2.2, 1.0, -1.0),
    ]
    if knobs.exit_gate:
        places.append(Place("gate", "exit", width / 2.0, 0.6, 1.2, 1.0))
    hung, goods, air, habits = (np.random.default_rng([seed, 20_262 + n]) for n in range(4))
    return Premises(
        tuple(places),
        _antennas(hung, places, knobs),
        _articles(goods, shelves),
        drawn_air(air),
        _habits(habits, knobs),
        width,
        back_wall,
    )


def _shelves(
    rng: np.random.Generator, count: int, cols: int, across: float, along: float
) -> list[Place]:
    return [
        Place(
            f"rail-{i + 1:02d}",
            "shelf",
            0.5 + across * (i % cols + 0.5) + rng.uniform(-0.2, 0.2),
            6.5 + along * (i // cols) + rng.uniform(-0.2, 0.2),
            rng.uniform(1.3, 2.0),
            float(rng.choice([-1.0, 1.0])),
        )
        for i in range(count)
    ]


def _antennas(rng: np.random.Generator, places: list[Place], knobs: Knobs) -> tuple[Antenna, ...]:
    overhead, both = rng.uniform(0.4, 1.0), rng.uniform(0.2, 0.8)
    shelf_power = rng.uniform(23.0, 26.0)
    hung: list[tuple[int, tuple[float, float, float], tuple[float, float, float], float]] = []
    for i, place in enumerate(places):
        count = 1 + int(rng.random() < both) if place.kind == "shelf" else 1
        if place.kind == "backroom":
            count = 2
        for which in range(count):
            aside = (which - (count - 1) / 2.0) * place.length / 2.0
            hung.append(
                (i, *_hanging(rng, place, aside, overhead), _power(rng, place, shelf_power))
            )
    shelves = sum(places[i].kind == "shelf" for i, *_ in hung)
    alone = len(hung) <= ONE_READER
    antennas = []
    for n, (i, at, aim, power) in enumerate(hung):
        reader, number = ("reader-1", n) if alone or n < shelves else ("reader-2", n - shelves)
        antennas.append(Antenna(reader, number + 1, i, at, aim, power + knobs.power_db))
    return tuple(antennas)


def _hanging(
    rng: np.random.Generator, place: Place, aside: float, overhead: float
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    x, y = place.x, place.y
    match place.kind:
        case "till":
            return (x, y, 0.75), (x, y, 2.0)
        case "exit":
            return (x, y, 2.3), (x, y, 1.0)
        case "backroom" | "fitting":
            return (x + aside, y, 2.6), (x + aside, y, 0.8)
    if rng.random() < overhead:
        before = y + place.front * rng.uniform(0.6, 1.4)
        return (x + aside, before, rng.uniform(2.3, 2.8)), (x + aside, y, 1.0)
    end = float(rng.choice([-1.0, 1.0])) * (place.length / 2.0 + 0.3)
    return (x + end, y - place.front * 0.1, rng.uniform(1.3, 2.0)), (x, y, 1.0)


def _power(rng: np.random.Generator, place: Place, shelf: float) -> float:
    more = {"till": -7.0, "exit": 4.5, "backroom": 3.0}.get(place.kind, 0.0)
    return shelf + more + float(rng.normal(0.0, 0.7))


def _articles(rng: np.random.Generator, shelves: int) -> tuple[Article, ...]:
    count = int(rng.integers(40, 71))
    wanted = rng.uniform(250.0, 400.0) / count
    articles = []
    for i in range(count):
        body = f"{COMPANY}{i + 1:05d}"
        units = int(np.clip(rng.poisson(max(0.5, wanted - 3.0)) + 3, 3, 10))
        spare = int(rng.integers(1, 1 + units // 2)) if rng.random() < 0.3 else 0
        articles.append(
            Article(
                f"0{body}{check_digit(body)}", i * shelves // count, units + 2, units - spare, spare
            )
        )
    return tuple(articles)


def _habits(rng: np.random.Generator, knobs: Knobs) -> Habits:
    def drawn(span: Span) -> float:
        return float(rng.uniform(*span))

    return Habits(
        visitors=drawn(knobs.visitors),
        thefts=drawn(knobs.thefts),
        stops=drawn(knobs.stops),
        picks=drawn(knobs.picks),
        keeps=drawn(knobs.keeps),
        elsewhere=drawn(knobs.elsewhere),
        tries=drawn(knobs.tries),
        buys=drawn(knobs.buys),
        till_reads_epc=rng.uniform(0.0, 0.35),
        staff=int(rng.integers(1, 4)),
    )
