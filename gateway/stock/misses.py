"""How alike misses in a row are, learned by how well a tag is read.

A tag with margin to spare is missed by chance alone, and a few misses say that it is gone. One at
the edge of what its antenna reaches falls silent for a while with every draught, and somebody may
stand before either. So silence is worth less and less: that of misses with the joint chance
`exp(-m)`, were they independent, is worth `(1 + m / alike) ** -alike`. How silences of tags end
that lie still tells `alike`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.tags import Tags

GRADES = np.array([0.2, 0.4, 0.6, 0.75])
"""Best rates that part the grades."""
_SHORT, _GONE = 3.0, 100.0
_LONG = np.array([8.0, 20.0])
"""Silences that ended, in nats: the shares of long ones tell. Beyond the last it was hardly a
silence: the tag had been taken away and brought back."""
_KEPT = 1e6
"""A large store counts thousands in a minute: fewer would be the chance of that minute."""
_TAIL_KNOWN, _TINY = 200.0, 1e-9
"""Long silences from which on their own tail is known."""
_LEAST, _MOST = 1.0, 64.0
_TABLE = np.exp(np.linspace(np.log(_LEAST), np.log(_MOST), 49))


def unheard(nats: NDArray[np.float64] | float, alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(a tag that lies where it lay misses rounds of so many nats in a row)."""
    return np.asarray((1.0 + nats / alike) ** -alike)


def _shares(alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of silences beyond the short, how many are beyond each long one, [alike, long]."""
    short, gone = unheard(_SHORT, alike), unheard(_GONE, alike)
    beyond = unheard(_LONG, alike[:, None])
    return np.asarray((beyond - gone[:, None]) / (short - gone)[:, None])


def _tails(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same, and of those beyond the first long one how many are beyond the last."""
    return np.column_stack([shares, shares[:, -1] / shares[:, 0]])


_FALLING = np.ascontiguousarray(-_tails(_shares(_TABLE)).T)
_LOG_TABLE = np.log(_TABLE)


class Misses:
    """Counts by grade.

    Attributes:
        alike: float64[grades].
    """

    def __init__(self, tags: Tags, alike: float, known: float) -> None:
        self._tags, self._known = tags, 2.0 * known
        # Beyond the table's end they are as good as independent, and nothing is left to learn.
        self._told = alike if alike > _MOST else 0.0
        grades = len(GRADES) + 1
        self._short: NDArray[np.float64] = np.full(grades, known)
        self._long = known * _shares(np.full(grades, min(alike, _MOST)))
        self.alike: NDArray[np.float64] = np.zeros(0)
        self._renew()

    def of(self, rows: NDArray[np.int64] | NDArray[np.int32] | slice) -> NDArray[np.float64]:
        """`alike` of these rows.

        A rate that rests on some reads is known to a Gamma distribution of that shape, and over it
        the chance of a silence has the same tail. What silences teach has that in it already; where
        misses are told to be independent, it is all that is left.
        """
        if self._told:
            return np.asarray(1.0 + self._tags.sure[rows], np.float64)
        return np.asarray(self.alike.take(self._tags.grade[rows]))

    def ended(self, rows: NDArray[np.int32]) -> None:
        """Tags in place are read again; their silences were as long as `tags.quiet` says."""
        quiet, grade = self._tags.quiet[rows], self._tags.grade[rows]
        short = (quiet > _SHORT) & (quiet <= _GONE)
        if not short.any():
            return
        quiet, grade = quiet[short], grade[short]
        self._short += np.bincount(grade, minlength=len(self._short))
        for place, nats in enumerate(_LONG.tolist()):
            self._long[:, place] += np.bincount(grade[quiet > nats], minlength=len(self._short))
        keep = np.where(self._short > max(_KEPT, self._known), 0.5, 1.0)
        self._short *= keep
        self._long *= keep[:, None]
        self._renew()

    @property
    def counted(self) -> NDArray[np.float64]:
        """Silences by grade: those beyond the short, and of them those beyond each long one."""
        return np.column_stack([self._short, self._long])

    def restore(self, counted: NDArray[np.float64]) -> None:
        """Begin with an earlier `counted` of the same shape, with some short ones in each grade."""
        self._short = counted[:, 0].copy()
        self._long = np.minimum(counted[:, 1:], counted[:, :1])
        self._renew()

    def _renew(self) -> None:
        shares = _tails(np.maximum(self._long, _TINY) / self._short[:, None])
        # Shares fall as `alike` grows; the longest tail decides where they do not agree: a strong
        # tag is missed in a single round by chance, and for half a minute by who stands there.
        *fits, tail = [
            np.interp(-shares[:, i], falling, _LOG_TABLE) for i, falling in enumerate(_FALLING)
        ]
        fit = np.min(fits, axis=0)
        known = self._long[:, 0] / (self._long[:, 0] + _TAIL_KNOWN)
        fit = np.minimum(fit, known * tail + (1 - known) * fit)
        self.alike = np.maximum(np.exp(fit), self._told)
