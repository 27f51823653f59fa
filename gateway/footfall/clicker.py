"""A count by hand at one door, minute by minute beside what the door itself counted. Pure.

The watch is cut into stretches of about a minute that begin and end with a report of the counter,
so that both counted over exactly the same time. The counter's totals never reset, so a stretch
survives a restart of the gateway; a press says how long ago it was, so it may come late.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, astuple, dataclass, field, replace

from gateway.footfall.calibration import Manual, NotCalibrated
from gateway.footfall.doors import PASSAGES_A_SECOND, WRAP
from gateway.footfall.stamps import stamped
from gateway.requests import Tap, Way

STRETCH_SECONDS = 60.0
SHORTEST_SECONDS = 10.0
"""What is left at a pause is worth keeping from here on."""
LONGEST_SECONDS = 300.0
"""Of a stretch: a counter that says nothing for so long was down."""
ABSENT_SECONDS = 300.0
"""A phone that is not heard for so long is in somebody's pocket: nobody watches."""
STRETCHES_KEPT = 600
TAPS_KEPT = 5_000
PHONES_KEPT = 8
SWAPPED_CROSSINGS = 50
"""Crossings after which an exchange of in and out is no chance."""


@dataclass(slots=True)
class Stretch:
    """(`since`, `until`]: what the door counted, what the person did."""

    since: float
    until: float
    counted: list[int]
    true: list[int]


@dataclass(frozen=True, slots=True)
class Totals:
    """A counter's report: people in and out since its `boot` began."""

    t: float
    boot: int
    entries: int
    exits: int


@dataclass(slots=True)
class Clicker:
    """One door's manual count.

    Attributes:
        watching: somebody stands there now, last `heard` of at.
        pressed: presses in and out, all of them.
        phones: the newest press taken of each phone.
        loose: presses (time, place in `pressed`, 1 or -1) that no stretch has taken yet.
        mark: the report that the present stretch began with; `last` the newest.
    """

    watching: bool = False
    heard: float = 0.0
    pressed: list[int] = field(default_factory=lambda: [0, 0])
    phones: dict[str, int] = field(default_factory=dict)
    loose: list[tuple[float, int, int]] = field(default_factory=list)
    mark: Totals | None = None
    last: Totals | None = None
    stretches: list[Stretch] = field(default_factory=list)

    def start(self, now: float) -> None:
        """Somebody stands at the door from `now` on."""
        if not self.watching:
            self.watching, self.mark, self.last = True, None, None
        self.heard = now

    def pause(self, now: float) -> None:
        """They look away at `now`."""
        mark, last = self.mark, self.last
        if mark is not None and last is not None and last.t - mark.t >= SHORTEST_SECONDS:
            self._close(mark, last)
        self.watching, self.mark, self.heard = False, None, now

    def press(self, phone: str, taps: tuple[Tap, ...], now: float) -> bool:
        """Take presses, each once; whether any of them came after the end of its stretch."""
        newest, late = self.phones.pop(phone, 0), False
        for tap in taps:
            if tap.n > newest:
                newest = tap.n
                place, sign = 0 if tap.way is Way.IN else 1, -1 if tap.undo else 1
                late = self._press(now - tap.age, place, sign) or late
        self.phones[phone] = newest
        while len(self.phones) > PHONES_KEPT:
            del self.phones[next(iter(self.phones))]
        return late

    def count(self, report: Totals) -> bool:
        """The counter's totals, by the store's own in and out; whether a stretch ended."""
        if not self.watching:
            return False
        if report.t - self.heard > ABSENT_SECONDS:
            self._leave()
            return True
        mark, last = self.mark, self.last
        if mark is None or last is None or not _follows(last, report):
            self.mark = self.last = report
            return False
        self.last = report
        if report.t - mark.t < STRETCH_SECONDS:
            return False
        self.mark = report
        if report.t - mark.t > LONGEST_SECONDS:
            return False
        self._close(mark, report)
        return True

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`: stretches that are over stand."""
        self.heard = stamped(self.heard, seconds, now)
        self.loose = [(stamped(t, seconds, now), place, sign) for t, place, sign in self.loose]
        if self.mark is not None:
            self.mark = replace(self.mark, t=stamped(self.mark.t, seconds, now))
        if self.last is not None:
            self.last = replace(self.last, t=stamped(self.last.t, seconds, now))

    @property
    def seconds(self) -> float:
        """How long both counted."""
        return sum(one.until - one.since for one in self.stretches)

    @property
    def crossings(self) -> int:
        """Presses with a count of the door's own beside them."""
        return sum(sum(one.true) for one in self.stretches)

    @property
    def counted(self) -> int:
        """What the door counted over the same time."""
        return sum(sum(one.counted) for one in self.stretches)

    def manual(self) -> list[Manual]:
        """For `calibrate`: flows as the door counted them, for by these the factor is chosen.

        Raises:
            NotCalibrated: what came in was counted as going out.
        """
        straight = sum(_apart(one.true, one.counted) for one in self.stretches)
        crossed = sum(_apart(one.true, one.counted[::-1]) for one in self.stretches)
        if self.crossings >= SWAPPED_CROSSINGS and crossed < straight / 2:
            raise NotCalibrated("swapped", "the door counts in as out: set invert")
        return [
            Manual(
                sum(one.counted) * 60.0 / (one.until - one.since), sum(one.counted), sum(one.true)
            )
            for one in self.stretches
        ]

    def memory(self) -> str:
        """For `restore`: all but the stretches, small enough to be written with every press."""
        kept = {
            "watching": self.watching,
            "heard": self.heard,
            "pressed": self.pressed,
            "phones": self.phones,
            "loose": self.loose,
            "mark": astuple(self.mark) if self.mark else None,
            "last": astuple(self.last) if self.last else None,
        }
        return json.dumps(kept)

    def long_memory(self) -> str:
        """For `restore`: the stretches."""
        return json.dumps([asdict(one) for one in self.stretches])

    @classmethod
    def remembered(cls, text: str, stretches: str) -> Clicker:
        """Take back what `memory` and `long_memory` said."""
        kept = json.loads(text)
        found = cls(kept["watching"], kept["heard"], kept["pressed"], kept["phones"])
        found.loose = [(t, place, sign) for t, place, sign in kept["loose"]]
        found.mark = Totals(*kept["mark"]) if kept["mark"] else None
        found.last = Totals(*kept["last"]) if kept["last"] else None
        found.stretches = [Stretch(**one) for one in json.loads(stretches)]
        return found

    def _press(self, t: float, place: int, sign: int) -> bool:
        self.pressed[place] = max(0, self.pressed[place] + sign)
        for one in reversed(self.stretches):
            if one.since < t <= one.until:
                one.true[place] = max(0, one.true[place] + sign)
                return True
        if self.watching and len(self.loose) < TAPS_KEPT:
            self.loose.append((t, place, sign))
        return False

    def _close(self, mark: Totals, last: Totals) -> None:
        true: Counter[int] = Counter()
        for t, place, sign in self.loose:
            if mark.t < t <= last.t:
                true[place] += sign
        self.loose = [one for one in self.loose if one[0] > last.t]
        counted = [(last.entries - mark.entries) % WRAP, (last.exits - mark.exits) % WRAP]
        self.stretches.append(Stretch(mark.t, last.t, counted, [max(0, true[0]), max(0, true[1])]))
        del self.stretches[:-STRETCHES_KEPT]

    def _leave(self) -> None:
        """What nobody watched is no truth."""
        self.stretches = [one for one in self.stretches if one.until <= self.heard]
        self.watching, self.mark = False, None


def _follows(last: Totals, report: Totals) -> bool:
    """Whether the totals go on from `last`: the same boot, forwards, no faster than people."""
    most = PASSAGES_A_SECOND * max(report.t - last.t, 1.0)
    more = (report.entries - last.entries) % WRAP, (report.exits - last.exits) % WRAP
    return report.boot == last.boot and report.t >= last.t and max(more) <= most


def _apart(one: list[int], other: list[int]) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
