"""`python -m tests.bench.presence`: every table of the stock engine's accuracy, fixed seeds.

`--days N` virtual days a scenario (default 1), `--hours H` each (default 2), `--yardstick` for the
textbook problems as well.
"""

from __future__ import annotations

import argparse

import numpy as np

from gateway.simulate.random_plans import gtin_of
from gateway.stock.engine import StockEngine
from gateway.stock.habits import Habits
from gateway.stock.layout import Item, Layout, Zone, ZoneKind
from gateway.stock.presence import AWAY, HAND
from tests.bench.presence import yardstick
from tests.bench.presence.days import make_day
from tests.bench.presence.scoring import Score, engine_answers, grade, rule_answers

SCENARIOS = ("usual", "no-exit", "book-wrong", "no-exit-book-wrong", "no-book")
START = 1_763_740_800


class _Numbers:
    """Tags of the textbook problems, one GTIN for each."""

    def of_bytes(self, epc: bytes) -> Item | None:
        number = int.from_bytes(epc, "big")
        return Item(f"urn:{number}", gtin_of(number))

    def of_text(self, epc: str) -> Item | None:
        return None


def engine_zones(problem: yardstick.Problem, habits: Habits | None = None) -> np.ndarray:
    """Where the engine puts each tag in each epoch, by its most likely state."""
    from drivers.observations import Round, TagReads

    epochs, tags = problem.truth.shape
    antennas = problem.rate.shape[2]
    zones = tuple(Zone(f"z{a}", ZoneKind.SHELF) for a in range(antennas))
    layout = Layout(zones=zones, antennas={("r", a): f"z{a}" for a in range(antennas)})
    engine = StockEngine(layout, _Numbers())
    if habits is not None:
        engine._presence.live_by(habits)
    memory = np.zeros((tags, 4), np.uint8)
    memory[:, 2], memory[:, 3] = np.arange(tags) >> 8, np.arange(tags) & 255
    said = np.full((epochs, tags), -1, np.int8)
    for epoch, (rows, which) in enumerate(problem.reads):
        t, n = float(START + epoch), len(rows)
        if n:
            engine.observe(
                TagReads("r", t + 0.5, np.full(n, t + 0.5), which.astype(np.int32), memory[rows],
                         np.full(n, 4, np.int32), np.full(n, -60, np.float32),
                         np.ones(n, np.int32))
            )  # fmt: skip
        for antenna in range(antennas):
            engine.observe(Round("r", t + 0.9, t + 0.9, antenna))
        engine.advance(t + 1)
        known = engine._tags
        m = known.count
        belief = known.belief[:m]
        placed = (belief.argmax(axis=1) != AWAY) & (belief.argmax(axis=1) != HAND)
        number = np.array([int(urn[4:]) for urn in known.urns], np.int64)
        said[epoch, number] = np.where(placed & (known.status[:m] == 1), known.home[:m], -1)
    return said


def days(count: int, hours: float) -> None:
    """Virtual days: the engine beside the rule to beat and the time-out of 600 s."""
    print(f"{'GTIN-seconds wrong, %':28}{'building':>10}{'floor':>8}{'false in':>10}{'out':>10}"
          f"{'over':>7}{'Brier':>8}{'cpu s':>7}")  # fmt: skip
    for scenario in SCENARIOS:
        for seed in range(11, 11 + count):
            day = make_day(scenario, seed, hours)
            for name, timeout in (("600 s", 600.0), ("rule", None)):
                _line(f"{scenario} {seed} {name}", grade(day, rule_answers(day, timeout)))
            score = Score()
            _line(f"{scenario} {seed} engine", grade(day, engine_answers(day, score), score))


def _line(name: str, s: Score) -> None:
    print(f"{name:28}{s.building:10.2f}{s.floor:8.2f}{s.false_available:10.2f}{s.false_out:10.2f}"
          f"{s.over_promise:7.2f}{s.brier:8.4f}{s.seconds:7.1f}", flush=True)  # fmt: skip


def textbook() -> None:
    """B1-B4 and C: percent of tag-epochs wrong."""
    print(f"{'tag-epochs wrong, %':20}" + "".join(f"{w:>9}" for w in (
        "5 s", "10 s", "25 s", "50 s", "100 s", "600 s", "engine", "bound")))  # fmt: skip
    for problem in yardstick.problems():
        cells = [
            yardstick.wrong(problem, yardstick.window(problem, seconds))
            for seconds in (5, 10, 25, 50, 100, 600)
        ]
        # These tags vanish from shelves as no goods do: the same filter with that one habit told.
        vanish = Habits(
            pick=1 / problem.stay, put=1 / problem.away, hide=0.0, put_hidden=0.0, alike=1e9
        )
        cells.append(yardstick.wrong(problem, engine_zones(problem, vanish)))
        cells.append(yardstick.wrong(problem, yardstick.bound(problem)))
        print(f"{problem.name:20}" + "".join(f"{cell:9.2f}" for cell in cells), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.presence")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--yardstick", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.yardstick:
        textbook()
    days(asked.days, asked.hours)


if __name__ == "__main__":
    main()
