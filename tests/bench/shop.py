"""Our stock engine beside other rules on virtual stores: `python -m tests.bench.shop`.

Many seeds times scenarios; every rule hears the same observations and is scored against the same
truth. One run with the defaults takes under two minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from drivers.observations import Delivery, Observation, Return, Sale, Stocktake
from gateway.capture.timeline import timeline_line
from gateway.naming import naming_of
from gateway.simulate.baselines import Rule, rules
from gateway.simulate.plan import StorePlan
from gateway.simulate.random_plans import random_plan
from gateway.simulate.reading import Line
from gateway.simulate.scenario import SCENARIOS, Scenario
from gateway.simulate.score import Score, score_lines
from gateway.simulate.spans import percentile
from gateway.simulate.world import World
from gateway.simulate.writing import header
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Article, Layout, Zone, ZoneKind

DEFAULT = ("usual", "no-exit", "book-wrong", "no-exit-book-wrong")
COLUMNS = (
    ("building %", lambda s: 100 * s.wrong_building),
    ("floor %", lambda s: None if s.wrong_floor is None else 100 * s.wrong_floor),
    ("avail %", lambda s: 100 * s.false_available),
    ("false in %", lambda s: 100 * s.false_in_stock),
    ("false out %", lambda s: 100 * s.false_out),
    ("outs/day", lambda s: s.false_outs_a_day),
    ("unknown %", lambda s: 100 * s.unknown),
    ("Brier", lambda s: s.brier),
)


class Ours:
    """The stock engine as one more rule."""

    name = "Shelfcast"

    def __init__(self, plan: StorePlan) -> None:
        self._engine = StockEngine(layout_of(plan), naming_of())

    def observe(self, obs: Observation) -> None:
        self._engine.observe(obs)

    def advance(self, now: float) -> Iterator[Line]:
        for change in self._engine.advance(now):
            told = timeline_line(change)
            if told is not None:
                line: Line = json.loads(told[1])
                yield line


def layout_of(plan: StorePlan) -> Layout:
    """The engine's view of a plan."""
    return Layout(
        zones=tuple(Zone(zone.id, ZoneKind(zone.kind)) for zone in plan.zones),
        antennas={(a.reader, a.number): a.zone for a in plan.antennas},
        articles={a.gtin: Article(a.gtin, unit_grams=a.unit_grams) for a in plan.articles},
        planogram=dict(plan.planogram),
    )


@dataclass
class Run:
    """One rule on one virtual day."""

    score: Score
    seconds: float


def one_day(plan: StorePlan, seed: int, scenario: Scenario, hours: float) -> dict[str, Run]:
    """Every rule on one virtual day."""
    world = World(plan, seed, scenario)
    until = world.start + 3600.0 * hours
    competitors: list[Rule] = [Ours(world.plan), *rules(world.plan)]
    said: dict[str, list[Line]] = {rule.name: [] for rule in competitors}
    spent: dict[str, float] = defaultdict(float)
    truth: list[Line] = []
    now = math.floor(world.start)
    while world.shop.now < until:
        step = world.step(min(world.shop.now + 60.0, until))
        truth += step.truth
        observations = step.observations()
        for rule in competitors:
            begun = time.perf_counter()
            said[rule.name] += feed(rule, observations, now, math.floor(step.until))
            spent[rule.name] += time.perf_counter() - begun
        now = math.floor(step.until)
    top = header(world, until)
    done = {}
    for rule in competitors:
        lines = sorted(said[rule.name], key=lambda line: line["t"])
        done[rule.name] = Run(score_lines(lines, top, truth), spent[rule.name])
    return done


def feed(rule: Rule, observations: Iterable[Observation], now: int, until: int) -> Iterator[Line]:
    """Observations in order, the rule advanced on whole seconds and right after facts."""
    for obs in observations:
        while now + 1 <= obs.at:
            now += 1
            yield from rule.advance(float(now))
        rule.observe(obs)
        if isinstance(obs, (Sale, Return, Delivery, Stocktake)):
            yield from rule.advance(obs.at)
    while now < until:
        now += 1
        yield from rule.advance(float(now))


def mean(values: Iterable[float | None]) -> float | None:
    kept = [value for value in values if value is not None]
    return sum(kept) / len(kept) if kept else None


def table(name: str, runs: dict[str, list[Run]]) -> Iterator[str]:
    """One scenario's rows: means over seeds, delays over all of them together."""
    heads = [*(title for title, _ in COLUMNS), "outs said", "p50 s", "p95 s", "events %", "CPU s"]
    yield name
    yield f"{'':<16}" + "".join(f"{head:>12}" for head in heads)
    for rule, done in runs.items():
        cells = [mean(figure(r.score) for r in done) for _, figure in COLUMNS]
        text = ["-" if cell is None else f"{cell:.3f}" for cell in cells]
        delays = [delay for r in done for delay in r.score.delays]
        text.append(f"{sum(map(math.isfinite, delays))}/{len(delays)}")
        for share in (0.5, 0.95):
            delay = percentile(delays, share)
            text.append("-" if delay is None else f"{delay:.0f}")
        precision = mean(r.score.items.precision for r in done)
        text.append("-" if precision is None else f"{100 * precision:.1f}")
        text.append(f"{sum(r.seconds for r in done):.1f}")
        yield f"{rule:<16}" + "".join(f"{cell:>12}" for cell in text)


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """The table of every scenario."""
    chosen = options().parse_args(arguments or [])
    for name in chosen.scenarios:
        # A short run sees more when more happens in it; thefts are rare by nature.
        scenario = replace(
            SCENARIOS[name].busier(4.0), visitors_per_hour=chosen.visitors, thieves=chosen.thieves
        )
        runs: dict[str, list[Run]] = defaultdict(list)
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            plan = random_plan(seed, chosen.shelves, chosen.tags)
            for rule, done in one_day(plan, seed, scenario, chosen.hours).items():
                runs[rule].append(done)
        title = f"{name}: {chosen.seeds} seeds x {chosen.hours:g} h, {chosen.tags} tags"
        yield from table(title, runs)
        yield ""


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--hours", type=float, default=1.5)
    parser.add_argument("--visitors", type=float, default=90.0, help="an hour; busy, to see more")
    parser.add_argument("--thieves", type=float, default=0.06, help="share of parties")
    parser.add_argument("--shelves", type=int, default=6)
    parser.add_argument("--tags", type=int, default=300)
    parser.add_argument("scenarios", nargs="*", default=DEFAULT, help=", ".join(SCENARIOS))
    return parser


def main() -> None:
    for line in run(sys.argv[1:]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
