"""All rules, ours and the bound on all problems, in one table each and one over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tests.bench.kept import FOLDER, kept, sources
from tests.bench.presence.bound import bound
from tests.bench.presence.columns import Columns, columns
from tests.bench.presence.competitors import Says, competitors
from tests.bench.presence.ours import ours, told_hazards
from tests.bench.presence.yardstick import Problem, problems

OURS, BOUND, BOUND_READS = "Shelfcast", "bound", "without RSSI, the bound"
SEED = 1
MEASURE = ("yardstick", "competitors", "columns", "bound")
"""Modules on which the rules' figures rest."""

Textbook: TypeAlias = dict[str, dict[str, Columns]]
"""By problem, by rule."""


def textbook(shorter: int = 1, folder: Path = FOLDER) -> Textbook:
    """Every rule on every problem; what rests on unchanged sources is taken from `folder`."""
    rules = sources(
        "gateway/simulate/baselines", *map("tests/bench/presence/{}.py".format, MEASURE)
    )
    engine = rules + sources("gateway/stock", "tests/bench/presence/ours.py")
    return {
        problem.name: {
            name: Columns(**kept(_file(problem, shorter, name), basis, work, folder))
            for name, basis, work in _works(problem, rules, engine)
        }
        for problem in problems(SEED, shorter)
    }


def best(done: dict[str, Columns], start: str) -> tuple[str, Columns]:
    """The rule whose name starts so that is wrong least."""
    named = {name: its for name, its in done.items() if name.startswith(start)}
    name = min(named, key=lambda rule: named[rule].wrong)
    return name, named[name]


def to_bound(done: dict[str, Columns], its: Columns) -> float:
    """Ratio of wrong tag-epochs to the bound's."""
    return its.wrong / done[BOUND].wrong


def _works(
    problem: Problem, rules: str, engine: str
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    for name, says in competitors(problem):
        yield name, rules, partial(_graded, problem, says)
    yield OURS, engine, partial(_ours, problem)
    if problem.fading is not None:
        yield BOUND_READS, rules, partial(_graded, problem, partial(bound, problem, rssi=False))
    yield BOUND, rules, partial(_graded, problem, partial(bound, problem))


def _graded(problem: Problem, says: Says) -> object:
    return columns(problem.truth, says()).plain()


def _ours(problem: Problem) -> object:
    said, moved = ours(problem, told_hazards(problem))
    return columns(problem.truth, said, moved).plain()


def _file(problem: Problem, shorter: int, name: str) -> str:
    return f"yardstick-{problem.name}-{shorter}-{name}".replace(" ", "_")
