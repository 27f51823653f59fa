"""Sales that wait for their minute to be told."""

from __future__ import annotations

import json
from collections import Counter

from drivers.observations import Sale
from gateway.changes import Remember

TILL_AHEAD_SECONDS = 60.0


class Till:
    """Sales as (time, units), until their minute is told."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int]] = []

    def take(self, sale: Sale, faults: Counter[str]) -> Remember:
        """A sale; a till's clock that is ahead is not believed. Returns what must be kept."""
        t = sale.t
        if t > sale.at + TILL_AHEAD_SECONDS:
            faults["sale_clock_ahead"] += 1
            t = sale.at
        self._waiting.append((t, sum(line.qty for line in sale.lines)))
        return self.memory()

    def sold(self, end: float) -> list[tuple[float, int]]:
        """The sales up to `end`, told once."""
        told = [one for one in self._waiting if one[0] <= end]
        self._waiting = [one for one in self._waiting if one[0] > end]
        return told

    def memory(self) -> Remember:
        """For `restore`."""
        return Remember("footfall", "sales", json.dumps(self._waiting))

    def restore(self, text: str) -> None:
        """Take back what `memory` said."""
        # Before units were kept a pending sale was its time alone; a receipt has at least one unit.
        self._waiting = [
            (one[0], one[1]) if isinstance(one, list) else (one, 1) for one in json.loads(text)
        ]
