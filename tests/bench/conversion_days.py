"""Simulated days of visits through the footfall engine: what an hour says beside the truth.

Who comes in converts with a known chance and is at the till some time after. The true rate of every
hour is that chance, whatever the clock says of entries and sales.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drivers.observations import Count, Line, Observation, Sale
from gateway.changes import Conversion
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.interval import conversion_rate
from gateway.footfall.rules import DoorRule, FootfallRules

TRUE = 0.25
VISITORS_A_DAY = 2_000
HOURS_OPEN = 10
TRAIN_DAYS, JUDGED_DAYS = 5, 5
MEAN_DELAY, SHAPE = 1_080.0, 3
BEGIN = 1_763_712_000.0
"""Friday 21 November 2025, 08:00 UTC."""
DAY, HOUR = 86_400.0, 3_600.0


@dataclass(slots=True)
class Judged:
    """Hours with an interval, those that held the truth, mean rate of the first and last hour."""

    hours: int = 0
    held: int = 0
    first: float = 0.0
    last: float = 0.0


def measure(seed: int) -> dict[str, Judged]:
    """The engine's hours (`learned`) and plain division (`raw`), after some days of learning."""
    rng = np.random.default_rng(seed)
    engine = FootfallEngine(FootfallRules(doors={"door": DoorRule("door")}))
    hours: dict[float, Conversion] = {}
    total = 0
    engine.advance(BEGIN)
    for day in range(TRAIN_DAYS + JUDGED_DAYS):
        begin = BEGIN + day * DAY
        observed, total = _day(rng, begin, total)
        for obs in observed:
            for change in engine.advance(obs.t):
                if isinstance(change, Conversion):
                    hours[change.t] = change
            engine.observe(obs)
    judged = [hour for t, hour in sorted(hours.items()) if t > BEGIN + TRAIN_DAYS * DAY]
    return {"learned": _judge(judged, raw=False), "raw": _judge(judged, raw=True)}


def _day(rng: np.random.Generator, begin: float, total: int) -> tuple[list[Observation], int]:
    """A day that begins two hours before opening; the counter speaks each minute."""
    share = np.sort(rng.beta(1.4, 1.3, rng.poisson(VISITORS_A_DAY)))
    came = begin + 2 * HOUR + share * HOURS_OPEN * HOUR
    buys = came[rng.random(len(came)) < TRUE]
    sold = buys + rng.gamma(SHAPE, MEAN_DELAY / SHAPE, len(buys))
    observed: list[Observation] = []
    for n in range(16 * 60):
        t = begin + 60.0 * n
        now = total + int(np.searchsorted(came, t))
        observed.append(Count("door", t, t, 1, now, now))
    for n, moment in enumerate(sold.tolist()):
        line = (Line("03453120000011", 1),)
        observed.append(Sale("till", moment, moment, f"{begin}-{n}", line))
    observed.sort(key=lambda obs: obs.t)
    return observed, total + len(came)


def _judge(hours: list[Conversion], *, raw: bool) -> Judged:
    judged = Judged()
    first, last = [], []
    for hour in hours:
        place = round((hour.since - BEGIN) % DAY / HOUR) - 2
        low, high, rate = hour.low, hour.high, hour.rate
        if raw:
            plain = conversion_rate(hour.transactions, hour.visitors)
            low, high, rate = plain.low, plain.high, plain.rate
        if not 0 <= place < HOURS_OPEN or rate is None:
            continue
        if place == 0:
            first.append(rate)
        if place == HOURS_OPEN - 1:
            last.append(rate)
        judged.hours += 1
        judged.held += low is not None and high is not None and low <= TRUE <= high
    judged.first = float(np.mean(first)) if first else 0.0
    judged.last = float(np.mean(last)) if last else 0.0
    return judged
