"""Ours and every other rule on a day, in the figures of `tests.bench.accuracy`."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway.capture.replay import replay
from gateway.capture.timeline import timeline
from gateway.config.load import Store, load_store
from gateway.core import Core
from gateway.naming import naming_of
from gateway.rules import core_rules
from gateway.simulate.beside import beside
from gateway.simulate.plan import plan_of
from gateway.simulate.score import score_lines
from tests.bench.accuracy.promises import Promises
from tests.bench.accuracy.stores import OURS, Figures, StoreDay, boiled
from tests.bench.kept import FOLDER, kept, sources
from tests.bench.second_store.day import Day, make_day
from tests.bench.second_store.knobs import SCENARIOS
from tests.bench.second_store.paper import write_config

HERE = "tests/bench/second_store"
MAKES_DAYS = (
    "knobs",
    "air",
    "premises",
    "link",
    "goods",
    "floor",
    "visitors",
    "staff",
    "readers",
    "day",
    "paper",
    "judging",
)
BASIS = (
    *(f"{HERE}/{name}.py" for name in MAKES_DAYS),
    "gateway/simulate/baselines",
    "gateway/simulate/score.py",
    "tests/bench/accuracy/stores.py",
)


class _Judged:
    """A day that is made when somebody asks for it."""

    def __init__(self, scenario: str, seed: int, hours: float) -> None:
        self._asked = seed, SCENARIOS[scenario], hours

    @cached_property
    def day(self) -> Day:
        return make_day(*self._asked)

    @cached_property
    def store(self) -> Store:
        with TemporaryDirectory() as folder:
            return load_store(write_config(self.day, Path(folder)))

    def others(self) -> dict[str, Any]:
        """Every rule of the baselines."""
        day = self.day
        begun = time.perf_counter()
        scores = beside(plan_of(self.store), day.observations, day.header, day.truth)
        each = (time.perf_counter() - begun) / len(scores)
        return {name: asdict(boiled(score, each)) for name, score in scores.items()}

    def ours(self) -> dict[str, Any]:
        """The gateway, as `shelfcast replay` runs it."""
        day, begun = self.day, time.perf_counter()
        core = Core(core_rules(self.store), naming_of())
        said = map(json.loads, timeline(replay(core, day.observations)))
        score = score_lines(said, day.header, day.truth)
        return {OURS: asdict(boiled(score, time.perf_counter() - begun))}


def judged(scenario: str, seed: int, hours: float, folder: Path = FOLDER) -> StoreDay:
    """All rules on the day of a scenario, a seed and a length; promises are not looked at."""
    day = _Judged(scenario, seed, hours)
    name, basis = f"second-{scenario}-{seed}-{hours:g}h", sources(*BASIS)
    plain = kept(f"{name}-ours", basis + sources("gateway/stock"), day.ours, folder)
    plain |= kept(f"{name}-rules", basis, day.others, folder)
    rules = {rule: Figures.of_plain(its) for rule, its in plain.items()}
    return StoreDay(scenario, seed, rules, Promises())
