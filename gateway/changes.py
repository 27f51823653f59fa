"""What the engines say: small frozen values, the only thing storage, page and feed are made from.

Times are seconds since the Unix epoch, UTC. `t` is when the change was known, by the clock that the
engine was given; where the thing itself began earlier, that time has a name of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class StockState(StrEnum):
    """The one-word answer for a shopper."""

    IN_STOCK = "in_stock"
    LOW = "low"
    OUT_OF_STOCK = "out_of_stock"
    UNKNOWN = "unknown"


class ItemEventKind(StrEnum):
    """What happened to one tagged item."""

    ARRIVED = "arrived"
    MOVED = "moved"
    DEPARTED = "departed"


@dataclass(frozen=True, slots=True)
class StockChanged:
    """The whole present answer for one GTIN (absolute values, never differences).

    Attributes:
        on_hand: most likely count of sellable items in the building, held ones included.
        expected: mean of the count.
        p_available: P(at least one can be handed over now).
        available: the promise, after holds, unavailable goods and safety stock.
        reserved: open holds not yet handed over.
        unavailable: damaged, or returned and not checked.
        zones: expected count by zone id, zones near zero left out.
        heard: event time of the newest evidence about this GTIN, None when there is none.
        sources: what the answer rests on: `tags`, `book`, `scale`, in this order.
    """

    t: float
    gtin: str
    on_hand: int
    expected: float
    p_available: float
    available: int
    state: StockState
    reserved: int = 0
    unavailable: int = 0
    zones: Mapping[str, float] = field(default_factory=dict)
    heard: float | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemEvent:
    """Said once, when the posterior is sure (`t`), about a thing that began at `began`.

    `zone` is where the item is now (for `departed`: where it was last); `source` the zone it left,
    for `moved` alone. `epc` is the pure identity URN.
    """

    t: float
    began: float
    epc: str
    gtin: str
    event: ItemEventKind
    zone: str
    p: float
    source: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the stock ledger: why the count of a GTIN is believed to have changed.

    `reason` is one of sold, returned, received, counted, arrived, moved, departed, held, released,
    collected; `ref` is the receipt, delivery or hold id.
    """

    t: float
    gtin: str
    reason: str
    qty: int
    zone: str | None = None
    epc: str | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class DoorMinute:
    """Passages at one door in the minute that ended at `t`; said for minutes with any."""

    t: float
    door: str
    entries: int
    exits: int


@dataclass(frozen=True, slots=True)
class StoreMinute:
    """The store in the minute that ended at `t`: said every minute, also the heartbeat.

    A minute that is over may be said again, before the present one, when more is known of it: what
    is said adds to what was said, and `occupancy` is again what was believed then. `visitors` is
    negative where an estimate was too high; the sum over all that was said of a minute never is.

    Attributes:
        entries, exits: as counted, of everybody at every hour; never estimated for a dead counter.
        visitors: entries in opening hours, calibrated, less staff; with the estimate for a counter
            that is down (`estimated`).
        outside: those of `entries` that came out of opening hours.
        units: goods sold in the transactions.
        amount: what was paid in those of the transactions of which that is known (`priced`), in
            hundredths of the store's currency. Never leaves the store.
        groups: visitors who came together taken as one; None where nobody can know.
        reentries: of `entries`, those who had just gone out; they are in `visitors`. None likewise.
        guessed: of `visitors`, those estimated for a counter that was down, less those taken back.
        variance: of `visitors`, from not knowing the counter's factor.
    """

    t: float
    entries: int
    exits: int
    visitors: int
    occupancy: int
    transactions: int
    estimated: bool = False
    outside: int = 0
    units: int = 0
    groups: int | None = None
    guessed: int = 0
    variance: float = 0.0
    reentries: int | None = None
    amount: int = 0
    priced: int = 0


@dataclass(frozen=True, slots=True)
class OccupancyChanged:
    """People believed inside, never negative.

    `residual`: at a reset, the error that had gathered since the last one.
    """

    t: float
    occupancy: int
    residual: int | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """Transactions over visitors of [`since`, `t`), 95 % interval; rates None when too few.

    An hour may be said again, better known: it replaces what was said of it. `exposed`: visitors by
    the time at which they would buy, once the store's visit length is learned; the rate is then
    over these instead of `visitors`. `units`: goods sold in the transactions.
    """

    t: float
    since: float
    visitors: int
    transactions: int
    rate: float | None
    low: float | None
    high: float | None
    estimated: bool = False
    flags: tuple[str, ...] = ()
    exposed: float | None = None
    units: int = 0


@dataclass(frozen=True, slots=True)
class ZoneDraw:
    """Baskets that visited a zone, and their mean stay in seconds; None: too few to be told."""

    zone: str
    visited: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ZoneVisits:
    """Basket trips that ended in [`since`, `t`), at least as many as the store's threshold.

    Said once; no two overlap. Zones that nobody visited are left out.
    """

    t: float
    since: float
    trips: int
    zones: tuple[ZoneDraw, ...]


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device or one antenna is now `ok`, `silent`, `offline` or `unknown`."""

    t: float
    device: str
    state: str
    antenna: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A thing that a person should look at. `kind` is a stable word, `subject` what it is about."""

    t: float
    kind: str
    subject: str
    detail: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Remember:
    """A piece of an engine's memory, kept on disk in the transaction of what it belongs to.

    `value` is JSON text, opaque to storage; None forgets the key.
    """

    engine: str
    key: str
    value: str | None


Change: TypeAlias = (
    StockChanged
    | ItemEvent
    | LedgerLine
    | DoorMinute
    | StoreMinute
    | OccupancyChanged
    | Conversion
    | ZoneVisits
    | DeviceChanged
    | Alert
    | Remember
)
