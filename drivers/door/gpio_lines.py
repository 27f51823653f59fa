"""The one adapter around gpiod (libgpiod 2): two pins as edges. An optional extra.

The kernel stamps each edge, so a busy event loop does not bend the order of two beams.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, TypeAlias

from drivers.source import SourceLost

MISSING = "gpio needs the package gpiod, which is not installed: pip install 'shelfcast[gpio]'"


class Edge(NamedTuple):
    """A pin changed: `first` is beam A's pin; `at_ms` on the clock of `time.monotonic`."""

    first: bool
    broken: bool
    at_ms: int


class Lines(Protocol):
    """Two open pins."""

    fileno: int

    def broken(self) -> tuple[bool, bool]:
        """Whether the beams are broken now."""

    def read(self) -> list[Edge]:
        """The edges that wait, in order. Raises `OSError` when the chip is gone."""


OpenLines: TypeAlias = Callable[[str, int, int], AbstractContextManager[Lines]]
"""Opens (chip, pin of beam A, pin of beam B)."""


class _GpiodLines:
    def __init__(self, gpiod: Any, request: Any, first: int, second: int) -> None:
        self.fileno: int = request.fd
        self._request = request
        self._pins = (first, second)
        self._active = gpiod.line.Value.ACTIVE
        self._rising = gpiod.EdgeEvent.Type.RISING_EDGE

    def broken(self) -> tuple[bool, bool]:
        one, other = self._request.get_values(list(self._pins))
        return one == self._active, other == self._active

    def read(self) -> list[Edge]:
        return [
            Edge(
                event.line_offset == self._pins[0],
                event.event_type == self._rising,
                event.timestamp_ns // 1_000_000,
            )
            for event in self._request.read_edge_events()
        ]


@contextlib.contextmanager
def gpiod_lines(chip: str, first: int, second: int) -> Iterator[Lines]:
    """Open two pins with pull-up, low when a beam is broken.

    Raises:
        SourceLost: gpiod is not installed.
        OSError: no such chip or pin, or another program has it.
    """
    try:
        gpiod: Any = importlib.import_module("gpiod")
    except ImportError as missing:
        raise SourceLost(MISSING) from missing
    settings = gpiod.LineSettings(
        direction=gpiod.line.Direction.INPUT,
        edge_detection=gpiod.line.Edge.BOTH,
        bias=gpiod.line.Bias.PULL_UP,
        active_low=True,
        event_clock=gpiod.line.Clock.MONOTONIC,
    )
    config = {(first, second): settings}
    with gpiod.request_lines(chip, consumer="shelfcast", config=config) as request:
        yield _GpiodLines(gpiod, request, first, second)
