"""The judge of the floor learns, and what it is shown is what happened."""

from __future__ import annotations

import numpy as np

from gateway.simulate.random_plans import random_plan
from gateway.simulate.scenario import SCENARIOS
from tests.bench.floor.judge import Judge
from tests.bench.floor.looks import FIRST, Looks, look


def test_a_judge_learns_what_no_single_figure_tells() -> None:
    seen = np.random.default_rng(1).normal(0, 1, (20_000, 3)).astype(np.float32)
    so = (seen[:, 0] > 0) != (seen[:, 1] > 0)
    judge = Judge(seen[:15_000], so[:15_000], np.ones(15_000), seed=0, steps=400)
    assert ((judge.chance(seen[15_000:]) > 0.5) == so[15_000:]).mean() > 0.97


def test_looks_tell_of_tags_on_shelves_and_where_they_were() -> None:
    looks = look(random_plan(3, 2, 40), 3, SCENARIOS["usual"], (FIRST + 60) / 3600)
    assert len(looks.seen) == len(looks.belief) == len(looks.there) > 50
    assert np.isfinite(looks.seen).all()
    assert looks.there.mean() > 0.8
    assert ((looks.belief > 0.5) == looks.there).mean() > 0.95
    both = Looks.of([looks, looks])
    assert both.seen.shape == (2 * len(looks.seen), looks.seen.shape[1])
