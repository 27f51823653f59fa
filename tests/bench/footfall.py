"""Footfall: gaps filled, events found, staff taken out, conversion held, a year aggregated.

One table each and a plain line for each goal. About a minute.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gateway.changes import StoreMinute
from gateway.footfall.buckets import buckets
from tests.bench import calit2, conversion_days, shop_days
from tests.bench.conversion_days import Judged
from tests.bench.events import event_lines
from tests.bench.gaps import gap_lines
from tests.bench.staff_days import staff_lines

SEEDS, SHOP_SEEDS = 12, (1, 2)
HELD_GOAL, YEAR_GOAL_SECONDS = 0.95, 2.0


def run() -> Iterator[str]:
    """Every table and goal."""
    place = calit2.folder()
    if place is None:
        yield "CalIt2 is not here (SHELFCAST_CALIT2): gaps and events not measured"
    else:
        yield from public_lines(place)
    yield from staff_lines()
    yield from conversion_lines()
    yield year_line()


def public_lines(place: Path) -> Iterator[str]:
    """What the ten public weeks say."""
    weeks = [calit2.counts(place, flow) for flow in (calit2.IN, calit2.OUT)]
    days = [one.reshape(-1, 48) for one in weeks]
    yield from gap_lines(np.stack(days, axis=1))
    yield from event_lines(days[0], calit2.events(place, len(weeks[0])))


def conversion_lines() -> Iterator[str]:
    """Simulated days through the engine: the interval beside raw division, edges apart."""
    yield "conversion by the hour           interval holds the truth   first hour, last hour"
    own = [conversion_days.measure(seed) for seed in range(SEEDS)]
    shops = [shop_days.measure(seed) for seed in SHOP_SEEDS]
    titles = {
        f"made days (true {100 * conversion_days.TRUE:.0f} %)": own,
        "virtual store": shops,
    }
    held = {}
    for title, each in titles.items():
        for name in ("learned", "raw"):
            held[title, name] = share = _share([one[name] for one in each])
            first = np.mean([one[name].first for one in each])
            last = np.mean([one[name].last for one in each])
            hours = sum(one[name].hours for one in each)
            yield (
                f"  {f'{title}, {name}':<32}{100 * share:>6.1f} % of {hours:>4} hours"
                f"   {100 * first:>6.1f} %, {100 * last:.1f} %"
            )
    for title in titles:
        share = held[title, "learned"]
        yield (
            f"goal, conversion, {title}: {100 * share:.1f} % of hours within their interval,"
            f" raw division {100 * held[title, 'raw']:.1f} %, at least {100 * HELD_GOAL:.0f} %:"
            f" {'met' if share >= HELD_GOAL else 'missed'}"
        )


def _share(each: list[Judged]) -> float:
    return sum(one.held for one in each) / sum(one.hours for one in each)


def year_line() -> str:
    """A store-year of minutes into hours."""
    rng = np.random.default_rng(1)
    people = rng.poisson(1.0, 365 * 1_440).tolist()
    minutes = [StoreMinute(60.0 * (n + 1), p, p, p, 9, p // 3) for n, p in enumerate(people)]
    begun = time.process_time()
    found = buckets(minutes, 0.0, 365 * 86_400.0, 3_600.0)
    taken = time.process_time() - begun
    assert sum(one.entries for one in found) == sum(people)
    return (
        f"goal, a store-year of {len(minutes)} minutes into {len(found)} hours: {taken:.2f} s,"
        f" less than {YEAR_GOAL_SECONDS:.0f} s: {'met' if taken < YEAR_GOAL_SECONDS else 'missed'}"
    )


if __name__ == "__main__":
    print("\n".join(run()))
