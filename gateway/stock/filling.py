"""How full shelves are kept, and what that says of units that no antenna has ever heard.

Staff fill a shelf before they leave goods behind it. So the *shortfall* of a GTIN, the units in the
back room that its shelf has room for by the planogram's capacity, is none at some moment of the day
in most shops: after opening, or after a refill. Where one unit is unread, and the shelf was never
seen fuller than one short of what it should hold, that unit lies on the shelf; where the shelf was
seen full, it lies in the back, or does not exist. How usual each *least shortfall* is, is learned
from the GTINs that have no unread units: in a shop that does not keep its shelves full, nothing
follows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.lessons import Lessons
from gateway.stock.places import NOWHERE, Places
from gateway.stock.tags import HAND, Status, Tags

FIRST_LOOK, LAST_LOOK = 2, 10
"""Looks from which on most tags have been read; and after which a shelf only counts while the back
room has some: any shelf runs short of what is nowhere else."""
LOOKS_KEPT = 720
"""A shelf that was full yesterday says nothing of goods brought to it since: looks are forgotten
after so many more, and by twice as many at the latest."""
FULLER, SHORTER = -2, 5
"""Least shortfalls beyond these count as these. Below zero: more than there is room for."""
USUAL = np.array([0.01, 0.02, 0.5, 0.17, 0.11, 0.08, 0.05, 0.06])
"""Share of each, from `FULLER` to `SHORTER`, before anything is learned: worth one GTIN."""
UNITS_MOST = 2_000
"""Room or goods beyond it are no shelf's."""
_NEVER = 1_000_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Filling:
    """The least shortfall of each account, and how usual such ones are.

    Attributes:
        chance: P(least shortfall), from `FULLER` to `SHORTER`.
    """

    def __init__(self, layout: Layout, places: Places, tags: Tags, lessons: Lessons) -> None:
        self._layout, self._places, self._tags, self._lessons = layout, places, tags, lessons
        self._shelf, self._back = places.are(ZoneKind.SHELF), places.are(ZoneKind.BACKROOM)
        self.chance: Floats = USUAL
        self._planned: tuple[Ints, Ints] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._shelves: list[Ints] = []
        self._room: Ints = np.zeros(0, np.int64)
        self._looks: Ints = self._room
        self._least: Ints = np.zeros((2, 0), np.int64)
        """By account: the least gap on its shelf, and the fewest units behind it."""
        self._older = self._before = self._least
        self._taken = 0
        self._on_shelf: Floats = np.zeros(0)
        self._in_back = 0.0

    def learn(self, gtins: list[str], settled: NDArray[np.bool_]) -> None:
        """Look at all shelves, when the store is listened to anew, and then once a minute.

        Args:
            gtins: of every account; accounts are only ever added.
            settled: those with as many tags as their book says.
        """
        if not self._back.any() or not self._layout.planogram:
            return
        if len(gtins) > len(self._room):
            self._open(gtins)
        on_shelf, behind = self._lying()
        look = np.stack([self._room - on_shelf, behind])
        counts = (self._looks >= FIRST_LOOK) & ((self._looks < LAST_LOOK) | (behind > 0))
        # Somebody may be on the way with goods: what two looks have seen is so.
        lasting = np.minimum(self._least, np.maximum(look, self._before))
        self._least = np.where(counts, lasting, self._least)
        self._before, self._looks = look, self._looks + 1
        self._taken += 1
        if self._taken % LOOKS_KEPT == 0:
            self._older, self._least = self._least, np.full_like(self._least, _NEVER)
        gap, behind_least = np.minimum(self._least, self._older)
        known = settled & (self._room > 0) & (gap < _NEVER) & (on_shelf + behind > 0)
        least = np.minimum(gap, behind_least)[known]
        seen = np.bincount(_kind(least), minlength=len(USUAL))
        self.chance = (seen + USUAL) / (len(least) + 1)
        self._hear()

    def shelved(self, account: int, unread: Ints) -> Floats | None:
        """P(what was seen, and j of k unread units on their shelf), [each k of `unread`, j].

        The sum over j = 0, 1, … says how well k unread units explain what was seen. None where
        that is not known: no plan, no back room, no time yet.
        """
        if account >= len(self._room) or not self._room[account]:
            return None
        room = int(self._room[account])
        gap, behind = np.minimum(self._least[:, account], self._older[:, account]).tolist()
        units = room - gap + behind + unread
        if gap == _NEVER or units.max() > UNITS_MOST:
            return None
        fullest = np.minimum(room, units)
        below, up_to_fullest = self._up_to(np.stack([fullest - units - 1, fullest]))
        some, lying = unread[:, None], np.arange(unread.max() + 1)
        back = np.maximum(some - lying, 0)
        chance = self.chance[_kind(np.minimum(gap, behind + some) - lying)]
        chance = chance / (up_to_fullest - below)[:, None]
        # Of all units on the shelf and of all behind it, which are the unread ones?
        ways = _ways(room - gap + lying, lying) + _ways(behind + back, back)
        share = lying * self._on_shelf[account] + back * self._in_back
        each = chance * np.exp(ways - _ways(units, unread)[:, None] + share)
        return np.where(lying <= some, each, 0.0)

    def zone_of(self, account: int) -> int:
        """The only shelf that the planogram names for it; `NOWHERE` if there are more or none."""
        if account >= len(self._shelves) or len(self._shelves[account]) != 1:
            return NOWHERE
        return int(self._shelves[account][0])

    def _up_to(self, short: Ints) -> Floats:
        """The sum of the chances of all shortfalls up to `short`, but for a constant."""
        sums = self.chance.cumsum()[_kind(short)] + self.chance[0] * np.minimum(short - FULLER, 0)
        return np.asarray(sums + self.chance[-1] * np.maximum(short - SHORTER, 0), np.float64)

    def _hear(self) -> None:
        """How much likelier than anywhere a unit is unread on its shelf, and in the back: logs."""
        unheard, crowd = self._lessons.unheard, self._lessons.crowd + 0.001
        usual = float((crowd * unheard).sum() / crowd.sum())
        accounts, zones = self._planned
        many = np.maximum(np.bincount(accounts, minlength=len(self._room)), 1)
        on_shelf = np.bincount(accounts, unheard[zones], minlength=len(self._room)) / many
        self._on_shelf = np.log(np.where(on_shelf > 0, on_shelf / usual, 1.0))
        self._in_back = float(np.log(unheard[self._back].mean() / usual))

    def _open(self, gtins: list[str]) -> None:
        number = {gtin: n for n, gtin in enumerate(gtins)}
        new = len(gtins) - len(self._room)
        self._room = np.zeros(len(gtins), np.int64)
        planned: list[tuple[int, int]] = []
        for (name, gtin), capacity in self._layout.planogram.items():
            zone = self._places.zone(name)
            if zone != NOWHERE and self._shelf[zone] and gtin in number and capacity > 0:
                self._room[number[gtin]] += min(capacity, UNITS_MOST + 1)
                planned.append((number[gtin], zone))
        accounts, zones = np.array(sorted(planned), np.int64).reshape(-1, 2).T
        self._planned = accounts, zones
        self._shelves = np.split(zones, np.searchsorted(accounts, np.arange(1, len(gtins))))
        never = np.full((2, new), _NEVER)
        self._least = np.append(self._least, never, axis=1)
        self._before = np.append(self._before, never, axis=1)
        self._older = np.append(self._older, never, axis=1)
        self._looks = np.append(self._looks, np.zeros(new, np.int64))

    def _lying(self) -> tuple[Ints, Ints]:
        """By account: tags where the planogram has them, and in back rooms."""
        tags, n, zones = self._tags, self._tags.count, len(self._places.zones)
        here = (tags.status[:n] == Status.HERE) & (tags.account[:n] >= 0)
        here &= (tags.home[:n] != NOWHERE) & (tags.belief[:n, :HAND].sum(axis=1) > 0.5)
        cells = tags.account[:n][here].astype(np.int64) * zones + tags.home[:n][here]
        lying = np.bincount(cells, minlength=len(self._room) * zones).reshape(-1, zones)
        accounts, planned = self._planned
        on_shelf = np.bincount(accounts, lying[accounts, planned], minlength=len(self._room))
        return on_shelf.astype(np.int64), lying[:, self._back].sum(axis=1)


def _kind(short: Ints) -> Ints:
    """Which of the kinds of least shortfall."""
    return np.clip(short, FULLER, SHORTER) - FULLER


def _ways(units: Ints | int, some: Ints | int) -> Floats:
    """Log of the number of ways to take `some` of `units`."""
    of = _LOG_FACTORIAL
    return np.asarray(of[units] - of[some] - of[np.subtract(units, some)])


_LOG_FACTORIAL = np.append(0.0, np.log(np.arange(1, 2 * UNITS_MOST)).cumsum())
