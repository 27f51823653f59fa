"""The rule of EdgeX Foundry's RFID inventory service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.baselines.tags import NOWHERE, Ints, Reads, TagRule
from gateway.simulate.plan import StorePlan


@dataclass(frozen=True, slots=True)
class Profile:
    """How readily a tag moves: `threshold` dB, `holdoff` seconds, `slope` dB a second."""

    name: str
    threshold: float
    holdoff: float
    slope: float


SHIPPED = Profile("shipped", 6.0, 0.5, -8.0)
"""Its configuration as it comes, which is its profile for asset tracking."""
GARMENT = Profile("garment", 6.0, 60.0, -0.5)
"""Its profile for garments in a shop (`retail_garment`, in its history since 2020)."""
LEVEL = Profile("level", 6.0, 0.5, 0.0)
"""The threshold alone, however long the present antenna has been silent."""

DEPARTS = (600.0, 60.0, 25.0)
"""Its shipped time-out, and two shorter ones that suit a shelf better."""


class EdgeX(TagRule):
    """The rule of EdgeX Foundry's app-rfid-llrp-inventory 4, with its shipped defaults.

    A tag is where its antenna is; it moves when the mean of the last 20 RSSI values at another
    (at least 2 there) exceeds that at the present one by an offset: `threshold` dB until `holdoff`
    seconds after the present one's last read, from then on less by `slope` dB a second. It departs
    after `departs` seconds without a read, looked at every 30 s, and then starts afresh.
    """

    RING = 20
    CHECK_SECONDS = 30.0

    def __init__(
        self,
        plan: StorePlan,
        departs: float = DEPARTS[0],
        profile: Profile = SHIPPED,
    ) -> None:
        super().__init__(plan)
        self.name = f"EdgeX {departs:.0f} s {profile.name}"
        self._departs, self._profile = departs, profile
        self._wide = max(1, len(self.antennas))
        self._at: Ints = np.zeros(0, np.int64)
        self._seen = np.zeros(0, np.float64)
        self._ring = np.zeros((0, self._wide, self.RING), np.float32)
        self._filled = np.zeros((0, self._wide), np.int64)
        self._last = np.zeros((0, self._wide), np.float64)
        self._checked = 0.0

    def heard(self, rows: Ints, antenna: int, t: float, reads: Reads) -> None:
        """Put the strengths into the rings and move what must move."""
        self._ring[rows, antenna, self._filled[rows, antenna] % self.RING] = reads.rssi
        self._filled[rows, antenna] += 1
        self._last[rows, antenna] = self._seen[rows] = t
        at = self._at[rows]
        self._at[rows[at == NOWHERE]] = antenna
        other = rows[(at != NOWHERE) & (at != antenna) & (self._filled[rows, antenna] >= 2)]
        if len(other):
            now_at = self._at[other]
            idle = t - self._last[other, now_at]
            its = self._profile
            offset = its.threshold + its.slope * (idle - its.holdoff)
            stay = self._mean(other, now_at) + np.minimum(offset, its.threshold)
            here = self._mean(other, np.full(len(other), antenna))
            self._at[other[here > stay]] = antenna

    def settle(self, now: float) -> Ints:
        """Where each tag is; every half minute those long silent depart."""
        if now >= self._checked + self.CHECK_SECONDS:
            self._checked = now
            late = np.flatnonzero((self._at != NOWHERE) & (self._seen < now - self._departs))
            self._at[late] = NOWHERE
            self._filled[late] = 0
        return np.where(self._at != NOWHERE, self.zone_of[self._at], NOWHERE)

    def grow(self, rows: int) -> None:
        """Make room."""
        more = rows - len(self._at)
        self._at = np.concatenate([self._at, np.full(more, NOWHERE, np.int64)])
        self._seen = np.concatenate([self._seen, np.zeros(more)])
        ring = np.zeros((more, self._wide, self.RING), np.float32)
        self._ring = np.concatenate([self._ring, ring])
        self._filled = np.concatenate([self._filled, np.zeros((more, self._wide), np.int64)])
        self._last = np.concatenate([self._last, np.zeros((more, self._wide))])

    def _mean(self, rows: Ints, antennas: Ints) -> NDArray[np.float64]:
        filled = np.minimum(self._filled[rows, antennas], self.RING)
        rings = self._ring[rows, antennas]
        total = np.where(np.arange(self.RING) < filled[:, None], rings, 0.0).sum(axis=1)
        return np.asarray(total / np.maximum(filled, 1), np.float64)
