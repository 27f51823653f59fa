"""How right a timeline is: held against the truth, second by second, without sampling.

Every figure is an exact integral over the stretches between two changes of either side, from the
truth's `from` to its `to`. A GTIN of which the timeline has said nothing yet counts as none on
hand, none available, state unknown: who never says a word about goods that are there is wrong.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from gateway.simulate.reading import Line, read_timeline, read_truth
from gateway.simulate.score_items import ItemScore, score_items
from gateway.simulate.score_people import PeopleScore, score_people
from gateway.simulate.spans import overlaid, percentile

STORE_DAY = 43_200.0
"""Twelve hours open: what "a store-day" means in a rate."""

IN_STOCK, OUT, UNKNOWN = ("in_stock", "low"), "out_of_stock", "unknown"

BINS = (0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Edges of the reliability bins: narrow where promises are made."""


@dataclass(frozen=True, slots=True)
class _True:
    on_hand: int
    floor: int


@dataclass(frozen=True, slots=True)
class _Said:
    on_hand: int
    floor: int | None
    available: int
    state: str
    p: float | None


NOTHING_TRUE, NOTHING_SAID = _True(0, 0), _Said(0, 0, 0, UNKNOWN, None)


@dataclass(slots=True)
class Bin:
    """A reliability bin: GTIN-seconds in it, their mean `p_available`, share really available."""

    low: float
    high: float
    seconds: float = 0.0
    said: float = 0.0
    true: float = 0.0


@dataclass(slots=True)
class Score:
    """All figures. Shares are of GTIN-seconds, 0 to 1; times are seconds; None: nothing to judge.

    Attributes:
        strangers: GTINs that are no goods of this store, and were spoken of.
        wrong_building: on hand is not what is in the building. wrong_floor: the rounded sum over
            shelf zones is not what lies on the shelves.
        false_available: units are promised while there are none. false_in_stock: the state says in
            stock or low while there are none. over_promised: more is promised than there is.
        false_out: the state says out of stock while there are some; `false_outs` counts how often.
        outs: times that the last unit went and none came back at once; `out_said`: how many of them
            were said; `out_p50`, `out_p95`: of `delays`, seconds to that, infinite where never.
        brier: of `p_available` against really available, by time.
    """

    gtins: int = 0
    strangers: int = 0
    hours: float = 0.0
    wrong_building: float = 0.0
    wrong_floor: float | None = None
    count_error: float = 0.0
    false_available: float = 0.0
    false_in_stock: float = 0.0
    over_promised: float = 0.0
    false_out: float = 0.0
    false_outs: int = 0
    false_outs_a_day: float = 0.0
    unknown: float = 0.0
    outs: int = 0
    out_said: int = 0
    delays: list[float] = field(default_factory=list)
    out_p50: float | None = None
    out_p95: float | None = None
    brier: float | None = None
    reliability: list[Bin] = field(default_factory=list)
    worst: list[tuple[str, float]] = field(default_factory=list)
    items: ItemScore = field(default_factory=ItemScore)
    people: PeopleScore = field(default_factory=PeopleScore)


def score_files(timeline: Path, truth: Path) -> Score:
    """The score of a timeline file. Raises `reading.ScoreError`."""
    header, true = read_truth(truth)
    return score_lines(read_timeline(timeline), header, true)


def score_lines(timeline: Iterable[Line], header: Line, truth: Iterable[Line]) -> Score:
    """The score of timeline lines against a truth's header and lines, each in time order."""
    said, true = _by_kind(timeline), _by_kind(truth)
    since, until = float(header["from"]), float(header["to"])
    shelves = {zone for zone, kind in header["zones"].items() if kind == "shelf"}
    score = Score(hours=(until - since) / 3600.0)
    _score_stock(
        score, _true_steps(true["stock"]), _said_steps(said["stock"], shelves), since, until
    )
    score.items = score_items(said["item"], true["item"], since, until)
    score.people = score_people(said, true, since, until)
    return score


def _by_kind(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    kinds: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        kinds[line["kind"]].append(line)
    return kinds


def _moment(line: Line) -> float:
    """Timelines tell milliseconds: what a truth knows finer is no difference between the two."""
    return round(float(line["t"]), 3)


def _true_steps(lines: list[Line]) -> dict[str, list[tuple[float, _True]]]:
    steps: dict[str, list[tuple[float, _True]]] = {}
    for line in lines:
        value = _True(line["on_hand"], line["floor"])
        steps.setdefault(line["gtin"], []).append((_moment(line), value))
    return steps


def _said_steps(lines: list[Line], shelves: set[str]) -> dict[str, list[tuple[float, _Said]]]:
    steps: dict[str, list[tuple[float, _Said]]] = {}
    for line in lines:
        zones = line.get("zones")
        floor = None
        if isinstance(zones, dict):
            floor = math.floor(sum(zones[z] for z in sorted(zones) if z in shelves) + 0.5)
        p = line.get("p_available")
        value = _Said(
            line["on_hand"],
            floor,
            line["available"],
            line["state"],
            None if p is None else float(p),
        )
        steps.setdefault(line["gtin"], []).append((_moment(line), value))
    return steps


class _Sums:
    """Seconds by what was wrong in them, over all GTINs."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.bins = [Bin(low, high) for low, high in pairwise(BINS)]
        self.false_outs = 0
        self.brier = self.judged = 0.0

    def add(self, lasts: float, true: _True, said: _Said) -> float:
        """Take one stretch in; answers with its seconds of wrong count."""
        seconds, wrong = self.seconds, said.on_hand != true.on_hand
        seconds["all"] += lasts
        seconds["building"] += lasts * wrong
        seconds["error"] += lasts * abs(said.on_hand - true.on_hand)
        if said.floor is not None:
            seconds["floor_said"] += lasts
            seconds["floor"] += lasts * (said.floor != true.floor)
        none = true.on_hand <= 0
        seconds["false_available"] += lasts * (none and said.available > 0)
        seconds["false_in_stock"] += lasts * (none and said.state in IN_STOCK)
        seconds["over"] += lasts * (said.available > max(true.on_hand, 0))
        seconds["false_out"] += lasts * (not none and said.state == OUT)
        seconds["unknown"] += lasts * (said.state == UNKNOWN)
        if said.p is not None:
            self._judge(lasts, said.p, really=not none)
        return lasts * wrong

    def _judge(self, lasts: float, p: float, *, really: bool) -> None:
        self.brier += lasts * (p - really) ** 2
        self.judged += lasts
        place = next((b for b in self.bins if p < b.high), self.bins[-1])
        place.seconds += lasts
        place.said += lasts * p
        place.true += lasts * really


def _score_stock(
    score: Score,
    true: Mapping[str, list[tuple[float, _True]]],
    said: Mapping[str, list[tuple[float, _Said]]],
    since: float,
    until: float,
) -> None:
    # Another shop's tags may be spoken of; they are nobody's stock here.
    gtins = sorted(true)
    score.strangers = len(said.keys() - true.keys())
    sums, delays, worst = _Sums(), list[float](), list[tuple[str, float]]()
    for gtin in gtins:
        before, wrong = False, 0.0
        steps = true[gtin], said.get(gtin, [])
        for begin, end, is_true, is_said in overlaid(
            *steps, since, until, (NOTHING_TRUE, NOTHING_SAID)
        ):
            wrong += sums.add(end - begin, is_true, is_said)
            false_out = is_true.on_hand > 0 and is_said.state == OUT
            sums.false_outs += false_out and not before
            before = false_out
        delays += _delays(*steps, since, until)
        worst.append((gtin, wrong / (until - since) if until > since else 0.0))
    score.gtins = len(gtins)
    score.worst = sorted((w for w in worst if w[1] > 0), key=lambda w: (-w[1], w[0]))[:10]
    _set_shares(score, sums, until - since)
    score.outs, score.out_said = len(delays), sum(map(math.isfinite, delays))
    score.delays = sorted(delays)
    score.out_p50, score.out_p95 = percentile(delays, 0.5), percentile(delays, 0.95)


def _set_shares(score: Score, sums: _Sums, lasts: float) -> None:
    seconds, whole = sums.seconds, sums.seconds["all"] or 1.0
    score.wrong_building = seconds["building"] / whole
    score.count_error = seconds["error"] / whole
    if seconds["floor_said"]:
        score.wrong_floor = seconds["floor"] / seconds["floor_said"]
    score.false_available = seconds["false_available"] / whole
    score.false_in_stock = seconds["false_in_stock"] / whole
    score.over_promised = seconds["over"] / whole
    score.false_out = seconds["false_out"] / whole
    score.unknown = seconds["unknown"] / whole
    score.false_outs = sums.false_outs
    score.false_outs_a_day = sums.false_outs * STORE_DAY / lasts if lasts > 0 else 0.0
    if sums.judged:
        score.brier = sums.brier / sums.judged
    for place in sums.bins:
        if place.seconds:
            place.said /= place.seconds
            place.true /= place.seconds
    score.reliability = [place for place in sums.bins if place.seconds]


def _delays(
    true: list[tuple[float, _True]],
    said: list[tuple[float, _Said]],
    since: float,
    until: float,
) -> list[float]:
    """For each time that the last unit went: seconds until the state was out of stock."""
    delays = []
    gone: float | None = None
    had = False
    for begin, _, is_true, is_said in overlaid(
        true, said, since, until, (NOTHING_TRUE, NOTHING_SAID)
    ):
        if is_true.on_hand > 0:
            if gone is not None:
                delays.append(math.inf)
            gone, had = None, True
        elif had:
            gone, had = begin, False
        if gone is not None and is_said.state == OUT:
            delays.append(begin - gone)
            gone = None
    if gone is not None:
        delays.append(math.inf)
    return delays
