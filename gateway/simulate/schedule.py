"""What is to happen, in virtual time."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from gateway.simulate.shop import Script, Shop

DAY = 43_200.0
"""Seconds that the rates of a scenario are about: twelve hours."""


class Schedule:
    """Things to do at their time. `shop.now` is the time while one is done."""

    def __init__(self, shop: Shop, start: float) -> None:
        self._shop, self._start = shop, start
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._tie = 0

    def run(self, until: float) -> None:
        """Do everything up to `until`; counts that changed are written down as of each."""
        shop = self._shop
        while self._heap and self._heap[0][0] <= until:
            shop.now, _, act = heapq.heappop(self._heap)
            act()
            shop.goods.flush(shop.now)
        shop.now = max(shop.now, until)

    def at(self, t: float, act: Callable[[], None]) -> None:
        """Do something once; what is due at the same time is done in the order of asking."""
        self._tie += 1
        heapq.heappush(self._heap, (t, self._tie, act))

    def every(self, seconds: float, act: Callable[[], None], *, aligned: bool = False) -> None:
        """Do something again and again; `aligned` to whole multiples of `seconds` since 1970."""

        def again() -> None:
            act()
            self.at(self._shop.now + seconds, again)

        first = self._start + seconds
        self.at(first - first % seconds if aligned else first, again)

    def often(self, a_day: float, act: Callable[[], None]) -> None:
        """Have something happen by chance, so many times in twelve hours."""
        if a_day <= 0:
            return

        def again() -> None:
            act()
            self.at(self._shop.now + self._gap(a_day), again)

        self.at(self._start + self._gap(a_day), again)

    def script(self, script: Script, after: float) -> None:
        """Have somebody follow a script that begins in `after` seconds."""

        def on() -> None:
            wait = next(script, None)
            if wait is not None:
                self.at(self._shop.now + wait, on)

        self.at(self._shop.now + after, on)

    def _gap(self, a_day: float) -> float:
        return float(self._shop.rng.exponential(DAY / a_day))
