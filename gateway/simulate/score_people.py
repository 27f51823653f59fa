"""How right the numbers about people are: passages, visitors inside, conversion."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.simulate.reading import Line
from gateway.simulate.spans import overlaid


@dataclass(slots=True)
class PeopleScore:
    """Said beside true; None: nothing was said, or nothing is known to compare with.

    `entries`, `exits`: passages of everybody, staff included. `visitors`, `transactions`: summed
    over the timeline's conversion lines, with the truth of the same times. `occupancy_error`: mean
    over time of the absolute error in visitors inside.
    """

    entries: int | None = None
    true_entries: int = 0
    exits: int | None = None
    true_exits: int = 0
    occupancy_error: float | None = None
    visitors: int | None = None
    true_visitors: int = 0
    transactions: int | None = None
    true_transactions: int = 0

    @property
    def conversion(self) -> float | None:
        """Transactions over visitors, as said."""
        return self.transactions / self.visitors if self.visitors and self.transactions else None

    @property
    def true_conversion(self) -> float | None:
        """Transactions over visitors, in truth."""
        return self.true_transactions / self.true_visitors if self.true_visitors else None


def score_people(
    said: Mapping[str, list[Line]], true: Mapping[str, list[Line]], since: float, until: float
) -> PeopleScore:
    """Judge the timeline's footfall, occupancy and conversion lines."""
    score = PeopleScore()
    last = {line["door"]: line for line in true["door"] if line["t"] <= until}
    score.true_entries = sum(line["in"] for line in last.values())
    score.true_exits = sum(line["out"] for line in last.values())
    minutes = [line for line in said["footfall"] if line["t"] <= until + 60.0]
    if minutes:
        score.entries = sum(line["in"] for line in minutes)
        score.exits = sum(line["out"] for line in minutes)
    score.occupancy_error = _occupancy(said["occupancy"], true["occupancy"], since, until)
    _conversion(score, said["conversion"], true, until)
    return score


def _occupancy(said: list[Line], true: list[Line], since: float, until: float) -> float | None:
    if not said or not true or until <= since:
        return None
    steps = [
        [(float(line["t"]), int(line["occupancy"])) for line in lines] for lines in (true, said)
    ]
    wrong = sum(
        (end - begin) * abs(a - b)
        for begin, end, a, b in overlaid(steps[0], steps[1], since, until, (0, 0))
    )
    return wrong / (until - since)


def _conversion(
    score: PeopleScore, said: list[Line], true: Mapping[str, list[Line]], until: float
) -> None:
    # An hour that was said again, better known, replaces itself.
    hours = {line["from"]: line for line in said if line["t"] <= until + 60.0}
    if not hours:
        return
    sales = sorted(float(line["t"]) for line in true["sale"])
    score.visitors = sum(line["visitors"] for line in hours.values())
    score.transactions = sum(line["transactions"] for line in hours.values())
    for line in hours.values():
        begin, end = float(line["from"]), float(line["t"])
        score.true_visitors += _visitors(true["door"], end) - _visitors(true["door"], begin)
        score.true_transactions += bisect_right(sales, end) - bisect_right(sales, begin)


def _visitors(doors: list[Line], t: float) -> int:
    last = {line["door"]: line for line in doors if line["t"] <= t}
    return sum(line["in"] - line.get("staff_in", 0) for line in last.values())
