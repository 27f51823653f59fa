"""How near the filter is to what reads can tell of goods on the shelf and in the hand.

`python -m tests.bench floor`. Nobody knows the best that could be made of a virtual store's reads,
so a judge is trained for it: a small network that is shown, of other stores of the same kind, what
antennas and doors heard of each tag, what our filter believes, and where the tag truly was. No
gateway has that truth; a judge with it bounds what another filter could gain, near enough. What
does not live here: whether units that no antenna hears exist (`gateway.stock.unseen`).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from multiprocessing import Pool

import numpy as np

from gateway.simulate.random_plans import random_plan
from gateway.simulate.scenario import SCENARIOS
from tests.bench.floor.judge import Judge
from tests.bench.floor.looks import Looks, look
from tests.bench.shop import SHELVES, TAGS

KINDS = ("usual", "no-exit")
JUDGES = 3
"""Networks of different beginnings; each is a judge of its own."""
EASY, EASY_KEPT = 0.98, 0.15
"""Tags that are read and so surely on the shelf are most of all looks; a share of them will do."""


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """The table's lines: wrong looks of the filter and of each judge, on stores new to both."""
    chosen = _options().parse_args(arguments or [])
    for kind in KINDS:
        days = [(kind, seed, chosen.hours) for seed in range(1, chosen.train + chosen.tried + 1)]
        with Pool(chosen.jobs) as pool:
            looks = pool.starmap(_day, days, chunksize=1)
        known, tried = Looks.of(looks[: chosen.train]), Looks.of(looks[chosen.train :])
        ours = float(((tried.belief > 0.5) != tried.there).mean())
        rows, worth = _worth_learning(known)
        yield f"{kind}: of {len(tried.there):,} looks the filter has {100 * ours:.3f} % wrong"
        for seed in range(JUDGES):
            judge = Judge(known.seen[rows], known.there[rows], worth, seed)
            judged = float(((judge.chance(tried.seen) > 0.5) != tried.there).mean())
            yield f"  judge {seed + 1}: {100 * judged:.3f} %; the filter {ours / judged:.2f} x that"


def _day(kind: str, seed: int, hours: float) -> Looks:
    return look(random_plan(seed, SHELVES, TAGS), seed, SCENARIOS[kind], hours)


def _worth_learning(looks: Looks) -> tuple[np.ndarray, np.ndarray]:
    """Looks to learn from, and how many looks each stands for."""
    easy = looks.belief >= EASY
    some = np.random.default_rng(0).random(len(easy)) < EASY_KEPT
    rows = np.flatnonzero(~easy | some)
    return rows, np.where(easy[rows], 1.0 / EASY_KEPT, 1.0)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench floor", description=__doc__)
    parser.add_argument("--train", type=int, default=12, help="stores with the truth told")
    parser.add_argument("--tried", type=int, default=6, help="stores to be judged")
    parser.add_argument("--hours", type=float, default=2.5, help="of each")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="stores side by side")
    return parser
