"""Book stock: what was written down."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.observations import Delivery, Observation, Return, Sale, Stocktake
from gateway.simulate.baselines.rule import stock_line
from gateway.simulate.reading import Line


class BookStock:
    """What the till and the back office wrote down; no sensor. It knows no zones."""

    name = "book stock"

    def __init__(self) -> None:
        self._book: dict[str, int] = {}
        self._changed: dict[str, None] = {}

    def observe(self, obs: Observation) -> None:
        """Add and take away; a count of the whole building is the truth of its moment."""
        match obs:
            case Stocktake(zone=None):
                self._book[obs.gtin] = obs.qty
                self._changed[obs.gtin] = None
            case Sale():
                self._move(-1, obs)
            case Return() | Delivery():
                self._move(1, obs)

    def advance(self, now: float) -> Iterator[Line]:
        """The lines of GTINs whose book changed."""
        for gtin in self._changed:
            yield stock_line(now, gtin, max(0, self._book[gtin]), None)
        self._changed.clear()

    def _move(self, sign: int, obs: Sale | Return | Delivery) -> None:
        for line in obs.lines:
            self._book[line.gtin] = self._book.get(line.gtin, 0) + sign * line.qty
            self._changed[line.gtin] = None
