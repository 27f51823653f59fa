"""The desk: what page, API and feed may ask of the running program, as one protocol.

The program implements it; `web` and `uplink` know nothing else of the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from drivers.observations import Fact
from gateway.board import Board
from gateway.changes import ZoneVisits
from gateway.requests import (
    AlertAnswer,
    AlertRequest,
    HoldAnswer,
    HoldRequest,
    ManualAct,
    ManualCount,
    Verdict,
    WalkAct,
    WalkState,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One number for `/metrics`. `kind` is `counter` or `gauge`; the name has no prefix."""

    name: str
    kind: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FootfallBucket:
    """Footfall of [`since`, `until`). `occupancy` at its end. Rates None when too few.

    Attributes:
        outside: entries out of opening hours. reentries: people who had just gone out.
        units: goods sold; what a ticket and a visitor are worth in them, None where nobody is.
        average_ticket, sales_a_visitor: hundredths of the store's currency, of the `priced`
            transactions whose `amount` the till said; None where there are none.
        groups: visitors by the groups they came in, None where nobody knows; their own rates.
        exposed: visitors by the time at which they would buy, None while that is not known.
    """

    since: float
    until: float
    entries: int
    exits: int
    visitors: int
    occupancy: int
    transactions: int
    rate: float | None
    low: float | None
    high: float | None
    estimated: bool
    flags: tuple[str, ...] = ()
    outside: int = 0
    units: int = 0
    units_a_ticket: float | None = None
    units_a_visitor: float | None = None
    groups: int | None = None
    group_rate: float | None = None
    group_low: float | None = None
    group_high: float | None = None
    exposed: float | None = None
    reentries: int | None = None
    amount: int = 0
    priced: int = 0
    average_ticket: Fraction | None = None
    sales_a_visitor: Fraction | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of a GTIN's history."""

    t: float
    reason: str
    qty: int
    zone: str | None
    epc: str | None
    ref: str | None


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of a config read again. Keys as `store.toml` names them.

    Attributes:
        checks: False: it has faults, and nothing was changed.
        faults: each `{file, line, key, wrong, right}`; with `checks` those of rows left out.
    """

    checks: bool
    applied: tuple[str, ...] = ()
    restart_needed: tuple[str, ...] = ()
    faults: tuple[Mapping[str, str | int], ...] = ()


class Desk(Protocol):
    """The running program as others may use it. Every method runs in the program's own loop."""

    board: Board

    def now(self) -> float:
        """The gateway's wall clock, seconds UTC."""

    async def record(self, fact: Fact) -> Verdict:
        """Take a sale, return, delivery or stocktake; comes back when it is on disk.

        Raises:
            NotStored: the disk did not take it.
        """

    async def hold(self, request: HoldRequest) -> HoldAnswer:
        """Promise goods to somebody; comes back when it is on disk. Raises `NotStored`."""

    async def collect(self, hold_id: str) -> HoldAnswer:
        """The shopper took the goods. Raises `NotStored`."""

    async def release(self, hold_id: str) -> HoldAnswer:
        """The hold is off. Raises `NotStored`."""

    async def subscribe(self, request: AlertRequest) -> AlertAnswer:
        """Tell somebody when a GTIN is back; comes back when the wish is on disk.

        Raises `NotStored`.
        """

    async def unsubscribe(self, alert_id: str) -> bool:
        """Whether there was such a wish; it is off. Raises `NotStored`."""

    async def reset_occupancy(self, value: int) -> int:
        """There are `value` people inside now; what was believed before. Raises `NotStored`."""

    def residual(self) -> int | None:
        """Of the occupancy, what was left over at the last reset; None before the first."""

    def manual_counts(self) -> Sequence[ManualCount]:
        """The counts by hand at all doors, in the config's order."""

    async def count_by_hand(self, door: str, act: ManualAct) -> ManualCount:
        """A step of the person with the clicker; comes back when it is on disk.

        Raises:
            KeyError: there is no such door.
            NotStored: the disk did not take it.
        """

    def walk_state(self) -> WalkState:
        """How the installer's walk stands."""

    async def walk(self, act: WalkAct) -> WalkState:
        """A step of the installer's walk; comes back when it is on disk. Raises `NotStored`."""

    async def reload(self) -> Reloaded | None:
        """Read the config again; None when there is no file to read. Raises `NotStored`."""

    async def footfall(self, since: float, until: float, step: float) -> Sequence[FootfallBucket]:
        """Footfall from disk in buckets of `step` seconds, oldest first."""

    async def zone_visits(self, since: float, until: float) -> Sequence[ZoneVisits]:
        """What baskets say of the zones, from disk, in whole buckets, oldest first."""

    async def history(self, gtin: str, limit: int) -> Sequence[LedgerEntry]:
        """The newest lines of a GTIN's ledger, newest first."""

    def samples(self) -> Sequence[Sample]:
        """Every counter and gauge of the program."""

    def ready(self) -> Sequence[str]:
        """What is missing before the answers can be trusted; empty when ready."""
