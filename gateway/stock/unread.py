"""Units in the book of which no tag is known: tags that nobody has read, or a wrong book?

Three things are learned across the store from how books and tags differ: the share of tags that go
unread, how often a book is off, and how many GTINs carry no tags. Books err both ways, unread tags
only one: a book that has fewer units than there are tags is wrong for sure, and one that has three
more is more likely wrong by three than three tags unread. What a store of so few goods cannot tell
is left open: every answer is the mean over all such shares, by how well they explain the store's
books together.

Tags that are read badly are found late, so the share of unread tags is large at first and falls as
one over the time that antennas have listened, down to the tags that never answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_DEAD = 0.0015
"""Usual share of tags that never answer."""
_HALF_SECONDS = 0.55
"""Usual time in which antennas find half of what lies before them."""
_TIMES = np.array([0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
_TIMES_WIDTH = 0.7
"""How many times as many as usual go unread in this store; twice or half as many is likely."""
_WRONG = np.array([0.003, 0.006, 0.0125, 0.025, 0.05, 0.1, 0.2, 0.3, 0.45])
_WRONG_A, _WRONG_B = 0.3, 4.0
"""Share of books that are off: most stores keep them well, some hardly. A beta distribution."""
_STEP = 0.45
"""Each further unit that a book is off is so much less likely."""
_UNTAGGED = np.array([0.0005, 0.002, 0.008, 0.03, 0.1, 0.25, 0.5, 0.75, 0.95])
_UNTAGGED_A = 0.1
"""Share of GTINs that carry no tags: none in most stores. A beta distribution's near end."""
MOST = 400
"""Beyond so many unread units no distribution is worth its arithmetic: the goods carry no tags."""
_TINY = 1e-300

Floats = NDArray[np.float64]


class Unread:
    """What the store's books and tags have taught about each other."""

    def __init__(self) -> None:
        likely = _WRONG**_WRONG_A * (1 - _WRONG) ** _WRONG_B
        times = np.exp(-0.5 * (np.log(_TIMES) / _TIMES_WIDTH) ** 2)
        self._prior: Floats = likely[:, None, None] * times[:, None] * _UNTAGGED**_UNTAGGED_A
        self.learn(Counter(), Counter(), 0.0)

    def learn(
        self,
        cases: Counter[tuple[int, int]],
        bare: Counter[int],
        listened: float,
        seen: Sequence[tuple[int, int, Floats]] = (),
    ) -> None:
        """Learn from every settled GTIN.

        Args:
            cases: how many GTINs have (tags, units in the book beyond those tags); below zero
                where there are more tags than the book says.
            bare: how many GTINs of which no tag was ever read have so many units in the book.
            listened: seconds that antennas have listened, those of earlier runs included.
            seen: single GTINs beside them: tags, units in the book beyond those, and how likely
                what else was seen of them is, were there k unread units, k = 0, 1, ….
        """
        usual = _DEAD + 1.0 / (1.0 + max(0.0, listened) / _HALF_SECONDS)
        self._shares: Floats = np.minimum(_TIMES * usual, 0.99)
        self._joint: dict[tuple[int, int], Floats] = {}
        said, tagged = np.log(self._prior), np.log1p(-_UNTAGGED)
        for (tags, more), many in cases.items():
            if more <= MOST and tags + more > 0:
                said = said + many * np.log(self._of(tags, more).sum(axis=2))[..., None]
            said = said + many * tagged
        for more, many in bare.items():
            said = said + many * np.log(sum(self._bare(more)) if more <= MOST else _UNTAGGED)
        for tags, more, likely in seen:
            joint = self._of(tags, more, len(likely) - 1) * likely
            said = said + np.log(joint.sum(axis=2))[..., None] + tagged
        chance = np.exp(said - said.max())
        self._chance: Floats = chance / chance.sum()
        self._answers: dict[tuple[int, int], Floats] = {}
        self._bare_answers: dict[tuple[int, bool], tuple[float, Floats]] = {}

    def spread(
        self,
        tags: int,
        book: Floats,
        *,
        bare: bool,
        learned: bool = True,
        seen: tuple[int, Floats] | None = None,
    ) -> Floats:
        """P(k of the units without a known tag are there), k = 0, 1, ….

        Args:
            tags: tags of the GTIN that the book counts.
            book: the same by the book alone, as if these goods carried no tags.
            bare: no tag of this GTIN was ever read.
            learned: it was among those that were learned from.
            seen: units in the book beyond the tags before anybody counted them, and how likely
                what else was seen is, were k of those of `book` there.
        """
        more = len(book) - 1
        if more > MOST:
            return book
        if bare:
            if (more, learned) not in self._bare_answers:
                self._bare_answers[more, learned] = self._weigh_bare(more, learned=learned)
            untagged, rest = self._bare_answers[more, learned]
            return np.asarray(untagged * book + rest)
        chance = self._chance.sum(axis=2)
        if seen is not None:
            return self._mean(self._of(tags, seen[0], more) * seen[1], chance)
        if (tags, more) not in self._answers:
            self._answers[tags, more] = self._mean(self._of(tags, more), chance)
        return self._answers[tags, more]

    def _weigh_bare(self, more: int, *, learned: bool) -> tuple[float, Floats]:
        """P(goods of which no tag was ever read carry none); P(k there, and they carry tags)."""
        none, some = self._bare(more)
        chance = self._chance if learned else self._chance * (none + some)
        chance = chance / chance.sum()
        untagged, tagged = (chance * one / (none + some) for one in (none, some))
        return float(untagged.sum()), self._mean(self._of(0, more), tagged.sum(axis=2))

    def _mean(self, joint: Floats, chance: Floats) -> Floats:
        """P(k) over all pairs of shares, each by its `chance`."""
        each = joint / joint.sum(axis=2, keepdims=True)
        return np.asarray(np.einsum("wt,wtk->k", chance, each))

    def _of(self, tags: int, more: int, most: int | None = None) -> Floats:
        """Joint chance of `k` unread tags and a book off by the rest, [wrong, times, k].

        `k` goes up to `most`, or as far as the book has units.
        """
        known = self._joint.get((tags, more)) if most is None else None
        if known is None:
            units = np.arange((max(more, 0) if most is None else most) + 1)
            off = np.abs(more - units)
            wrong = _WRONG[:, None] * (0.5 * (1 - _STEP) * _STEP ** (off - 1.0))
            books = np.where(off == 0, 1 - _WRONG[:, None], wrong)
            # Of tags + k units that might be there, all equally likely beforehand, k are unread.
            ways = np.concatenate([[0.0], np.cumsum(np.log1p(tags / np.arange(1, len(units))))])
            shares = self._shares[:, None]
            unread = np.exp(ways + units * np.log(shares) + tags * np.log1p(-shares))
            known = books[:, None, :] * unread + _TINY
            if most is None:
                self._joint[tags, more] = known
        return known

    def _bare(self, more: int) -> tuple[Floats, Floats]:
        """Chances of goods of which no tag was ever read: that they carry none and their book is
        right, and that they do; [wrong, times, untagged]."""
        some = self._of(0, more).sum(axis=2)[..., None] * (1 - _UNTAGGED)
        none = np.broadcast_to((1 - _WRONG[:, None, None]) * _UNTAGGED, some.shape)
        return none, some
