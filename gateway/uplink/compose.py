"""Changes to feed messages: pure, deterministic, numbered without gaps.

`changes` carries absolute values, so losing all but the newest for a GTIN loses nothing, and
applying one twice changes nothing. Its batch is the batch of the commit: the engines speak on whole
seconds, a sale or a hold at once. A message in a later batch than its change would not be in the
change's transaction.

An answer in state `unknown` goes up with `available` 0 whatever else it says: the item has no place
for a state, and a promise nobody is sure of is no promise. `on_hand` and `p_available` stay what
the engine believes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from gateway.changes import (
    Change,
    DeviceChanged,
    Remember,
    StockChanged,
    StockState,
    StoreMinute,
)
from gateway.storage.rows import OutboxRow
from gateway.uplink.epcis import EpcisScribe
from gateway.uplink.privacy import Carried, told, told_occupancy
from gateway.uplink.words import AGE_DECIMALS, P_DECIMALS, SECONDS_DECIMALS, Json, compact

ITEMS_A_MESSAGE = 500
AGE_PLACE = 5
"""Where in an item its age stands, the last of its values."""
MEMORY_ENGINE = "feed"
MEMORY_KEY = "carried"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a composer stood, to go back to when the disk did not take what it composed."""

    seq: int
    carried: Carried
    remembered: Carried
    event: int


class FeedComposer:
    """Makes the numbered messages of one store and boot.

    Attributes:
        store: the store's id.
        boot: this start's number.
        seq: number of the last message composed; 0 before the first.
        scribe: writes EPCIS events, for a store that switched them on.
    """

    def __init__(
        self, store: str, boot: int, minimum_count: int, scribe: EpcisScribe | None = None
    ) -> None:
        self.store = store
        self.boot = boot
        self.seq = 0
        self.scribe = scribe
        self._minimum = minimum_count
        self._carried = Carried()
        self._remembered = Carried()
        self._devices: dict[str, str] = {}
        self._told: dict[str, list[Json]] = {}
        self._before: dict[str, list[Json] | None] = {}

    def compose(self, changes: Sequence[Change], t: float) -> list[OutboxRow]:
        """The messages of one commit, in order: `changes` first, then each store minute.

        An answer that differs from the last one told by its zones or its age alone is not told
        again: HQ would learn nothing, and the card would wear.
        """
        self._hear_devices(changes)
        rows = [self._changes(items, t) for items in _batches(self._news(changes, t))]
        rows += [self._footfall(each) for each in changes if isinstance(each, StoreMinute)]
        return rows

    def events(self, changes: Sequence[Change]) -> list[str]:
        """The EPCIS events of one commit; none where they are not switched on."""
        return self.scribe.write(changes) if self.scribe else []

    def remember(self) -> list[Remember]:
        """What must be committed with the rows just composed; empty when nothing new."""
        if self._carried == self._remembered:
            return []
        self._remembered = self._carried
        return [Remember(MEMORY_ENGINE, MEMORY_KEY, compact(list(astuple(self._carried))))]

    def restore(self, value: str | None) -> None:
        """Take back what an earlier boot remembered under (`MEMORY_ENGINE`, `MEMORY_KEY`).

        Raises:
            ValueError: the text was not written by `remember`.
        """
        if value is None:
            return
        numbers = json.loads(value)
        match numbers:
            case [int(entries), int(exits), int(visitors)]:
                self._carried = self._remembered = Carried(entries, exits, visitors)
            case _:
                raise ValueError("the feed's memory is not three counts")

    def mark(self) -> Mark:
        """Where the composer stands now. Take it before `compose`."""
        event = self.scribe.number if self.scribe else 0
        return Mark(self.seq, self._carried, self._remembered, event)

    def back_to(self, mark: Mark) -> None:
        """Forget the last `compose`: it was not committed, its numbers are free again."""
        for gtin, before in self._before.items():
            if before is None:
                self._told.pop(gtin, None)
            else:
                self._told[gtin] = before
        self._before = {}
        self.seq, self._carried, self._remembered = mark.seq, mark.carried, mark.remembered
        if self.scribe:
            self.scribe.number = mark.event

    def _news(self, changes: Sequence[Change], t: float) -> list[list[Json]]:
        self._before = {}
        news = []
        for item in stock_items(changes, t):
            gtin, values = str(item[0]), item[:AGE_PLACE]
            if self._told.get(gtin) != values:
                self._before[gtin] = self._told.get(gtin)
                self._told[gtin] = values
                news.append(item)
        return news

    def _hear_devices(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if isinstance(change, DeviceChanged) and change.antenna is None:
                self._devices[change.device] = change.state

    def _changes(self, items: list[Json], t: float) -> OutboxRow:
        return self._row("changes", t, {"items": items})

    def _footfall(self, minute: StoreMinute) -> OutboxRow:
        counted = Carried(minute.entries, minute.exits, minute.visitors)
        now, self._carried = told(self._carried, counted, self._minimum)
        ok = sum(state == "ok" for state in self._devices.values())
        body: dict[str, Json] = {
            "in": now.entries,
            "out": now.exits,
            "visitors": now.visitors,
            "occupancy": told_occupancy(minute.occupancy, self._minimum),
            "transactions": minute.transactions,
            "estimated": minute.estimated,
            "devices": {"ok": ok, "silent": len(self._devices) - ok},
        }
        if self._carried:
            body["withheld"] = True
        return self._row("footfall", minute.t, body)

    def _row(self, topic: str, t: float, body: dict[str, Json]) -> OutboxRow:
        self.seq += 1
        head: dict[str, Json] = {
            "store": self.store,
            "boot": self.boot,
            "seq": self.seq,
            "t": round(t, SECONDS_DECIMALS),
        }
        return OutboxRow(self.boot, self.seq, topic, compact(head | body), t)


def stock_items(changes: Iterable[Change], t: float) -> list[list[Json]]:
    """The newest answer for each GTIN as the feed's item, sorted by GTIN."""
    newest = {change.gtin: change for change in changes if isinstance(change, StockChanged)}
    return [stock_item(newest[gtin], t) for gtin in sorted(newest)]


def stock_item(stock: StockChanged, t: float) -> list[Json]:
    """`[gtin, on_hand, reserved, available, p_available, age_s]` as known at `t`.

    `age_s` is None when nothing was ever heard of the GTIN.
    """
    age = None if stock.heard is None else round(max(0.0, t - stock.heard), AGE_DECIMALS)
    available = 0 if stock.state is StockState.UNKNOWN else stock.available
    p = round(stock.p_available, P_DECIMALS)
    return [stock.gtin, stock.on_hand, stock.reserved, available, p, age]


def _batches(items: list[list[Json]]) -> list[list[Json]]:
    return [list(items[i : i + ITEMS_A_MESSAGE]) for i in range(0, len(items), ITEMS_A_MESSAGE)]
