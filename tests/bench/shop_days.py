"""Days of the virtual store through the footfall engine: conversion by the hour beside its truth.

`gateway.simulate` knows who came in when and who of them paid. The truth of an hour is the share
of all who come in at that hour of the day, over all days, who buy on that visit: the chance, that
is, not one day's luck. Parties, customers with a return and a counter that misses some are in; on
the first day a person counts at the door beside it, as every store is asked to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from drivers.observations import Count, Sale
from gateway.changes import Conversion
from gateway.footfall.calibration import Manual
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.simulate.crowd import Person
from gateway.simulate.random_plans import random_plan
from gateway.simulate.reading import Line
from gateway.simulate.scenario import Scenario
from gateway.simulate.shop import Script, Shop
from gateway.simulate.world import Step, World
from tests.bench.conversion_days import DAY, HOUR, HOURS_OPEN, Judged, judged

TRAIN_DAYS, JUDGED_DAYS = 3, 9
SCENARIO = Scenario(visitors_per_hour=150.0, returns=2.0, staff=0)
SHELVES, TAGS = 6, 900


@dataclass(slots=True)
class Cohorts:
    """Who came in by the hour of the day, and who of them paid."""

    came: Counter[int] = field(default_factory=Counter)
    bought: Counter[int] = field(default_factory=Counter)

    def watch(self, shop: Shop, opened: float) -> None:
        """From now on note who enters this shop and who pays in it."""
        inside: dict[int, int] = {}
        enter, leave, pay = shop.enter, shop.leave, shop.pay

        def entering(person: Person, door: int) -> Script:
            inside[person.slot] = int((shop.now - opened) // HOUR)
            self.came[inside[person.slot]] += 1
            yield from enter(person, door)

        def leaving(person: Person, door: int) -> Script:
            inside.pop(person.slot)
            yield from leave(person, door)

        def paying(rows: list[int]) -> None:
            customer = next(p for p in shop.crowd.people if p is not None and rows[0] in p.bag)
            self.bought[inside[customer.slot]] += 1
            pay(rows)

        for name, watched in (("enter", entering), ("leave", leaving), ("pay", paying)):
            setattr(shop, name, watched)

    def share(self, hour: int) -> float:
        """Of all who came in at an hour of the day, those who bought."""
        return self.bought[hour] / max(1, self.came[hour])


def measure(seed: int) -> dict[str, Judged]:
    """The engine's hours (`learned`) and plain division (`raw`), after some days of learning."""
    plan = replace(random_plan(seed, SHELVES, TAGS, antennas=False), scanner=None, hours={})
    engine = FootfallEngine(FootfallRules(doors={plan.doors[0]: DoorRule(plan.doors[0])}))
    cohorts, hours = Cohorts(), dict[float, Conversion]()
    first = plan.first_opening()
    engine.advance(first)
    for day in range(TRAIN_DAYS + JUDGED_DAYS):
        world = World(plan, 100 * seed + day, SCENARIO, start=first + day * DAY)
        cohorts.watch(world.shop, world.start)
        step = world.step(world.start + (HOURS_OPEN + 3) * HOUR)
        for change in _fed(engine, step, day):
            hours[change.since] = change
        if day == 0:
            engine.calibrate_by_hand(plan.doors[0], list(_watched(step)))
    kept = [hour for since, hour in sorted(hours.items()) if since >= first + TRAIN_DAYS * DAY]
    true = {hour: cohorts.share(hour) for hour in range(HOURS_OPEN)}
    return {name: judged(kept, first, true, raw=name == "raw") for name in ("learned", "raw")}


def _fed(engine: FootfallEngine, step: Step, day: int) -> Iterator[Conversion]:
    """A day's counts and sales through the engine; every day is another life of the counter."""
    for obs in step.observations():
        match obs:
            case Count():
                engine_obs: Count | Sale = replace(obs, boot=obs.boot + 1_000 * day)
            case Sale():
                engine_obs = replace(obs, id=f"{day}/{obs.id}")
            case _:
                continue
        told = engine.advance(engine_obs.t)
        yield from (change for change in told if isinstance(change, Conversion))
        engine.observe(engine_obs)


def _watched(step: Step) -> Iterator[Manual]:
    """What somebody beside the door saw, and what the counter said meanwhile; hour by hour."""
    counts = [(o.t, o.entries + o.exits) for o in step.observations() if isinstance(o, Count)]
    doors: list[Line] = [dict(line) for line in step.truth if line["kind"] == "door"]
    begin = counts[0][0]
    while begin + HOUR <= counts[-1][0]:
        counted = _last(counts, begin + HOUR) - _last(counts, begin)
        true = _passed(doors, begin + HOUR) - _passed(doors, begin)
        yield Manual(true / 60.0, counted, true)
        begin += HOUR


def _last(counts: list[tuple[float, int]], t: float) -> int:
    return max(total for moment, total in counts if moment <= t)


def _passed(doors: list[Line], t: float) -> int:
    return max((line["in"] + line["out"] for line in doors if line["t"] <= t), default=0)
