"""The footfall engine: counts, badges and receipts in; minutes, occupancy and conversion out.

A minute is told a few seconds after its end, when the badges heard around its last passage are in.
What a minute tells and the counter's base behind it are one change each in the same batch, so a
kill between two commits loses nobody and counts nobody twice.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from drivers.observations import Advert, Count, Observation, Sale
from gateway.changes import (
    Change,
    Conversion,
    DoorMinute,
    OccupancyChanged,
    Remember,
    StoreMinute,
)
from gateway.footfall.doors import Door
from gateway.footfall.interval import conversion_rate
from gateway.footfall.rules import FootfallRules
from gateway.footfall.staff import Badges

MINUTE = 60.0
HOUR = 3600.0
TELL_AFTER_SECONDS = 4.0
LONGEST_SILENCE_TOLD_SECONDS = 86_400.0
"""After a longer hole in time only its last minute is told: nothing is known of the rest."""


class FootfallEngine:
    """Footfall of one store. `faults` counts what was not believed."""

    def __init__(self, rules: FootfallRules) -> None:
        self.faults: Counter[str] = Counter()
        self._rules = rules
        self._doors = {src: Door(rule) for src, rule in rules.doors.items()}
        self._badges = Badges(rules)
        self._sales: list[float] = []
        self._minute_end: float | None = None
        self._occupancy = 0
        self._occupancy_since = 0.0
        self._reset_day = ""
        self._visitors_owed = 0.0
        self._hour = _Hour()
        self._memory: list[Change] = []

    def restore(self, memory: Mapping[str, str]) -> None:
        """Take back what earlier `Remember` changes kept, by key."""
        for src, door in self._doors.items():
            if (text := memory.get(f"door/{src}")) is not None:
                door.restore(text)
        if (text := memory.get("store")) is not None:
            kept = json.loads(text)
            self._occupancy, self._reset_day, self._visitors_owed = kept[:3]
            self._hour = _Hour(*kept[3])
            # Written since there is a reset; a database of before has none.
            self._occupancy_since = kept[4] if len(kept) > 4 else 0.0
        self._sales = json.loads(memory.get("sales", "[]"))

    def observe(self, obs: Observation) -> None:
        """Take an observation; what is not about footfall is passed over."""
        match obs:
            case Count():
                self._count(obs)
            case Advert():
                self._badges.hear(obs)
            case Sale():
                self._sales.append(obs.t)
                self._memory.append(self._remember_sales())
            case _:
                pass

    def calibrate(self, calibrations: Mapping[str, float]) -> None:
        """From the next minute on the doors count so, by the `src` of their counts."""
        for src, calibration in calibrations.items():
            if (door := self._doors.get(src)) is not None:
                door.rule = replace(door.rule, calibration=calibration)

    def reset_occupancy(self, value: int, now: float) -> int:
        """Somebody looked: there are `value` people inside at `now`; `advance` says so.

        Passages up to `now` that no minute has told yet are in `value` already: they still count
        as passages, and no more for the occupancy.

        Returns:
            What was believed before, passages not yet told counted in; less `value` it is the
            residual, the error that had gathered since the last reset.
        """
        believed = self._occupancy
        for door in self._doors.values():
            believed += sum(p.entries - p.exits for p in door.untold if self._counts(p.t))
        # Who looked after that hour need not be told that the store was empty then.
        self._day_begins(now)
        self._occupancy, self._occupancy_since = value, now
        self._memory += [OccupancyChanged(now, value), self._remember()]
        return max(0, believed)

    def _counts(self, t: float) -> bool:
        return t > self._occupancy_since

    def advance(self, now: float) -> list[Change]:
        """What is known at `now` and was not said before."""
        changes: list[Change] = list(self._memory)
        self._memory.clear()
        if self._minute_end is None:
            self._minute_end = math.floor(now / MINUTE) * MINUTE + MINUTE
        if now - self._minute_end > LONGEST_SILENCE_TOLD_SECONDS:
            self._minute_end = math.floor(now / MINUTE) * MINUTE
        while now >= self._minute_end + TELL_AFTER_SECONDS:
            changes += self._tell_minute(self._minute_end)
            self._minute_end += MINUTE
        return changes

    def _count(self, count: Count) -> None:
        door = self._doors.get(count.src)
        if door is None:
            self.faults["count_unknown_door"] += 1
        elif door.take(count, self.faults):
            self._memory.append(Remember("footfall", f"door/{count.src}", door.memory()))

    def _tell_minute(self, end: float) -> list[Change]:
        changes: list[Change] = []
        entries = exits = staff = inside = 0
        estimated = False
        for src, door in self._doors.items():
            told = door.tell(end)
            if not told:
                continue
            came, left = sum(p.entries for p in told), sum(p.exits for p in told)
            staff += sum(self._badges.staff_among(p) for p in told)
            estimated = estimated or any(p.estimated for p in told)
            self._visitors_owed += came * door.rule.calibration
            entries, exits = entries + came, exits + left
            inside += sum(p.entries - p.exits for p in told if self._counts(p.t))
            changes.append(DoorMinute(end, door.rule.id, came, left))
            changes.append(Remember("footfall", f"door/{src}", door.memory()))
        self._badges.forget_before(end)
        self._visitors_owed -= staff
        visitors = max(0, math.floor(self._visitors_owed + 0.5))
        self._visitors_owed -= visitors
        transactions = self._sales_until(end)
        changes += self._occupy(end, inside)
        changes.append(
            StoreMinute(end, entries, exits, visitors, self._occupancy, transactions, estimated)
        )
        changes += self._tell_hour(end, visitors, transactions, estimated=estimated)
        if entries or exits or transactions or end % HOUR == 0:
            changes += [*self._memory, self._remember()]
            self._memory.clear()
        return changes

    def _sales_until(self, end: float) -> int:
        told = sum(t <= end for t in self._sales)
        if told:
            self._sales = [t for t in self._sales if t > end]
            self._memory.append(self._remember_sales())
        return told

    def _occupy(self, end: float, more: int) -> list[Change]:
        before = self._occupancy
        if self._day_begins(end):
            self._occupancy = 0
        self._occupancy = max(0, self._occupancy + more)
        changed = self._occupancy != before
        return [OccupancyChanged(end, self._occupancy)] if changed else []

    def _day_begins(self, t: float) -> bool:
        """Whether `t` is the first seen after the hour at which an empty store is for granted."""
        local = datetime.fromtimestamp(t, self._rules.timezone)
        day = local.date().isoformat()
        begins = local.hour >= self._rules.reset_hour and day != self._reset_day
        if begins:
            self._reset_day = day
        return begins

    def _tell_hour(
        self, end: float, visitors: int, transactions: int, *, estimated: bool
    ) -> list[Change]:
        self._hour.add(visitors, transactions, estimated=estimated)
        if end % HOUR:
            return []
        hour, self._hour = self._hour, _Hour()
        if not (hour.visitors or hour.transactions) or not self._doors:
            return []
        rate = conversion_rate(hour.transactions, hour.visitors)
        return [
            Conversion(
                end,
                end - HOUR,
                hour.visitors,
                hour.transactions,
                rate.rate,
                rate.low,
                rate.high,
                hour.estimated,
                rate.flags,
            )
        ]

    def _remember_sales(self) -> Remember:
        return Remember("footfall", "sales", json.dumps(self._sales))

    def _remember(self) -> Remember:
        kept = [
            self._occupancy,
            self._reset_day,
            self._visitors_owed,
            self._hour.memory(),
            self._occupancy_since,
        ]
        return Remember("footfall", "store", json.dumps(kept))


class _Hour:
    """The hour so far."""

    def __init__(self, visitors: int = 0, transactions: int = 0, estimated: bool = False) -> None:  # noqa: FBT001, FBT002 - filled from its own memory
        self.visitors, self.transactions, self.estimated = visitors, transactions, estimated

    def add(self, visitors: int, transactions: int, *, estimated: bool) -> None:
        self.visitors += visitors
        self.transactions += transactions
        self.estimated = self.estimated or estimated

    def memory(self) -> list[int | bool]:
        return [self.visitors, self.transactions, self.estimated]
