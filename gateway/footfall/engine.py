"""The footfall engine: counts, badges and receipts in; minutes, occupancy and conversion out.

A minute is told a few seconds after its end, when the badges heard around its last passage are in.
What a minute tells and the counter's base behind it are one change each in the same batch, so a
kill between two commits loses nobody and counts nobody twice.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Mapping, Sequence

from drivers.observations import Advert, Count, Observation, Sale, Sighting
from gateway.changes import Alert, Change, DoorMinute, OccupancyChanged, Remember, StoreMinute
from gateway.footfall.by_hand import ByHand
from gateway.footfall.calibration import Band, Manual
from gateway.footfall.conversion import HOUR, Hours
from gateway.footfall.doors import Door
from gateway.footfall.down import Gaps
from gateway.footfall.groups import Parties
from gateway.footfall.minutes import (
    MinuteSum,
    add_door,
    add_groups,
    add_guessed,
    add_reentries,
    add_sales,
    by_minute,
)
from gateway.footfall.occupancy import Occupancy
from gateway.footfall.reentry import Returns
from gateway.footfall.rules import FootfallRules
from gateway.footfall.slots import SLOT
from gateway.footfall.spread import MINUTE
from gateway.footfall.staff import Badges
from gateway.footfall.unusual import Herald
from gateway.footfall.visits import Delay
from gateway.footfall.zones import Zones
from gateway.requests import ManualAct, ManualCount

TELL_AFTER_SECONDS = 4.0
LONGEST_SILENCE_TOLD_SECONDS = 86_400.0
"""After a longer hole in time only its last minute is told: nothing is known of the rest."""
TRAIL_STEPS = 1_440
LOOK_FOR_NIGHT_SECONDS = 300.0
TILL_AHEAD_SECONDS = 60.0


class FootfallEngine:
    """Footfall of one store. `faults` counts what was not believed."""

    def __init__(self, rules: FootfallRules) -> None:
        self.faults: Counter[str] = Counter()
        self._rules = rules
        self._openings = rules.openings()
        self._doors = {src: Door(rule, self._likely) for src, rule in rules.doors.items()}
        self._badges = Badges(rules)
        self._parties = {src: Parties() for src in rules.doors}
        self._returns = {src: Returns() for src in rules.doors}
        self._sales: list[tuple[float, int]] = []
        self._minute_end: float | None = None
        self._occupancy = Occupancy()
        self._trail: deque[tuple[float, int]] = deque(maxlen=TRAIL_STEPS)
        self._swapped = False
        self._visitors_owed = 0.0
        self._hours = Hours()
        self._by_hand = ByHand(self._doors)
        self._gaps = Gaps(self._doors, rules.timezone, self._likely)
        self._herald = Herald()
        self._zones = Zones(rules.minimum_count)
        self._memory: list[Change] = []

    def restore(self, memory: Mapping[str, str]) -> None:
        """Take back what earlier `Remember` changes kept, by key."""
        for src, door in self._doors.items():
            if (text := memory.get(f"door/{src}")) is not None:
                door.restore(text)
        self._by_hand.restore(memory)
        if (text := memory.get("hours")) is not None:
            self._hours.restore(json.loads(text))
        if (text := memory.get("people")) is not None:
            kept = json.loads(text)
            self._occupancy = Occupancy.remembered(kept["inside"])
            self._visitors_owed = kept["owed"]
            self._hours.restore(kept["hour"])
            if "herald" in kept:
                self._herald.restore(kept["herald"])
        self._gaps.restore(memory)
        # Before units were kept a pending sale was its time alone; a receipt has at least one unit.
        pending = json.loads(memory.get("sales", "[]"))
        self._sales = [(one[0], one[1]) if isinstance(one, list) else (one, 1) for one in pending]

    def observe(self, obs: Observation) -> None:
        """Take an observation; what is not about footfall is passed over."""
        match obs:
            case Count():
                self._count(obs)
            case Advert():
                self._badges.hear(obs)
            case Sale():
                self._sale(obs)
            case Sighting():
                self._zones.see(obs)
            case _:
                pass

    def calibrate(self, calibrations: Mapping[str, float]) -> None:
        """From the next minute on the doors count so, by the `src` of their counts."""
        self._by_hand.configured(calibrations)

    def calibrate_by_hand(self, src: str, counts: Sequence[Manual]) -> tuple[Band, ...]:
        """A person counted at a door: from the next minute on it counts so, also after a restart.

        Returns:
            The factor of each band of flow with its interval.

        Raises:
            KeyError: no door of that name.
            NotCalibrated: the counts allow no factor; what was believed before stands.
        """
        return self._by_hand.calibrate(src, counts)

    def manual(self, src: str, act: ManualAct, now: float) -> ManualCount:
        """A step of a person who counts at a door. Raises `KeyError`: no door of that name."""
        return self._by_hand.act(src, act, now)

    def manual_counts(self) -> list[ManualCount]:
        """The manual counts at all doors."""
        return self._by_hand.states()

    def delay(self) -> Delay | None:
        """How long from the door to the till; None while that is not known."""
        return self._hours.visits.delay() if self._hours.visits.learned else None

    def reset_occupancy(self, value: int, now: float) -> int:
        """Somebody looked: there are `value` people inside at `now`; `advance` says so.

        Passages up to `now` that no minute has told yet are in `value` already: they still count
        as passages, and no more for the occupancy.

        Returns:
            What was believed before, passages not yet told counted in; less `value` it is the
            residual, the error that had gathered since the last reset.
        """
        inside = self._occupancy
        for door in self._doors.values():
            for p in door.untold:
                if p.t > inside.since:
                    inside.level = inside.after(p.entries, p.exits)
        inside.level = max(0.0, inside.level)
        believed = inside.people
        # Who looked after the night need not be told that the store was empty then.
        residual = inside.set(value, now, self._openings.last_empty(now))
        self._trail.append((now, value))
        self._memory += [OccupancyChanged(now, value, residual), self._remember()]
        return believed

    def advance(self, now: float) -> list[Change]:
        """What is known at `now` and was not said before."""
        changes: list[Change] = [*self._memory, *self._by_hand.changes()]
        self._memory.clear()
        if self._minute_end is None:
            self._minute_end = math.floor(now / MINUTE) * MINUTE + MINUTE
            if not self._occupancy.emptied:
                self._occupancy.emptied = self._openings.last_empty(now)
            self._gaps.begin(now)
        if now - self._minute_end > LONGEST_SILENCE_TOLD_SECONDS:
            self._minute_end = math.floor(now / MINUTE) * MINUTE
            self._occupancy.doubt()
        while now >= self._minute_end + TELL_AFTER_SECONDS:
            changes += self._tell_minute(self._minute_end)
            self._minute_end += MINUTE
        return changes

    def _count(self, count: Count) -> None:
        door = self._doors.get(count.src)
        if door is None:
            self.faults["count_unknown_door"] += 1
            return
        before, refused = (door.boot, door.at), self.faults["count_too_fast"]
        rebased = door.take(count, self.faults)
        self._by_hand.count(count)
        told = not rebased and self.faults["count_too_fast"] == refused
        self._memory += self._gaps.heard(count.src, before, told=told)
        if rebased:
            self._occupancy.doubt()
            self._memory.append(Remember("footfall", f"door/{count.src}", door.memory()))

    def _likely(self, t: float) -> float:
        """How likely people are at a moment: as usual in that half hour, nobody when closed."""
        if not self._openings.is_open(t):
            return 0.0
        return 1.0 + (self._gaps.usual(math.floor(t / SLOT) * SLOT) or 0.0)

    def _tell_minute(self, end: float) -> list[Change]:
        changes = self._begin_day(end)
        sums = self._gather(end, changes)
        if end % SLOT == 0:
            changes += self._gaps.close(end)
            changes += self._unusual(end)
        add_guessed(sums, self._gaps.guessed())
        changes += self._gaps.changed()
        self._add_sales(sums, end)
        present = sums.pop(end, MinuteSum())
        for late in sorted(sums):
            changes.append(self._say(late, sums[late], self._occupied_at(late)))
            self._hours.more_known(late)
        changes += self._occupy(end)
        changes.append(self._say(end, present, self._occupancy.people))
        changes += self._hours.tell(end)
        if end % HOUR == 0:
            changes += self._zones.close(end - HOUR, end)
        self._badges.forget_before(end)
        if sums or end % HOUR == 0:
            kept = json.dumps(self._hours.memory())
            self._memory.append(Remember("footfall", "hours", kept))
        if self._memory or present.entries or present.exits or present.transactions:
            changes += [*self._memory, self._remember()]
            self._memory.clear()
        return changes

    def _unusual(self, end: float) -> list[Change]:
        """Whether the half hour that ended was busy or dead, where its history is known."""
        begin = end - SLOT
        count, usual = self._gaps.counted(begin), self._gaps.usual(begin, 2)
        if count is None or usual is None or not self._openings.is_open(begin):
            return []
        return list(self._herald.step(end, count, usual))

    def _gather(self, end: float, changes: list[Change]) -> dict[float, MinuteSum]:
        """Everything that the doors have to tell, by minute; what each said goes to `changes`."""
        sums: dict[float, MinuteSum] = {}
        entries = exits = inside = outside = 0
        for src, door in self._doors.items():
            told = door.tell(end)
            self._gaps.passed(src, told, math.ceil(end / SLOT) * SLOT)
            for minute, passages in sorted(by_minute(told, end).items()):
                total = sums.setdefault(minute, MinuteSum())
                opened = self._openings.is_open(minute - MINUTE / 2)
                add_door(total, door.rule, passages, opened=opened)
                if opened:
                    fresh = [p for p in passages if not p.estimated]
                    staff = sum(self._badges.staff_among(p, src) for p in fresh)
                    total.visitors -= staff
                    add_reentries(total, self._returns[src].minute(passages))
                    add_groups(total, self._parties[src].minute(passages), staff)
                came, left = sum(p.entries for p in passages), sum(p.exits for p in passages)
                changes.append(DoorMinute(minute, door.rule.id, came, left))
            if not told:
                self._parties[src].minute(())
                self._returns[src].minute(())
            else:
                entries += sum(p.entries for p in told)
                exits += sum(p.exits for p in told)
                since = [p for p in told if p.t > self._occupancy.since]
                inside += sum(p.entries for p in since)
                outside += sum(p.exits for p in since)
                changes.append(Remember("footfall", f"door/{src}", door.memory()))
        self._occupancy.tally(entries, exits)
        self._occupancy.move(inside, outside)
        return sums

    def _say(self, minute: float, total: MinuteSum, occupancy: int) -> StoreMinute:
        self._visitors_owed += total.visitors
        # Below nobody only as far as an estimate is taken back.
        visitors = max(min(0, total.guessed), math.floor(self._visitors_owed + 0.5))
        self._visitors_owed -= visitors
        self._hours.add(
            minute,
            visitors,
            total.transactions,
            estimated=total.estimated,
            guessed=total.guessed,
            variance=total.variance,
            units=total.units,
        )
        return StoreMinute(
            minute,
            total.entries,
            total.exits,
            visitors,
            occupancy,
            total.transactions,
            total.estimated,
            total.outside,
            total.units,
            total.groups,
            total.guessed,
            total.variance,
            total.reentries,
        )

    def _sale(self, sale: Sale) -> None:
        t = sale.t
        if t > sale.at + TILL_AHEAD_SECONDS:
            self.faults["sale_clock_ahead"] += 1
            t = sale.at
        self._sales.append((t, sum(line.qty for line in sale.lines)))
        self._memory.append(self._remember_sales())

    def _add_sales(self, sums: dict[float, MinuteSum], end: float) -> None:
        sold = [one for one in self._sales if one[0] <= end]
        if sold:
            self._sales = [one for one in self._sales if one[0] > end]
            self._memory.append(self._remember_sales())
            add_sales(sums, sold, end)
            self._gaps.sold(len(sold))

    def _begin_day(self, end: float) -> list[Change]:
        """Empty the store once, when its night has come."""
        inside = self._occupancy
        if end % LOOK_FOR_NIGHT_SECONDS:
            return []
        night = self._openings.last_empty(end)
        if night <= inside.emptied:
            return []
        changes: list[Change] = []
        inside.empty(night)
        if inside.residual:
            self._trail.append((end, 0))
            changes.append(OccupancyChanged(end, 0, inside.residual))
        if inside.swapped != self._swapped:
            self._swapped = inside.swapped
            over, detail = not inside.swapped, "people leave before they come"
            changes.append(Alert(end, "in_out_swapped", "store", detail, over=over))
        self._memory.append(self._remember())
        return changes

    def _occupy(self, end: float) -> list[Change]:
        people = self._occupancy.people
        if people == (self._trail[-1][1] if self._trail else 0):
            return []
        self._trail.append((end, people))
        return [OccupancyChanged(end, people)]

    def _occupied_at(self, t: float) -> int:
        place = bisect_right(self._trail, t, key=lambda step: step[0])
        return self._trail[place - 1][1] if place else 0

    def _remember_sales(self) -> Remember:
        return Remember("footfall", "sales", json.dumps(self._sales))

    def _remember(self) -> Remember:
        kept = {
            "inside": self._occupancy.memory(),
            "owed": self._visitors_owed,
            "hour": self._hours.newest(),
            "herald": self._herald.memory(),
        }
        return Remember("footfall", "people", json.dumps(kept))
