"""Is it true as often as it was said? Reliability of probabilities and of promises.

Of every answer of ours the whole distribution is looked at: P(on hand >= k) for each k up to one
above the most that it or the truth speaks of. Everything is weighed by time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gateway.simulate.reading import Line
from gateway.simulate.spans import overlaid

EDGES = (0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
"""Lower edges of the bins."""
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
LEVEL = 0.95
"""The promise level of a store that sets none."""

Bins: TypeAlias = list[list[float]]
"""For each bin: seconds, their sum of what was said, their sum of what was true."""


def _bins() -> Bins:
    return [[0.0, 0.0, 0.0] for _ in EDGES]


@dataclass(slots=True)
class Promises:
    """What was said and what was so.

    Attributes:
        some: of `p_available`. counts: of P(on hand >= k), every k.
        some_error, counts_error: seconds times squared error, for the Brier score.
        kept: by level, (seconds in which something was promised, of which so many really there).
    """

    some: Bins = field(default_factory=_bins)
    counts: Bins = field(default_factory=_bins)
    some_error: float = 0.0
    counts_error: float = 0.0
    kept: list[list[float]] = field(default_factory=lambda: [[0.0, 0.0] for _ in LEVELS])

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Promises:
        """What `plain` gave."""
        return cls(**plain)

    @classmethod
    def together(cls, several: Iterable[Promises]) -> Promises:
        """Of several days."""
        total = cls()
        for one in several:
            for mine, theirs in ((total.some, one.some), (total.counts, one.counts),
                                 (total.kept, one.kept)):  # fmt: skip
                for here, there in zip(mine, theirs, strict=True):
                    here[:] = [a + b for a, b in zip(here, there, strict=True)]
            total.some_error += one.some_error
            total.counts_error += one.counts_error
        return total

    def brier(self) -> tuple[float, float]:
        """Brier scores of `p_available` and of P(on hand >= k)."""
        some, counts = (sum(seconds for seconds, *_ in b) for b in (self.some, self.counts))
        return self.some_error / (some or 1.0), self.counts_error / (counts or 1.0)

    def share_kept(self, level: float) -> float | None:
        """Share of the time in which at least the promised quantity was there."""
        promised, kept = self.kept[LEVELS.index(level)]
        return kept / promised if promised else None

    def _judge(self, lasts: float, on_hand: int, p_some: float, tail: list[float]) -> None:
        self.some_error += _put(self.some, lasts, p_some, really=on_hand > 0)
        for k in range(1, max(len(tail), on_hand) + 2):
            p = tail[k - 1] if k <= len(tail) else 0.0
            self.counts_error += _put(self.counts, lasts, p, really=on_hand >= k)
        for level, kept in zip(LEVELS, self.kept, strict=True):
            sure_of = sum(p >= level for p in tail)
            if sure_of:
                kept[0] += lasts
                kept[1] += lasts * (on_hand >= sure_of)


def promises(header: Line, truth: Iterable[Line], said: Iterable[Line]) -> Promises:
    """Judge the `stock` lines of ours, which carry `tail`: P(on hand >= 1, 2, ...)."""
    true, told = _by_gtin(truth), _by_gtin(said)
    since, until = float(header["from"]), float(header["to"])
    judged = Promises()
    for gtin in sorted(true.keys() & told.keys()):
        steps = [[(_moment(line), line) for line in lines[gtin]] for lines in (true, told)]
        for begin, end, is_true, is_said in overlaid(*steps, since, until, (None, None)):
            if is_true is not None and is_said is not None:
                judged._judge(
                    end - begin, is_true["on_hand"], is_said["p_available"], is_said["tail"]
                )
    return judged


def _by_gtin(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line["kind"] == "stock":
            found[line["gtin"]].append(line)
    return found


def _moment(line: Line) -> float:
    return round(float(line["t"]), 3)


def _put(bins: Bins, lasts: float, p: float, *, really: bool) -> float:
    place = bins[max(i for i, edge in enumerate(EDGES) if p >= edge)]
    place[0] += lasts
    place[1] += lasts * p
    place[2] += lasts * really
    return lasts * (p - really) ** 2
