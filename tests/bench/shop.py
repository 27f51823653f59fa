"""Our stock engine beside other rules on virtual stores: `python -m tests.bench.shop`.

Every rule hears the same observations and is scored against the same truth. For a look while one
works; `python -m tests.bench accuracy` is the measurement.
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

from drivers.observations import Observation
from gateway.capture.timeline import timeline_line
from gateway.naming import naming_of
from gateway.simulate.baselines import Rule, feed, rules
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
HOURS, VISITORS, THIEVES, BUSIER, SHELVES, TAGS = 1.5, 90.0, 0.06, 4.0, 6, 300
"""A short run sees more when more happens in it; thefts are rare by nature."""
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
    """The stock engine as one more rule. Its lines carry P(on hand >= 1, 2, ...) as `tail`."""

    name = "Shelfcast"

    def __init__(self, plan: StorePlan) -> None:
        self._engine = StockEngine(layout_of(plan), naming_of())
        self._tails: dict[str, list[float]] = {}
        self._note_tails()

    def observe(self, obs: Observation) -> None:
        self._engine.observe(obs)

    def advance(self, now: float) -> Iterator[Line]:
        for change in self._engine.advance(now):
            told = timeline_line(change)
            if told is not None:
                line: Line = json.loads(told[1])
                if line["kind"] == "stock":
                    line["tail"] = self._tails[line["gtin"]]
                yield line

    def _note_tails(self) -> None:
        """The distribution behind each answer, of which the answer itself says a few figures."""
        composer = self._engine._answers._composer
        say = composer._say

        def noting(account, view, holds, judged, *rest, **more):  # type: ignore[no-untyped-def]  # passed on as it comes
            self._tails[account.gtin] = judged.tail[::-1][1:].tolist()
            return say(account, view, holds, judged, *rest, **more)

        composer._say = noting


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
    said: list[Line]


@dataclass
class Day:
    """One virtual day: the truth file's lines, and what each rule made of it."""

    header: Line
    truth: list[Line]
    runs: dict[str, Run]


def busy(
    name: str, visitors: float = VISITORS, thieves: float = THIEVES, busier: float = BUSIER
) -> Scenario:
    """A scenario as the benchmarks run it."""
    usual = SCENARIOS[name].busier(busier)
    return replace(usual, visitors_per_hour=visitors, thieves=thieves)


def one_day(
    plan: StorePlan, seed: int, scenario: Scenario, hours: float, *, others: bool = True
) -> Day:
    """Every rule on one virtual day, or ours alone."""
    world = World(plan, seed, scenario)
    until = world.start + 3600.0 * hours
    competitors: list[Rule] = [Ours(world.plan), *(rules(world.plan) if others else ())]
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
            lines = feed([rule], observations, now, math.floor(step.until))
            said[rule.name] += [line for _, line in lines]
            spent[rule.name] += time.perf_counter() - begun
        now = math.floor(step.until)
    day = Day(header(world, until), truth, {})
    for rule in competitors:
        ordered = sorted(said[rule.name], key=lambda line: line["t"])
        score = score_lines(ordered, day.header, truth)
        day.runs[rule.name] = Run(score, spent[rule.name], ordered)
    return day


def mean(values: Iterable[float | None]) -> float | None:
    kept = [value for value in values if value is not None]
    return sum(kept) / len(kept) if kept else None


def table(name: str, runs: dict[str, list[Run]]) -> Iterator[str]:
    """One scenario's rows: means over seeds, delays over all of them together."""
    heads = [*(title for title, _ in COLUMNS), "outs said", "p50 s", "p95 s", "events %", "CPU s"]
    yield name
    yield f"{'':<20}" + "".join(f"{head:>12}" for head in heads)
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
        yield f"{rule:<20}" + "".join(f"{cell:>12}" for cell in text)


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """The table of every scenario."""
    chosen = options().parse_args(arguments or [])
    for name in chosen.scenarios:
        runs: dict[str, list[Run]] = defaultdict(list)
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            plan = random_plan(seed, chosen.shelves, chosen.tags)
            scenario = busy(name, chosen.visitors, chosen.thieves)
            for rule, done in one_day(plan, seed, scenario, chosen.hours).runs.items():
                runs[rule].append(done)
        title = f"{name}: {chosen.seeds} seeds x {chosen.hours:g} h, {chosen.tags} tags"
        yield from table(title, runs)
        yield ""


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--hours", type=float, default=HOURS)
    parser.add_argument("--visitors", type=float, default=VISITORS, help="an hour; busy")
    parser.add_argument("--thieves", type=float, default=THIEVES, help="share of parties")
    parser.add_argument("--shelves", type=int, default=SHELVES)
    parser.add_argument("--tags", type=int, default=TAGS)
    parser.add_argument("scenarios", nargs="*", default=DEFAULT, help=", ".join(SCENARIOS))
    return parser


def main() -> None:
    for line in run(sys.argv[1:]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
