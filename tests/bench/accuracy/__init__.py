"""How right we are, measured: the yardstick and many virtual stores, written to docs/ACCURACY.md.

`python -m tests.bench accuracy` (or `make accuracy`). What was worked out stays in build/bench and
is used again as long as its sources are the same: a run that was broken off goes on, and after a
change of the engine only the engine runs anew. What does not live here: the problems and stores
themselves (`tests.bench.presence`, `gateway.simulate`).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

from tests.bench.accuracy.drawings import drawings
from tests.bench.accuracy.goals import promise_goals, store_goals, textbook_goals
from tests.bench.accuracy.page import PLOTS, Setting, page
from tests.bench.accuracy.stores import SCENARIOS, hours_of, store_day
from tests.bench.kept import FOLDER, ROOT
from tests.bench.presence.textbook import textbook

QUICK_HOURS, QUICK_SHORTER = 0.03, 120


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """Do it all; the lines say how it goes, and which goals are missed."""
    chosen = _options().parse_args(arguments or [])
    seeds = range(chosen.first, chosen.first + (1 if chosen.quick else chosen.seeds))
    shorter = QUICK_SHORTER if chosen.quick else 1
    problems = textbook(shorter, chosen.kept)
    yield "the yardstick is done"
    stores = {}
    with Pool(chosen.jobs) as pool:
        for scenario in SCENARIOS:
            hours = QUICK_HOURS if chosen.quick else hours_of(scenario)
            days = [(scenario, seed, hours, chosen.kept) for seed in seeds]
            stores[scenario] = pool.starmap(store_day, days, chunksize=1)
            yield f"{scenario} is done"
    plots = chosen.out / PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    for name, drawing in drawings(problems, stores).items():
        (plots / name).write_text(drawing, "utf-8")
    text = page(Setting(seeds, shorter), problems, stores)
    (chosen.out / "ACCURACY.md").write_text(text, "utf-8")
    for goal in [*textbook_goals(problems), *promise_goals(stores), *store_goals(stores)]:
        if not goal.met:
            yield f"missed: {goal.what}, {goal.where}: {goal.reached}, allowed {goal.allowed}"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench accuracy", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="whether it works: seconds, no figures"
    )
    parser.add_argument("--first", type=int, default=301, help="the first seed of the stores")
    parser.add_argument("--seeds", type=int, default=24, help="how many")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="days done side by side")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="where the page goes")
    parser.add_argument("--kept", type=Path, default=FOLDER, help="where results are kept")
    return parser
