"""The conversation with an M100-family module as a pure state machine: bytes in, events out.

Honest rounds. The module says "no tag" after an empty round but nothing after one with tags, and a
single poll is so short (a few tags) that "not read in it" means little. So we let it poll without
pause for `round_seconds`, tell it to stop, and wait for the answer: the serial line keeps order,
so when the answer comes every tag of that stretch has come before it, and the module has shown
that it lives. Then the round is over and the next stretch begins. A stretch that was refused, whose
stop was not answered, or in which a frame broke is no round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from drivers.rfid.m100 import (
    DONE,
    GET_INFO,
    SET_POWER,
    SET_REGION,
    STOP_POLL,
    Answer,
    M100Decoder,
    Notice,
    Refused,
    Tag,
    get_info,
    multi_poll,
    set_power,
    set_region,
    stop_poll,
)

ANSWER_SECONDS = 1.0
TRIES = 3
ROUNDS = 10_000
"""Rounds in one multi-poll: more than a stretch can hold, so that the stop ends it."""


class ModuleLost(Exception):
    """The module does not answer; the message is one plain line."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A setting of the store's, `said` to people, and the command that asks the module for it."""

    what: str
    said: str
    number: int
    frame: bytes


def wishes(region: str | None = None, power_dbm: float | None = None) -> tuple[Wish, ...]:
    """What a store wants of its module; the region first, for it limits the power."""
    found = []
    if region is not None:
        found.append(Wish("region", region, SET_REGION, set_region(region)))
    if power_dbm is not None:
        found.append(Wish("power", f"{power_dbm:g} dBm", SET_POWER, set_power(power_dbm)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ready:
    """The module has answered and begins to scan. `facts` are for the page."""

    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """The stretch is over; its tags came before this."""


Event: TypeAlias = Ready | Tag | RoundEnded


class _State(Enum):
    GREETING = 0
    SETTING = 1
    POLLING = 2
    STOPPING = 3


class M100Session:
    """One open port, from the first word on.

    Attributes:
        due: `tick` does nothing before it, in the seconds that `now` is of.
        faults: counted drops; `region_refused` and `power_refused`: the module keeps its own.
    """

    def __init__(
        self,
        round_seconds: float,
        now: float,
        faults: Counter[str] | None = None,
        wanted: Sequence[Wish] = (),
    ) -> None:
        self.faults: Final[Counter[str]] = Counter() if faults is None else faults
        self.due = now
        self._decoder = M100Decoder(self.faults)
        self._round_seconds = round_seconds
        self._state = _State.GREETING
        self._tries = 0
        self._wanted = list(wanted)
        self._facts: dict[str, str] = {}
        self._spoilt = False
        self._out = bytearray()

    def outgoing(self) -> bytes:
        """What is to be sent now; each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def feed(self, data: bytes, now: float) -> list[Event]:
        """Take what came from the module at `now`."""
        before = self.faults.total()
        notices = self._decoder.feed(data)
        self._spoilt |= self.faults.total() != before
        return [event for notice in notices for event in self._take(notice, now)]

    def tick(self, now: float) -> None:
        """Let time pass; does nothing before `due`.

        Raises:
            ModuleLost: it has not answered often enough.
        """
        if now < self.due:
            return
        match self._state:
            case _State.POLLING:
                self._stop(now)
            case _State.GREETING | _State.SETTING | _State.STOPPING if self._tries >= TRIES:
                raise ModuleLost("the RFID module does not answer")
            case _State.GREETING:
                # It may still be polling for whoever had the port before us.
                self._out += stop_poll() + get_info(1)
                self._wait(now)
            case _State.SETTING:
                self.faults["no_answer"] += 1
                self._ask(now)
            case _State.STOPPING:
                self.faults["no_answer"] += 1
                self._spoilt = True
                self._stop(now)

    def close(self) -> None:
        """Let the module rest."""
        self._out += stop_poll()

    def _take(self, notice: Notice, now: float) -> list[Event]:
        match notice:
            case Tag():
                return [notice] if self._state in (_State.POLLING, _State.STOPPING) else []
            case Refused() if self._state is _State.SETTING:
                return self._answered(now, taken=False)
            case Refused():
                self.faults["refused"] += 1
                self._spoilt = True
            case Answer(command=command) if command == GET_INFO:
                return self._greeted(notice, now)
            case Answer(command=command) if command == STOP_POLL:
                return self._stopped(now)
            case Answer(number, payload) if self._state is _State.SETTING:
                if number == self._wanted[0].number:
                    return self._answered(now, taken=payload[:1] == bytes((DONE,)))
        return []

    def _greeted(self, answer: Answer, now: float) -> list[Event]:
        if self._state is not _State.GREETING:
            return []
        text = answer.payload[1:].decode("ascii", errors="replace").strip("\0 ")
        self._facts["firmware"] = "".join(c for c in text if c.isprintable())[:80]
        return self._next_wish(now)

    def _next_wish(self, now: float) -> list[Event]:
        self._tries = 0
        if self._wanted:
            self._ask(now)
            return []
        self._poll(now)
        return [Ready(self._facts)]

    def _ask(self, now: float) -> None:
        self._out += self._wanted[0].frame
        self._state = _State.SETTING
        self._wait(now)

    def _answered(self, now: float, *, taken: bool) -> list[Event]:
        wish = self._wanted.pop(0)
        self._facts[wish.what] = wish.said if taken else "the module's own"
        if not taken:
            self.faults[f"{wish.what}_refused"] += 1
        return self._next_wish(now)

    def _stopped(self, now: float) -> list[Event]:
        if self._state is not _State.STOPPING:
            return []
        whole = not self._spoilt
        self._poll(now)
        return [RoundEnded()] if whole else []

    def _poll(self, now: float) -> None:
        self._out += multi_poll(ROUNDS)
        self._state, self._tries, self._spoilt = _State.POLLING, 0, False
        self.due = now + self._round_seconds

    def _stop(self, now: float) -> None:
        self._out += stop_poll()
        self._state = _State.STOPPING
        self._wait(now)

    def _wait(self, now: float) -> None:
        self._tries += 1
        self.due = now + ANSWER_SECONDS
