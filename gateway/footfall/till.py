"""Sales that wait for their minute to be told."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple

from drivers.observations import Sale
from gateway.changes import Remember
from gateway.footfall.stamps import stamped

TILL_AHEAD_SECONDS = 60.0


class Ticket(NamedTuple):
    """One sale: its units, and what was paid in hundredths; None where not all lines say it."""

    t: float
    units: int
    amount: int | None = None


class Till:
    """Tickets until their minute is told."""

    def __init__(self) -> None:
        self._waiting: list[Ticket] = []

    def take(self, sale: Sale, faults: Counter[str]) -> Remember:
        """A sale; a till's clock that is ahead is not believed. Returns what must be kept."""
        t = sale.t
        if t > sale.at + TILL_AHEAD_SECONDS:
            faults["sale_clock_ahead"] += 1
            t = sale.at
        amounts = [line.amount for line in sale.lines if line.amount is not None]
        whole = len(amounts) == len(sale.lines)
        units = sum(line.qty for line in sale.lines)
        self._waiting.append(Ticket(t, units, sum(amounts) if whole else None))
        return self.memory()

    def sold(self, end: float) -> list[Ticket]:
        """The sales up to `end`, told once."""
        told = [one for one in self._waiting if one.t <= end]
        self._waiting = [one for one in self._waiting if one.t > end]
        return told

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`."""
        self._waiting = [one._replace(t=stamped(one.t, seconds, now)) for one in self._waiting]

    def memory(self) -> Remember:
        """For `restore`."""
        return Remember("footfall", "sales", json.dumps(self._waiting))

    def restore(self, text: str) -> None:
        """Take back what `memory` said."""
        # Before units were kept a pending sale was its time alone; a receipt has at least one unit.
        self._waiting = [
            Ticket(*one) if isinstance(one, list) else Ticket(one, 1) for one in json.loads(text)
        ]
