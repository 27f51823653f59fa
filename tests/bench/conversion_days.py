"""Simulated days of visits through the footfall engine: what an hour says beside the truth.

Who comes in converts with a known chance and is at the till some time after. The true rate of every
hour is that chance, whatever the clock says of entries and sales.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from drivers.observations import Count, Line, Sale
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
    kept = [hour for t, hour in sorted(hours.items()) if t > BEGIN + TRAIN_DAYS * DAY]
    true = dict.fromkeys(range(HOURS_OPEN), TRUE)
    opens = BEGIN + 2 * HOUR
    return {name: judged(kept, opens, true, raw=name == "raw") for name in ("learned", "raw")}


def _day(rng: np.random.Generator, begin: float, total: int) -> tuple[list[Count | Sale], int]:
    """A day that begins two hours before opening; the counter speaks each minute."""
    share = np.sort(rng.beta(1.4, 1.3, rng.poisson(VISITORS_A_DAY)))
    came = begin + 2 * HOUR + share * HOURS_OPEN * HOUR
    buys = came[rng.random(len(came)) < TRUE]
    sold = buys + rng.gamma(SHAPE, MEAN_DELAY / SHAPE, len(buys))
    observed: list[Count | Sale] = []
    for n in range(16 * 60):
        t = begin + 60.0 * n
        now = total + int(np.searchsorted(came, t))
        observed.append(Count("door", t, t, 1, now, now))
    for n, moment in enumerate(sold.tolist()):
        line = (Line("03453120000011", 1),)
        observed.append(Sale("till", moment, moment, f"{begin}-{n}", line))
    observed.sort(key=lambda obs: obs.t)
    return observed, total + len(came)


def judged(
    hours: Iterable[Conversion], opens: float, true: Mapping[int, float], *, raw: bool
) -> Judged:
    """Hours whose interval holds the truth of their place in the day.

    Args:
        opens: when the first day opens.
        true: the rate by hour since the opening.
        raw: judge plain division of the hour's sales by its visitors instead.
    """
    found = Judged()
    edges: dict[int, list[float]] = {0: [], HOURS_OPEN - 1: []}
    for hour in hours:
        place = round((hour.since - opens) % DAY / HOUR)
        low, high, rate = hour.low, hour.high, hour.rate
        if raw:
            plain = conversion_rate(hour.transactions, hour.visitors)
            low, high, rate = plain.low, plain.high, plain.rate
        if place not in true or rate is None:
            continue
        if place in edges:
            edges[place].append(rate)
        found.hours += 1
        found.held += low is not None and high is not None and low <= true[place] <= high
    found.first, found.last = (float(np.mean(one)) if one else 0.0 for one in edges.values())
    return found
