"""Has it been put elsewhere? A sequential test of each tag's home against one challenging zone.

A tag read where its signature does not expect it starts a challenge. Each second then adds to the
odds what the reads and the silence of that second say for the challenger against home; a stray read
of a weak tag fades, an item carried past wins nothing, one laid down wins in seconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import Epoch
from gateway.stock.habits import Habits
from gateway.stock.hearing import WINDOW_DECAY, Hearing
from gateway.stock.layout import ZoneKind
from gateway.stock.levels import Levels
from gateway.stock.places import NOWHERE, Places
from gateway.stock.rates import ZoneRates, expected_reads
from gateway.stock.tags import AWAY, HERE, HIDDEN, Tags
from gateway.stock.usual import Usual

PASSING_ODDS, EXIT_ODDS = 5.0, 4.5
"""Nats for a move to till or fitting room, to the door; to shelves and back room see `Habits`."""
FROM_REST, SPOKEN_SECONDS = 4.0, 10.0
"""Nats more for a move to the door of what lies surely at home, if home has had its turn so lately:
few go there at once, and much that lies on a shelf is heard at the door now and then."""
PASSING_SECONDS = 1.0
SURE_HOME = 0.9
"""A read by an antenna that knows the tag challenges nothing while it is so surely at home."""
HAND_CREDIT = 2.0
"""Nats less that a move needs when the item is believed in a hand."""
_FLOOR, _WEAKEST, _STRONG = 0.004, 0.1, 0.8
_GONE = 0.02
"""From here on a tag moves only in a second that reads it."""
_IDLE = 1e3
"""Nats: beside any zone that explains the reads better than home, one that does not is none."""
_OFF_PLAN, _OFF_PLAN_SECONDS = 2.0, 60.0
"""Nats by which a third zone, a shelf, is likelier for its like, from which a challenge lasts so
much longer: much is carried past such a rival, and little laid down there."""
_HEARD = 0.2
"""Less is the fading rest of a read a minute ago."""
_SPOKEN_LATELY = 60.0
"""Seconds after which an antenna that has told no round cannot speak for home."""
_USUAL_PACE = 0.25
"""Rounds a second: a challenge where antennas have their turn more seldom fades more slowly."""
_DEAF_WORTH = 0.25
"""What reads elsewhere are worth while home cannot speak for itself."""

Rows = NDArray[np.int32] | NDArray[np.int64]


class Moves:
    """Challenges in the `rival`, `odds` and `since_rival` columns of the tags."""

    def __init__(
        self,
        places: Places,
        tags: Tags,
        hearing: Hearing,
        rates: ZoneRates,
        usual: Usual,
        levels: Levels,
        habits: Habits,
    ) -> None:
        self._places, self._tags = places, tags
        self._hearing, self._rates = hearing, rates
        self._storage = storage = places.storage
        self._shelf = places.are(ZoneKind.SHELF)
        self._numbers = np.arange(len(places.zones))
        self._exits = exits = places.are(ZoneKind.EXIT)
        passing = np.where(exits, EXIT_ODDS, PASSING_ODDS)
        self._usual, self._habits, self._levels = usual, habits, levels
        self._needed = np.where(storage, habits.move_odds, passing)
        self._dwell = np.where(storage, habits.move_seconds, PASSING_SECONDS)

    def weigh(
        self, epoch: Epoch, exposure: NDArray[np.float64], hand: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Bring every challenge forward by one second; answers rows that move, and whereto.

        Args:
            epoch: the second's reads, of live tags with a home.
            exposure: clear rounds of each antenna.
            hand: every tag's belief to be in a hand.
        """
        tags, n = self._tags, self._tags.count
        odd = np.flatnonzero(self._places.zone_of[epoch.antenna] != tags.home[epoch.row])
        row = epoch.row[odd]
        known = tags.rate[row, epoch.antenna[odd]] > self._habits.familiar
        started = row[~known | (tags.belief[row, HERE] < SURE_HOME)]
        challenged = tags.rival[:n] != NOWHERE
        challenged[started] = True
        rows = np.flatnonzero(challenged)
        if not len(rows):
            return rows, rows
        epoch = epoch.only(challenged[epoch.row])
        reads = self._matrix(epoch, rows)
        usual = self._usual.of(tags.account[rows])
        rival = self._rivals(rows, usual, epoch.t)
        fresh = tags.rival[rows] == NOWHERE
        tags.since_rival[rows[fresh]] = epoch.t
        changed = ~fresh & (tags.rival[rows] != rival)
        tags.odds[rows[changed]] *= 0.5
        tags.rival[rows] = rival
        gain = self._gain(rows, rival, reads, exposure) + self._loud(epoch, rows, rival)
        gain *= np.maximum(self.refutable(rows, epoch.t), _DEAF_WORTH)
        # What nobody hears where it lies is silent there whether it lies there or not.
        lies_hidden = np.where(reads.any(axis=1) | (gain < 0), 0.0, tags.belief[rows, HIDDEN])
        gain *= 1.0 - lies_hidden
        most = self._habits.step_most
        fade = self._habits.fade * np.clip(tags.best[rows] / _STRONG, _WEAKEST, 1.0)
        step = np.clip(gain, -most, most) - fade * self._pace(rows, rival)
        odds = np.maximum(tags.odds[rows] + step, 0.0)
        tags.odds[rows] = odds
        over = odds <= 0
        each = np.arange(len(rows))
        against = usual[each, tags.home[rows]] - usual[each, rival]
        against = np.where(self._storage[rival], against, 0.0)
        against += np.where(self._exits[rival], FROM_REST * self._rests(rows, epoch.t), 0.0)
        wins = odds >= np.maximum(self._needed[rival] + against - HAND_CREDIT * hand[rows], 3.0)
        third = self._shelf & (self._numbers != tags.home[rows, None])
        planned = np.where(third, usual, -np.inf).max(axis=1)
        off_plan = self._storage[rival] & (planned - usual[each, rival] > _OFF_PLAN)
        lasts = self._dwell[rival] + _OFF_PLAN_SECONDS * off_plan
        wins &= epoch.t - tags.since_rival[rows] >= lasts
        # What another antenna hears now has not come to a till or door in this second.
        heard = reads @ self._places.own
        wins &= self._storage[rival] | (heard[each, rival] > 0.0) | ~heard.any(axis=1)
        # Silence alone tells that it is gone, not that it lies where it would be heard less.
        wins &= reads.any(axis=1) | (tags.belief[rows, AWAY] < _GONE)
        ended = rows[over]
        tags.rival[ended] = NOWHERE
        tags.reads[ended] += tags.fresh[ended]
        tags.fresh[ended] = 0.0
        return rows[wins], rival[wins].astype(np.int64)

    def refutable(self, rows: Rows, t: float) -> NDArray[np.float64]:
        """How far the antennas that hear a tag at home can hear at `t`, 0 … 1."""
        able = np.where(self._hearing.blind(t, _SPOKEN_LATELY), 0.0, self._hearing.clear())
        clear = expected_reads(self._tags.voice.take(rows, axis=0), able)
        return np.asarray(clear / np.maximum(self._tags.voiced[rows], 1e-9), np.float64)

    def _pace(self, rows: Rows, rival: NDArray[np.int16]) -> NDArray[np.float64]:
        """How often home or rival has its turn: a challenge ages by what is told, 0 … 1."""
        turns = self._places.most(self._hearing.window / self._hearing.span) / _USUAL_PACE
        return np.minimum(np.maximum(turns[self._tags.home[rows]], turns[rival]), 1.0)

    def _rests(self, rows: Rows, t: float) -> NDArray[np.float64]:
        """How surely tags lie at home, as far as home has just been able to tell, 0 … 1."""
        tags = self._tags
        spoke = self._places.most((~self._hearing.blind(t, SPOKEN_SECONDS)).astype(np.float64))
        sure = np.clip(2.0 * tags.belief[rows, HERE] - 1.0, 0.0, 1.0)
        return np.asarray(sure * spoke[tags.home[rows]])

    def _matrix(self, epoch: Epoch, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        reads = np.zeros((len(rows), len(self._places.antennas)))
        reads[np.searchsorted(rows, epoch.row), epoch.antenna] = 1.0
        return reads

    def _loud(
        self, epoch: Epoch, rows: NDArray[np.int64], rival: NDArray[np.int16]
    ) -> NDArray[np.float64]:
        """What the levels of the second's reads say for the rival, [rows]."""
        which = np.searchsorted(rows, epoch.row)
        zone = rival[which].astype(np.int64)
        said = self._levels.gain(epoch.row, epoch.antenna, epoch.rssi, zone)
        return np.asarray(np.bincount(which, said, len(rows)), np.float64)

    def _rivals(
        self, rows: NDArray[np.int64], usual: NDArray[np.float64], t: float
    ) -> NDArray[np.int16]:
        tags = self._tags
        fresh = tags.fresh.take(rows, axis=0)
        explained = fresh @ self._rates.log_mean.T
        each, home = np.arange(len(rows)), tags.home[rows]
        scores = explained + usual
        # Where home is silent, one that would not be heard so, either, has but its plan to show.
        idle = (explained <= explained[each, home, None]) & ~self._heard_at_home(rows, t)[:, None]
        scores[idle] -= _IDLE
        # While the antenna of a till or door is deaf, its silence would speak for that place.
        scores[~(self._storage | (fresh @ self._places.own > 0.0))] = -np.inf
        scores[each, home] = -np.inf
        return np.asarray(scores.argmax(axis=1), np.int16)

    def _heard_at_home(self, rows: NDArray[np.int64], t: float) -> NDArray[np.bool_]:
        """Whether home's own antennas have read the tags in the last minutes."""
        tags = self._tags
        kept = WINDOW_DECAY ** np.maximum(t - tags.recent_t[rows], 0.0)
        heard = (tags.recent[rows] * self._places.own.T[tags.home[rows]]).sum(axis=1)
        return np.asarray(heard * kept > _HEARD)

    def _gain(
        self,
        rows: NDArray[np.int64],
        rival: NDArray[np.int16],
        reads: NDArray[np.float64],
        exposure: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Log-likelihood of the second at the rival less at home, [rows].

        Silence at the rival counts as of a tag of unknown strength there; at home its own.
        """
        home = np.maximum(self._tags.rate.take(rows, axis=0), _FLOOR)
        # A weak tag would be weak there, too.
        usual = self._rates.mean.max(axis=1).take(self._tags.home[rows])
        strength = np.clip(self._tags.best[rows] / usual, _WEAKEST, 1.0)
        there = np.maximum(self._rates.mean[rival] * strength[:, None], _FLOOR)
        heard = (reads * (np.log(there) - np.log(home))).sum(axis=1)
        silent = ((1 - reads) * (home * exposure - np.log1p(there * exposure))).sum(axis=1)
        # What is away is silent everywhere.
        silent *= 1.0 - self._tags.belief[rows, AWAY]
        return np.asarray(heard + silent)
