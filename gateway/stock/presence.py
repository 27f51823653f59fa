"""The filter: where each tag is, how sure, from reads and from silence.

A tag is in place and readable, in place but hidden (badly turned, behind others), in a hand or on
its way, or away. Goods do not evaporate: the way from a shelf to *away* leads through a hand, and
through the door where the door has an antenna. So a silent tag is soon *hidden or in a hand* and
only slowly *away*; reads bring it back at once. Its zone changes only when its reads fit another
zone better than its own signature for some seconds in a row.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gateway.stock.evidence import Epoch, distinct, firsts
from gateway.stock.habits import SHOP, Habits
from gateway.stock.hearing import Hearing
from gateway.stock.layout import ZoneKind
from gateway.stock.lessons import Lessons
from gateway.stock.levels import Levels
from gateway.stock.misses import Misses, unheard
from gateway.stock.moves import Moves
from gateway.stock.places import NOWHERE, Places
from gateway.stock.rates import expected_reads
from gateway.stock.review import FIRST_SECONDS, Review
from gateway.stock.signatures import Signatures
from gateway.stock.stops import Stops
from gateway.stock.strangers import Strangers
from gateway.stock.tags import AWAY, HAND, HERE, HIDDEN, Status, Tags
from gateway.stock.usual import Usual
from gateway.stock.whereabouts import Rows, Whereabouts

_AT_ONCE = 2000
"""So many tags are given their first zone together: memory."""
_TINY = 1e-300
_HERE = int(Status.HERE)
_READ_FLOOR = 0.003
_HIDDEN_SHARE = 0.03
_WEAKEST = 0.05
"""Reads of a tag in a hand, hidden, or weak, against one in place."""
_EXPECTED, _LOST, _SOLD = int(Status.EXPECTED), int(Status.LOST), int(Status.SOLD)
_OUT_OF_HAND, _OUT_OF_SIGHT = 0.06, 0.04
"""How soon what the exit has heard is gone, a second: not every shopper at the door goes out."""
_LATE_ROUNDS, _LATE_WEAK, _EARLY_WEAK = 20.0, 0.5, 0.9
"""What is first read after so many rounds is so likely one that antennas hardly hear. What is read
before that and falls silent is so likely one of those, and not in a hand."""
_LINGERS = 0.25
"""How soon, against a shelf, what is taken up in a fitting room or at a till is laid down there."""
_CARRIED = 0.05
"""Belief that what is read in a new place is still in the hand that brought it."""


class Presence:
    """Belief about every tag, brought forward epoch by epoch.

    Attributes:
        lessons: what the whole store teaches. misses: how alike misses are.
        rates: usual reads by zone and antenna.
        whereabouts: which zones the last reads speak for.
        exit: zones at the door, bool[zones].
    """

    def __init__(
        self,
        places: Places,
        tags: Tags,
        hearing: Hearing,
        usual: Usual,
        lacks: Callable[[int], bool],
    ) -> None:
        self._places, self._tags, self._hearing = places, tags, hearing
        self._strangers = Strangers(places, tags, hearing, lacks)
        self._now = 0.0
        self._sold_heard: list[tuple[int, float]] = []
        self._zone_t: NDArray[np.float64] = np.full(len(places.zones), np.nan)
        self.exit = places.are(ZoneKind.EXIT)
        self.lessons = Lessons(places, tags, self.exit)
        self.rates = self.lessons.rates
        self._usual = usual
        self.live_by(SHOP)

    def live_by(self, habits: Habits) -> None:
        """Take other habits than a shop's."""
        self._habits = habits
        hidden = 0.25 * habits.put_hidden
        self._placed = (1.0 - _CARRIED - hidden, hidden, _CARRIED, 0.0)
        self.lessons.first_after = habits.first_lesson
        self.lessons.silences.live_by(habits)
        self.misses = Misses(self._tags, habits.alike, habits.alike_known)
        places, tags, hearing, rates = self._places, self._tags, self._hearing, self.rates
        self._levels = levels = Levels(places, tags, habits)
        self._signatures = Signatures(places, tags, hearing, rates, self.misses, levels, habits)
        self._moves = Moves(places, tags, hearing, rates, self._usual, levels, habits)
        spread = self.lessons.spread
        self.whereabouts = Whereabouts(places, tags, hearing, spread, levels, self._usual)
        self._stops = Stops(places, tags, hearing, self._usual, self.whereabouts)
        self._review = Review(places, tags, spread, self._usual, levels, habits)
        watched = bool((self.exit & self._places.watched).any())
        leave = habits.leave_past_exit if watched else habits.leave_unseen
        self._pick = np.where(places.storage, habits.pick, 1 / 60)
        self._hide = np.where(places.storage, habits.hide, 1e-9)
        self._put = habits.put * np.where(places.storage | self.exit, 1.0, _LINGERS)
        unseen = self._put * leave * np.where(places.behind, habits.leave_from_behind, 1.0)
        self._lose = np.where(self.exit, _OUT_OF_HAND, unseen)
        self._go = np.where(self.exit, _OUT_OF_SIGHT, 0.0)

    def step(self, epoch: Epoch) -> None:
        """Weigh one second of reads and rounds."""
        self._now = epoch.t
        tags = self._tags
        n = tags.count
        got = np.bincount(epoch.antenna, minlength=len(self._places.antennas)).astype(np.float64)
        exposure = self._hearing.judge(epoch.t, epoch.rounds, self._expected(n, epoch.t), got)
        if n == 0:
            return
        # Both at once: a store's table is larger than the cache, and reading it is what takes time.
        rounds = np.column_stack([exposure, self._hearing.window])
        silence, soon = expected_reads(tags.hush[:n], rounds).T
        alike = self.misses.of(slice(n))
        quiet = tags.quiet[:n]
        worn = 1.0 + quiet / alike
        self._forward(n, epoch, exposure, alike, worn, soon)
        belief = tags.belief[:n]
        belief[:, HERE] *= np.exp(-silence / worn)
        quiet += silence
        if len(epoch.row):
            self._hear(epoch, exposure)
        self._move(epoch, exposure)
        total = np.maximum(belief.sum(axis=1, keepdims=True), _TINY)
        np.divide(belief, total, out=belief)
        belief[tags.status[:n] != _HERE] = 0.0
        self._go_on(epoch.t)
        self._fill_up(epoch.t)
        self._correct(epoch.t)
        self.lessons.learn(epoch.t)

    def _go_on(self, t: float) -> None:
        """Goods at till, fitting room and door are on their way to somewhere else."""
        tags, rows = self._tags, self._stops.here()
        mine, zones = self._stops.on_the_way_home(rows)
        away = tags.belief[mine, AWAY]
        self._send(mine, zones)
        tags.belief[mine, HERE] = tags.belief[mine, HIDDEN] = 0.0
        tags.belief[mine, HAND], tags.belief[mine, AWAY] = 1.0 - away, away
        mine, zones = self._stops.heard_on_end(rows, t)
        for zone in distinct(zones):
            self._lay(mine[zones == zone], zone, t)

    def _fill_up(self, t: float) -> None:
        """Weak tags that their shelf hears a little, out of the back room, lie on that shelf."""
        tags = self._tags
        rows, zones = self._stops.taken_to_its_shelf(t)
        belief = tags.belief[rows].copy()
        self._send(rows, zones)
        belief[:, HIDDEN] += belief[:, HAND]
        belief[:, HAND] = 0.0
        tags.belief[rows] = belief

    def _send(self, rows: Rows, zones: NDArray[np.int64]) -> None:
        """Give rows the zones for which they are bound; none has been read there yet."""
        for zone in distinct(zones):
            self.place(rows[zones == zone], zone, float("nan"))
        self._signatures.expect(rows)

    def _lay(self, rows: Rows, zone: int, t: float) -> None:
        """Put rows into a zone from which they have been read for a while."""
        tags = self._tags
        reads, exposure = tags.reads[rows].copy(), tags.exposure[rows].copy()
        rate = tags.rate[rows].copy()
        self.place(rows, zone, t)
        tags.reads[rows], tags.exposure[rows] = reads, exposure
        self._signatures.speak(rows, rate)

    def _correct(self, t: float) -> None:
        """Give tags another home that have been read as if they lay there, not where we thought."""
        rows, zones = self._review.due(t)
        tags = self._tags
        self._levels.corrected(rows, zones)
        tags.home[rows] = zones
        tags.rival[rows], tags.odds[rows] = NOWHERE, 0.0

    def take_sold(self) -> list[tuple[int, float]]:
        """Sold tags read since the last call, with the time, in order; forgets them."""
        heard, self._sold_heard = self._sold_heard, []
        return heard

    def place(
        self,
        rows: Rows,
        zone: int,
        t: float,
        strength: NDArray[np.float64] | None = None,
        *,
        challenged: bool = False,
    ) -> None:
        """Put rows into a zone with a fresh signature, as if just seen there.

        `strength`: rates of the antenna that hears each best, where they are known from before.
        `challenged`: the zone has won them from another (see `Moves`).
        """
        tags = self._tags
        self._levels.moved(rows)
        tags.home[rows] = zone
        self._signatures.begin(rows, self._now, strength, challenged=challenged)
        tags.since[rows] = t
        tags.placed[rows], tags.review[rows] = self._now, self._now + FIRST_SECONDS
        tags.rival[rows] = NOWHERE
        tags.odds[rows] = 0.0
        tags.quiet[rows] = 0.0
        tags.belief[rows] = self._placed

    def _expected(self, n: int, t: float) -> NDArray[np.float64]:
        tags = self._tags
        belief = tags.belief[:n]
        steady = belief[:, HERE] + np.where(t - tags.last[:n] < 120, belief[:, HIDDEN], 0.0)
        # What passes a door falls silent because it has gone: no witness against the antenna.
        steady[self.exit.take(tags.home[:n])] = 0.0
        return np.asarray(steady.astype(np.float32) @ tags.voice[:n], np.float64)

    def _elapsed(self, epoch: Epoch, exposure: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds by which doubt grows in each zone: none while its antennas cannot hear."""
        clear = self._places.most(np.minimum(exposure, 1.0))
        heard = clear > 0
        gap = np.where(np.isnan(self._zone_t), 1.0, np.clip(epoch.t - self._zone_t, 1.0, 5.0))
        self._zone_t[heard] = np.fmax(self._zone_t[heard], epoch.t)
        return np.asarray(gap * clear)

    def _forward(
        self,
        n: int,
        epoch: Epoch,
        exposure: NDArray[np.float64],
        alike: NDArray[np.float64],
        worn: NDArray[np.float64],
        soon: NDArray[np.float64],
    ) -> None:
        tags = self._tags
        belief, home = tags.belief[:n], tags.home[:n].astype(np.intp)
        dt = self._elapsed(epoch, exposure)
        here, hidden, hand = belief[:, HERE], belief[:, HIDDEN], belief[:, HAND]
        pick = (self._pick * dt).take(home)
        habits, silences = self._habits, self.lessons.silences
        lost = min(1.0, habits.put_hidden * silences.obscure)
        hide = (self._hide * silences.fades * dt).take(home) * here
        show = (silences.shows * dt).take(home) * hidden
        put = (self._put * np.maximum(dt, 1.0)).take(home) * hand
        lose = (self._lose * dt).take(home) * hand
        # Few tags are at the door: only those can go out of it unseen.
        door = np.flatnonzero(self.exit.take(home))
        go = (self._go * dt)[home[door]] * here[door]
        back = habits.back * belief[:, AWAY]
        picked_here, picked_hidden = pick * here, pick * hidden
        # What comes back into sight would be heard soon; the silence that has lasted counts anew.
        silent = unheard(habits.look * soon, alike) / worn
        here += (show + put * (1 - lost) + back) * silent - hide - picked_here
        hidden += hide - show - picked_hidden + put * lost
        hand += picked_here + picked_hidden - put - lose
        here[door] -= go
        belief[:, AWAY] += lose - back
        belief[door, AWAY] += go
        if belief.min() < 0.0:
            np.maximum(belief, 0.0, out=belief)

    def _hear(self, epoch: Epoch, exposure: NDArray[np.float64]) -> None:
        tags = self._tags
        new_row = firsts(epoch.row)
        rows, which = epoch.row[new_row], np.cumsum(new_row) - 1
        cell = epoch.row * tags.rate.shape[1] + epoch.antenna
        rate = tags.rate.take(cell).astype(np.float64)
        status, first = tags.status[rows], tags.first[rows]
        unread = np.isnan(first)
        strange = self._strangers.passing(epoch, which, unread)
        unread &= ~strange
        new = ((status == _EXPECTED) | (status == _LOST) | unread) & ~strange
        tags.first[rows[unread]] = epoch.t
        said = np.empty((len(rows), 4), order="F")
        hush = tags.hush.take(cell).astype(np.float64)
        alike = self.misses.of(epoch.row)
        back = hush * exposure[epoch.antenna] / (1.0 + tags.quiet[epoch.row] / alike)
        expected = np.maximum(rate, _READ_FLOOR)
        said[:, HERE] = np.bincount(which, np.log(expected) + back)
        said[:, HIDDEN] = np.bincount(which, np.log(_HIDDEN_SHARE * expected))
        many = np.bincount(which)
        strength = np.clip(2.0 * tags.best[rows], _WEAKEST, 1.0)
        at_home = self._places.zone_of[epoch.antenna] == tags.home[epoch.row]
        in_hand = np.where(at_home, self._habits.at_home, self._habits.in_hand)
        in_hand = np.maximum(in_hand * strength[which], self._habits.ghost)
        said[:, HAND] = np.bincount(which, np.log(in_hand))
        # Where home cannot speak for itself, reads elsewhere are no sign of a hand.
        refutable = self._moves.refutable(rows, epoch.t)
        sign = said[:, HAND] - said[:, HERE]
        said[:, HAND] = said[:, HERE] + np.where(sign > 0, refutable * sign, sign)
        said[:, AWAY] = many * np.log(self._habits.ghost)
        said -= said.max(axis=1, keepdims=True)
        self.lessons.silences.ended(rows, epoch.t)
        # State by state in one piece, as the column lies: summed and stored far sooner.
        belief = tags.belief.T.take(rows, axis=1).T
        self._signatures.handled(rows, belief[:, HAND])
        belief = belief * np.exp(said) + 1e-12
        belief /= belief.sum(axis=1, keepdims=True)
        strong = np.bincount(which, rate > 0.05) > 0
        for state, share in ((HIDDEN, self._habits.found), (HAND, self._habits.laid)):
            wakes = np.where(strong, share, 0.0) * belief[:, state]
            belief[:, HERE] += wakes
            belief[:, state] -= wakes
        tags.belief[rows] = belief
        still = tags.rival[rows] == NOWHERE
        self.misses.ended(rows[still & (status == Status.HERE)])
        self._signatures.note(epoch, rows)
        tags.quiet[rows] = 0.0
        sold = rows[status == _SOLD]
        self._sold_heard += [(row, epoch.t) for row in sold.tolist()]
        tags.status[rows[new]] = Status.HERE
        self._settle_down(epoch.t, rows[~strange])
        tags.last[rows] = np.fmax(tags.last[rows], epoch.t)

    def _settle_down(self, t: float, rows: Rows) -> None:
        """Give tags that are nowhere yet the zone that explains their reads best."""
        lost = rows[self._tags.home[rows] == NOWHERE]
        if not len(lost):
            return
        for first in range(0, len(lost), _AT_ONCE):
            some = lost[first : first + _AT_ONCE]
            best = self.whereabouts.scores(some).argmax(axis=1)
            for zone in distinct(best):
                self.place(some[best == zone], zone, t)
            self._doubt_first(some[self._tags.first[some] == t])

    def _doubt_first(self, rows: Rows) -> None:
        """What antennas have not heard in so many rounds was there all the time, and is weak; what
        they hear at first was not just brought."""
        tags = self._tags
        rows = rows[self._places.storage[tags.home[rows]]]
        late = self._places.most(self._hearing.clock)[tags.home[rows]] > _LATE_ROUNDS
        hidden = np.where(late, _LATE_WEAK * tags.belief[rows, HERE], 0.0)
        lying = np.where(late, 0.0, _EARLY_WEAK * tags.belief[rows, HAND])
        tags.belief[rows, HERE] -= hidden
        tags.belief[rows, HAND] -= lying
        tags.belief[rows, HIDDEN] += hidden + lying

    def _move(self, epoch: Epoch, exposure: NDArray[np.float64]) -> None:
        live = self._tags.status[epoch.row] == Status.HERE
        belief = self._tags.belief
        rows, zones = self._moves.weigh(epoch.only(live), exposure, belief[:, HAND])
        hidden = np.where(np.isin(rows, epoch.row), 0.0, belief[rows, HIDDEN])
        for zone in distinct(zones):
            self.place(rows[zones == zone], zone, epoch.t, challenged=True)
        # One read elsewhere does not make a tag that nobody heard where it lay one to be missed.
        hidden *= belief[rows, HERE]
        belief[rows, HERE] -= hidden
        belief[rows, HIDDEN] += hidden
