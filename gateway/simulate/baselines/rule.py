"""What a rule is, and the line that one which is always sure says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from drivers.observations import Observation
from gateway.simulate.reading import Line


class Rule(Protocol):
    """One way to say what is there."""

    name: str

    def observe(self, obs: Observation) -> None:
        """Take an observation, in order of arrival."""

    def advance(self, now: float) -> Iterator[Line]:
        """The `stock` lines that are new at `now`."""


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
