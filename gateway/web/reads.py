"""How fast each reader, antenna and scanner reads, from counters that only grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from gateway.board import DeviceStatus

SAMPLE_SECONDS = 5.0
WINDOW_SECONDS = 60.0

Key = tuple[str, int | None]


class ReadRates:
    """Reads a second over the last minute, sampled when somebody looks."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, dict[Key, int]]] = deque()

    def look(self, now: float, devices: Iterable[DeviceStatus]) -> None:
        """Take a sample at `now` (seconds, any clock that goes on) unless the last one is fresh."""
        if self._samples and now < self._samples[-1][0]:
            self._samples.clear()
        if self._samples and now - self._samples[-1][0] < SAMPLE_SECONDS:
            return
        self._samples.append((now, {(one.device, one.antenna): one.reads for one in devices}))
        # The oldest sample may be older than the window: without it there would be no rate at all
        # for somebody who looks once an hour.
        while len(self._samples) > 2 and now - self._samples[1][0] >= WINDOW_SECONDS:
            self._samples.popleft()

    def rate(self, device: str, antenna: int | None) -> float | None:
        """Reads a second; None until two samples know the device."""
        if len(self._samples) < 2:
            return None
        (began, before), (ended, after) = self._samples[0], self._samples[-1]
        key = (device, antenna)
        if key not in before or key not in after:
            return None
        return max(0, after[key] - before[key]) / (ended - began)
