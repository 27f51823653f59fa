"""The rules of `baselines` on a capture, scored as a timeline is: what others would have said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from drivers.observations import Observation
from gateway.simulate.baselines import feed, rules
from gateway.simulate.plan import StorePlan
from gateway.simulate.reading import Line
from gateway.simulate.score import Score, score_lines


def beside(
    plan: StorePlan, observations: Iterable[Observation], header: Line, truth: Sequence[Line]
) -> dict[str, Score]:
    """The score of every rule by its name, over the truth's time."""
    chosen = rules(plan)
    said: dict[str, list[Line]] = {rule.name: [] for rule in chosen}
    since, until = math.floor(header["from"]), math.ceil(header["to"])
    timely = (obs for obs in observations if math.isfinite(obs.at))
    for rule, line in feed(chosen, timely, since, until):
        said[rule.name].append(line)
    for lines in said.values():
        # A line about a late arrival may be told after that of the second before it.
        lines.sort(key=lambda line: float(line["t"]))
    return {name: score_lines(lines, header, truth) for name, lines in said.items()}
