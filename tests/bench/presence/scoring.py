"""Score of answers against truth: share of GTIN-seconds that are wrong, and how well p is meant."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from gateway.changes import ItemEvent, StockChanged
from gateway.stock.engine import StockEngine
from tests.bench.presence.days import Day, DayNaming, layout_of
from tests.bench.presence.rule import Rule

WARM_SECONDS = 60


@dataclass(slots=True)
class Score:
    """Percent of GTIN-seconds, after the first minute."""

    building: float = 0.0
    floor: float = 0.0
    false_available: float = 0.0
    false_out: float = 0.0
    over_promise: float = 0.0
    brier: float = 0.0
    seconds: float = 0.0
    said: int = 0
    moved: int = 0
    outs: list[float] = field(default_factory=list)
    worst: list[tuple[str, float, float]] = field(default_factory=list)
    missed: list[tuple[float, str, str, float, float]] = field(default_factory=list)


Answer = tuple[float, str, int, int, int, float]
"""t, gtin, on hand, floor, available, p."""


def engine_answers(day: Day, score: Score) -> list[Answer]:
    """Run the engine over a day as replay does."""
    engine = StockEngine(layout_of(day.plan), DayNaming(day.names))
    shelves = {zone.id for zone in day.plan.zones if zone.kind == "shelf"}
    answers: list[Answer] = []
    began = time.process_time()

    def advance(now: float) -> None:
        for change in engine.advance(now):
            if isinstance(change, StockChanged):
                floor = round(sum(v for z, v in change.zones.items() if z in shelves))
                answers.append(
                    (now, change.gtin, change.on_hand, floor, change.available, change.p_available)
                )
            elif isinstance(change, ItemEvent):
                score.moved += change.event == "moved"

    _drive(day, engine.observe, advance)
    score.seconds = time.process_time() - began
    score.said = len(answers)
    return answers


def rule_answers(day: Day, timeout: float | None = None) -> list[Answer]:
    """Run the rule to beat, or a time-out, over a day."""
    rule = Rule(day, timeout)
    answers: list[Answer] = []

    def advance(now: float) -> None:
        answers.extend(
            (now, gtin, here, floor, here, float(here > 0))
            for gtin, here, floor in rule.advance(now)
        )

    _drive(day, rule.observe, advance)
    return answers


def _drive(day: Day, observe: object, advance: object) -> None:
    second = int(day.start) + 1
    for obs in day.observations:
        at = float(obs.at)
        while at >= second:
            advance(float(second))  # type: ignore[operator]
            second += 1
        observe(obs)  # type: ignore[operator]
        if type(obs).__name__ in {"Sale", "Return", "Delivery", "Stocktake"}:
            advance(at)  # type: ignore[operator]
    while second <= day.end:
        advance(float(second))  # type: ignore[operator]
        second += 1


def grade(day: Day, answers: list[Answer], score: Score | None = None) -> Score:
    """Compare answers with truth, second by second."""
    score = score or Score()
    start, length = int(day.start), int(day.end - day.start)
    gtins = [article.gtin for article in day.plan.articles]
    true, told = defaultdict(list), defaultdict(list)
    for t, gtin, here, floor in day.truth:
        true[gtin].append((t, here, floor))
    for t, gtin, *rest in answers:
        told[gtin].append((t, *rest))
    total = wrong_b = wrong_f = false_a = false_o = over = brier = 0.0
    for gtin in gtins:
        truth = _columns(true[gtin], start, length, 2)
        answer = _columns(told[gtin], start, length, 4)
        truth, answer = truth[WARM_SECONDS:], answer[WARM_SECONDS:]
        bad_b = truth[:, 0] != answer[:, 0]
        bad_f = truth[:, 1] != answer[:, 1]
        total += len(truth)
        wrong_b, wrong_f = wrong_b + bad_b.sum(), wrong_f + bad_f.sum()
        false_a += ((answer[:, 2] > 0) & (truth[:, 0] == 0)).sum()
        false_o += ((answer[:, 0] == 0) & (truth[:, 0] > 0)).sum()
        over += (answer[:, 2] > truth[:, 0]).sum()
        brier += ((answer[:, 3] - (truth[:, 0] > 0)) ** 2).sum()
        score.worst.append((gtin, float(bad_b.mean()), float(bad_f.mean())))
        score.outs += _delays(truth[:, 0], answer[:, 0])
    score.building, score.floor = 100 * wrong_b / total, 100 * wrong_f / total
    score.false_available, score.false_out = 100 * false_a / total, 100 * false_o / total
    score.over_promise, score.brier = 100 * over / total, brier / total
    return score


def _columns(said: list[tuple[float, ...]], start: int, length: int, width: int) -> np.ndarray:
    out = np.zeros((length, width))
    for t, *values in said:
        out[max(0, int(np.ceil(t)) - start) :] = values
    return out


def _delays(truth: np.ndarray, answer: np.ndarray) -> list[float]:
    """Seconds from the last unit leaving until the answer is zero; inf if it came back first."""
    delays = []
    for i in np.flatnonzero((truth[1:] == 0) & (truth[:-1] > 0)) + 1:
        zero = np.flatnonzero(answer[i:] == 0)
        delays.append(float(zero[0]) if len(zero) else np.inf)
    return delays
