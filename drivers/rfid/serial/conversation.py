"""A conversation with a serial reader as a pure state machine: bytes and time in, events out.

The script of a conversation is a generator: it says what to send, yields how long it wants to wait
and gets the next notice, or None when the time is over. So the order of the questions stands in the
code as it happens on the line, and still nothing here does I/O or reads a clock.

Honest rounds. A round is told only for an antenna that we chose, that was scanned at least once to
the end that the reader itself announces, and only when no frame broke and nothing was refused
meanwhile: what was not read in it was not heard. In session 0 every tag in the field answers in
every inventory. In the others a tag that has answered keeps silent for a while, so there an
inventory of target A is followed by one of target B: each tag answers in one of the two.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from itertools import cycle
from typing import ClassVar, Final, Generic, TypeVar

from drivers.rfid.serial.cutting import Decoder, Notice
from drivers.rfid.serial.events import (
    AntennaChanged,
    Event,
    Read,
    Ready,
    RoundEnded,
    Settings,
)

ANSWER_SECONDS = 1.0
TRIES = 3
GAP_SECONDS = 0.5
"""No frame pauses as long as that within itself: what is unfinished then stays so."""
REST_SECONDS = 1.0
"""Pause when no antenna can be scanned, or a missing one would be asked for without end."""

Wanted = TypeVar("Wanted")
Result = TypeVar("Result")


class ReaderLost(Exception):
    """The reader does not do what it must; the message is one plain line."""


class ReaderSession(ABC, Generic[Notice]):
    """One open line, from the first word on.

    Attributes:
        faults: counted drops; `no_answer`, `refused`, `unasked`, `other_antenna` are of here.
        lost: why the conversation is over, or None while it goes on.
        now: the time of the last `feed` or `tick`.
    """

    ANTENNAS: ClassVar[int] = 16
    """The most antennas that the family has."""

    def __init__(
        self,
        decoder: Decoder[Notice],
        settings: Settings,
        now: float,
    ) -> None:
        self.faults: Final = decoder.faults
        self.lost: str | None = None
        self.now = self._last_byte = now
        self.settings: Final = settings
        self._decoder = decoder
        self._due = now
        self._out = bytearray()
        self._events: list[Event] = []
        self._connected: dict[int, bool] = {}
        self._spoilt = False
        self._quiet = 0
        self._script = self._talk()
        self._begun = self._greeted = False

    def outgoing(self) -> bytes:
        """What is to be sent now; each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def feed(self, data: bytes, now: float) -> list[Event]:
        """Take what came from the reader at `now`; what it means."""
        self.now = self._last_byte = now
        self._take(lambda: self._decoder.feed(data))
        return self._told()

    def tick(self, now: float) -> list[Event]:
        """Let time pass; what came of it."""
        self.now = now
        if self._decoder.unfinished and now - self._last_byte >= GAP_SECONDS:
            self._take(self._decoder.give_up)
        if now >= self._due:
            self._go_on(None)
        return self._told()

    def _take(self, decode: Callable[[], list[Notice]]) -> None:
        before = self.faults.total()
        notices = decode()
        self._spoilt |= self.faults.total() != before
        if self._begun:
            for notice in notices:
                self._go_on(notice)

    def close(self) -> None:
        """Say what is left to say before the line is let go."""

    @abstractmethod
    def _greet(self) -> Generator[float, Notice | None, dict[str, str]]:
        """Make sure that the reader is there and set it up; its facts."""

    @abstractmethod
    def _scan(self, antenna: int) -> Generator[float, Notice | None, bool]:
        """Scan `antenna` once to the end; whether that took the reader's time."""

    def _aside(self, notice: Notice) -> None:
        """A notice that nobody waits for. At the greeting it was for whoever was here before us."""
        del notice
        if self._greeted:
            self.faults["unasked"] += 1

    def _talk(self) -> Generator[float, Notice | None, None]:
        self._tell(Ready((yield from self._greet())))
        self._greeted = True
        antennas = [number for number in self.settings.antennas if number <= self.ANTENNAS]
        for number in self.settings.antennas:
            if number > self.ANTENNAS:
                self._missing(number, f"readers of this kind have {self.ANTENNAS} antennas at most")
        while True:
            scanned = False
            for antenna in antennas:
                scanned |= yield from self._scan(antenna)
            if not scanned:
                yield from self._rest(REST_SECONDS)

    def _send(self, frame: bytes) -> None:
        self._out += frame

    def _try(
        self,
        frame: bytes,
        wanted: Callable[[Notice], Wanted | None],
        seconds: float = ANSWER_SECONDS,
    ) -> Generator[float, Notice | None, Wanted | None]:
        """Send `frame` and wait for what is wanted; None when it does not come."""
        self._send(frame)
        until = self.now + seconds
        while self.now < until:
            heard = yield until - self.now
            if heard is None:
                continue
            answer = wanted(heard)
            if answer is not None:
                return answer
            self._aside(heard)
        self.faults["no_answer"] += 1
        return None

    def _ask(
        self,
        frame: bytes,
        wanted: Callable[[Notice], Wanted | None],
        seconds: float = ANSWER_SECONDS,
    ) -> Generator[float, Notice | None, Wanted]:
        """Send `frame`, again if need be, until what is wanted comes.

        Raises:
            ReaderLost: it did not come.
        """
        for _ in range(TRIES):
            answer = yield from self._try(frame, wanted, seconds)
            if answer is not None:
                return answer
        raise ReaderLost("the reader does not answer")

    def _rest(self, seconds: float) -> Generator[float, Notice | None, None]:
        until = self.now + seconds
        while self.now < until:
            heard = yield until - self.now
            if heard is not None:
                self._aside(heard)

    def _tell(self, event: Event) -> None:
        self._events.append(event)

    def _heard(self, antenna: int, epc: bytes, rssi: float, n: int = 1) -> None:
        self._tell(Read(antenna, epc, rssi, n))

    def _by_targets(
        self,
        antenna: int,
        begun: float,
        inventory: Callable[[int, int], Generator[float, Notice | None, bool]],
        targets: Sequence[int],
    ) -> Generator[float, Notice | None, bool]:
        """Inventories of `antenna`, of each target in turn, until `round_seconds` after `begun`.

        A round when each came to its end; whether it did.
        """
        for target in cycle(targets):
            if not (yield from inventory(antenna, target)):
                return False
            if target == targets[-1] and self.now - begun >= self.settings.round_seconds:
                break
        self._round(antenna)
        return True

    def _round(self, antenna: int) -> None:
        """`antenna` was scanned to its end: it is there, and it is a round if nothing broke."""
        self._quiet = 0
        self._there(antenna)
        if not self._spoilt:
            self._tell(RoundEnded(antenna))

    def _there(self, antenna: int) -> None:
        if self._connected.get(antenna) is not True:
            self._connected[antenna] = True
            self._tell(AntennaChanged(antenna, connected=True))

    def _missing(self, antenna: int, detail: str) -> None:
        if self._connected.get(antenna) is not False:
            self._connected[antenna] = False
            self._tell(AntennaChanged(antenna, connected=False, detail=detail))

    def _refused(self) -> None:
        self._spoilt = True
        self.faults["refused"] += 1

    def _silent(self) -> None:
        """An inventory did not end in time. Raises `ReaderLost` at the third without a round."""
        self._spoilt = True
        self.faults["no_answer"] += 1
        self._quiet += 1
        if self._quiet >= TRIES:
            raise ReaderLost("the reader does not answer")

    def _go_on(self, heard: Notice | None) -> None:
        if self.lost is not None:
            return
        try:
            if self._begun:
                wait = self._script.send(heard)
            else:
                self._begun = True
                wait = next(self._script)
        except ReaderLost as lost:
            self.lost = str(lost)
        else:
            self._due = self.now + wait

    def _told(self) -> list[Event]:
        events, self._events = self._events, []
        return events
