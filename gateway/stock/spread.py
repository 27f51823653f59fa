"""How well an antenna reads the tags of a zone: not one rate, but their spread, learned.

The antenna over a shelf reads most of its tags well and a few hardly; the neighbour's antenna reads
most of them never and one that happens to face it nearly always. A mean tells neither. So each zone
and antenna has a histogram over a grid of rates, relative to the strength of the tag: a weak tag is
weak for all antennas, and which of them reads it best still tells where it lies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import summed
from gateway.stock.places import Places

GRID = np.array([0.002, 0.01, 0.04, 0.12, 0.3, 0.55, 0.8, 0.95])
"""Reads a round of a tag of full strength."""
_OWN = np.array([0.01, 0.01, 0.02, 0.05, 0.11, 0.2, 0.3, 0.3])
_CROSS = np.array([0.74, 0.11, 0.06, 0.04, 0.025, 0.013, 0.008, 0.004])
"""Before the store has taught any: the zone's own antennas, and all others."""
STRENGTHS = np.array([1.0, 0.5, 0.22, 0.1])
_STRENGTH = np.array([0.7, 0.17, 0.08, 0.05])
"""Strengths of tags, and their shares before the store has taught any."""
_CLASS_TAGS, _CELL_TAGS = 6.0, 3.0
"""What is usual everywhere weighs as much as so many tags of the store, and so of the zone."""
_WORTH = 0.7
"""Antennas do not judge a tag independently, so their joint word is worth less."""
_KEPT = 0.8
"""What was learned before keeps at most this share of its weight each time."""
_LESSONS_RESTORED = 5
"""Lessons that what was learned before a start is worth."""
_LEAST = 1e-12
_READ = 0.25
"""Less is the fading rest of an old read."""
_LEVELS = np.array([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512], np.float32)
"""Rounds without a read for which chances are kept ready."""
_AT_ONCE, _PLACED_AT_ONCE = 256, 50
"""Tags weighed at once: memory. Of those that teach, fewer: each takes several times as much."""
_RATES = STRENGTHS[:, None] * GRID
_ONES = np.ones(len(GRID), np.float32)
_LOG, _LOG_MISS = np.log(_RATES).astype(np.float32), np.log1p(-_RATES).astype(np.float32)

Floats = NDArray[np.float32]


class RateSpread:
    """Histograms of rates by zone and antenna."""

    def __init__(self, places: Places) -> None:
        zones = np.arange(len(places.zones))
        self._own = zones[:, None] == places.zone_of[None, :]
        self._taught: NDArray[np.float64] = np.zeros((*self._own.shape, len(GRID)))
        self._measured: NDArray[np.float64] = np.zeros_like(self._taught)
        self._tags: NDArray[np.float64] = np.zeros(len(STRENGTHS))
        self._lessons = 0
        self._turns = 1.0
        self._renew()

    def learn(
        self, zone: NDArray[np.int16], reads: Floats, exposure: Floats, turns: float = 1.0
    ) -> None:
        """Take well settled tags: their zone, and reads and rounds [tags, antennas] since there.

        `turns`: so many lessons pass until the same tag teaches again.
        """
        mine, strength = self._placed(zone, reads, exposure)
        self._turns = turns
        self._lessons += 1
        fresh = max(1 - _KEPT, 1 / self._lessons)
        self._taught *= 1 - fresh
        self._tags *= 1 - fresh
        np.add.at(self._taught, zone, fresh * mine)
        self._tags += fresh * strength.sum(axis=0)
        self._renew()

    @property
    def taught(self) -> NDArray[np.float64]:
        """Tags by zone, antenna and rate of `GRID`, as the store has taught."""
        return self._taught

    @property
    def strengths(self) -> NDArray[np.float64]:
        """The same by strength of `STRENGTHS`."""
        return self._tags

    def restore(self, taught: NDArray[np.float64], strengths: NDArray[np.float64]) -> None:
        """Begin with an earlier `taught` and `strengths`."""
        self._taught, self._tags = taught.copy(), strengths.copy()
        self._lessons = _LESSONS_RESTORED
        self._renew()

    def measure(self, zone: int, reads: Floats, exposure: Floats) -> NDArray[np.float64]:
        """What tags laid into a zone tell, for `measured`: [antennas, rates of `GRID`]."""
        each = np.full(len(reads), zone, np.int16)
        return np.asarray(self._placed(each, reads, exposure)[0].sum(axis=0), np.float64)

    def measured(self, told: NDArray[np.float64]) -> None:
        """Take what tags told that were laid into zones: [zones, antennas, rates], never fading.

        Where it is new, what the store had taught is dropped: that came from where goods seemed to
        lie.
        """
        anew = (told != self._measured).any(axis=(1, 2))
        self._taught[anew] = 0.0
        self._measured = told.copy()
        self._renew()

    def _placed(
        self, zone: NDArray[np.int16], reads: Floats, exposure: Floats
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of tags in these zones the chance of each rate by antenna, and of each strength."""
        mine = np.empty((*reads.shape, len(GRID)))
        strength = np.empty((len(reads), len(STRENGTHS)))
        for first in range(0, len(reads), _PLACED_AT_ONCE):
            some = slice(first, first + _PLACED_AT_ONCE)
            strength[some] = self._place(zone[some], reads[some], exposure[some], mine[some])
        return mine, strength

    def _place(
        self,
        zone: NDArray[np.int16],
        reads: Floats,
        exposure: Floats,
        mine: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """The same of few tags: answers their strengths, and writes the rates into `mine`."""
        each = _likelihood(reads, exposure)
        each *= self._chance.transpose(2, 0, 1)[zone][:, :, None]
        # Sums over so short an axis are sooner done as a product.
        mass = (each.reshape(-1, len(GRID)) @ _ONES).reshape(each.shape[:3])
        np.maximum(mass, _LEAST, out=mass)
        whole = np.log(mass).sum(axis=1) + np.log(self._shares)
        strength = np.exp(whole - whole.max(axis=1, keepdims=True))
        strength /= strength.sum(axis=1, keepdims=True)
        share = strength[:, None] / mass
        mine[...] = 0.0
        for number in range(len(STRENGTHS)):
            mine += each[:, :, number] * share[:, :, number, None]
        return np.asarray(strength, np.float64)

    def scores(self, reads: Floats, exposure: Floats) -> NDArray[np.float64]:
        """Log-likelihood of reads in so many rounds [tags, antennas] in each zone, [tags, zones].

        Up to a term that is the same for every zone.
        """
        rows = len(reads)
        scores = np.empty((rows, self._own.shape[0]))
        for first in range(0, rows, _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            said = self._of_some(reads[some], exposure[some])
            most = said.max(axis=1)
            said -= most[:, None]
            total = np.exp(said, out=said).sum(axis=1)
            scores[some] = _WORTH * (most + np.log(total))
        # Sums of tags weighed together differ in the last bits: ties must not hang on them.
        return np.asarray(scores.round(4))

    def alone(
        self,
        zone: NDArray[np.int16],
        reads: Floats,
        exposure: Floats,
        lessons: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Nats of `scores` in its own zone that each tag has taught there itself, and none else.

        A tag that is taken for lying elsewhere than it does teaches its zone what it is read
        there, and would be kept there by its own word.

        Args:
            zone: where tags are thought to lie.
            reads, exposure: as for `scores`.
            lessons: how many there were since they lie there.
        """
        mine = np.empty((*reads.shape, len(GRID)))
        self._place(zone, reads, exposure, mine)
        chance = self._chance.transpose(2, 0, 1)[zone]
        part = (1.0 - _KEPT**lessons) / self._turns
        others = chance * self._cells[zone][..., None] - part[:, None, None] * mine
        np.maximum(others, self._least[zone], out=others)
        others /= others.sum(axis=2, keepdims=True)
        each = _likelihood(reads, exposure)
        return np.asarray(_WORTH * (self._of(each, chance) - self._of(each, others)), np.float64)

    def _of(self, each: Floats, chance: NDArray[np.floating]) -> NDArray[np.float64]:
        """Log-likelihood of tags with these chances of rates [tags, antennas, rates], [tags]."""
        mass = np.maximum((each * chance[:, :, None]).sum(axis=3), _LEAST)
        whole = np.log(mass).sum(axis=1) + np.log(self._shares)
        return np.asarray(np.logaddexp.reduce(whole, axis=1), np.float64)

    def _of_some(self, reads: Floats, exposure: Floats) -> Floats:
        """As if no antenna had read any; then what the few have read that did."""
        tags, antennas = reads.shape
        upper, share = _levels(exposure)
        weights = np.zeros((tags, antennas, len(_LEVELS)), np.float32)
        cell = np.arange(0, weights.size, len(_LEVELS)) + upper.ravel()
        weights.ravel()[cell] = share.ravel()
        weights.ravel()[cell - 1] = 1.0 - share.ravel()
        each = antennas * len(_LEVELS)
        said = weights.reshape(tags, each) @ self._unread.reshape(each, self._unread.shape[2])
        row, antenna = np.nonzero(reads > _READ)
        if len(row):
            heard = _likelihood(reads[row, antenna], exposure[row, antenna])
            chance = np.maximum(heard @ self._chance[antenna], _LEAST)
            more = np.log(chance).reshape(len(row), -1)
            level, part = upper[row, antenna], share[row, antenna, None]
            more -= self._unread[antenna, level - 1] * (1.0 - part)
            more -= self._unread[antenna, level] * part
            begins, total = summed(row, more)
            said[row[begins]] += total
        said = said.reshape(tags, len(STRENGTHS), -1)
        return np.asarray(said + np.log(self._shares).astype(np.float32)[:, None])

    def _renew(self) -> None:
        self._shares = self._tags + _CLASS_TAGS * _STRENGTH
        self._shares /= self._shares.sum()
        pools = np.stack([_CROSS, _OWN]) * _CLASS_TAGS
        for kind in (0, 1):
            pools[kind] += (self._taught + self._measured)[self._own == bool(kind)].sum(axis=0)
        pools /= pools.sum(axis=1, keepdims=True)
        cells = self._taught + self._measured + _CELL_TAGS * pools[self._own.astype(np.intp)]
        self._cells = cells.sum(axis=2)
        self._least = _CELL_TAGS * pools[self._own.astype(np.intp)]
        cells /= cells.sum(axis=2, keepdims=True)
        self._chance: Floats = np.ascontiguousarray(cells.transpose(1, 2, 0), np.float32)
        silent = np.exp(_LEVELS[:, None, None] * _LOG_MISS) @ self._chance[:, None]
        zones, antennas = self._own.shape
        self._unread: Floats = np.log(np.maximum(silent, _LEAST)).reshape(
            antennas, len(_LEVELS), len(STRENGTHS) * zones
        )


def _likelihood(reads: Floats, exposure: Floats) -> Floats:
    """Likelihood of each strength and rate, [..., strengths, grid]; the best one is 1."""
    missed = np.maximum(exposure - reads, 0.0)
    said = reads[..., None, None] * _LOG + missed[..., None, None] * _LOG_MISS
    said -= said.max(axis=(-2, -1), keepdims=True)
    return np.asarray(np.exp(np.maximum(said, -60.0, out=said), out=said))


def _levels(exposure: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The level above each number of rounds, and how far it is on the way there from the next."""
    upper = np.clip(np.searchsorted(_LEVELS, exposure), 1, len(_LEVELS) - 1)
    below, above = _LEVELS[upper - 1], _LEVELS[upper]
    return upper, np.clip((exposure - below) / (above - below), 0.0, 1.0)
