"""`docs/ACCURACY.md`, put together from the figures."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.bench.accuracy import tables
from tests.bench.accuracy.goals import Goal, promise_goals, store_goals, textbook_goals
from tests.bench.accuracy.promises import Promises
from tests.bench.accuracy.stores import BUSY, USUAL_HOURS, Stores
from tests.bench.kept import ROOT
from tests.bench.presence.tables import headline, problem_table
from tests.bench.presence.textbook import SEED, Textbook
from tests.bench.shop import BUSIER, DEFAULT, HOURS, SHELVES, TAGS, THIEVES, VISITORS

PLOTS = "accuracy"
"""Folder of the plots, beside the page."""

TOP = """\
# Accuracy

Made by `make accuracy`; do not edit. How the virtual stores work, and what exactly is measured in
them, is in [TRUTH.md](TRUTH.md).

- commit {commit}
- stores: seeds {first} to {last}, on which nobody tuned
- yardstick: seeds {textbook_first} to {textbook_last}
- machine: {machine}, {cores} cores, {system}, Python {python}, numpy {numpy}
"""
QUICK = "- **a quick look**: everything is shortened, the figures mean nothing\n"

TEXTBOOK = """\
## The yardstick

Tags come, stay a geometric time, go, come back, and nothing but reads speaks of it. **B1**: one
shelf. **B2**: busy. **B3**: eight antennas, each blocked now and then by a body. **B4**: tags that
are away are read now and then. **C**: eight antennas in a row that hear each other's tags, one move
an hour. The engine is told how long tags stay and stay away, that they come back to where they lay,
how often they move, how often ghosts are read, that misses are independent and fading is fixed, and
that it may learn at once (`tests/bench/presence/ours.py`); it learns read rates, levels, blocking
and where antennas hear.

The bound is the exact forward filter with all true parameters: in B3 it knows when an antenna is
blocked, in C it knows to the decibel how strong each tag is at each antenna in each place (*without
RSSI*, it knows all read rates). EdgeX runs with nine settings on C: time-outs of 600, 60 and 25 s,
times its profiles as shipped and for garments, and the 6 dB threshold alone. SMURF takes p from the
tag's past, as a round answers yes or no. The rule to beat never lets anything go but by till or
door, and here is neither.

![Wrong tag-epochs as ratio to the bound]({plots}/yardstick.svg)
"""

STORES = """\
## Virtual stores

{seeds} stores of {shelves} shelves and about {tags} tags, in each of {kinds} kinds: {usual:g} h of
a day as `shelfcast simulate` makes it, and {hours:g} h of a *busy* one, to see more: {visitors:g}
visitors an hour, thieves in {thieves:.0%} of the parties; deliveries, counts, returns and outages
{busier:g} times as often as in a usual day.

Shares are of GTIN-seconds. *Out* is timed over all seeds together, from the last unit's going;
*never* where more came in before it was said, or the run ended. All rules hear the same reads,
sales, deliveries and counts.

![Wrong counts by kind of store]({plots}/stores.svg)
"""

CALIBRATION = """\
## Calibration

All stores and seeds together, weighed by time. `p_available` is held against *there is at least
one* (Brier score {some:.5f}); P(on hand ≥ k) for every k against *there are so many* (Brier score
{counts:.5f}).

![Reliability]({plots}/reliability.svg)
"""

PROMISES = """
### Promises

By the store's promise level: of the time in which anything is promised, the share in which at least
so many were there. By seed, its kinds of store together.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the figures were made. `shorter` divides the length of the textbook problems."""

    seeds: range
    shorter: int


def page(setting: Setting, textbook: Textbook, stores: Stores) -> str:
    """The whole page."""
    parts = [
        _top(setting),
        _goals(textbook, stores),
        _textbook(textbook),
        _stores(setting, stores),
        _calibration(stores),
    ]
    return "\n".join(line for part in parts for line in part)


def _top(setting: Setting) -> Iterator[str]:
    yield TOP.format(
        commit=commit(),
        first=setting.seeds[0],
        last=setting.seeds[-1],
        textbook_first=SEED,
        textbook_last=SEED + 4,
        machine=platform.machine(),
        cores=os.cpu_count(),
        system=platform.system(),
        python=platform.python_version(),
        numpy=np.__version__,
    ) + (QUICK if setting.shorter > 1 else "")


def commit() -> str:
    """The commit that is measured, and whether it was changed."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return "unknown"
    head = _said(git, "rev-parse", "--short", "HEAD")
    changed = _said(git, "status", "--porcelain", "--", "gateway/stock", "gateway/simulate")
    return head + (" with changes that are not committed" if changed else "")


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _goals(textbook: Textbook, stores: Stores) -> Iterator[str]:
    asked = {name: days for name, days in stores.items() if not name.startswith(BUSY)}
    harder = {name: days for name, days in stores.items() if name.startswith(BUSY)}
    yield "## What we set out to reach"
    yield ""
    yield from _met([*textbook_goals(textbook), *promise_goals(asked), *store_goals(asked)])
    yield "On busy days, which nobody asked for:"
    yield ""
    yield from _met([*promise_goals(harder), *store_goals(harder)])


def _met(goals: list[Goal]) -> Iterator[str]:
    met = sum(goal.met for goal in goals)
    yield f"{met} of {len(goals)} met. Figures are means over all seeds."
    yield ""
    yield from tables.goals_table(goals)
    yield ""


def _textbook(textbook: Textbook) -> Iterator[str]:
    yield TEXTBOOK.format(plots=PLOTS)
    yield from headline(textbook)
    for name, done in textbook.items():
        yield from ("", f"### {name}", "")
        yield from problem_table(done)
    yield ""


def _stores(setting: Setting, stores: Stores) -> Iterator[str]:
    yield STORES.format(
        seeds=len(setting.seeds),
        shelves=SHELVES,
        tags=TAGS,
        kinds=len(DEFAULT),
        usual=USUAL_HOURS,
        hours=HOURS,
        visitors=VISITORS,
        thieves=THIEVES,
        busier=BUSIER,
        plots=PLOTS,
    )
    for scenario, days in stores.items():
        yield from (f"### {scenario}", "")
        yield from tables.store_table(days)
        yield ""


def _calibration(stores: Stores) -> Iterator[str]:
    together = Promises.together(day.promises for days in stores.values() for day in days)
    some, counts = together.brier()
    yield CALIBRATION.format(some=some, counts=counts, plots=PLOTS)
    yield from ("### p_available", "")
    yield from tables.reliability_table(together.some)
    yield from ("", "### P(on hand ≥ k)", "")
    yield from tables.reliability_table(together.counts)
    yield PROMISES
    yield from tables.promise_table(stores)
    yield ""
