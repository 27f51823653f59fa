"""Many virtual stores: ours and every rule on the same days, boiled down to what tables need."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from gateway.simulate.random_plans import random_plan
from gateway.simulate.scenario import SCENARIOS as SCENARIOS_OF_DAYS
from gateway.simulate.score import Score
from tests.bench.accuracy.promises import Promises, promises
from tests.bench.kept import kept, sources
from tests.bench.shop import DEFAULT, HOURS, SHELVES, TAGS, Day, Ours, busy, one_day

BUSY = "busy "
SCENARIOS = (*DEFAULT, *(BUSY + name for name in DEFAULT))
"""With and without an exit antenna, with and without book errors: days as shops have them, and days
on which more happens than shops ever see."""
USUAL_HOURS = 4.0
OURS = Ours.name

SIMULATOR = (
    "gateway/simulate",
    "tests/bench/shop.py",
    "tests/bench/accuracy/stores.py",
    "tests/bench/accuracy/promises.py",
)
"""What all rules' figures rest on; ours on the engine as well. The vocabulary of drivers is left
out: it grows by the week, and by what no virtual store says."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One rule on one day; shares are percent of GTIN-seconds.

    Attributes:
        floor: None for a rule that knows no zones.
        false_outs: times that out of stock was said while there were some; `days`: twelve hours.
        delays: seconds from the last unit's going until it was said; None for never.
        brier: of `p_available`. said, right: item events. moved: said, right, true.
        seconds: of work.
    """

    building: float
    floor: float | None
    false_available: float
    false_in: float
    false_out: float
    over: float
    unknown: float
    false_outs: int
    days: float
    brier: float | None
    said: int
    right: int
    moved: tuple[int, int, int]
    seconds: float
    delays: list[float | None] = field(default_factory=list)

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Figures:
        """What JSON gave back."""
        return cls(**plain | {"moved": tuple(plain["moved"])})


@dataclass(frozen=True, slots=True)
class StoreDay:
    """One scenario and seed: figures by rule, and what ours promised."""

    scenario: str
    seed: int
    rules: dict[str, Figures]
    promises: Promises


Stores: TypeAlias = dict[str, list[StoreDay]]
"""By scenario, in the order of the seeds."""


def hours_of(scenario: str) -> float:
    """How long a virtual day of this kind is watched."""
    return HOURS if scenario.startswith(BUSY) else USUAL_HOURS


def store_day(scenario: str, seed: int, hours: float, folder: Path) -> StoreDay:
    """One day. The rules' share of it outlives a change of the engine."""
    simulator = sources(*SIMULATOR)
    engine = simulator + sources("gateway/stock")
    name = f"store-{scenario}-{seed}-{hours:g}h".replace(" ", "-")
    fresh: list[Day] = []
    others = kept(
        f"{name}-rules", simulator, partial(_others, scenario, seed, hours, fresh), folder
    )
    mine = kept(f"{name}-ours", engine, partial(_mine, scenario, seed, hours, fresh), folder)
    rules = {OURS: Figures.of_plain(mine["figures"])}
    rules |= {rule: Figures.of_plain(plain) for rule, plain in others.items()}
    return StoreDay(scenario, seed, rules, Promises.of_plain(mine["promises"]))


def _others(scenario: str, seed: int, hours: float, fresh: list[Day]) -> dict[str, Any]:
    day = _day(scenario, seed, hours, others=True)
    # Ours was run on the way; no need to do it again.
    fresh.append(day)
    return {rule: asdict(boiled(run.score, run.seconds)) for rule, run in day.runs.items()
            if rule != OURS}  # fmt: skip


def _mine(scenario: str, seed: int, hours: float, fresh: list[Day]) -> dict[str, Any]:
    day = fresh[0] if fresh else _day(scenario, seed, hours, others=False)
    run = day.runs[OURS]
    return {
        "figures": asdict(boiled(run.score, run.seconds)),
        "promises": promises(day.header, day.truth, run.said).plain(),
    }


def _day(scenario: str, seed: int, hours: float, *, others: bool) -> Day:
    name = scenario.removeprefix(BUSY)
    knobs = SCENARIOS_OF_DAYS[name] if name == scenario else busy(name)
    return one_day(random_plan(seed, SHELVES, TAGS), seed, knobs, hours, others=others)


def boiled(score: Score, seconds: float) -> Figures:
    """A score in the figures of a table; `seconds` of work."""
    items = score.items
    return Figures(
        building=100 * score.wrong_building,
        floor=None if score.wrong_floor is None else 100 * score.wrong_floor,
        false_available=100 * score.false_available,
        false_in=100 * score.false_in_stock,
        false_out=100 * score.false_out,
        over=100 * score.over_promised,
        unknown=100 * score.unknown,
        false_outs=score.false_outs,
        days=score.hours / 12.0,
        brier=score.brier,
        said=items.said,
        right=items.right,
        moved=(items.moved, items.moved_right, items.true_moves),
        seconds=seconds,
        delays=[delay if math.isfinite(delay) else None for delay in score.delays],
    )
