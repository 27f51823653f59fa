"""Where goods usually lie: a prior over zones for each GTIN, from planogram and kinds of zones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.stock.layout import Layout, ZoneKind
from gateway.stock.places import NOWHERE, Places

_BY_KIND = {
    ZoneKind.SHELF: -1.0,
    ZoneKind.BACKROOM: -0.7,
    ZoneKind.HOLD: -1.5,
    ZoneKind.FITTING: -2.5,
    ZoneKind.TILL: -3.0,
    ZoneKind.EXIT: -3.0,
}
"""Nats less than a shelf that the planogram names for the GTIN; with no plan, shelves are usual."""


def usual_zones(layout: Layout, places: Places, gtins: list[str]) -> NDArray[np.float64]:
    """Log prior (up to a constant) by GTIN and zone, [gtins, zones]."""
    general = np.array([_BY_KIND[kind] for kind in places.kinds])
    unplanned = np.where(places.are(ZoneKind.SHELF), 0.0, general)
    planned: dict[str, list[int]] = {}
    for zone, gtin in layout.planogram:
        number = places.zone(zone)
        if number != NOWHERE:
            planned.setdefault(gtin, []).append(number)
    table = np.tile(unplanned, (len(gtins) + 1, 1))
    for row, gtin in enumerate(gtins):
        if gtin in planned:
            table[row] = general
            table[row, planned[gtin]] = 0.0
    return table
