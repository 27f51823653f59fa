"""The footfall engine: counts, badges and receipts in; minutes, occupancy and conversion out.

A minute is told a few seconds after its end, when the badges heard around its last passage are in.
What a minute tells and the counter's base behind it are one change each in the same batch, so a
kill between two commits loses nobody and counts nobody twice.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from drivers.observations import Advert, Count, Observation, Sale, Sighting
from gateway.changes import Change, DoorMinute, Remember, StoreMinute
from gateway.footfall.by_hand import ByHand
from gateway.footfall.calibration import Band, Manual
from gateway.footfall.conversion import HOUR, Hours
from gateway.footfall.doors import Door, Passages
from gateway.footfall.down import Gaps
from gateway.footfall.entrance import Entrance
from gateway.footfall.inside import Inside
from gateway.footfall.minutes import MinuteSum, add_guessed, add_sales
from gateway.footfall.rules import FootfallRules
from gateway.footfall.slots import SLOT
from gateway.footfall.spread import MINUTE
from gateway.footfall.till import Till
from gateway.footfall.unusual import Herald
from gateway.footfall.visits import Delay
from gateway.footfall.zones import Zones
from gateway.requests import ManualAct, ManualCount

TELL_AFTER_SECONDS = 4.0
LONGEST_SILENCE_TOLD_SECONDS = 86_400.0
"""After a longer hole in time only its last minute is told: nothing is known of the rest."""


class FootfallEngine:
    """Footfall of one store. `faults` counts what was not believed."""

    def __init__(self, rules: FootfallRules) -> None:
        self.faults: Counter[str] = Counter()
        self._openings = rules.openings()
        self._doors = {src: Door(rule, self._likely) for src, rule in rules.doors.items()}
        self._entrance = Entrance(rules, self._openings)
        self._till = Till()
        self._minute_end: float | None = None
        self._inside = Inside(self._openings)
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
            self._inside.restore(kept["inside"])
            self._visitors_owed = kept["owed"]
            self._hours.restore(kept["hour"])
            if "herald" in kept:
                self._herald.restore(kept["herald"])
        self._gaps.restore(memory)
        if (text := memory.get("sales")) is not None:
            self._till.restore(text)

    def observe(self, obs: Observation) -> None:
        """Take an observation; what is not about footfall is passed over."""
        match obs:
            case Count():
                self._count(obs)
            case Advert():
                self._entrance.hear(obs)
            case Sale():
                self._memory.append(self._till.take(obs, self.faults))
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

    @property
    def timezone(self) -> ZoneInfo:
        """The store's."""
        return self._openings.timezone

    def delay(self) -> Delay | None:
        """How long from the door to the till; None while that is not known."""
        return self._hours.visits.delay() if self._hours.visits.learned else None

    @property
    def residual(self) -> int | None:
        """Of the occupancy, what was left over at the last reset, by night or by hand; None: none
        was.
        """
        return self._inside.residual

    def reset_occupancy(self, value: int, now: float) -> int:
        """Somebody looked: there are `value` people inside at `now`; `advance` says so.

        Passages up to `now` that no minute has told yet are in `value` already: they still count
        as passages, and no more for the occupancy.

        Returns:
            What was believed before, passages not yet told counted in; less `value` it is the
            residual, the error that had gathered since the last reset.
        """
        untold = [p for door in self._doors.values() for p in door.untold]
        believed, said = self._inside.looked(value, now, untold)
        self._memory += [said, self._remember()]
        return believed

    def advance(self, now: float) -> list[Change]:
        """What is known at `now` and was not said before."""
        changes: list[Change] = [*self._memory, *self._by_hand.changes()]
        self._memory.clear()
        if self._minute_end is None:
            if self._remembered_ahead(now):
                self.step_clock(0.0, now)
            self._minute_end = math.floor(now / MINUTE) * MINUTE + MINUTE
            self._inside.begin(now)
            self._gaps.begin(now)
        if now - self._minute_end > LONGEST_SILENCE_TOLD_SECONDS:
            self._minute_end = math.floor(now / MINUTE) * MINUTE
            self._inside.doubt()
        while now >= self._minute_end + TELL_AFTER_SECONDS:
            changes += self._tell_minute(self._minute_end)
            self._minute_end += MINUTE
        return changes

    def step_clock(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`; `advance` before, and after it.

        Passages, sales and badges of the running minute move with it. Minutes that are lived twice
        are told twice, each with what came in it.
        """
        for door in self._doors.values():
            door.step(seconds, now)
        self._till.step(seconds, now)
        self._entrance.step(seconds, now)
        self._by_hand.step(seconds, now)
        self._inside.step(now)
        self._hours.step(now)
        self._gaps.step(now)
        self._zones.step(now)
        self._minute_end = math.floor(now / MINUTE) * MINUTE + MINUTE
        self._memory += [self._remember(), self._till.memory()]
        for src, door in self._doors.items():
            self._memory.append(Remember("footfall", f"door/{src}", door.memory()))

    def _remembered_ahead(self, now: float) -> bool:
        """Whether memory was stamped by a clock that was ahead of today's."""
        times = [door.at for door in self._doors.values() if door.at is not None]
        return self._inside.emptied > now or any(t > now + MINUTE for t in times)

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
            self._inside.doubt()
            self._memory.append(Remember("footfall", f"door/{count.src}", door.memory()))

    def _likely(self, t: float) -> float:
        """How likely people are at a moment: as usual in that half hour, nobody when closed."""
        if not self._openings.is_open(t):
            return 0.0
        return 1.0 + (self._gaps.usual(math.floor(t / SLOT) * SLOT) or 0.0)

    def _tell_minute(self, end: float) -> list[Change]:
        changes: list[Change] = []
        if (night := self._inside.night(end)) is not None:
            changes += night
            self._memory.append(self._remember())
        sums = self._gather(end, changes)
        if end % SLOT == 0:
            changes += self._gaps.close(end)
            changes += self._unusual(end)
        add_guessed(sums, self._gaps.guessed())
        changes += self._gaps.changed()
        self._add_sales(sums, end)
        present = sums.pop(end, MinuteSum())
        for late in sorted(sums):
            changes.append(self._say(late, sums[late], self._inside.at(late)))
            self._hours.more_known(late)
        changes += self._inside.said(end)
        changes.append(self._say(end, present, self._inside.people))
        changes += self._hours.tell(end)
        if end % HOUR == 0:
            changes += self._zones.close(end - HOUR, end)
        self._entrance.forget_before(end)
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
        passed: list[Passages] = []
        for src, door in self._doors.items():
            told = door.tell(end)
            self._gaps.passed(src, told, math.ceil(end / SLOT) * SLOT)
            for minute, came, left in self._entrance.gather(sums, src, door.rule, told, end):
                changes.append(DoorMinute(minute, door.rule.id, came, left))
            if told:
                passed += told
                changes.append(Remember("footfall", f"door/{src}", door.memory()))
        self._inside.move(passed)
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
            total.amount,
            total.priced,
        )

    def _add_sales(self, sums: dict[float, MinuteSum], end: float) -> None:
        sold = self._till.sold(end)
        if sold:
            self._memory.append(self._till.memory())
            add_sales(sums, sold, end)
            self._gaps.sold(len(sold))

    def _remember(self) -> Remember:
        kept = {
            "inside": self._inside.memory(),
            "owed": self._visitors_owed,
            "hour": self._hours.newest(),
            "herald": self._herald.memory(),
        }
        return Remember("footfall", "people", json.dumps(kept))
