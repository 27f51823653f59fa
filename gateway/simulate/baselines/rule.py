"""What a rule is, how it is run, and the line that one which is always sure says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from drivers.observations import Delivery, Observation, Return, Sale, Stocktake
from gateway.simulate.reading import Line


class Rule(Protocol):
    """One way to say what is there."""

    name: str

    def observe(self, obs: Observation) -> None:
        """Take an observation, in order of arrival."""

    def advance(self, now: float) -> Iterator[Line]:
        """The `stock` lines that are new at `now`."""


def feed(
    rules: Sequence[Rule], observations: Iterable[Observation], now: int, until: int
) -> Iterator[tuple[Rule, Line]]:
    """What rules say between two whole seconds: advanced on each, and right after facts."""
    for obs in observations:
        while now + 1 <= obs.at and now < until:
            now += 1
            yield from _advance(rules, float(now))
        for rule in rules:
            rule.observe(obs)
        if isinstance(obs, (Sale, Return, Delivery, Stocktake)):
            yield from _advance(rules, obs.at)
    while now < until:
        now += 1
        yield from _advance(rules, float(now))


def _advance(rules: Sequence[Rule], now: float) -> Iterator[tuple[Rule, Line]]:
    for rule in rules:
        for line in rule.advance(now):
            yield rule, line


def stock_line(t: float, gtin: str, on_hand: int, zones: dict[str, int] | None) -> Line:
    """A timeline line of a rule that is always sure."""
    line: Line = {
        "t": t,
        "kind": "stock",
        "gtin": gtin,
        "on_hand": on_hand,
        "expected": float(on_hand),
        "p_available": float(on_hand > 0),
        "available": on_hand,
        "state": "in_stock" if on_hand > 0 else "out_of_stock",
    }
    return line if zones is None else line | {"zones": zones}
