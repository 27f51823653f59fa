"""Passages of all doors by the minute they fall in, raw and adjusted side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.footfall.doors import GAP_SECONDS, Passages
from gateway.footfall.rules import DoorRule
from gateway.footfall.spread import MINUTE
from gateway.footfall.till import Ticket


@dataclass(slots=True)
class MinuteSum:
    """One minute of the store.

    Attributes:
        entries, exits: as counted.
        visitors: entries in opening hours, adjusted and less staff: a fraction, may be negative.
        variance: of `visitors`, from the calibration alone.
        outside: entries out of opening hours.
        transactions, units: sales of the minute, and goods in them.
        amount, priced: hundredths paid, and in how many of the sales that is known.
        guessed: of `visitors`, those estimated for a counter that was down, less those taken back.
        groups: of visitors, staff taken out; None where nobody can know. `reentries` likewise.
    """

    entries: int = 0
    exits: int = 0
    visitors: float = 0.0
    variance: float = 0.0
    outside: int = 0
    guessed: int = 0
    transactions: int = 0
    units: int = 0
    amount: int = 0
    priced: int = 0
    groups: int | None = 0
    reentries: int | None = 0
    estimated: bool = False


def by_minute(told: Iterable[Passages], end: float) -> dict[float, list[Passages]]:
    """Passages by the end of their minute.

    What is a little late still belongs to the minute being told (`end`): to say a past minute again
    for one person who was reported seconds late is worth nobody's while.
    """
    found: dict[float, list[Passages]] = {}
    for one in told:
        own = math.ceil(one.t / MINUTE) * MINUTE
        late = one.estimated or end - one.t > GAP_SECONDS
        found.setdefault(min(own, end) if late else end, []).append(one)
    return found


def add_door(total: MinuteSum, rule: DoorRule, passages: list[Passages], *, opened: bool) -> None:
    """Add one door's minute to the store's; staff are taken out elsewhere."""
    came, left = sum(p.entries for p in passages), sum(p.exits for p in passages)
    flow = float(came + left)
    total.entries += came
    total.exits += left
    if opened:
        total.visitors += came * rule.factor(flow)
        total.variance += (came * rule.unsure(flow)) ** 2
    else:
        total.outside += came
    total.estimated = total.estimated or any(p.estimated for p in passages)


def add_groups(total: MinuteSum, groups: int | None, staff: int) -> None:
    """Add one door's groups (None: unknown); staff come by themselves."""
    if groups is None or total.groups is None:
        total.groups = None
    else:
        total.groups += max(0, groups - staff)


def add_reentries(total: MinuteSum, reentries: int | None) -> None:
    """Add one door's re-entries (None: unknown)."""
    if reentries is None or total.reentries is None:
        total.reentries = None
    else:
        total.reentries += reentries


def add_guessed(sums: dict[float, MinuteSum], guessed: Iterable[tuple[float, int]]) -> None:
    """Add what was estimated, by minute."""
    for minute, visitors in guessed:
        total = sums.setdefault(minute, MinuteSum())
        total.visitors += visitors
        total.guessed += visitors
        total.groups = None
        total.estimated = True


def add_sales(sums: dict[float, MinuteSum], sold: Iterable[Ticket], end: float) -> None:
    """Add sales; those a little late belong to the minute being told (`end`)."""
    for one in sold:
        minute = end if end - one.t <= GAP_SECONDS else math.ceil(one.t / MINUTE) * MINUTE
        total = sums.setdefault(minute, MinuteSum())
        total.transactions += 1
        total.units += one.units
        if one.amount is not None:
            total.amount += one.amount
            total.priced += 1
