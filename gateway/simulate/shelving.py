"""What belongs where, and how much people want it: drawn once for a store."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.simulate.plan import StorePlan

USUAL_CAPACITY = 4
"""Units of a GTIN on a shelf that no planogram speaks of."""

ZIPF = 0.9
"""How steeply demand falls from the best seller on."""


@dataclass(frozen=True, slots=True)
class Shelving:
    """Where goods belong.

    Attributes:
        homes: zone indices by GTIN index, at least one each.
        capacity: units by (zone index, GTIN index).
        places: the keys of `capacity`, in order.
        demand: relative demand by GTIN index.
    """

    homes: list[list[int]]
    capacity: dict[tuple[int, int], int]
    places: list[tuple[int, int]]
    demand: NDArray[np.float64]


def shelve(plan: StorePlan, shelves: list[int], rng: np.random.Generator) -> Shelving:
    """The planogram by index; what it leaves out finds a shelf (or any zone) by chance."""
    zone_of = {zone.id: i for i, zone in enumerate(plan.zones)}
    gtin_of = {article.gtin: i for i, article in enumerate(plan.articles)}
    capacity = {
        (zone_of[zone], gtin_of[gtin]): units
        for (zone, gtin), units in plan.planogram.items()
        if zone in zone_of and gtin in gtin_of
    }
    homes: list[list[int]] = [[] for _ in plan.articles]
    for zone, gtin in capacity:
        homes[gtin].append(zone)
    anywhere = shelves or list(range(len(plan.zones)))
    for gtin, zones in enumerate(homes):
        if not zones:
            zones.append(anywhere[int(rng.integers(len(anywhere)))])
            capacity[zones[0], gtin] = USUAL_CAPACITY
    ranks = np.asarray(rng.permutation(len(plan.articles)) + 1.0, np.float64)
    return Shelving(homes, capacity, list(capacity), np.power(ranks, -ZIPF, dtype=np.float64))
