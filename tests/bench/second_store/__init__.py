"""A second virtual store, whose physics share nothing with `gateway.simulate`: ours beside others.

`python -m tests.bench second_store [--scenarios …] [--seeds …] [--hours H] [--jobs N] [--keep DIR]`
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.bench.second_store.day import make_day
from tests.bench.second_store.judging import Figures, judged
from tests.bench.second_store.knobs import DEFAULT, SCENARIOS
from tests.bench.second_store.paper import write_day
from tests.bench.second_store.rows import scenario_table

HOURS, SEEDS = 3.0, (1, 2, 3)


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """A table for every scenario, or the files of every day."""
    chosen = _options().parse_args(arguments or [])
    asked = [(name, seed, chosen.hours) for name in chosen.scenarios for seed in chosen.seeds]
    with ProcessPoolExecutor(chosen.jobs, mp_context=get_context("spawn")) as pool:
        if chosen.keep is not None:
            yield from pool.map(partial(_keep, chosen.keep), asked)
            return
        results: dict[str, list[dict[str, Figures]]] = {}
        for (name, *_), figures in zip(asked, pool.map(judged, asked), strict=True):
            results.setdefault(name, []).append(figures)
            if len(results[name]) == len(chosen.seeds):
                yield f"{name}: seeds {', '.join(map(str, chosen.seeds))}, {chosen.hours:g} h each"
                yield from scenario_table(results[name])
                yield ""


def _keep(folder: Path, asked: tuple[str, int, float]) -> str:
    scenario, seed, hours = asked
    kept_in = folder / f"{scenario}-{seed}"
    day = make_day(seed, SCENARIOS[scenario], hours)
    write_day(day, kept_in)
    return f"{kept_in}: {len(day.observations)} observations"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="second_store", description=__doc__)
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=DEFAULT)
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument("--hours", type=float, default=HOURS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="write the days here, score nothing")
    return parser
