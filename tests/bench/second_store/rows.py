"""Rows of a scenario's table: each rule's means over seeds, ours as ratios to two of the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from gateway.simulate.spans import percentile
from tests.bench.second_store.judging import EDGEX, OURS, RULE_TO_BEAT, Figures
from tests.bench.tables import Lines, aligned, markdown

FIGURES: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("building %", lambda its: its.building),
    ("floor %", lambda its: its.floor),
    ("falsely available %", lambda its: its.available),
    ("over %", lambda its: its.over),
    ("false outs/day", lambda its: its.false_outs),
)


def scenario_table(days: Sequence[dict[str, Figures]]) -> Lines:
    """The table in columns."""
    heads = ("", *(head for head, _ in FIGURES), "out p50 s", "out said", "CPU s")
    return aligned(markdown(heads, _rows(days)))


def _rows(days: Sequence[dict[str, Figures]]) -> Iterator[Sequence[str]]:
    means = {rule: _means([day[rule] for day in days]) for rule in days[0]}
    for rule, mean in means.items():
        its = [day[rule] for day in days]
        delays = [math.inf if d is None else d for one in its for d in one.delays]
        middle = percentile(delays, 0.5)
        yield (
            rule,
            *("-" if value is None else f"{value:.3f}" for value in mean),
            "-" if middle is None else "never" if math.isinf(middle) else f"{middle:.0f}",
            f"{sum(map(math.isfinite, delays))}/{len(delays)}",
            f"{sum(one.seconds for one in its):.0f}",
        )
    for other in (RULE_TO_BEAT, EDGEX):
        if OURS in means and other in means:
            ratios = (
                _ratio(mine, its) for mine, its in zip(means[OURS], means[other], strict=True)
            )
            yield (f"ours / {other}", *ratios, "", "", "")


def _means(its: Sequence[Figures]) -> list[float | None]:
    return [_mean([figure(one) for one in its]) for _, figure in FIGURES]


def _mean(values: Sequence[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) / len(told) if told else None


def _ratio(mine: float | None, its: float | None) -> str:
    return "-" if mine is None or not its else f"{mine / its:.2f}"
