"""How loud each antenna hears a tag, and what that says of where it lies.

RSSI falls with distance, but what a tag gives an antenna is fixed by how it lies, far more than by
noise: reads of one tag are no independent evidence. So three things are kept apart. A zone and
antenna have a usual level; a tag where it lies is off that level, always by the same; and a read is
off that by noise. Some of a tag's being off goes with it to the next place. All spreads are learned
from the store's own reads: where they are wide, levels say little.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import Epoch, summed
from gateway.stock.habits import Habits
from gateway.stock.places import NOWHERE, Places
from gateway.stock.tags import Tags

Rows = NDArray[np.int32] | NDArray[np.int64]
Reals = NDArray[np.float64]
_OWN_DBM, _CROSS_DBM = -55.0, -64.0
_PRIOR_READS = 2.0
_KIND_READS = 60.0
"""What is usual everywhere weighs as much as so many reads, in a zone and in all of a kind."""
_SOME_READS = 0.5
"""Fewer are what sums leave over."""
_READS_KEPT = 20_000.0
"""A usual level forgets beyond so many reads."""
_NOISE, _SPREAD, _SPREADS_KNOWN = 9.0, 16.0, 50.0
"""dB², of reads of a tag where it lies, and of tags in a zone, before the store has taught any."""
_KNOWN = 4
"""Reads of a tag from which on its own level is better known than the zone's usual one."""
_MOST = 60
"""So many reads of a tag are remembered: rooms change."""
_WEAK = 0.05
"""What no antenna reads so often is faint wherever it lies: its levels say as much less."""
_ODD, _ODDS_KNOWN = 0.02, 500.0
"""Share of reads with somebody between, or by way of a reflection, before the store has taught any,
and how many reads that is worth."""
_FAR, _ODD_LOSS, _ODD_DB2 = 3.5, 8.0, 100.0
"""Off by so many times the noise they are such reads; what those lose, dB; their spread, dB²."""
_LEAST_ODD = 1e-4
"""Share below which nobody learns it: somebody will stand there some day."""
_STRANGE_SHARE, _RANGE_DB = 0.02, 60.0
"""Tags and reads that are as loud as may be: hung on the antenna, held before it, behind metal."""
_STRANGE = math.log(_STRANGE_SHARE / _RANGE_DB * math.sqrt(2.0 * math.pi))
_UNHEARD_DB2 = 36.0
"""More spread of a level in a zone where the antenna has heard nothing yet."""


class Levels:
    """The columns `level`, `levels`, `off` and `offs` of the tags, and what is usual."""

    def __init__(self, places: Places, tags: Tags, habits: Habits) -> None:
        self._tags, self._kept, self._worth = tags, habits.level_kept, habits.level_worth
        zones = np.arange(len(places.zones))
        self._own: Reals = np.equal.outer(zones, places.zone_of).astype(np.float64)
        self._heard: Reals = np.zeros(self._own.shape)
        self._sum: Reals = np.zeros(self._own.shape)
        self._say()
        self._noise = [_NOISE * _SPREADS_KNOWN, _SPREADS_KNOWN]
        self._spread = [_SPREAD * _SPREADS_KNOWN, _SPREADS_KNOWN]
        self._odd = [_ODD * _ODDS_KNOWN, _ODDS_KNOWN]

    @property
    def noise(self) -> float:
        """Of one tag's reads, dB²."""
        return self._noise[0] / self._noise[1]

    @property
    def spread(self) -> float:
        """Of the levels of tags in a zone, dB²."""
        return self._spread[0] / self._spread[1]

    @property
    def odd(self) -> float:
        """Share of reads with somebody between, or by way of a reflection."""
        return max(self._odd[0] / self._odd[1], _LEAST_ODD)

    def note(self, epoch: Epoch, calm: NDArray[np.bool_]) -> None:
        """Enter the levels of reads that challenge nothing."""
        tags = self._tags
        calm = calm & np.isfinite(epoch.rssi)
        row, antenna, rssi = epoch.row[calm], epoch.antenna[calm], epoch.rssi[calm]
        if not len(row):
            return
        cell = row * tags.level.shape[1] + antenna
        level, reads = tags.level.take(cell), tags.levels.take(cell)
        off = rssi - level
        home = tags.home[row]
        known = reads >= _KNOWN
        if known.any():
            n = reads[known].astype(np.float64)
            square = off[known] ** 2 / (1.0 + 1.0 / n)
            self._odd = _grown(self._odd, float((square > _FAR**2 * self.noise).sum()), len(n))
            self._noise = _grown(self._noise, square.sum(), len(n))
        settled = (reads == 2 * _KNOWN) & (home != NOWHERE)
        if settled.any():
            usual = self.mean[home[settled], antenna[settled]]
            wide = (level[settled] - usual) ** 2 - self.noise / (2 * _KNOWN)
            self._spread = _grown(self._spread, float(np.minimum(wide, 400.0).sum()), len(wide))
        fresh = np.minimum(reads + 1, _MOST)
        tags.level.reshape(-1)[cell] = level + off / fresh
        tags.levels.reshape(-1)[cell] = fresh
        placed = home != NOWHERE
        # A tag has one voice, of at most `_MOST` reads, however often it is read.
        many = fresh.astype(np.float64) - reads
        total = fresh * tags.level.take(cell).astype(np.float64) - reads * level.astype(np.float64)
        self._learn(home[placed], antenna[placed], many[placed], total[placed])

    def _learn(self, zone: NDArray[np.int16], antenna: Rows, many: Reals, total: Reals) -> None:
        zones, antennas = self.mean.shape
        cell = zone.astype(np.int64) * antennas + antenna
        self._sum += np.bincount(cell, total, zones * antennas).reshape(zones, antennas)
        self._heard += np.bincount(cell, many, zones * antennas).reshape(zones, antennas)
        over = self._heard > _READS_KEPT
        if over.any():
            self._sum[over] *= 0.5
            self._heard[over] *= 0.5
        self._say()

    def _say(self) -> None:
        """Cells that have heard little are like their kind: a zone's own antennas, or others."""
        own = np.array([np.vdot(self._own, self._sum), np.vdot(self._own, self._heard)])
        cross = np.array([self._sum.sum(), self._heard.sum()]) - own
        own += (_KIND_READS * _OWN_DBM, _KIND_READS)
        cross += (_KIND_READS * _CROSS_DBM, _KIND_READS)
        level = cross[0] / cross[1]
        self._usual = level + (own[0] / own[1] - level) * self._own
        self._many = self._heard + _PRIOR_READS
        self.mean = (self._sum + _PRIOR_READS * self._usual) / self._many

    def corrected(self, rows: NDArray[np.int64], zones: NDArray[np.int64]) -> None:
        """These tags lie elsewhere than was thought: what they have taught was of there."""
        tags = self._tags
        which, antenna = np.nonzero(tags.levels[rows])
        row = rows[which]
        many = tags.levels[row, antenna].astype(np.float64)
        total = many * tags.level[row, antenna]
        left: list[Reals] = [np.zeros(self._heard.shape), np.zeros(self._heard.shape)]
        for what, told in zip(left, (many, total), strict=True):
            np.add.at(what, (tags.home[row], antenna), told)
        # What was halved meanwhile has less to give back.
        share = np.minimum(self._heard / np.maximum(left[0], 1.0), 1.0)
        self._heard -= share * left[0]
        self._sum -= share * left[1]
        self._sum[self._heard < _SOME_READS] = 0.0
        self._heard[self._heard < _SOME_READS] = 0.0
        self._learn(zones[which].astype(np.int16), antenna, many, total)

    def moved(self, rows: Rows) -> None:
        """These tags leave the place where their levels were learned, for another."""
        tags = self._tags
        reads, home = tags.levels[rows], tags.home[rows]
        known = (reads >= _KNOWN) & (home != NOWHERE)[:, None]
        off = tags.level[rows] - self.mean[home]
        tags.off[rows] = np.where(known, off, tags.off[rows])
        tags.offs[rows] = np.where(known, reads, tags.offs[rows])
        tags.levels[rows] = 0
        tags.level[rows] = 0.0

    def _expected(self, rows: Rows, antenna: Rows, zone: Rows) -> tuple[Reals, Reals]:
        """Level of tags at an antenna were they in a zone, and its spread, reads at home aside."""
        tags = self._tags
        many, home = tags.levels[rows, antenna], tags.home[rows]
        here = (many >= _KNOWN) & (home != NOWHERE) & (zone != home)
        off = np.where(
            here, tags.level[rows, antenna] - self.mean[home, antenna], tags.off[rows, antenna]
        )
        reads = np.where(here, many, tags.offs[rows, antenna]).astype(np.float64)
        wide = self.spread
        share = self._goes_along(reads)
        rare = self._many[zone, antenna]
        more = _UNHEARD_DB2 * _PRIOR_READS / rare
        return self.mean[zone, antenna] + share * off, wide * (1.0 - self._kept * share) + more

    def _alone(self, rows: Rows, antenna: Rows, far: Reals, wide: Reals) -> Reals:
        """Nats of `scores` at home that tags have taught there themselves, and none else.

        `far`, `wide`: how far their levels are off each zone's, and the spread, [reads, zones].
        """
        tags, each = self._tags, np.arange(len(rows))
        home = tags.home[rows].astype(np.int64)
        level, heard = tags.level[rows, antenna], self._heard[home, antenna]
        mine = np.minimum(tags.levels[rows, antenna], heard)
        others = heard - mine + _PRIOR_READS
        total = self._sum[home, antenna] - mine * level
        total += _PRIOR_READS * self._usual[home, antenna]
        far, wide = far[each, home], wide[each, home]
        apart = far + self.mean[home, antenna] - total / others
        wider = wide + _UNHEARD_DB2 * _PRIOR_READS * (1 / others - 1 / self._many[home, antenna])
        return _apart(far, wide) - _apart(apart, wider)

    def _goes_along(self, reads: Reals) -> Reals:
        """Share of a tag's being off, known by so many reads, that goes with it elsewhere."""
        return self._kept * reads / (reads + self.noise / self.spread)

    def gain(self, rows: Rows, antenna: Rows, rssi: NDArray[np.float32], rival: Rows) -> Reals:
        """Nats that reads say for a rival zone against home."""
        tags = self._tags
        home = tags.home[rows].astype(np.int64)
        noise = self.noise
        level, wide = self._expected(rows, antenna, home)
        reads = tags.levels[rows, antenna].astype(np.float64)
        weight = noise / wide
        mine = (reads * tags.level[rows, antenna] + weight * level) / (reads + weight)
        mine_wide = noise + noise / (reads + weight)
        there, there_wide = self._expected(rows, antenna, rival)
        there_wide = there_wide + noise
        told = np.isfinite(rssi)
        loud = np.where(told, rssi, mine)
        odd = self.odd
        gain = _likely(loud - there, there_wide, odd) - _likely(loud - mine, mine_wide, odd)
        return np.where(told, self._worth * gain, 0.0)

    def scores(self, rows: Rows) -> Reals:
        """Log-likelihood of the levels of tags where they lie in each zone, [tags, zones]."""
        tags = self._tags
        said = np.zeros((len(rows), len(self.mean)))
        which, antenna = np.nonzero(tags.levels[rows])
        if not len(which):
            return said
        row = np.asarray(rows, np.int64)[which]
        reads = tags.levels[row, antenna].astype(np.float64)
        off, offs = tags.off[row, antenna], tags.offs[row, antenna].astype(np.float64)
        share = self._goes_along(offs)
        wide = self.spread * (1.0 - self._kept * share) + self.noise / reads
        wide = wide[:, None] + _UNHEARD_DB2 * _PRIOR_READS / self._many.T[antenna]
        far = (tags.level[row, antenna] - share * off)[:, None] - self.mean.T[antenna]
        begins, total = summed(which, _apart(far, wide))
        said[which[begins]] = total
        # How well a tag is read is known once it has a home.
        settled = tags.home[rows] != NOWHERE
        at = np.flatnonzero(settled[which])
        said_alone = self._alone(row[at], antenna[at], far[at], wide[at])
        np.add.at(said, (which[at], tags.home[row[at]]), -said_alone)
        plain = np.where(settled, np.minimum(tags.best[rows] / _WEAK, 1.0), 1.0)
        said *= self._worth * plain[:, None]
        return said


def _apart(far: Reals, wide: Reals) -> Reals:
    """Log-likelihood of levels so far off what is usual, up to a constant."""
    return _anywhere(np.asarray(-0.5 * (far * far / wide + np.log(wide))))


def _likely(off: Reals, wide: Reals, odd: float) -> Reals:
    """Log-likelihood of reads so far off what is expected, up to a constant.

    Who stands between makes a tag far fainter than noise ever does: no sign that it lies elsewhere.
    """
    clear = -0.5 * (off**2 / wide + np.log(wide))
    more = wide + _ODD_DB2
    dimmed = np.log(odd) - 0.5 * ((off + _ODD_LOSS) ** 2 / more + np.log(more))
    return _anywhere(np.asarray(np.logaddexp(clear, dimmed)))


def _anywhere(said: Reals) -> Reals:
    """No level is so strange that another zone must explain it, of which less is known."""
    return np.asarray(np.logaddexp(said, _STRANGE))


def _grown(before: list[float], total: float, many: int) -> list[float]:
    keep = min(1.0, 5000.0 / before[1])
    return [before[0] * keep + total, before[1] * keep + many]
