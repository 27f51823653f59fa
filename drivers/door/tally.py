"""From the reports of a bought counter to totals that never go back.

Nobody is credited twice and nobody is invented, by these rules:

- **Twice told.** Once a line has said a passage as it happened, its windows are heartbeats; once it
  has said totals, totals are the truth and windows are heartbeats. A trigger is credited at once
  and the next totals take it in.
- **Repeats.** A window is known by serial, line and start. The same again is a repeat (QoS 1, a
  lost answer), unless the device's clock stands still: then its running time goes on, or the same
  start comes again and again.
- **The device's clock** decides nothing. What it says last happened when it arrived; older windows
  of the same message (after an outage) lie before that by as much as the device says they do.
- **Totals begin again** at midnight, at a reboot, or when somebody presses a button: lower ones are
  a new beginning, and what they hold has passed since.

A `Count`'s `boot` names one life of these totals, which begins at 0 before the first passages that
it holds. The first life begins with a `Tally`, that is at each start of the gateway; another one
wherever passages are told of a time before, or of the time since, the last count (a backlog, two
devices at one door), so that whoever takes differences sees them in their own time and none too
fast. What a device counts while the gateway is down and tells later is credited; what it never
tells again is lost (totals, which do not say since when, and windows of devices that also trigger,
which may have been credited before).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from itertools import groupby

from drivers.door.report import LineRef, Report, Totals, Trigger, Window
from drivers.observations import Count

PASSAGES_A_SECOND = 8.0
SEEN_KEPT = 4_096
LINES_KEPT = 64
FROZEN_REPEATS = 3
"""Repeats of one start after which a clock without a running time is taken as standing still."""
FROZEN_SHARE = 0.75
"""Of a window's length: what the running time must have gone on for the window to be another."""
WINDOW_SECONDS = 60.0
"""The makers' default, where the length is not said."""
BACKLOG_MOST_SECONDS = 7 * 86_400.0


@dataclass(slots=True)
class _Seen:
    running: float | None
    repeats: int = 0


@dataclass(slots=True)
class _Line:
    """One line.

    `entries` and `exits` are credited; `grouped`: its last window told `groups`; `base` is totals
    less what was credited.
    """

    entries: int = 0
    exits: int = 0
    groups: int = 0
    grouped: bool = False
    triggered: bool = False
    base: tuple[int, int] | None = None
    told: tuple[int, int] = (0, 0)
    told_at: float = 0.0
    newest: str = ""
    seen: OrderedDict[str, _Seen] = field(default_factory=OrderedDict)

    def credit(self, entries: int, exits: int) -> None:
        self.entries += entries
        self.exits += exits


class Tally:
    """The running totals of one door.

    Args:
        name: the door's id.
        boot: a number that no life of this door had; each life takes the next one.
        started: when this life began, seconds UTC.
        unit: the line, its name, or the device's serial; None takes every line of every device.
        faults: counted oddities: `repeated`, `clock_frozen`, `totals_reset`, `too_fast`,
            `other_line`, `bad_line`, `no_serial`.
        facts: what the device says of itself, and its clock's skew.
    """

    def __init__(
        self,
        name: str,
        boot: int,
        started: float,
        unit: str | None,
        faults: Counter[str],
        facts: dict[str, str],
    ) -> None:
        self._name, self._boot, self._started = name, boot, started
        self._unit = unit
        self._faults, self._facts = faults, facts
        self._lines: OrderedDict[tuple[str, str], _Line] = OrderedDict()
        self._last: float | None = None
        self._zero = self._told = (0, 0)
        self._groups = (0, 0)

    def take(self, report: Report, at: float) -> list[Count]:
        """What a report that arrived at `at` adds, as totals; always the last ones at `at`."""
        self._describe(report, at)
        counts: list[Count] = []
        since = at
        by_end = sorted(report.windows, key=lambda window: _mapped(window, report, at))
        for ended, group in groupby(by_end, key=lambda window: _mapped(window, report, at)):
            windows = [(window, ended - (window.seconds or WINDOW_SECONDS)) for window in group]
            ours = [begun for window, begun in windows if self._window(report, window, begun)]
            if ours and ended < at:
                counts += self._said(min(ours), ended, at)
            since = min([since, *ours]) if ended >= at else since
        for trigger in report.triggers:
            self._trigger(report, trigger)
        for totals in report.totals:
            since = min(since, self._totals(report, totals, at))
        return [*counts, *self._said(since, at, at)]

    def _said(self, begun: float, t: float, at: float) -> list[Count]:
        """The totals at `t`, with what was credited between `begun` and then."""
        now = (
            sum(line.entries for line in self._lines.values()),
            sum(line.exits for line in self._lines.values()),
        )
        more = max(now[0] - self._told[0], now[1] - self._told[1])
        counts: list[Count] = []
        if self._last is None or _too_fast(more, t - self._last) or (more and t < self._last):
            self._boot, self._zero = self._boot + 1, self._told
            self._groups = (self._groups[1], self._groups[1])
            counts.append(Count(self._name, min(begun, t), at, self._boot, 0, 0))
            self._last = None
        self._told = now
        self._last = t if self._last is None else max(t, self._last)
        entries, exits = now[0] - self._zero[0], now[1] - self._zero[1]
        counts.append(Count(self._name, self._last, at, self._boot, entries, exits, self._came()))
        return counts

    def _came(self) -> int | None:
        """Groups since this life began; None while some line does not tell of groups."""
        self._groups = (self._groups[0], sum(line.groups for line in self._lines.values()))
        if not self._lines or not all(line.grouped for line in self._lines.values()):
            return None
        return self._groups[1] - self._groups[0]

    def _window(self, report: Report, window: Window, begun: float) -> bool:
        """Credit a window; false where it is a heartbeat, a repeat or not ours."""
        line = self._line(report, window.line)
        if line is None or not self._is_new(line, window, report.running):
            return False
        # Nothing else tells of groups, so they are no second telling of anybody.
        line.grouped = window.groups is not None
        line.groups += min(window.groups or 0, window.entries)
        if line.triggered or line.base is not None:
            return False
        if report.triggers_too and (report.triggers or begun < self._started):
            return False
        if _too_fast(max(window.entries, window.exits), window.seconds or WINDOW_SECONDS):
            self._faults["too_fast"] += 1
            return False
        line.credit(window.entries, window.exits)
        return True

    def _trigger(self, report: Report, trigger: Trigger) -> None:
        line = self._line(report, trigger.line)
        if line is None:
            return
        line.triggered = True
        totals = [(t.entries, t.exits) for t in report.totals if t.line.key == trigger.line.key]
        what = (trigger.time, report.running, trigger.entries, trigger.exits, totals)
        if trigger.time or report.running is not None:
            key = f"trigger {what}"
            if key in line.seen:
                self._faults["repeated"] += 1
                return
            _keep(line, key, report.running)
        line.credit(trigger.entries, trigger.exits)

    def _totals(self, report: Report, totals: Totals, at: float) -> float:
        """Credit what totals say beyond what is known; since when that has passed."""
        line = self._line(report, totals.line)
        if line is None:
            return at
        now = (totals.entries, totals.exits)
        told_at, line.told_at = line.told_at, at
        since = at - told_at
        if line.base is None:
            line.base = (now[0] - line.entries, now[1] - line.exits)
        elif now[0] < line.told[0] or now[1] < line.told[1]:
            self._faults["totals_reset"] += 1
            self._begin_again(line, now, since)
        more = (now[0] - line.base[0] - line.entries, now[1] - line.base[1] - line.exits)
        if _too_fast(max(more), since):
            self._faults["too_fast"] += 1
            line.base = (now[0] - line.entries, now[1] - line.exits)
        else:
            line.credit(max(0, more[0]), max(0, more[1]))
        line.told = now
        return told_at if max(more) > 0 else at

    @staticmethod
    def _begin_again(line: _Line, now: tuple[int, int], since: float) -> None:
        # What triggers told since the last totals is in these already.
        ahead = (0, 0) if line.triggered else now
        if _too_fast(max(ahead), since):
            ahead = (0, 0)
        line.base = (now[0] - line.entries - ahead[0], now[1] - line.exits - ahead[1])

    def _is_new(self, line: _Line, window: Window, running: float | None) -> bool:
        if not window.start:
            return True
        before = line.seen.get(window.start)
        if before is None:
            _keep(line, window.start, running)
            line.newest = window.start
            return True
        if window.start == line.newest and _stands_still(before, window, running):
            before.running = running
            self._faults["clock_frozen"] += 1
            return True
        self._faults["repeated"] += 1
        return False

    def _line(self, report: Report, ref: LineRef) -> _Line | None:
        if self._unit is not None and self._unit != report.serial and self._unit not in ref.names:
            self._faults["other_line"] += 1
            return None
        key = (report.serial, ref.key)
        if key not in self._lines and len(self._lines) >= LINES_KEPT:
            self._faults["other_line"] += 1
            return None
        return self._lines.setdefault(key, _Line())

    def _describe(self, report: Report, at: float) -> None:
        self._facts.update(report.facts)
        if report.serial:
            self._facts["serial"] = report.serial
        else:
            self._faults["no_serial"] += 1
        if report.bad_lines:
            self._faults["bad_line"] += report.bad_lines
        if report.clock is not None:
            self._facts["clock skew"] = f"{report.clock - at:+.0f} s"


def _mapped(window: Window, report: Report, at: float) -> float:
    """When a window ended by our clock: the newest of a message when it arrived."""
    ends = [one.ended for one in report.windows if one.ended is not None]
    if window.ended is None or not ends:
        return at
    before = max(ends) - window.ended
    return at - before if before <= BACKLOG_MOST_SECONDS else at


def _too_fast(passages: int, seconds: float) -> bool:
    return passages > PASSAGES_A_SECOND * max(seconds, 1.0)


def _stands_still(before: _Seen, window: Window, running: float | None) -> bool:
    if running is not None and before.running is not None:
        return running - before.running >= FROZEN_SHARE * (window.seconds or WINDOW_SECONDS)
    before.repeats += 1
    return before.repeats > FROZEN_REPEATS


def _keep(line: _Line, key: str, running: float | None) -> None:
    line.seen[key] = _Seen(running)
    while len(line.seen) > SEEN_KEPT:
        line.seen.popitem(last=False)
