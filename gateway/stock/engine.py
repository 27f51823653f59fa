"""The stock engine: observations in, one answer per GTIN out. The only door of this room."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from drivers.observations import (
    Delivery,
    Device,
    DeviceState,
    Fact,
    Observation,
    Quantity,
    Reading,
    Return,
    Round,
    Sale,
    Stocktake,
    TagReads,
    Weight,
)
from gateway.changes import Change
from gateway.requests import (
    HoldAnswer,
    HoldRequest,
    HoldState,
    HoldVerdict,
    WalkAct,
    WalkState,
    WalkStep,
)
from gateway.stock.afterlife import Afterlife
from gateway.stock.alarms import Alarms
from gateway.stock.answers import Answers
from gateway.stock.astray import Astray
from gateway.stock.clock_steps import SteppedClock
from gateway.stock.clones import Clones
from gateway.stock.composing import Composer
from gateway.stock.evidence import Evidence, distinct
from gateway.stock.goods import Goods
from gateway.stock.happened import AHEAD_SECONDS, in_order
from gateway.stock.hearing import Hearing
from gateway.stock.holds import Holds
from gateway.stock.layout import Layout, Naming
from gateway.stock.learned import Learned
from gateway.stock.memory import Memory
from gateway.stock.own import OwnNaming
from gateway.stock.places import Places
from gateway.stock.presence import Presence
from gateway.stock.records import Records
from gateway.stock.returned import Returned
from gateway.stock.scales import Scales
from gateway.stock.tags import FOREIGN, Tags
from gateway.stock.tidings import Tidings
from gateway.stock.turns import Turns
from gateway.stock.usual import Usual
from gateway.stock.verdicts import figures
from gateway.stock.walk import Walk

_END_OF_TIME = sys.float_info.max
IDLE_MOST = 60
"""Seconds without a word for which a reader that never sends rounds is taken as scanning."""


class StockEngine:
    """Where each item is and how many there are.

    Attributes:
        faults: counted drops by reason, only ever growing.
    """

    def __init__(self, layout: Layout, naming: Naming) -> None:
        self.faults: Counter[str] = Counter()
        self._layout = layout
        self._places = Places(layout)
        own = OwnNaming(naming, layout.articles)
        self._tags = Tags(len(self._places.antennas), own, self.faults)
        self._hearing = Hearing(len(self._places.antennas))
        turns = Turns([reader for reader, _ in self._places.antennas])
        self._evidence = Evidence(len(self._places.antennas), self._hearing, turns)
        self._goods = Goods(layout, self._tags, self.faults)
        self._scales = Scales(layout, self._goods, self.faults, self._places.zone)
        usual = Usual(layout, self._places, [a.gtin for a in self._goods.accounts])
        self._presence = Presence(self._places, self._tags, self._hearing, usual, self._goods.lacks)
        self._holds = Holds()
        self._records = Records(self._places, self._tags, self._goods, self._presence, self.faults)
        unsure = self._records.unsure
        self._afterlife = Afterlife(self._places, self._tags, self._goods, self._presence, unsure)
        self._returned = Returned(self._places, self._tags, self._goods)
        composer = Composer(
            layout, self._places, self._tags, self._goods, self._hearing, self._presence
        )
        self._answers = Answers(self._tags, self._goods, composer)
        self._alarms = Alarms(
            layout,
            self._goods,
            Astray(layout, self._places, self._tags, self._goods),
            Clones(self._places, self._tags, self._hearing),
        )
        self._tidings = Tidings(self._places, self._tags, self._presence, unsure)
        self._memory = Memory(self._places, self._tags, self._goods, self._presence)
        self._learned = Learned(self._places, self._presence, usual)
        self._walk = Walk(self._places, self.faults)
        self._clock = SteppedClock(self._tags, self._goods, self._hearing, self._holds)
        self._facts: list[Fact] = []
        self._changes: list[Change] = []
        self._ticked: int | None = None

    def restore(self, memory: Mapping[str, str], now: float) -> None:
        """Take back what earlier `Remember` changes said; unreadable pieces are counted."""
        # What was learned of rates comes first: tags are placed by it.
        pieces = [(key, text) for key, text in memory.items() if not self._relearn(key, text)]
        self._learned.apply()
        for key, text in pieces:
            try:
                if key.startswith("hold:"):
                    self._holds.restore(text)
                elif key.startswith("gtin:"):
                    self._memory.restore(key.removeprefix("gtin:"), text, now)
                else:
                    self.faults["unknown_memory"] += 1
            except (ValueError, KeyError, TypeError, json.JSONDecodeError):
                self.faults["unreadable_memory"] += 1
        self._memory.lay(now)
        for account in self._goods.accounts:
            account_reserved = self._holds.reserved(account.gtin)
            if account_reserved or account.rows or account.book is not None:
                self._goods.touch(account.gtin)

    def _relearn(self, key: str, text: str) -> bool:
        """Whether the piece was about what was learned."""
        try:
            return self._learned.restore(key, text)
        except (ValueError, KeyError, TypeError, RecursionError):
            self.faults["unreadable_memory"] += 1
            return True

    def observe(self, obs: Observation) -> None:
        """Take any observation; what is not this engine's business is passed over."""
        if isinstance(obs, TagReads):
            self._take_reads(obs)
        elif isinstance(obs, Round):
            self._take_round(obs)
        elif isinstance(obs, Sale | Return | Delivery | Stocktake):
            if _sane(obs.t):
                self._facts.append(obs)
            else:
                self.faults["bad_time"] += 1
        elif isinstance(obs, Device):
            self._take_device(obs)
        elif isinstance(obs, Weight):
            self._scales.weighed(obs)
        elif isinstance(obs, Reading) and obs.quantity is Quantity.UNITS:
            self._scales.counted(obs)

    def advance(self, now: float) -> list[Change]:
        """Bring everything to `now` and say what changed."""
        stepped = self._clock.tell(now)
        self._tick(now)
        self._walk.advance(now)
        changes, self._changes = self._changes, []
        changes += stepped + self._weigh_in_order(now)
        changes += self._holds.forget(now)
        for gtin, ended in self._holds.expire(now):
            changes += ended
            self._goods.touch(gtin)
        changes += self._tidings.of_items(now)
        changes += self._answers.changed(now, self._holds)
        changes += self._alarms.changed(now, self._answers.said)
        changes += self._memory.changed(now)
        changes += self._learned.changed(now)
        return changes

    def remember(self, now: float) -> list[Change]:
        """All that is to outlive an orderly end, after the last `advance`: nothing follows."""
        return [*self._memory.rest(now), *self._learned.rest(now)]

    def step_clock(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`; `advance` before, and after it."""
        self._clock.step(seconds, now)
        self._walk.step_clock(seconds)
        self._learned.step_clock(seconds)
        self._ticked = None

    def _weigh_in_order(self, now: float) -> list[Change]:
        """Reads and facts by event time: a late sale is explained by what was read before it."""
        changes: list[Change] = []
        facts = deque(in_order(self._facts, now))
        self._facts = []
        for epoch in self._evidence.take(now):
            while facts and facts[0].t < epoch.t:
                changes += self._records.enter(facts.popleft(), now)
            self._presence.step(epoch)
        changes += self._afterlife.consider()
        for fact in facts:
            changes += self._records.enter(fact, now)
        self._returned.look(now)
        return changes

    def hold(self, request: HoldRequest, now: float) -> HoldAnswer:
        """Put goods aside if they are available; the changes follow with the next `advance`."""
        account = self._goods.known(request.gtin)
        if account is None:
            return HoldAnswer(HoldVerdict.MISSING, None)
        answer, changes = self._holds.request(
            request,
            account.gtin,
            now,
            lambda: self._answers.of(account, now, self._holds).available,
        )
        self._changes += changes
        self._goods.touch(account.gtin)
        return answer

    def collect(self, hold_id: str, now: float) -> HoldAnswer:
        """The shopper took the goods: they leave `on_hand` now."""
        return self._close(hold_id, HoldState.COLLECTED, now)

    def release(self, hold_id: str, now: float) -> HoldAnswer:
        """The hold is off: the goods are free again."""
        return self._close(hold_id, HoldState.RELEASED, now)

    def walk(self, act: WalkAct, now: float) -> WalkState:
        """A step of the installer's walk; the changes follow with the next `advance`."""
        refused = self._walk.act(act, now)
        if act.step is WalkStep.APPLY and not refused[0]:
            spread = self._presence.lessons.spread
            found = figures(self._places, self._walk.measured(), spread)
            self._changes += self._learned.walk(found)
            self._walk.applied()
            self._look_anew(now)
        return self._walk.state(now, refused)

    def _look_anew(self, now: float) -> None:
        """Judge soon where each tag lies, and learn from that no sooner."""
        self._presence.lessons.wait(now)
        review = self._tags.review
        review[np.isfinite(review)] = now

    def walk_state(self, now: float) -> WalkState:
        """How the walk stands."""
        return self._walk.state(now)

    def _close(self, hold_id: str, state: HoldState, now: float) -> HoldAnswer:
        verdict, hold, changes = self._holds.close(hold_id, state, now)
        self._changes += changes
        if hold is None:
            return HoldAnswer(verdict, None)
        account = self._goods.account(hold.gtin)
        if account is None:
            return HoldAnswer(verdict, hold)
        if verdict is HoldVerdict.NEW and state is HoldState.COLLECTED:
            self._records.hand_over(account, hold.qty, now)
        self._goods.touch(hold.gtin)
        return HoldAnswer(verdict, hold, self._answers.of(account, now, self._holds).available)

    def _take_reads(self, reads: TagReads) -> None:
        antenna = self._antennas(reads.src, reads.antenna)
        epcs = reads.epcs()
        row = self._tags.find_all(epcs)
        self._goods.take_tags()
        sane = (reads.t >= 0) & (reads.t <= min(reads.at + AHEAD_SECONDS, _END_OF_TIME))
        known = antenna >= 0
        self.faults["bad_time"] += len(reads) - int(np.count_nonzero(sane))
        self.faults["unknown_antenna"] += len(reads) - int(np.count_nonzero(known))
        if self._walk.listens:
            columns = (reads.t.tolist(), antenna.tolist(), (row != FOREIGN).tolist())
            self._walk.read(zip(epcs, *columns, strict=True))
        keep = sane & known & self._goods.counts(row)
        if keep.all():
            self._evidence.read(reads.t, row, antenna, reads.rssi)
        elif keep.any():
            self._evidence.read(reads.t[keep], row[keep], antenna[keep], reads.rssi[keep])
        for number in distinct(antenna):
            if number >= 0:
                self._hearing.reading[number] = True

    def _antennas(self, src: str, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        known = {number: self._places.antenna(src, number) for number in distinct(numbers)}
        antenna = np.full(len(numbers), -1, np.int32)
        for number, its in known.items():
            if its is not None:
                antenna[numbers == number if len(known) > 1 else slice(None)] = its
        return antenna

    def _take_round(self, done: Round) -> None:
        antenna = self._places.antenna(done.src, done.antenna)
        if antenna is None or not _sane(done.t) or done.t > done.at + AHEAD_SECONDS:
            self.faults["unknown_antenna" if antenna is None else "bad_time"] += 1
            return
        self._hearing.rounds_sent[antenna] = True
        self._evidence.round(done.t, antenna)
        self._walk.round(done.t, antenna)

    def _take_device(self, device: Device) -> None:
        if device.antenna is None:
            antennas = self._places.of_source(device.src)
        else:
            one = self._places.antenna(device.src, device.antenna)
            antennas = [] if one is None else [one]
        self._hearing.online[antennas] = device.state is DeviceState.ONLINE
        if device.state is DeviceState.ONLINE and device.antenna is None:
            self._hearing.reading[antennas] = True

    def _tick(self, now: float) -> None:
        """Credit scanning time to antennas whose reader never sends rounds."""
        second = int(now // 1)
        since = second if self._ticked is None else self._ticked
        self._ticked = second
        hearing = self._hearing
        scanning = np.flatnonzero(hearing.online & hearing.reading & ~hearing.rounds_sent)
        if len(scanning):
            for past in range(max(since, second - IDLE_MOST), second):
                for antenna in scanning.tolist():
                    if self._evidence.scanned(past, antenna):
                        self._walk.round(float(past), antenna, credited=True)


def _sane(t: float) -> bool:
    return math.isfinite(t) and t >= 0
