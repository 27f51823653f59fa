"""The installer's walk: known tags are laid into one zone after another, and heard. Pure.

Whose tags they are is not guessed from where they are read best. Either the installer names their
EPCs, or says how many there are and keeps them out of earshot for a moment: what is heard then is
there anyway, and so are goods of the catalogue; of all others, those that are heard at the most
stops, and most often, are the tags of the walk. They are not made stock by this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gateway.requests import WalkAct, WalkPhase, WalkState, WalkStep, ZoneWalked
from gateway.stock.places import NOWHERE, Places
from gateway.stock.verdicts import antennas_heard

FEWEST_TAGS, MOST_TAGS = 3, 50
LISTEN_SECONDS = 20.0
SHORTEST_SECONDS, LONGEST_SECONDS, USUAL_SECONDS = 10.0, 600.0, 40.0
STEP_BACK_SECONDS = 3.0
"""Whoever has laid the tags down stands before them for a moment."""
GRACE_SECONDS = 2.0
"""Readers tell a little late."""
FORGOTTEN_SECONDS = 7_200.0
"""A walk that nobody goes on with is over: what it heard is nobody's business any more."""
EPCS_KEPT = 5_000
READS_LEAST = 2
"""What was heard once on the whole walk passed by."""

Counts = NDArray[np.int32]


@dataclass(slots=True)
class Stop:
    """Tags lie in `zone` from `since` to `until`.

    Attributes:
        rounds: finished, int32[antennas]. reads: rounds that heard it, by EPC, int32[antennas].
        applied: in force.
    """

    zone: int
    since: float
    until: float
    rounds: Counts
    reads: dict[bytes, Counts] = field(default_factory=dict)
    applied: bool = False

    def matrix(self, tags: Iterable[bytes]) -> NDArray[np.float32]:
        """Rounds that heard each tag, [tags, antennas]."""
        none = np.zeros_like(self.rounds)
        rows = [self.reads.get(tag, none) for tag in tags]
        return np.array(rows, np.float32).reshape(len(rows), len(none))


class Walk:
    """One walk at a time.

    Attributes:
        listens: reads and rounds are of use to it now.
        stops: the last stop in each zone, by its number.
    """

    def __init__(self, places: Places, faults: Counter[str]) -> None:
        self._places, self._faults = places, faults
        self.listens = False
        self._tellers: set[str] = set()
        self._begin(0.0, (), 0)
        self._phase = WalkPhase.IDLE

    def _begin(self, t: float, tags: Sequence[bytes], count: int) -> None:
        self._named, self._count = frozenset(tags), count
        self._known: set[bytes] = set()
        self.stops: dict[int, Stop] = {}
        self._stop: Stop | None = None
        self._until = self._heard_of = t
        self._waiting: list[set[bytes]] = [set() for _ in self._places.antennas]
        self._second: dict[tuple[bytes, int], int] = {}

    # What the installer says -------------------------------------------------------------------

    def act(self, act: WalkAct, now: float) -> tuple[str, str]:
        """Take a step; why it is refused as (word, sentence), empty when it is not."""
        self.advance(now)
        self._heard_of = now
        if act.step is WalkStep.START:
            return self._start(act, now)
        if act.step is WalkStep.LAY:
            return self._lay(act, now)
        if act.step is WalkStep.DISCARD:
            self._begin(now, (), 0)
            self._turn(WalkPhase.IDLE)
            return "", ""
        return self._may_apply()

    def _start(self, act: WalkAct, now: float) -> tuple[str, str]:
        if not self._places.antennas:
            return "no_readers", "the config names no reader with an antenna"
        try:
            tags = [epc_of(text) for text in act.tags]
        except ValueError as wrong:
            return "tags", str(wrong)
        number = len(set(tags)) or act.count
        if not FEWEST_TAGS <= number <= MOST_TAGS:
            return "count", f"a walk takes {FEWEST_TAGS} to {MOST_TAGS} tags, not {number}"
        self._begin(now, tags, number)
        self._until = now + LISTEN_SECONDS
        self._turn(WalkPhase.READY if tags else WalkPhase.LISTENING)
        return "", ""

    def _lay(self, act: WalkAct, now: float) -> tuple[str, str]:
        zone = self._places.zone(act.zone)
        if zone == NOWHERE:
            return "zone", f"there is no zone {act.zone[:64]}"
        if self._phase is WalkPhase.IDLE:
            return "not_started", "say first which tags, or how many"
        if self._phase is WalkPhase.LISTENING:
            return "listening", "wait until it is known what is heard anyway"
        seconds = act.seconds or USUAL_SECONDS
        if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
            most = f"{SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g}"
            return "seconds", f"tags lie in a zone for {most} seconds"
        since = now + STEP_BACK_SECONDS
        rounds = np.zeros(len(self._places.antennas), np.int32)
        self._stop = Stop(zone, since, since + seconds, rounds)
        self._until = since + seconds
        self._turn(WalkPhase.LAID)
        return "", ""

    def _may_apply(self) -> tuple[str, str]:
        if self._phase is WalkPhase.LAID:
            return "laid", "the tags still lie in a zone; wait until it is measured"
        if not self.stops or not self.tags():
            return "nothing", "nothing was measured yet"
        return "", ""

    # What readers say --------------------------------------------------------------------------

    def read(self, heard: Iterable[tuple[bytes, float, int, bool]]) -> None:
        """Reads: EPC, time, antenna's number (below 0: not ours), whether it is goods of ours."""
        stop = self._stop
        for epc, t, antenna, ours in heard:
            if antenna < 0 or not self._may_be_mine(epc, ours=ours):
                continue
            if self._phase is WalkPhase.LISTENING:
                self._note(epc)
            elif stop is not None and stop.since <= t <= stop.until:
                self._hear(stop, epc, antenna, t)

    def _may_be_mine(self, epc: bytes, *, ours: bool) -> bool:
        if self._named:
            return epc in self._named
        return not ours and epc not in self._known

    def round(self, t: float, antenna: int, *, credited: bool = False) -> None:
        """An antenna finished a round; `credited`: it scanned for a second, nobody said so.

        A reader that tells of one antenna's rounds tells of all antennas that are at work.
        """
        reader = self._places.antennas[antenna][0]
        if credited and reader in self._tellers:
            return
        if not credited:
            self._tellers.add(reader)
        heard, self._waiting[antenna] = self._waiting[antenna], set()
        stop = self._stop
        if stop is None or not stop.since <= t <= stop.until:
            return
        stop.rounds[antenna] += 1
        for epc in heard:
            self._count_in(stop, epc, antenna)

    def advance(self, now: float) -> None:
        """End what is over by `now`."""
        if self._phase is WalkPhase.IDLE:
            return
        if now < self._heard_of:
            self._begin_phase_anew(now)
        if now - self._heard_of > FORGOTTEN_SECONDS:
            self._begin(now, (), 0)
            self._turn(WalkPhase.IDLE)
        elif self._phase is WalkPhase.LISTENING and now >= self._until:
            self._turn(WalkPhase.READY)
        elif self._stop is not None and now >= self._until + GRACE_SECONDS:
            self.stops[self._stop.zone] = self._stop
            self._stop = None
            self._turn(WalkPhase.READY)

    def step_clock(self, seconds: float) -> None:
        """The clock was stepped by so much: tags lie where they lie as long as was said."""
        self._until += seconds
        self._heard_of += seconds
        if self._stop is not None:
            self._stop.since += seconds
            self._stop.until += seconds
        self._second = {}

    def _begin_phase_anew(self, now: float) -> None:
        """The clock was put back: what was measured by the other one cannot be timed."""
        self._heard_of, self._stop = now, None
        self._until = min(self._until, now + LISTEN_SECONDS)
        if self._phase is WalkPhase.LAID:
            self._turn(WalkPhase.READY)

    def _turn(self, phase: WalkPhase) -> None:
        self._phase = phase
        self.listens = phase in (WalkPhase.LISTENING, WalkPhase.LAID)
        self._waiting = [set() for _ in self._places.antennas]
        self._second = {}

    def _note(self, epc: bytes) -> None:
        if self._room(len(self._known)):
            self._known.add(epc)

    def _room(self, kept: int) -> bool:
        if kept < EPCS_KEPT:
            return True
        self._faults["walk_tags_beyond_bound"] += 1
        return False

    def _hear(self, stop: Stop, epc: bytes, antenna: int, t: float) -> None:
        if self._places.antennas[antenna][0] in self._tellers:
            if len(self._waiting[antenna]) < EPCS_KEPT:
                self._waiting[antenna].add(epc)
        elif self._second.get((epc, antenna)) != int(t):
            self._count_in(stop, epc, antenna)
            if epc in stop.reads:
                self._second[epc, antenna] = int(t)

    def _count_in(self, stop: Stop, epc: bytes, antenna: int) -> None:
        if epc not in stop.reads:
            if not self._room(len(stop.reads)):
                return
            stop.reads[epc] = np.zeros_like(stop.rounds)
        stop.reads[epc][antenna] += 1

    # What came of it ---------------------------------------------------------------------------

    def tags(self) -> list[bytes]:
        """The tags of the walk that were heard anywhere, those heard at most stops first."""
        stops = [*self.stops.values(), *([self._stop] if self._stop else [])]
        at, often = Counter[bytes](), Counter[bytes]()
        for stop in stops:
            at.update(stop.reads.keys())
            often.update({epc: int(reads.sum()) for epc, reads in stop.reads.items()})
        found = [epc for epc in at if often[epc] >= READS_LEAST]
        return sorted(found, key=lambda epc: (-at[epc], -often[epc], epc))[: self._count]

    def state(self, now: float, refused: tuple[str, str] = ("", "")) -> WalkState:
        """How it stands at `now`."""
        tags, stop, zones = self.tags(), self._stop, self._places.zones
        laid = len(tags) or self._count
        hearing = np.zeros(len(self._places.antennas)) if stop is None else _heard_by(stop, tags)
        timed = self._phase in (WalkPhase.LISTENING, WalkPhase.LAID)
        return WalkState(
            phase=self._phase,
            zone="" if stop is None else zones[stop.zone],
            left=max(0.0, self._until - now) if timed else 0.0,
            count=self._count,
            tags=tuple(epc.hex().upper() for epc in tags),
            heard=0 if stop is None else _heard(stop, tags),
            hearing=tuple(
                (reader, number, int(many))
                for (reader, number), many in zip(self._places.antennas, hearing, strict=True)
            ),
            stops=tuple(
                ZoneWalked(zones[one.zone], _heard(one, tags), laid, one.applied)
                for _, one in sorted(self.stops.items())
            ),
            antennas=antennas_heard(self._places, self.measured(), laid),
            why=refused[0],
            detail=refused[1],
        )

    def measured(self) -> dict[int, tuple[NDArray[np.float32], Counts]]:
        """By zone: rounds that heard each tag [tags, antennas], and rounds by antenna."""
        tags = self.tags()
        return {zone: (stop.matrix(tags), stop.rounds) for zone, stop in self.stops.items()}

    def applied(self) -> None:
        """What was measured is in force."""
        for stop in self.stops.values():
            stop.applied = True


def epc_of(text: str) -> bytes:
    """EPC memory of hex digits, blanks and dashes between them allowed. Raises `ValueError`."""
    plain = text.replace(" ", "").replace("-", "")
    try:
        epc = bytes.fromhex(plain)
    except ValueError:
        epc = b""
    if not 2 <= len(epc) <= 62 or len(epc) % 2:
        raise ValueError(f"an EPC is 4 to 124 hex digits, four by four, not {text[:40]!r}")
    return epc


def _heard(stop: Stop, tags: list[bytes]) -> int:
    return sum(epc in stop.reads for epc in tags)


def _heard_by(stop: Stop, tags: list[bytes]) -> NDArray[np.float64]:
    return np.asarray((stop.matrix(tags) > 0).sum(axis=0), np.float64)
