"""What a reader says, in the shop floor's words: its time made ours, its tags made `TagReads`."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from drivers.observations import TagReads
from drivers.rfid.llrp.clock import ReaderClock
from drivers.rfid.llrp.columns import TagColumns
from drivers.rfid.llrp.events import Stamp
from drivers.rfid.llrp.template import Clock

OLDEST_SECONDS = 30 * 86_400.0
"""A read stamped longer ago than any outage that a reader can hold: the stamp is wrong."""


class Observing:
    """One connection's clocks.

    Attributes:
        faults: `bad_time`, stamps that cannot be, only ever growing.
    """

    def __init__(self, src: str, faults: Counter[str]) -> None:
        self.faults = faults
        self._src = src
        self._clocks: dict[int, ReaderClock] = {
            Clock.UTC: ReaderClock(),
            Clock.UPTIME: ReaderClock(),
        }

    def hear(self, stamp: Stamp, monotonic: float) -> None:
        """A stamp that is about nothing but the reader's clock."""
        self._clocks[stamp.clock].hear(stamp.reader_us, monotonic)

    def time(self, stamp: Stamp, now: float, monotonic: float) -> float:
        """The event time of a stamp, as in `reads`."""
        times = np.array([stamp.reader_us], np.int64)
        return float(self._times(times, stamp.clock, now, monotonic)[0])

    def reads(self, columns: TagColumns, now: float, monotonic: float) -> TagReads:
        """Tags that arrived at `now` (wall clock), which is `monotonic` on ours that never steps.

        Event times are seconds UTC, never after `now`; `now` where the reader did not say.
        """
        clocks = columns.clock
        kinds = set(clocks.tobytes())
        if len(kinds) == 1:
            times = self._times(columns.seen_us, kinds.pop(), now, monotonic)
        else:
            times = np.empty(len(columns))
            for kind in kinds:
                which = clocks == kind
                times[which] = self._times(columns.seen_us[which], kind, now, monotonic)
        return TagReads(
            self._src, now, times, columns.antenna, columns.epc, columns.epc_bytes,
            columns.rssi, columns.n,
        )  # fmt: skip

    def _times(
        self, reader_us: NDArray[np.int64], kind: int, now: float, monotonic: float
    ) -> NDArray[np.float64]:
        """Times of one kind of clock; each numpy call here costs as much as decoding a tag."""
        known = self._clocks.get(kind)
        if known is None:
            return np.full(len(reader_us), now)
        known.hear(int(reader_us.max()), monotonic)
        times = known.monotonic(reader_us)
        times += now - monotonic
        np.minimum(times, now, out=times)
        if float(times.min()) < now - OLDEST_SECONDS:
            absurd = times < now - OLDEST_SECONDS
            self.faults["bad_time"] += int(absurd.sum())
            times[absurd] = now
        return times
