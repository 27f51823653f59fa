"""Which unit did the till mean? A sale by GTIN is explained by the one unit that fits it best.

The weight of a unit is how much more probable its evidence is if it was in a hand on its way to the
till than if it was anywhere: a tag just heard at the till or the door, one that fell silent, one
never read at all; a tag that is being read on its shelf hardly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.stock.hearing import WINDOW_DECAY
from gateway.stock.layout import ZoneKind
from gateway.stock.places import Places
from gateway.stock.tags import Status, Tags

TILL_SECONDS = 180.0
EXIT_SECONDS = 900.0
"""A receipt may reach us after the goods have passed the door."""
HAND_USUAL = 0.03
"""Share of units in some hand at a time: what a belief in `hand` is measured against."""
UNSEEN_WEIGHT = 1.0
HEARD_WEIGHT = 30.0
"""Weight of what in the last seconds the antennas at till and door alone have read."""

AT_TILL, AT_TILL_SHARE = 0.02, 0.2
"""Less is the fading rest of a read two minutes ago, or a stray one of what lies on a shelf."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Zones that goods pass on their way out, and which antennas hear them."""

    tills: frozenset[int]
    exits: frozenset[int]
    antennas: NDArray[np.bool_]
    till_antennas: NDArray[np.bool_]


def passing_of(places: Places) -> Passing:
    """The tills and exits of a store."""
    kinds = list(enumerate(places.kinds))
    return Passing(
        frozenset(n for n, kind in kinds if kind is ZoneKind.TILL),
        frozenset(n for n, kind in kinds if kind is ZoneKind.EXIT),
        places.are(ZoneKind.TILL, ZoneKind.EXIT)[places.zone_of],
        places.are(ZoneKind.TILL)[places.zone_of],
    )


def weight(tags: Tags, row: int, t: float, passing: Passing) -> float:
    """How well this tag explains one unit sold at `t`; 0 if it cannot."""
    if tags.status[row] != Status.HERE:
        return 0.0
    here, hidden, hand, away = (float(share) for share in tags.belief[row])
    home, silent = int(tags.home[row]), t - float(tags.last[row])
    if home in passing.tills and abs(silent) < TILL_SECONDS:
        return 100.0 * (1 - away) + 1.0
    if home in passing.exits and abs(silent) < EXIT_SECONDS:
        return 60.0
    recent = 20.0 * away if -5 < silent < EXIT_SECONDS else 0.05 * away
    heard = HEARD_WEIGHT * _heard(tags, row, t, passing) ** 3
    return hand / HAND_USUAL + 2.0 * hidden + 0.02 * here + recent + heard


def at_till(tags: Tags, row: int, t: float, passing: Passing) -> bool:
    """Whether a tag lies at a till, or that has read it in the last minutes, and not for once."""
    if int(tags.home[row]) in passing.tills:
        return True
    reads = _recent(tags, row, t)
    return bool(reads[passing.till_antennas].sum() > max(AT_TILL, AT_TILL_SHARE * reads.sum()))


def _heard(tags: Tags, row: int, t: float, passing: Passing) -> float:
    """Share of the tag's reads of the last seconds that were made at till and door, 0 … 1."""
    reads = _recent(tags, row, t)
    return float(reads[passing.antennas].sum() / (reads.sum() + 1.0))


def _recent(tags: Tags, row: int, t: float) -> NDArray[np.float64]:
    """Reads of the last seconds by antenna, fading; none of those are older than minutes."""
    silent = t - float(tags.recent_t[row])
    if not abs(silent) < TILL_SECONDS:
        return np.zeros(tags.recent.shape[1])
    return np.asarray(tags.recent[row] * WINDOW_DECAY ** max(0.0, silent), np.float64)


def best(
    tags: Tags, rows: list[int], unseen: float, t: float, passing: Passing
) -> tuple[int | None, float]:
    """The tag that explains a sale best and P(it was that one); None for a unit without a tag.

    Args:
        rows: tags of the GTIN.
        unseen: units believed in the building of which no tag was ever read.
        t: time of the sale.
        passing: till and exit zones.
    """
    weights = [weight(tags, row, t, passing) for row in rows]
    total = sum(weights) + UNSEEN_WEIGHT * unseen
    if total <= 0:
        return None, 0.0
    top = max(range(len(rows)), key=lambda i: (weights[i], -i), default=None)
    if top is None or weights[top] < UNSEEN_WEIGHT * unseen:
        return None, UNSEEN_WEIGHT * unseen / total
    return rows[top], weights[top] / total
