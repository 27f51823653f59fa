"""The filter: where each tag is, how sure, from reads and from silence.

A tag is in place and readable, in place but hidden (badly turned, behind others), in a hand or on
its way, or away. Goods do not evaporate: the way from a shelf to *away* leads through a hand, and
through the door where the door has an antenna. So a silent tag is soon *hidden or in a hand* and
only slowly *away*; reads bring it back at once. Its zone changes only when its reads fit another
zone better than its own signature for some seconds in a row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import Epoch
from gateway.stock.hearing import WINDOW_DECAY, Hearing
from gateway.stock.layout import ZoneKind
from gateway.stock.moves import Moves
from gateway.stock.places import NOWHERE, Places
from gateway.stock.rates import ZoneRates, expected_reads
from gateway.stock.tags import Status, Tags

HERE, HIDDEN, HAND, AWAY = 0, 1, 2, 3
PICK = 1 / 18000
"""How often a unit is taken in hand, a second."""
HIDE = 1 / 100_000
"""How often a thing in place falls silent for good; scaled by what the store teaches."""
SHOW = 1 / 5400
PUT = 1 / 240
"""A hand keeps a thing for minutes."""
PUT_HIDDEN = 0.01
"""Share of things put back where no antenna hears them; scaled likewise."""
LEAVE_UNSEEN = 0.03
"""Share of pick-ups that end outside without till or door seeing it."""
LEAVE_PAST_EXIT = 0.006
"""The same where the door has an antenna."""
Rows = NDArray[np.int32] | NDArray[np.int64]
_READ_FLOOR = 0.003
_HAND_READ = 0.04
_HIDDEN_SHARE = 0.1
_WEAKEST = 0.05
_LEFT = 0.05
_LOUD = 0.4
_FRESH_LOOK = 2.0
_LONG_QUIET = 40.0
"""Expected reads missed in a row after which a tag is hidden or gone, hardly just unlucky."""
_BACK, _STILL, _OBSCURE_MOST = 3.0, 2.0, 20.0
"""Long silences that ended and that did not, before the store has taught any."""
_DOOR_SECONDS, _TILL_SECONDS = 45.0, 240.0
_WEAK_RATE, _WEAK_SHARE = 0.05, 0.03
_ALIKE = 2.0
"""Misses in a row are alike: a body, a turned tag. Silence is worth less and less: that of m
expected reads no more than (1 + m / 2) ** -2, where independent misses would make it exp(-m)."""
_GHOST = 1e-5
_PRIOR_ROUNDS = 2.0
_SIGNATURE_ROUNDS = 400.0
"""A signature forgets beyond so many rounds: goods are turned and shelves rearranged."""
_LEARN_SECONDS = 60.0


class Presence:
    """Belief about every tag, brought forward epoch by epoch.

    Attributes:
        rates: usual reads by zone and antenna.
        storage, exit, passing: kinds of zones, bool[zones].
        crowd: tags in each zone for each GTIN that has any.
        unheard: share of a zone's goods that its antennas hardly hear, 1 with no antenna.
    """

    def __init__(
        self, places: Places, tags: Tags, hearing: Hearing, usual: NDArray[np.float64]
    ) -> None:
        self._places, self._tags, self._hearing = places, tags, hearing
        self.rates = ZoneRates(places)
        self._learned = -np.inf
        self._now = 0.0
        self.unheard: NDArray[np.float64] = np.where(places.watched, _WEAK_SHARE, 1.0)
        self._returned, self._obscure = 0, 1.0
        self.crowd: NDArray[np.float64] = np.ones(len(places.zones))
        self._sold_heard: list[tuple[int, float]] = []
        self._zone_t: NDArray[np.float64] = np.full(len(places.zones), np.nan)
        self.storage = places.are(ZoneKind.SHELF, ZoneKind.BACKROOM, ZoneKind.HOLD)
        self.exit = places.are(ZoneKind.EXIT)
        self._patience = np.full(len(places.zones), np.inf)
        self._patience[self.exit] = _DOOR_SECONDS
        self._patience[places.are(ZoneKind.TILL)] = _TILL_SECONDS
        self.passing = ~self.storage & ~self.exit
        leave = LEAVE_PAST_EXIT if (self.exit & places.watched).any() else LEAVE_UNSEEN
        self._pick = np.where(self.storage, PICK, 1 / 60)
        self._hide = np.where(self.storage, HIDE, 1e-9)
        self._lose = np.where(self.exit, 0.2, PUT * leave)
        self._go = np.where(self.exit, 0.1, 0.0)
        self._moves = Moves(places, tags, hearing, self.rates, usual)

    def step(self, epoch: Epoch) -> None:
        """Weigh one second of reads and rounds."""
        self._now = epoch.t
        tags = self._tags
        n = tags.count
        got = np.bincount(epoch.antenna, minlength=len(self._places.antennas)).astype(np.float64)
        exposure = self._hearing.judge(epoch.t, epoch.rounds, self._expected(n, epoch.t), got)
        if n == 0:
            return
        silence = expected_reads(tags.voice[:n], exposure)
        self._forward(n, epoch, exposure)
        belief = tags.belief[:n]
        quiet = tags.quiet[:n]
        belief[:, HERE] *= np.exp(-silence / (1.0 + quiet / _ALIKE))
        quiet += silence
        if len(epoch.row):
            self._hear(epoch, exposure)
        self._move(epoch, exposure)
        total = belief.sum(axis=1, keepdims=True)
        np.divide(belief, total, out=belief, where=total > 0)
        belief[tags.status[:n] != Status.HERE] = 0.0
        self._take_home(n)
        self._stay(n, epoch.t)
        if epoch.t - self._learned >= _LEARN_SECONDS:
            self._learn(n, epoch.t)

    def _stay(self, n: int, t: float) -> None:
        """Goods do not live at door or till: what is read there on end lies within its earshot."""
        tags = self._tags
        patience = self._patience[tags.home[:n]]
        rows = np.flatnonzero((t - tags.since[:n] > patience) & (tags.belief[:n, HERE] > 0.5))
        rows = rows[(tags.status[rows] == Status.HERE) & (tags.home[rows] != NOWHERE)]
        if not len(rows) or not self.storage.any():
            return
        where = np.where(self.storage, self._scores(rows), -np.inf).argmax(axis=1)
        for zone in np.unique(where).tolist():
            mine = rows[where == zone]
            reads, exposure = tags.reads[mine].copy(), tags.exposure[mine].copy()
            rate = tags.rate[mine].copy()
            self.place(mine, zone, t)
            tags.reads[mine], tags.exposure[mine], tags.rate[mine] = reads, exposure, rate
            self._speak(mine)

    def take_sold(self) -> list[tuple[int, float]]:
        """Sold tags read since the last call, with the time, in order; forgets them."""
        heard, self._sold_heard = self._sold_heard, []
        return heard

    def likely_zone(self, row: int) -> int:
        """The zone that explains a tag's reads of the last seconds best."""
        return int(self._scores(np.array([row])).argmax())

    def _scores(self, rows: Rows) -> NDArray[np.float64]:
        window = np.maximum(self._hearing.window, 1.0)
        scores = self.rates.scores(self._tags.recent[rows], window)
        usual = self._moves.usual(rows)
        return np.asarray(scores + usual, np.float64)

    def _take_home(self, n: int) -> None:
        """What has left a fitting room or till is on its way to where its like usually lies."""
        tags = self._tags
        left = self.passing[tags.home[:n]] & (tags.belief[:n, HERE] < _LEFT)
        rows = np.flatnonzero(left & (tags.status[:n] == Status.HERE) & (tags.rival[:n] == NOWHERE))
        rows = rows[tags.home[rows] != NOWHERE]
        if not len(rows):
            return
        away = tags.belief[rows, AWAY]
        where = np.where(self.storage, self._moves.usual(rows), -np.inf).argmax(axis=1)
        for zone in np.unique(where[self.storage[where]]).tolist():
            mine = where == zone
            self.place(rows[mine], zone, float("nan"))
            tags.belief[rows[mine], HERE] = tags.belief[rows[mine], HIDDEN] = 0.0
            tags.belief[rows[mine], HAND] = 1.0 - away[mine]
            tags.belief[rows[mine], AWAY] = away[mine]

    def place(self, rows: Rows, zone: int, t: float) -> None:
        """Put rows into a zone with a fresh signature, as if just seen there."""
        tags = self._tags
        tags.home[rows] = zone
        usual = self.rates.mean[zone] if zone != NOWHERE else np.zeros(tags.rate.shape[1])
        tags.reads[rows] = usual * _PRIOR_ROUNDS + tags.recent[rows]
        tags.exposure[rows] = _PRIOR_ROUNDS + self._hearing.window
        tags.rate[rows] = np.clip(tags.reads[rows] / tags.exposure[rows], 0.0, 0.98)
        self._speak(rows)
        tags.seen_at[rows] = self._hearing.clock
        tags.settled[rows] = self._now
        tags.since[rows] = t
        tags.rival[rows] = NOWHERE
        tags.odds[rows] = 0.0
        tags.fresh[rows] = 0.0
        tags.quiet[rows] = 0.0
        tags.belief[rows] = (0.949, 0.001, 0.05, 0.0)

    def _expected(self, n: int, t: float) -> NDArray[np.float64]:
        tags = self._tags
        belief = tags.belief[:n]
        steady = belief[:, HERE] + np.where(t - tags.last[:n] < 120, belief[:, HIDDEN], 0.0)
        return np.asarray(
            np.einsum("n,na->a", steady.astype(np.float32), tags.voice[:n]), np.float64
        )

    def _elapsed(self, epoch: Epoch, exposure: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds by which doubt grows in each zone: none while its antennas cannot hear."""
        zones = len(self._places.zones)
        clear = np.zeros(zones)
        np.maximum.at(clear, self._places.zone_of, np.minimum(exposure, 1.0))
        heard = clear > 0
        gap = np.where(np.isnan(self._zone_t), 1.0, np.clip(epoch.t - self._zone_t, 1.0, 5.0))
        self._zone_t[heard] = np.fmax(self._zone_t[heard], epoch.t)
        return np.asarray(gap * clear)

    def _forward(self, n: int, epoch: Epoch, exposure: NDArray[np.float64]) -> None:
        tags = self._tags
        belief, home = tags.belief[:n], tags.home[:n]
        dt = self._elapsed(epoch, exposure)[home]
        here, hidden, hand = belief[:, HERE], belief[:, HIDDEN], belief[:, HAND]
        pick = self._pick[home] * dt
        lost = PUT_HIDDEN * self._obscure
        hide, show = self._hide[home] * self._obscure * dt * here, SHOW * dt * hidden
        put, lose = PUT * np.maximum(dt, 1.0) * hand, self._lose[home] * dt * hand
        go = self._go[home] * dt * here
        picked_here, picked_hidden = pick * here, pick * hidden
        # What comes back into sight would be heard soon; the silence that has lasted counts anew.
        soon = expected_reads(tags.voice[:n], self._hearing.window)
        unheard = (1.0 + _FRESH_LOOK * soon / _ALIKE) ** -_ALIKE
        here += (show + put * (1 - lost)) * unheard - hide - picked_here - go
        hidden += hide - show - picked_hidden + put * lost
        hand += picked_here + picked_hidden - put - lose
        belief[:, AWAY] += lose + go
        np.maximum(belief, 0.0, out=belief)

    def _hear(self, epoch: Epoch, exposure: NDArray[np.float64]) -> None:
        tags = self._tags
        rows, which = np.unique(epoch.row, return_inverse=True)
        rate = tags.rate[epoch.row, epoch.antenna].astype(np.float64)
        new = (tags.status[rows] == Status.EXPECTED) | np.isnan(tags.first[rows])
        tags.first[rows] = np.where(np.isnan(tags.first[rows]), epoch.t, tags.first[rows])
        said = np.empty((len(rows), 4))
        back = rate * exposure[epoch.antenna] / (1.0 + tags.quiet[epoch.row] / _ALIKE)
        expected = np.maximum(rate, _READ_FLOOR)
        said[:, HERE] = np.bincount(which, np.log(expected) + back)
        said[:, HIDDEN] = np.bincount(which, np.log(_HIDDEN_SHARE * expected))
        many = np.bincount(which)
        strength = np.clip(2.0 * tags.rate[rows].max(axis=1), _WEAKEST, 1.0)
        said[:, HAND] = many * np.log(_HAND_READ * strength)
        # Where home cannot speak for itself, reads elsewhere are no sign of a hand.
        refutable = self._moves.refutable(rows)
        said[:, HAND] = said[:, HERE] + refutable * (said[:, HAND] - said[:, HERE])
        said[:, AWAY] = many * np.log(_GHOST)
        said -= said.max(axis=1, keepdims=True)
        belief = tags.belief[rows] * np.exp(said) + 1e-12
        belief /= belief.sum(axis=1, keepdims=True)
        strong = np.bincount(which, rate > 0.05) > 0
        for state, share in ((HIDDEN, 0.7), (HAND, 0.3)):
            wakes = np.where(strong, share, 0.0) * belief[:, state]
            belief[:, HERE] += wakes
            belief[:, state] -= wakes
        tags.belief[rows] = belief
        self._returned += int((tags.quiet[rows] > _LONG_QUIET).sum())
        tags.quiet[rows] = 0.0
        self._note(epoch, rows)
        sold = rows[tags.status[rows] == Status.SOLD]
        self._sold_heard += [(row, epoch.t) for row in sold.tolist()]
        tags.status[rows[new]] = Status.HERE
        self._settle_down(epoch.t, rows)
        tags.last[rows] = np.fmax(tags.last[rows], epoch.t)

    def _note(self, epoch: Epoch, rows: Rows) -> None:
        """Enter the reads into windows and signatures."""
        tags = self._tags
        age = np.maximum(epoch.t - tags.recent_t[rows], 0.0)
        tags.recent[rows] *= (WINDOW_DECAY ** np.minimum(age, 300.0)).astype(np.float32)[:, None]
        tags.recent_t[rows] = np.maximum(tags.recent_t[rows], epoch.t)
        tags.recent[epoch.row, epoch.antenna] += 1.0
        challenged = (tags.rival[epoch.row] != NOWHERE) | (
            self._places.zone_of[epoch.antenna] != tags.home[epoch.row]
        )
        calm = ~challenged
        tags.reads[epoch.row[calm], epoch.antenna[calm]] += 1.0
        tags.fresh[epoch.row[challenged], epoch.antenna[challenged]] += 1.0
        due = rows[(epoch.t - tags.settled[rows] >= 5.0) & (tags.rival[rows] == NOWHERE)]
        if len(due):
            self._settle(due, epoch.t)

    def _settle(self, rows: Rows, t: float) -> None:
        """Bring signatures up to date; a gap far too long for a tag in place is no exposure."""
        tags = self._tags
        clock = self._hearing.clock.astype(np.float32)
        gap = clock - tags.seen_at[rows]
        best = np.maximum(tags.rate[rows].max(axis=1, keepdims=True), 1e-3)
        gap = np.clip(gap, 0.0, 12.0 / best)
        reads, exposure = tags.reads[rows], tags.exposure[rows] + gap
        keep = np.minimum(1.0, _SIGNATURE_ROUNDS / np.maximum(exposure, 1e-6))
        reads, exposure = reads * keep, exposure * keep
        tags.reads[rows], tags.exposure[rows] = reads, exposure
        tags.rate[rows] = np.clip(reads / np.maximum(exposure, 1e-6), 0.0, 0.98)
        self._speak(rows)
        tags.seen_at[rows] = clock
        tags.settled[rows] = t

    def _settle_down(self, t: float, rows: Rows) -> None:
        """Give tags that are nowhere yet the zone that explains their reads best."""
        lost = rows[self._tags.home[rows] == NOWHERE]
        if not len(lost):
            return
        best = self._scores(lost).argmax(axis=1)
        for zone in np.unique(best).tolist():
            self.place(lost[best == zone], zone, t)

    def _move(self, epoch: Epoch, exposure: NDArray[np.float64]) -> None:
        live = self._tags.status[epoch.row] == Status.HERE
        mine = Epoch(epoch.t, epoch.row[live], epoch.antenna[live], epoch.rounds)
        rows, zones = self._moves.weigh(mine, exposure, self._tags.belief[:, HAND])
        for zone in np.unique(zones).tolist():
            self.place(rows[zones == zone], zone, epoch.t)

    def _speak(self, rows: Rows) -> None:
        """Note which antennas hear the tag so well that their silence means something.

        Weak cross-reads come and go with the room; summed over an hour, their absence would be
        taken for the tag's.
        """
        rate = self._tags.rate[rows]
        loud = rate >= _LOUD * rate.max(axis=1, keepdims=True, initial=0.0)
        self._tags.voice[rows] = np.where(loud, rate, 0.0)

    def _learn(self, n: int, t: float) -> None:
        tags = self._tags
        self._learned = t
        steady = (
            (tags.belief[:n, HERE] > 0.9)
            & (tags.home[:n] != NOWHERE)
            & (tags.exposure[:n].max(axis=1, initial=0.0) > 30)
        )
        rows = np.flatnonzero(steady)
        if len(rows):
            self.rates.learn(tags.home[rows], tags.rate[rows])
        self._learn_obscurity(n)
        here = (tags.status[:n] == Status.HERE) & (tags.belief[:n, AWAY] < 0.5)
        here &= tags.home[:n] != NOWHERE
        weak = tags.rate[:n].max(axis=1, initial=0.0) < _WEAK_RATE
        zones = len(self._places.zones)
        number = np.bincount(tags.home[:n][here], minlength=zones)
        poor = np.bincount(tags.home[:n][here & weak], minlength=zones)
        self.crowd = number / max(1, len(np.unique(tags.account[:n][here])))
        self.unheard = np.where(
            self._places.watched, (poor + 4 * _WEAK_SHARE) / (number + 4.0), 1.0
        )

    def _learn_obscurity(self, n: int) -> None:
        """How often long silence ends by itself in this store scales how things get hidden."""
        tags = self._tags
        silent = (tags.quiet[:n] > _LONG_QUIET) & (tags.status[:n] == Status.HERE)
        silent &= ~self.exit[tags.home[:n]] & (tags.home[:n] != NOWHERE)
        odds = (self._returned + _BACK) / (int(silent.sum()) + _STILL)
        self._obscure = float(np.clip(odds * _STILL / _BACK, 0.3, _OBSCURE_MOST))
