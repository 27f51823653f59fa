"""Units in the book of which no tag was ever read: a tag that does not answer, or a wrong book?

Two things are learned across the store from how books and tags differ: the share of tags that never
answer, and how often a book is off, and by how much. Books err both ways, silent tags only one: a
book that has fewer units than there are tags is wrong for sure, and one that has three more than
tags is more likely wrong by three than three tags silent.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

_SILENT, _SILENT_TAGS = 0.0015, 1000.0
"""Share of tags that never answer, before anything is learned, and how many tags that is worth."""
_WRONG, _WRONG_GTINS = 0.2, 12.0
"""The same for books that are off."""
_STEP = 0.55
"""Each further unit that a book is off is so much less likely."""
_UNTAGGED, _UNTAGGED_GTINS = 0.1, 4.0
TURNS = 12
MOST = 400
"""Beyond so many unread units no distribution is worth its arithmetic: the goods carry no tags."""


class Unread:
    """What the store's books and tags have taught about each other."""

    def __init__(self) -> None:
        self._silent = _SILENT
        self._wrong = _WRONG
        self._untagged = _UNTAGGED

    def learn(self, cases: Counter[tuple[int, int]]) -> None:
        """Learn from every settled GTIN: how many have (tags ever read, book less tags)."""
        for _ in range(TURNS):
            self._turn(cases)
        booked = sum(cases.values())
        bare = sum(many for (tags, more), many in cases.items() if tags == 0 and more >= 2)
        self._untagged = (bare + _UNTAGGED * _UNTAGGED_GTINS) / (booked + _UNTAGGED_GTINS)

    def spread(self, tags: int, book: NDArray[np.float64], fresh: float) -> NDArray[np.float64]:
        """P(k of the unread units are there), k = 0, 1, ….

        Args:
            tags: tags of the GTIN ever read.
            book: the same by the book alone, as if these goods carried no tags.
            fresh: probability that antennas had no fair chance yet to read them.
        """
        more = len(book) - 1
        if more > MOST:
            return book
        some = self._share(tags, more)
        evidence = float(some.sum())
        if tags == 0:
            bare = self._untagged / (self._untagged + (1 - self._untagged) * evidence)
            fresh = 1 - (1 - fresh) * (1 - bare)
        return np.asarray(fresh * book + (1 - fresh) * some / evidence)

    def _share(self, tags: int, more: int) -> NDArray[np.float64]:
        """Joint probability of k silent tags and a book off by the rest, not normalised."""
        k = np.arange(more + 1)
        mean = max(self._silent * (tags + more), 1e-9)
        factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, more + 1)))])
        silent = np.exp(k * np.log(mean) - mean - factorials)
        off = more - k
        wrong = np.where(off == 0, 1 - self._wrong, self._wrong * _chance_off(off))
        return np.asarray(silent * wrong + 1e-300)

    def _turn(self, cases: Counter[tuple[int, int]]) -> None:
        silent, units = _SILENT * _SILENT_TAGS, _SILENT_TAGS
        wrong, books = _WRONG * _WRONG_GTINS, _WRONG_GTINS
        for (tags, more), many in cases.items():
            if tags == 0 or more > MOST:
                continue
            books += many
            if more < 0:
                wrong += many
                units += many * tags
                continue
            share = self._share(tags, more)
            share /= share.sum()
            k = float(share @ np.arange(more + 1))
            silent += many * k
            units += many * (tags + k)
            wrong += many * (1.0 - float(share[-1]))
        self._silent, self._wrong = silent / units, wrong / books


def _chance_off(off: NDArray[np.int64]) -> NDArray[np.float64]:
    """P(a wrong book is off by so many units this way)."""
    return np.asarray(0.5 * (1 - _STEP) * _STEP ** (off - 1.0))
