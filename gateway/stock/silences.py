"""Long silences: how often goods fall silent in this store, and how soon they are heard again.

What lies where no antenna hears it comes into sight again some time; what has left does not. So
silences that ended, and for how long those that have not ended last, tell three things that differ
from store to store: how often goods fall silent where they lie, how often what was in a hand is put
where nothing hears it, and the hazard by which the hidden show up. A silence of hours then says
that goods are gone, where others end within minutes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gateway.stock.habits import SHOP, Habits
from gateway.stock.places import NOWHERE
from gateway.stock.tags import AWAY, HERE, HIDDEN, Status, Tags

LONG_QUIET, LONG_SECONDS = 40.0, 900.0
"""Nats and seconds of silence after which a tag is hidden or gone: not unlucky, nor in a hand."""
BACK, STILL = 3.0, 2.0
"""Long silences that ended and that did not, before the store has taught any."""
OBSCURE_MOST, FADES_MOST, LEAST = 20.0, 40.0, 0.3
"""Bounds of what a store may teach, times the usual."""
SHOWN, FADED = 3.0, 2.0
"""Silences that the usual hazards of showing up and of falling silent are worth."""
MOST_BETWEEN, MOST_SILENT = 120.0, 7_200.0
"""Seconds that count between two lessons, and of one silence: beyond them nobody listened, or the
shop was closed and nobody moved anything."""
KEPT = 1_000.0
"""Silences beyond so many, counted or expected, halve what was counted: stores change."""
_TINY = 1e-300

Rows = NDArray[np.int32] | NDArray[np.int64]


class Silences:
    """Learned with each lesson.

    Attributes:
        obscure: how much oftener than usual a hand puts goods where no antenna hears them.
        fades: how much oftener than usual goods fall silent where they lie.
        shows: how often a second what is hidden comes into sight again.
    """

    def __init__(self, tags: Tags, exits: NDArray[np.bool_]) -> None:
        self._tags, self._exits = tags, exits
        self.obscure = self.fades = 1.0
        self._ended = self._ended_hidden = self._ended_seconds = 0.0
        self._rested = 0.0
        self._before = (BACK, FADED)
        self._began = math.inf
        self.live_by(SHOP)

    def live_by(self, habits: Habits) -> None:
        """Begin with what is usual by these habits."""
        self._usual, self._back = habits.hide + habits.pick * habits.put_hidden, habits.back
        self._shows_before = self.shows = habits.show

    def restore(self, obscure: float, fades: float, shows: float) -> None:
        """Begin with earlier ones (> 0) in place of what is usual."""
        self.obscure = float(np.clip(obscure, LEAST, OBSCURE_MOST))
        self.fades = float(np.clip(fades, LEAST, FADES_MOST))
        self._shows_before = self.shows = float(np.clip(shows, 1.0 / MOST_SILENT / 10.0, 1.0))
        self._before = (BACK * self.obscure, FADED * self.fades)

    @property
    def learned(self) -> tuple[float, float, float]:
        """What `restore` takes."""
        return self.obscure, self.fades, self.shows

    def ended(self, rows: Rows, t: float) -> None:
        """These tags are read again; `belief` and `quiet` are those of before."""
        tags = self._tags
        long = self._long(rows, t)
        if not long.any():
            return
        rows = rows[long & (tags.status[rows] == Status.HERE)]
        # What was away and came back hid nowhere. Goods do not come back: those were never gone.
        brought = self._back * tags.belief[rows, AWAY]
        hidden = self.shows * tags.belief[rows, HIDDEN]
        lay = 1.0 - brought / np.maximum(brought + hidden, _TINY)
        self._ended += float(lay.sum())
        self._ended_hidden += float(lay @ (1.0 - tags.belief[rows, HERE]))
        self._ended_seconds += float(lay @ self._seconds(rows, t))

    def _long(self, rows: Rows, t: float) -> NDArray[np.bool_]:
        """Whether their silence is long, and was heard from its beginning."""
        tags = self._tags
        long = (tags.quiet[rows] > LONG_QUIET) & (t - tags.last[rows] > LONG_SECONDS)
        return np.asarray(long & (tags.last[rows] > self._began))

    def _seconds(self, rows: Rows, t: float) -> NDArray[np.float64]:
        """Seconds of long silences beyond those that make them long."""
        return np.clip(t - self._tags.last[rows] - LONG_SECONDS, 0.0, MOST_SILENT)

    def learn(self, n: int, t: float, since: float, began: float) -> None:
        """Take stock at `t` of the first `n` tags; the last time was `since`, the first `began`."""
        tags, self._began = self._tags, began
        live = (tags.status[:n] == Status.HERE) & (tags.home[:n] != NOWHERE)
        rows = np.flatnonzero(live & ~self._exits[tags.home[:n]])
        between = float(np.clip(t - since, 0.0, MOST_BETWEEN)) if math.isfinite(since) else 0.0
        self._rested += between * float(tags.belief[rows, HERE].sum())
        silent = rows[self._long(rows, t)]
        hidden = tags.belief[silent, HIDDEN]
        back, faded = self._before
        odds = (self._ended + back) / (len(silent) + STILL)
        self.obscure = float(np.clip(odds * STILL / BACK, LEAST, OBSCURE_MOST))
        self._learn_showing(self._ended_seconds + float(hidden @ self._seconds(silent, t)))
        self._learn_fading(self._ended_hidden + float(hidden.sum()), faded)
        if self._ended + self._rested * self._usual > KEPT:
            self._ended *= 0.5
            self._ended_hidden *= 0.5
            self._ended_seconds *= 0.5
            self._rested *= 0.5

    def _learn_showing(self, seconds: float) -> None:
        """Long silences ended after so many seconds in sum, beyond those that made them long."""
        usual = SHOWN / self._shows_before
        self.shows = (self._ended + SHOWN) / (seconds + usual)

    def _learn_fading(self, hidden: float, before: float) -> None:
        """So many were hidden for long; others have shown up before that."""
        all_hidden = hidden * math.exp(LONG_SECONDS * min(self.shows, 1.0 / LONG_SECONDS))
        expected = self._rested * self._usual
        self.fades = float(np.clip((all_hidden + before) / (expected + FADED), LEAST, FADES_MOST))
