"""A counter that was down: what it would have counted, said as an estimate, taken back when it
tells by itself.

Looked at each half hour. Two ways of being down: silence, and a run of zeros that the door's own
history makes absurd while another door or the till shows that people came. The estimate is what
`fill` makes of the same half hours of past weeks, of the door before its gap and of the other doors
in it; once the day is over it is said anew, by then with what came after. It goes into visitors
alone: what was counted is never mixed with what was not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gateway.changes import Alert, Change, Remember
from gateway.footfall.doors import GAP_SECONDS, Door, Passages
from gateway.footfall.fill import filled
from gateway.footfall.missed import Missed
from gateway.footfall.slots import SLOT, Slots
from gateway.footfall.spread import MINUTE, cells, shares
from gateway.footfall.watch import LONGEST_ESTIMATE_SECONDS, Watch

DISPERSION = 2.9
"""Variance over mean of the same half hour of several weeks."""

ABSURD = 1e-6
"""A run of zeros less likely than this is no quiet afternoon."""

PARTS_KEPT = 500

KEEPS_SECONDS = 86_400.0
"""So long after a step of the clock no old half hours are forgotten."""

WITNESS_SHARE = 0.25
WITNESS_SALES = 3


def chance_of_zeros(usual: float) -> float:
    """Chance that nobody passes where `usual` pass on average: negative binomial at zero."""
    return math.exp(-usual * math.log(DISPERSION) / (DISPERSION - 1.0))


class Gaps:
    """The gaps of all doors of a store.

    Args:
        likely: how likely people are at a moment, relative; 0 when the store is closed.
    """

    def __init__(
        self, doors: Mapping[str, Door], timezone: ZoneInfo, likely: Callable[[float], float]
    ) -> None:
        self._likely = likely
        self._watches = {src: Watch(src, door, Slots(timezone)) for src, door in doors.items()}
        self._since = math.inf
        self._stepped = -math.inf
        self._sold = [0, 0]
        self._guessed: list[tuple[float, int]] = []
        self._filled: dict[tuple[str, date], NDArray[np.float64]] = {}
        self._parts: dict[tuple[float, float], list[tuple[float, float]]] = {}

    def begin(self, now: float) -> None:
        """Watching begins; the half hour that runs is not seen whole."""
        self._since = now

    def step(self, now: float) -> None:
        """The clock was stepped and says `now`: watching begins anew."""
        self._since = self._stepped = now
        for watch in self._watches.values():
            watch.step(now)
        self._guessed.clear()
        self._filled.clear()
        self._parts.clear()

    def restore(self, memory: Mapping[str, str]) -> None:
        """Take back what the `Remember` changes of `close` and `heard` kept."""
        for src, watch in self._watches.items():
            if (text := memory.get(f"gap/{src}")) is not None:
                watch.restore(text)
            prefix = f"slots/{src}/"
            days = [(k.removeprefix(prefix), v) for k, v in memory.items() if k.startswith(prefix)]
            watch.slots.restore(sorted(days))

    def usual(self, begin: float, weeks: int = 1) -> float | None:
        """Entries that all doors together are used to in the half hour from `begin` on.

        None where any door has fewer than `weeks` of it.
        """
        each = [watch.slots.usual(begin, weeks) for watch in self._watches.values()]
        known = [one[0] for one in each if one is not None]
        return sum(known) if known and len(known) == len(each) else None

    def counted(self, begin: float) -> int | None:
        """Entries of all doors in a half hour that all saw whole."""
        each = [watch.slots.at(begin) for watch in self._watches.values()]
        known = [one[0] for one in each if one is not None]
        return sum(known) if known and len(known) == len(each) else None

    def heard(
        self, src: str, before: tuple[int | None, float | None], *, told: bool
    ) -> list[Change]:
        """The counter spoke. `before`: its boot and time until then; `told`: its totals counted.

        What a new boot makes of the gap is to be kept at once, with the new base. Where the counter
        tells by itself, its passages are told with the next minute, and only then is the estimate
        taken back: the same transaction must hold both.
        """
        watch = self._watches[src]
        boot, at = before
        now = watch.door.at
        if at is None:
            watch.partial = True
        if at is None or now is None or now - at <= GAP_SECONDS:
            return []
        watch.partial = True
        if watch.door.boot == boot and told:
            self._guessed += [(minute, -n) for minute, n in watch.given]
            watch.given.clear()
            watch.missed.take_back(at)
            watch.changed = True
            return []
        watch.given.clear()
        watch.blind.append((max(at, watch.told_until), now))
        return [Remember("footfall", f"gap/{src}", watch.memory())]

    def passed(self, src: str, passages: list[Passages], slot_end: float) -> None:
        """These were told in the half hour that ends at `slot_end`; late ones are not of it."""
        counted = self._watches[src].counted
        for one in passages:
            if one.t > slot_end - SLOT - GAP_SECONDS and not one.estimated:
                counted[0] += one.entries
                counted[1] += one.exits

    def changed(self) -> list[Change]:
        """Memory that belongs to what `guessed` just took back."""
        found: list[Change] = []
        for src, watch in self._watches.items():
            if watch.changed:
                watch.changed = False
                found.append(Remember("footfall", f"gap/{src}", watch.memory()))
        return found

    def sold(self, transactions: int) -> None:
        """The till is a witness that people came."""
        self._sold[0] += transactions
        self._sold[1] += transactions

    def guessed(self) -> list[tuple[float, int]]:
        """(minute, visitors) estimated, or taken back, since the last call."""
        found, self._guessed = self._guessed, []
        return found

    def close(self, end: float) -> list[Change]:
        """The half hour that ends at `end` is over."""
        begin = end - SLOT
        self._filled.clear()
        whole = [watch for watch in self._watches.values() if self._saw(watch, begin, end)]
        for watch in whole:
            watch.slots.put(begin, *watch.counted)
        changes = [said for watch in whole for said in self._watch_zeros(watch, begin, end)]
        for src, watch in self._watches.items():
            if watch in whole:
                changes += _keep(src, watch.slots, begin)
                # A clock that was just stepped by years may not throw away what was learned.
                if not self._stepped <= end < self._stepped + KEEPS_SECONDS:
                    changes += _forget(src, watch.slots, end)
            elif watch.dark(end):
                self._fill(watch, end)
                changes.append(Remember("footfall", f"gap/{src}", watch.memory()))
            changes += self._end_day(src, watch, end)
            changes.append(Remember("footfall", f"door/{src}", watch.door.memory()))
            watch.counted, watch.partial = [0, 0], False
        return changes

    def _saw(self, watch: Watch, begin: float, end: float) -> bool:
        heard = watch.door.at is not None and not watch.partial
        return heard and begin >= self._since and not watch.dark(end)

    def _fill(self, watch: Watch, end: float) -> None:
        silent = watch.silent(end)
        for since, until in watch.dark(end):
            for a, b in _by_day(watch.slots, since, until):
                found = self._estimate(watch, a, b)
                self._guessed += found
                if silent:
                    watch.given += found
        watch.blind.clear()
        if silent:
            watch.told_until = end

    def _estimate(self, watch: Watch, since: float, until: float) -> list[tuple[float, int]]:
        """(minute, visitors) for a stretch within one day.

        So many that the day's gaps have together what is believed of them by now.
        """
        missed = watch.missed
        missed.begin(watch.slots.local_day(since))
        missed.add(since, until)
        fresh = self._due(watch, [(since, until)])
        due = math.fsum(n for _, n in self._due(watch, missed.stretches))
        visitors = max(0, math.floor(due - missed.told.total() + 0.5))
        found = _pour(visitors, fresh)
        missed.say(found)
        return found

    def _end_day(self, src: str, watch: Watch, end: float) -> list[Change]:
        """When a day is over all of it is known: say its gaps anew."""
        missed = watch.missed
        if missed.day is None or watch.slots.local_day(end) == missed.day:
            return []
        due = self._due(watch, missed.stretches)
        visitors = max(0, math.floor(math.fsum(n for _, n in due) + 0.5))
        changes = missed.say_anew(_pour(visitors, due))
        self._guessed += changes
        if watch.silent(end):
            heard = watch.door.at or 0.0
            # An earlier gap of the day, that a reboot ended, is never told any more.
            watch.given += [(minute, n) for minute, n in changes if minute > heard]
        watch.missed = Missed()
        return [Remember("footfall", f"gap/{src}", watch.memory())]

    def _due(self, watch: Watch, stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """(end of minute, visitors expected) of the stretches, while the store is open."""
        found: list[tuple[float, float]] = []
        for since, until in (part for one in stretches for part in _by_slot(*one)):
            begin = math.floor(since / SLOT) * SLOT
            day, slot = watch.slots.place(begin)
            entries, exits = self._expected(watch, day)[:2, slot].tolist()
            if math.isnan(entries):
                continue
            due = entries * watch.door.rule.factor((entries + exits) * MINUTE / SLOT)
            found += [(minute, due * share) for minute, share in self._shared(since, until)]
        return found

    def _shared(self, since: float, until: float) -> list[tuple[float, float]]:
        """(end of minute, share of the half hour's people) of a part of one half hour."""
        part = (since, until)
        if part not in self._parts:
            begin = math.floor(since / SLOT) * SLOT
            weighed = [(t, w) for t, w in cells(since, until, self._likely) if self._likely(t)]
            whole = sum(w for t, w in cells(begin, begin + SLOT, self._likely) if self._likely(t))
            if len(self._parts) >= PARTS_KEPT:
                self._parts.clear()
            self._parts[part] = [(math.ceil(t / MINUTE) * MINUTE, w / whole) for t, w in weighed]
        return self._parts[part]

    def _expected(self, watch: Watch, day: date) -> NDArray[np.float64]:
        """What `fill` makes of a day of this door: entries and exits by half hour, then others'."""
        key = (watch.src, day)
        if key not in self._filled:
            days, today = watch.slots.before(day), watch.slots.seen(day)
            others = [
                o.slots for o in self._watches.values() if o is not watch and o.slots.alive(day)
            ]
            if others:
                days = np.concatenate([days, sum(o.before(day) for o in others)], axis=1)
                today = np.concatenate([today, sum(o.seen(day) for o in others)])
            self._filled[key] = filled(days, today)
        return self._filled[key]

    def _others(self, watch: Watch, begins: list[float]) -> tuple[float, float]:
        """What the other doors that saw these half hours counted, and what they are used to."""
        now = due = 0.0
        for other in self._watches.values():
            if other is watch:
                continue
            for begin in begins:
                seen, usual = other.slots.at(begin), other.slots.usual(begin)
                if seen is not None and usual is not None:
                    now, due = now + sum(seen), due + sum(usual)
        return now, due

    def _watch_zeros(self, watch: Watch, begin: float, end: float) -> list[Change]:
        if any(watch.counted):
            was, watch.absurd, watch.due = watch.absurd, False, 0.0
            watch.zeros.clear()
            self._sold[1] = 0
            return [Alert(end, "door_zero_run", watch.door.rule.id, over=True)] if was else []
        past = watch.slots.past(begin)
        if len(past) < 2:
            return []
        watch.due += sum(e + x for e, x in past) / len(past)
        watch.zeros.append(begin)
        if watch.absurd:
            return self._disbelieve(watch, end)
        if chance_of_zeros(watch.due) > ABSURD or not self._somebody_came(watch):
            return []
        watch.absurd = True
        detail = f"nobody counted where {watch.due:.0f} are usual"
        alert = Alert(end, "door_zero_run", watch.door.rule.id, detail)
        return [alert, *self._disbelieve(watch, end)]

    def _somebody_came(self, watch: Watch) -> bool:
        now, usual = self._others(watch, watch.zeros)
        if usual:
            return now >= WITNESS_SHARE * usual
        # With a till that sells on other days, no sale at all means that the store was closed.
        return self._sold[1] >= WITNESS_SALES or self._sold[0] == 0

    def _disbelieve(self, watch: Watch, end: float) -> list[Change]:
        """Take the zeros out of the history, and estimate instead; what is to be remembered."""
        for begin in watch.zeros:
            watch.slots.drop(begin)
        self._filled.clear()
        for begin in watch.zeros:
            if begin >= end - LONGEST_ESTIMATE_SECONDS:
                self._guessed += self._estimate(watch, begin, begin + SLOT)
        days = dict(watch.slots.memory(begin) for begin in watch.zeros)
        watch.zeros.clear()
        return [
            Remember("footfall", f"slots/{watch.src}/{day}", text) for day, text in days.items()
        ]


def _keep(src: str, slots: Slots, begin: float) -> Iterator[Change]:
    key, text = slots.memory(begin)
    yield Remember("footfall", f"slots/{src}/{key}", text)


def _forget(src: str, slots: Slots, end: float) -> Iterator[Change]:
    for old in slots.forget(end):
        yield Remember("footfall", f"slots/{src}/{old}", None)


def _pour(visitors: int, due: list[tuple[float, float]]) -> list[tuple[float, int]]:
    """So many visitors over the minutes, by what each is due."""
    told = shares(visitors, [weight for _, weight in due])
    return [(minute, n) for (minute, _), n in zip(due, told, strict=True) if n]


def _by_day(slots: Slots, since: float, until: float) -> Iterator[tuple[float, float]]:
    """A stretch cut at local midnights."""
    for _, parts in groupby(_by_slot(since, until), lambda part: slots.local_day(part[0])):
        each = list(parts)
        yield each[0][0], each[-1][1]


def _by_slot(since: float, until: float) -> Iterator[tuple[float, float]]:
    """A stretch cut at the half hours."""
    while since < until:
        cut = min(until, (math.floor(since / SLOT) + 1) * SLOT)
        yield since, cut
        since = cut
