"""SMURF, the adaptive window of the literature."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.baselines.tags import NOWHERE, Ints, Reads, TagRule
from gateway.simulate.plan import StorePlan


class Smurf(TagRule):
    """A window for each tag, as long as its read rate asks for (Jeffery, Garofalakis, Franklin,
    "Adaptive cleaning for RFID data streams", VLDB 2006, algorithm 1).

    An epoch is a whole second. The window grows by 2 epochs towards ln(1/delta) / p; it is halved
    when the reads in it are not those of a tag with rate p that was there all the time (more than
    two standard deviations off); an empty window starts again at one epoch. There a tag is present
    while its window holds a read.

    Where we had to choose: the paper takes p from many interrogations an epoch; where an epoch is
    one, p is the tag's share of epochs read while it was present. It answers for the middle of the
    window; here the answer is needed now, so it is that of the window's end. It knows no places:
    the zone is that with most reads in the window.
    """

    MOST = 256
    """Epochs remembered; no window is longer."""

    def __init__(self, plan: StorePlan, delta: float = 0.05) -> None:
        super().__init__(plan)
        self.name = f"SMURF {delta:g}"
        self._asks = math.log(1.0 / delta)
        self._epoch: int | None = None
        self._past = np.zeros((self.MOST, 0, len(self.zones)), np.int32)
        self._reads = np.zeros((0, len(self.zones)), np.int32)
        self._times: NDArray[np.int32] = np.zeros((self.MOST, 0), np.int32)
        self._read_in: NDArray[np.int32] = np.zeros(0, np.int32)
        self._now = np.zeros(0, np.bool_)
        self._wide: Ints = np.ones(0, np.int64)
        self._present = np.zeros(0, np.float64)
        self._at: Ints = np.zeros(0, np.int64)

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:  # noqa: ARG002 - epochs count, not moments
        """Note who was read in this epoch, and where."""
        self._reads[rows, self.zone_of[antenna]] += reads.n
        self._now[rows] = True

    def settle(self, now: float) -> Ints:
        """Every whole second an epoch ends."""
        if self._epoch is None or int(now) > self._epoch:
            self._epoch = int(now)
            self._end_epoch(self._epoch)
        return self._at

    def grow(self, rows: int) -> None:
        """Make room."""
        more = rows - len(self._at)
        wide = len(self.zones)
        self._past = np.concatenate([self._past, np.zeros((self.MOST, more, wide), np.int32)], 1)
        self._times = np.concatenate([self._times, np.zeros((self.MOST, more), np.int32)], 1)
        self._reads = np.concatenate([self._reads, np.zeros((more, wide), np.int32)])
        self._read_in = np.concatenate([self._read_in, np.zeros(more, np.int32)])
        self._now = np.concatenate([self._now, np.zeros(more, np.bool_)])
        self._wide = np.concatenate([self._wide, np.ones(more, np.int64)])
        self._present = np.concatenate([self._present, np.zeros(more)])
        self._at = np.concatenate([self._at, np.full(more, NOWHERE, np.int64)])

    def _end_epoch(self, epoch: int) -> None:
        self._read_in += self._now
        rows, then = np.arange(len(self._at)), (epoch - self._wide) % self.MOST
        in_window = self._read_in - self._times[then, rows]
        rate = self._rate()
        self._resize(in_window, rate)
        # The new window answers.
        then = (epoch - self._wide) % self.MOST
        in_window = self._read_in - self._times[then, rows]
        reads = self._reads - self._past[then, rows]
        self._at = np.where(in_window > 0, reads.argmax(axis=1), NOWHERE)
        self._wide[in_window == 0] = 1
        self._past[epoch % self.MOST], self._times[epoch % self.MOST] = self._reads, self._read_in
        self._now[:] = False

    def _rate(self) -> NDArray[np.float64]:
        """Each tag's share of epochs read, of those in which it was present."""
        self._present += self._now | (self._at != NOWHERE)
        return np.asarray((self._read_in + 1.0) / (self._present + 2.0))

    def _resize(self, in_window: NDArray[np.int32], rate: NDArray[np.float64]) -> None:
        wanted = np.minimum(np.ceil(self._asks / rate), self.MOST - 1).astype(np.int64)
        wide = self._wide
        expected = wide * rate
        off = np.abs(in_window - expected) > 2.0 * np.sqrt(expected * (1.0 - rate))
        longer = np.maximum(np.minimum(wide + 2, wanted), 1)
        shorter = np.maximum(np.minimum(wide // 2, wanted), 1)
        self._wide = np.where(wanted > wide, longer, np.where(off, shorter, wide))
