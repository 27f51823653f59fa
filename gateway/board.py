"""The board: what is true right now, in memory, for the page, the API and live events.

A read model made from committed changes alone; it decides nothing and is rebuilt at start. One
writer (the program's loop), any number of readers in the same loop.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.changes import (
    Alert,
    Change,
    Conversion,
    DeviceChanged,
    ItemEvent,
    OccupancyChanged,
    StockChanged,
    StoreMinute,
)

EVENTS_KEPT = 2_000
LISTENER_QUEUE = 500


@dataclass(slots=True)
class DeviceStatus:
    """One device or antenna as last known. `reads` and `faults` only ever grow."""

    device: str
    antenna: int | None
    driver: str = ""
    zone: str | None = None
    state: str = "unknown"
    since: float | None = None
    heard: float | None = None
    reads: int = 0
    detail: str = ""
    faults: Counter[str] = field(default_factory=Counter)
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A change with its number in the live stream (numbers never come back within a boot)."""

    number: int
    change: Change


Shown = (
    StockChanged | ItemEvent | StoreMinute | OccupancyChanged | Conversion | DeviceChanged | Alert
)


class Board:
    """What is true right now."""

    def __init__(self) -> None:
        self.stock: dict[str, StockChanged] = {}
        self.devices: dict[tuple[str, int | None], DeviceStatus] = {}
        self.occupancy = 0
        self.minute: StoreMinute | None = None
        self.conversion: Conversion | None = None
        self.alerts: dict[tuple[str, str], Alert] = {}
        self.version = 0
        self._told: deque[Told] = deque(maxlen=EVENTS_KEPT)
        self._listeners: set[asyncio.Queue[Told | None]] = set()

    def apply(self, changes: Iterable[Change]) -> None:
        """Take committed changes and tell the listeners."""
        for change in changes:
            if not isinstance(change, Shown):
                continue
            self._take(change)
            self.version += 1
            self._tell(Told(self.version, change))

    def device(self, name: str, antenna: int | None = None) -> DeviceStatus:
        """The status of a device or antenna, made when first asked for."""
        return self.devices.setdefault((name, antenna), DeviceStatus(name, antenna))

    def since(self, number: int) -> list[Told] | None:
        """What was told after `number`; None when that is no longer known in full."""
        if number > self.version or (self._told and number < self._told[0].number - 1):
            return None
        return [told for told in self._told if told.number > number]

    def listen(self) -> asyncio.Queue[Told | None]:
        """A queue of what is told from now on; None in it means: too slow, listen anew."""
        queue: asyncio.Queue[Told | None] = asyncio.Queue(LISTENER_QUEUE)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Told | None]) -> None:
        """Stop listening."""
        self._listeners.discard(queue)

    def close(self) -> None:
        """Tell every listener that there will be nothing more."""
        for queue in list(self._listeners):
            self._drop(queue)

    def _take(self, change: Shown) -> None:
        match change:
            case StockChanged():
                self.stock[change.gtin] = change
            case StoreMinute():
                self.minute = change
                self.occupancy = change.occupancy
            case OccupancyChanged():
                self.occupancy = change.occupancy
            case Conversion():
                self.conversion = change
            case DeviceChanged():
                status = self.device(change.device, change.antenna)
                status.state, status.since, status.detail = change.state, change.t, change.detail
            case Alert():
                if change.over:
                    self.alerts.pop((change.kind, change.subject), None)
                else:
                    self.alerts[change.kind, change.subject] = change
            case ItemEvent():
                pass

    def _tell(self, told: Told) -> None:
        self._told.append(told)
        for queue in list(self._listeners):
            try:
                queue.put_nowait(told)
            except asyncio.QueueFull:
                self._drop(queue)

    def _drop(self, queue: asyncio.Queue[Told | None]) -> None:
        self._listeners.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
