"""One EPC read in two places at once for long: a copied tag, or a label encoded twice.

A tag that lies between two antennas is heard by both, and one that is carried is heard by one after
the other. So both must hear it well again and again for minutes, and there must be no zone in which
tags are read by both: the store's own tags have taught which antennas hear what lies where.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.hearing import Hearing
from gateway.stock.places import Places
from gateway.stock.tags import Status, Tags

HEARD, ROUNDS = 0.5, 5.0
"""Share of the last rounds, and how many of them, in which an antenna reads what lies before it."""
FRESH_SECONDS = 30.0
FAR_RATE, FAR_SHARE, FAR_TAGS = 0.01, 0.8, 5
"""An antenna does not hear a zone when it reads at least this share of what lies there less than
this; fewer tags than that teach nothing."""
TEACH_MOST = 200
"""So many tags of a zone teach it."""
AT_ONCE = 2000
"""So many tags are looked at together: memory."""
TOLD_MOST = 50
"""A store full of copies is told by so many."""


class Clones:
    """Looks for tags in two places."""

    def __init__(self, places: Places, tags: Tags, hearing: Hearing) -> None:
        self._places, self._tags, self._hearing = places, tags, hearing

    def now(self, now: float) -> dict[str, str]:
        """What is heard in two distant zones at this moment: the zones in words, by URN."""
        tags, n = self._tags, self._tags.count
        fresh = (tags.status[:n] == Status.HERE) & (now - tags.recent_t[:n] < FRESH_SECONDS)
        rows, heard = self._twice(np.flatnonzero(fresh))
        found: dict[str, str] = {}
        if not len(rows):
            return found
        usual = self._usual()
        for row, antennas in zip(rows.tolist(), heard, strict=True):
            apart = self._apart(np.flatnonzero(antennas), usual)
            if apart is not None:
                found[tags.urns[row]] = f"read in {apart[0]} and {apart[1]} at once"
            if len(found) == TOLD_MOST:
                break
        return found

    def _twice(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Those of these tags that more than one antenna hears well, and which do."""
        rounds, twice = self._hearing.window, list[NDArray[np.int64]]()
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            well = (self._tags.recent.take(some, axis=0) > HEARD * rounds) & (rounds > ROUNDS)
            twice.append(some[well.sum(axis=1) >= 2])
        found = np.concatenate(twice) if twice else rows
        return found, (self._tags.recent[found] > HEARD * rounds) & (rounds > ROUNDS)

    def _apart(
        self, antennas: NDArray[np.int64], usual: NDArray[np.float64]
    ) -> tuple[str, str] | None:
        """The zones of two of these antennas which no tag in one place would be read by."""
        zone_of = self._places.zone_of
        hears, knows = usual >= FAR_RATE, ~np.isnan(usual)
        for place, one in enumerate(antennas.tolist()):
            for other in antennas[place + 1 :].tolist():
                a, b = int(zone_of[one]), int(zone_of[other])
                both = (hears[:, one] & hears[:, other]).any()
                if a != b and knows[a, other] and knows[b, one] and not both:
                    return self._places.zones[a], self._places.zones[b]
        return None

    def _usual(self) -> NDArray[np.float64]:
        """What nearly all tags of a zone are read less by an antenna than, [zones, antennas].

        NaN where too few tags lie to tell.
        """
        tags, n = self._tags, self._tags.count
        usual = np.full((len(self._places.zones), len(self._places.antennas)), np.nan)
        here = tags.status[:n] == Status.HERE
        for zone in range(len(usual)):
            rows = np.flatnonzero(here & (tags.home[:n] == zone))[:TEACH_MOST]
            if len(rows) >= FAR_TAGS:
                usual[zone] = np.quantile(tags.rate[rows], FAR_SHARE, axis=0)
        # Its own antenna hears a zone, whatever lies there.
        own = usual[self._places.zone_of, np.arange(len(self._places.antennas))]
        usual[self._places.zone_of, np.arange(len(self._places.antennas))] = np.fmax(own, FAR_RATE)
        return usual
