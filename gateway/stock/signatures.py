"""A tag's signature: how often each antenna reads it where it lies, learned from its own reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import Epoch
from gateway.stock.habits import Habits
from gateway.stock.hearing import WINDOW_DECAY, Hearing
from gateway.stock.levels import Levels
from gateway.stock.misses import GRADES, Misses, unheard
from gateway.stock.places import NOWHERE, Places
from gateway.stock.rates import ZoneRates
from gateway.stock.tags import AWAY, Tags

Rows = NDArray[np.int32] | NDArray[np.int64]
PRIOR_ROUNDS = 2.0
"""A zone's usual rates weigh as much as so many rounds of the tag's own."""
KNOWN_ROUNDS = 30.0
"""The same for a strength remembered from before a restart."""
SIGNATURE_ROUNDS = 400.0
"""A signature forgets beyond so many rounds: goods are turned and shelves rearranged."""
SETTLE_SECONDS = 5.0
GAP_READS = 12.0
"""A gap of more expected reads than this is no miss of a tag in place but something else."""
CARRIED_READS = 2.0
"""The same of one that was taken away and brought back: before it went and after it came."""
MISSED_LEAST = 0.9
"""No tag is read so surely that one missed round proves it gone."""


class Signatures:
    """The columns `reads`, `exposure`, `rate`, `voice`, `recent` and `fresh` of the tags."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        hearing: Hearing,
        rates: ZoneRates,
        misses: Misses,
        levels: Levels,
        habits: Habits,
    ) -> None:
        self._places, self._tags, self._hearing = places, tags, hearing
        self._rates, self._misses, self._levels = rates, misses, levels
        self._loud = habits.loud
        self._handled, self._handled_rounds = habits.handled, habits.handled_rounds
        self._carried = habits.pick * (habits.put + habits.back)

    def begin(
        self,
        rows: Rows,
        t: float,
        strength: NDArray[np.float64] | None = None,
        *,
        challenged: bool = False,
    ) -> None:
        """Start anew from the usual rates at home and the reads of the last seconds.

        `challenged`: of those only what was read since the zone challenged the home before.
        """
        tags = self._tags
        heard = tags.fresh[rows] if challenged else tags.recent[rows]
        # What was never read before did not miss the rounds before its first read.
        there = tags.since_rival[rows] if challenged else np.fmin(tags.first[rows], t)
        part = np.minimum((t - there + 1.0) / self._hearing.span, 1.0)
        rounds = self._hearing.window * part[:, None]
        tags.usual_rounds[rows], tags.usual_share[rows] = PRIOR_ROUNDS, 1.0
        if strength is not None:
            # A weak tag must not be missed after a restart like one of usual strength.
            usual = self._rates.mean[tags.home[rows]].max(axis=1)
            tags.usual_rounds[rows] = KNOWN_ROUNDS
            tags.usual_share[rows] = np.minimum(1.0, strength / usual)
        tags.reads[rows], tags.exposure[rows] = heard, rounds
        tags.fresh[rows] = 0.0
        tags.seen_at[rows] = self._hearing.clock
        tags.settled[rows] = t
        self.speak(rows, self._rate(rows, tags.reads[rows], tags.exposure[rows]))

    def expect(self, rows: Rows) -> None:
        """Start anew from the usual rates at home alone: all reads were on the way there."""
        tags = self._tags
        tags.reads[rows] = tags.exposure[rows] = 0.0
        self.speak(rows, self._rate(rows, tags.reads[rows], tags.exposure[rows]))

    def note(self, epoch: Epoch, rows: Rows) -> None:
        """Enter the reads into windows and signatures."""
        tags = self._tags
        age = np.maximum(epoch.t - tags.recent_t[rows], 0.0)
        kept = (WINDOW_DECAY ** np.minimum(age, 300.0)).astype(np.float32)
        recent = tags.recent.take(rows, axis=0)
        recent *= kept[:, None]
        tags.recent[rows] = recent
        tags.recent_t[rows] = np.maximum(tags.recent_t[rows], epoch.t)
        cell = epoch.row * tags.recent.shape[1] + epoch.antenna
        tags.recent.reshape(-1)[cell] += 1.0
        # Odd reads that began no challenge are cross-reads: a challenger later is judged without.
        calm_rows = rows[tags.rival[rows] == NOWHERE]
        free = calm_rows[tags.odd[calm_rows]]
        tags.reads[free] += tags.fresh[free]
        tags.fresh[free] = 0.0
        tags.odd[free] = False
        challenged = (tags.rival[epoch.row] != NOWHERE) | (
            self._places.zone_of[epoch.antenna] != tags.home[epoch.row]
        )
        self._levels.note(epoch, tags.rival[epoch.row] == NOWHERE)
        # A stray read of what is away tells nothing of how it is read in place.
        calm = ~challenged
        away = tags.belief[:, AWAY].take(epoch.row[calm])
        tags.reads.reshape(-1)[cell[calm]] += 1.0 - away
        odd = epoch.row[challenged]
        tags.fresh[odd, epoch.antenna[challenged]] += 1.0
        tags.odd[odd] = True
        placed = calm_rows[tags.home[calm_rows] != NOWHERE]
        due = placed[epoch.t - tags.settled[placed] >= SETTLE_SECONDS]
        if len(due):
            self._settle(due, epoch.t)

    def handled(self, rows: Rows, hand: NDArray[np.float64]) -> None:
        """These tags are read that were believed in a hand, each by so much.

        Put back, a thing lies in another way or place than before, and antennas hear it by another
        rate: what was learned before is a good guess and no more.
        """
        which = np.flatnonzero(hand > self._handled)
        if not len(which):
            return
        tags, some = self._tags, rows[which]
        exposure = tags.exposure[some]
        known = exposure.max(axis=1, initial=1.0)
        forgotten = hand[which] * np.maximum(1.0 - self._handled_rounds / known, 0.0)
        keep = (1.0 - forgotten).astype(np.float32)[:, None]
        tags.reads[some] *= keep
        tags.exposure[some] = exposure * keep

    def _settle(self, rows: Rows, t: float) -> None:
        """Bring signatures up to date; a gap far too long for a tag in place is no exposure."""
        tags = self._tags
        clock = self._hearing.clock.astype(np.float32)
        gap = clock - tags.seen_at.take(rows, axis=0)
        best = np.maximum(tags.best[rows], 1e-3)
        # It may have been taken away and brought back meanwhile: then it missed few rounds.
        stayed = unheard(tags.quiet[rows], self._misses.of(rows))
        stayed /= stayed + self._carried / (best * best)
        most = (stayed * GAP_READS + (1.0 - stayed) * CARRIED_READS) / best
        np.minimum(gap, most[:, None].astype(np.float32), out=gap)
        np.maximum(gap, 0.0, out=gap)
        away = tags.belief[:, AWAY].take(rows)
        gap *= (1.0 - away.astype(np.float32))[:, None]
        reads, exposure = tags.reads.take(rows, axis=0), tags.exposure.take(rows, axis=0)
        exposure += gap
        if exposure.max(initial=0.0) > SIGNATURE_ROUNDS:
            keep = np.maximum(exposure, SIGNATURE_ROUNDS, out=gap)
            np.divide(SIGNATURE_ROUNDS, keep, out=keep)
            reads *= keep
            exposure *= keep
            tags.reads[rows] = reads
        tags.exposure[rows] = exposure
        self.speak(rows, self._rate(rows, reads, exposure))
        tags.seen_at[rows] = clock
        tags.settled[rows] = t

    def _rate(
        self, rows: Rows, reads: NDArray[np.float32], exposure: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Reads a round, those of what is usual at home among them for so many rounds."""
        tags = self._tags
        weight = tags.usual_rounds[rows, None]
        rate = self._rates.mean.astype(np.float32).take(tags.home[rows], axis=0)
        rate *= weight * tags.usual_share[rows, None]
        rate += reads
        rate /= exposure + weight
        return np.asarray(np.minimum(rate, 0.98, out=rate))

    def speak(self, rows: Rows, rate: NDArray[np.float32]) -> None:
        """Enter rates, and which antennas hear so well that their silence means something.

        Weak cross-reads come and go with the room; summed over an hour, their absence would be
        taken for the tag's.
        """
        tags = self._tags
        antennas, loudest = rate.shape[1], rate.argmax(axis=1)
        best = rate.take(np.arange(len(rows)) * antennas + loudest)
        # Few antennas hear a tag well: all that is reckoned of their silence is of those few.
        well = np.flatnonzero(rate >= (self._loud * best)[:, None])
        heard = rate.take(well)
        voice = np.zeros_like(rate)
        voice.reshape(-1)[well] = heard
        tags.rate[rows], tags.voice[rows] = rate, voice
        voice.reshape(-1)[well] = -np.log1p(-np.minimum(heard, MISSED_LEAST))
        tags.hush[rows] = voice
        voiced = np.bincount(well // antennas, heard, len(rows))
        tags.grade[rows] = np.searchsorted(GRADES, best)
        tags.best[rows], tags.voiced[rows] = best, voiced
        rounds = tags.exposure.take(rows.astype(np.int64) * antennas + loudest)
        tags.sure[rows] = voiced * (rounds + tags.usual_rounds[rows])
