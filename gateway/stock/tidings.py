"""What is worth saying about single items: arrived, moved, departed, each once and when sure."""

from __future__ import annotations

import numpy as np

from gateway.changes import Change, ItemEvent, ItemEventKind, LedgerLine
from gateway.stock.layout import Layout
from gateway.stock.places import NOWHERE, Places
from gateway.stock.presence import AWAY, HERE, Presence
from gateway.stock.tags import Status, Tags

SURE = 0.9
SETTLED_SECONDS = 10.0
"""A place is told when the item has been there so long: no storm while it is carried."""


class Tidings:
    """Item events, from what was last told of each tag (`tags.told`)."""

    def __init__(self, layout: Layout, places: Places, tags: Tags, presence: Presence) -> None:
        self._layout, self._places, self._tags = layout, places, tags
        self._presence = presence

    def of_items(self, now: float) -> list[Change]:
        """Events of items whose told place is no longer the believed one."""
        tags, n = self._tags, self._tags.count
        if n == 0:
            return []
        live = (tags.status[:n] == Status.HERE) & (tags.account[:n] >= 0)
        belief, home, told = tags.belief[:n], tags.home[:n], tags.told[:n]
        gone = live & (belief[:, AWAY] > SURE) & (told != NOWHERE)
        settled = (belief[:, HERE] > SURE) & (now - tags.since[:n] >= SETTLED_SECONDS)
        there = live & settled & (home != NOWHERE) & (home != told)
        changes: list[Change] = []
        for row in np.flatnonzero(gone | there).tolist():
            changes += self._tell(row, bool(gone[row]), now)
        return changes

    def _tell(self, row: int, gone: bool, now: float) -> list[Change]:  # noqa: FBT001 - one caller
        tags = self._tags
        told, home = int(tags.told[row]), int(tags.home[row])
        before = None if told == NOWHERE else self._places.zones[told]
        if gone:
            kind, zone, sure = ItemEventKind.DEPARTED, self._places.zones[home], AWAY
            tags.told[row], began = NOWHERE, float(tags.last[row])
        else:
            kind = ItemEventKind.ARRIVED if before is None else ItemEventKind.MOVED
            zone, sure = self._places.zones[home], HERE
            tags.told[row], began = home, float(tags.since[row])
        event = ItemEvent(
            t=now,
            began=began,
            epc=tags.urns[row],
            gtin=tags.gtins[row],
            event=kind,
            zone=zone,
            p=round(float(tags.belief[row, sure]), 4),
            source=before if kind is ItemEventKind.MOVED else None,
        )
        qty = {ItemEventKind.ARRIVED: 1, ItemEventKind.DEPARTED: -1}.get(kind, 0)
        return [event, LedgerLine(now, event.gtin, kind.value, qty, zone=zone, epc=event.epc)]
