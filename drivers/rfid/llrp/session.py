"""The conversation with one reader as a pure state machine: bytes in, bytes and events out.

No socket and no clock: `feed` and `tick` are given monotonic seconds. The reader speaks first; the
client says nothing before the ConnectionAttemptEvent (LLRP 1.1 section 20.1.1). Then come the
questions of `set_up`, one at a time, and when the last is answered events and reports flow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Final

from drivers.rfid.llrp.antennas import Antennas
from drivers.rfid.llrp.asking import Asking
from drivers.rfid.llrp.events import (
    CONNECTION_REFUSED,
    HELD_SECONDS,
    Event,
    Ready,
    SessionLost,
    Stamp,
    name,
    stamp_of,
)
from drivers.rfid.llrp.framing import Framing, Message, ProtocolError
from drivers.rfid.llrp.parameters import Body, Parameter, decode_body, message
from drivers.rfid.llrp.reports import ReportDecoder, TagColumns
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.scanning import Scanning
from drivers.rfid.llrp.set_up import ANSWER_SECONDS, SetUp
from drivers.rfid.llrp.shapes import TOP_BIT, MessageType, P
from drivers.rfid.llrp.template import Clock

DEAD_PERIODS = 2.5
"""Keepalive periods without a byte after which a reader is dead."""
WORRY_SECONDS = 600.0
"""How long an exception or a full buffer is a person's business, if it does not come again."""
ALIVE_SECONDS = 20.0
"""A reader that waits for its trigger tells no rounds: so often it is said that it lives."""
_ABOUT_VERSIONS = (MessageType.GET_SUPPORTED_VERSION, MessageType.SET_PROTOCOL_VERSION)


class State(Enum):
    """Where the conversation stands."""

    WAITING = "waiting for the reader to speak"
    STARTING = "setting the reader up"
    RUNNING = "running"


_RUNNING = State.RUNNING
"""Looked up at each read: an enumeration's own member costs as much as reading the tag."""


class LlrpSession:
    """One connection, from the reader's first word to its last.

    Attributes:
        faults: counted drops and refusals that the session lives with.
        state: where the conversation stands.
    """

    def __init__(
        self,
        settings: Settings,
        now: float,
        faults: Counter[str] | None = None,
        *,
        ask_version: bool = True,
    ) -> None:
        self.settings: Final = settings
        self.faults: Final[Counter[str]] = Counter() if faults is None else faults
        self.state = State.WAITING
        self._framing = Framing()
        self._reports = ReportDecoder(self.faults)
        self._reader = SetUp(settings, ask_version=ask_version)
        self._asking = Asking(self._reader, self.faults)
        self._deadline = now + ANSWER_SECONDS
        self._patience = DEAD_PERIODS * settings.keepalive_ms / 1000
        self._facts, self._antennas = self._reader.facts, Antennas(self._reader.connected)
        self._scan = Scanning(settings.trigger, self._facts)
        self._worry, self._worried = "", now
        self._said = now

    def outgoing(self) -> bytes:
        """What is to be sent now; each byte is handed out once."""
        return self._asking.outgoing()

    def feed(self, data: bytes, now: float) -> list[Event]:
        """Take what came from the reader at `now`; what it means, in the reader's order.

        Raises:
            SessionLost: refused, closed, or no LLRP.
        """
        if self.state is _RUNNING and not self._framing.rest:
            columns = self._reports.whole(data)
            if columns is not None:
                self._deadline = now + self._patience
                return self._heard(columns)
        try:
            messages = self._framing.feed(data)
        except ProtocolError as error:
            raise SessionLost(f"this is no LLRP reader: {error}") from error
        if messages and self.state is _RUNNING:
            self._deadline = now + self._patience
        events: list[Event] = []
        try:
            events.extend(self._take_all(messages, now))
        except SessionLost as lost:
            lost.before = events
            raise
        return events

    def tick(self, now: float) -> None:
        """Let time pass without a byte.

        Raises:
            SessionLost: the reader did not answer, or is dead.
        """
        if now >= self._deadline:
            step = self._asking.step
            if step is None or not step.may_be_silent:
                raise SessionLost(self._silence())
            # Never the last question: nothing is told yet.
            for _ in self._proceed(now):
                pass
        if self.state is State.RUNNING:
            self._start_where_due(now)

    def close(self) -> None:
        """Say goodbye; the ROSpec stays, so that the reader holds what it hears meanwhile."""
        if self.state is not State.WAITING:
            self._tell(MessageType.CLOSE_CONNECTION)

    @property
    def asks_version(self) -> bool:
        """Whether the version was the last thing that was asked: some readers hang up at it."""
        return self.state is State.STARTING and self._asking.sent_type in _ABOUT_VERSIONS

    @property
    def _id(self) -> int:
        return self.settings.ro_spec_id

    def _silence(self) -> str:
        match self.state:
            case State.WAITING:
                return "the reader took the connection and said nothing"
            case State.STARTING:
                return f"the reader did not answer {name(self._asking.sent_type)}"
            case State.RUNNING:
                return f"the reader has been silent for {self._patience:g} s"

    def _take_all(self, messages: list[Message], now: float) -> Iterator[Event]:
        bodies: list[bytes] = []
        for received in messages:
            if received.type == MessageType.RO_ACCESS_REPORT:
                bodies.append(received.body)
                continue
            yield from self._reads(bodies)
            bodies = []
            yield from self._take(received, now)
        yield from self._reads(bodies)

    def _reads(self, bodies: list[bytes]) -> Iterator[Event]:
        if not bodies:
            return
        if self.state is not State.RUNNING:
            # Of somebody else's ROSpec: with contents that we did not ask for.
            self.faults["early_report"] += len(bodies)
            return
        yield from self._decoded(bodies)

    def _decoded(self, bodies: list[bytes]) -> list[Event]:
        before = self._reports.lost
        columns = self._reports.decode(bodies)
        if self._reports.lost != before:
            self._antennas.spoil()
        return [] if columns is None else self._heard(columns)

    def _heard(self, columns: TagColumns) -> list[Event]:
        return [*self._antennas.proven(columns), columns]

    def _take(self, received: Message, now: float) -> Iterator[Event]:
        match received.type:
            case MessageType.KEEPALIVE:
                self._asking.send(message(MessageType.KEEPALIVE_ACK, received.id))
                yield from self._lives(now)
                return
            case MessageType.CLOSE_CONNECTION_RESPONSE:
                raise SessionLost("the reader closed the connection")
        try:
            body = decode_body(received)
        except ProtocolError:
            self.faults["bad_message"] += 1
            self._antennas.spoil()
            return
        if received.type == MessageType.READER_EVENT_NOTIFICATION:
            yield from self._notified(body, now)
        else:
            yield from self._answered(received, body, now)

    # What the reader says by itself

    def _notified(self, body: Body, now: float) -> Iterator[Event]:
        data = body.parameter(P.READER_EVENT_NOTIFICATION_DATA)
        if data is None:
            self.faults["bad_message"] += 1
            return
        stamp = stamp_of(data)
        if stamp.clock is not Clock.NONE:
            yield stamp
        for said in data.children:
            yield from self._event(said, stamp, now)

    def _event(self, said: Parameter, stamp: Stamp, now: float) -> Iterator[Event]:
        match said.type:
            case P.CONNECTION_ATTEMPT_EVENT:
                yield from self._greeted(said.number("status"), now)
            case P.CONNECTION_CLOSE_EVENT:
                raise SessionLost("the reader closed the connection")
            case P.AI_SPEC_EVENT:
                yield from self._round(said, stamp)
            case P.ANTENNA_EVENT:
                antenna, there = said.number("antenna"), said.number("event") == 1
                yield from self._antennas.turned(antenna, stamp, connected=there)
            case P.RO_SPEC_EVENT if said.number("id") == self._id:
                if said.number("event") == 1:
                    self._scan.ended(now)
                else:
                    self._scan.began()
            case P.REPORT_BUFFER_OVERFLOW:
                self.faults["reader_buffer_overflow"] += 1
                self._antennas.spoil()
                yield from self._worries(
                    "its buffer was full and reads were lost: the network?", now
                )
            case P.REPORT_BUFFER_LEVEL_WARNING:
                self.faults["reader_buffer_warning"] += 1
                line = f"its buffer is {said.number('percent')} % full: the network is too slow"
                yield from self._worries(line, now)
            case P.READER_EXCEPTION:
                self.faults["reader_exception"] += 1
                self._facts["exception"] = said.text("message")[:200]
                yield from self._worries(f"it reports: {self._facts['exception']}", now)
            case P.GPI_EVENT:
                closed = bool(said.number("flags") & TOP_BIT)
                if not self._scan.input(said.number("port"), now, closed=closed):
                    self.faults["bad_message"] += 1
            case _:
                pass
        self._start_where_due(now)

    def _worries(self, line: str, now: float) -> Iterator[Event]:
        """The reader works, and a person should look at it."""
        self._worry, self._worried = line, now
        if self.state is State.RUNNING:
            yield self._ready(now)

    def _lives(self, now: float) -> Iterator[Event]:
        """At a keepalive: what worried is over after a while; a reader that waits is not silent."""
        over = bool(self._worry) and now >= self._worried + WORRY_SECONDS
        if over:
            self._worry = ""
        waits = self._scan.trigger is not None and now >= self._said + ALIVE_SECONDS
        if self.state is State.RUNNING and (over or waits):
            yield self._ready(now)

    def _ready(self, now: float) -> Ready:
        self._said = now
        return Ready(self._facts, dict(self._antennas.connected), self._worry or self._reader.note)

    def _start_where_due(self, now: float) -> None:
        if self.state is not State.RUNNING or not self._scan.due(now):
            return
        if self._scan.trigger is None:
            self.faults["restarted"] += 1
        self._tell(MessageType.START_ROSPEC, ro_spec=self._id)

    def _greeted(self, status: int, now: float) -> Iterator[Event]:
        if status == 4:
            self.faults["other_client_tried"] += 1
        elif status:
            line = CONNECTION_REFUSED.get(status, f"the reader refused the connection ({status})")
            raise SessionLost(line, HELD_SECONDS)
        elif self.state is State.WAITING:
            self.state = State.STARTING
            yield from self._proceed(now)

    def _round(self, said: Parameter, stamp: Stamp) -> Iterator[Event]:
        index = said.number("spec_index")
        if said.number("id") != self._id or not 1 <= index <= len(self._reader.groups):
            self.faults["foreign_round"] += 1
            return
        self._scan.round()
        self._facts["rounds"] = "reported"
        yield from self._antennas.round(self._reader.groups[index - 1], stamp)

    # Our questions and its answers

    def _answered(self, received: Message, body: Body, now: float) -> Iterator[Event]:
        if self._asking.answered(received, body):
            yield from self._proceed(now)

    def _proceed(self, now: float) -> Iterator[Event]:
        step = self._asking.proceed()
        if step is not None:
            self._deadline = now + step.seconds
            return
        self._tell(MessageType.ENABLE_EVENTS_AND_REPORTS)
        self.state = State.RUNNING
        self._deadline = now + self._patience
        for port, closed in self._reader.inputs.items():
            self._scan.input(port, now, closed=closed, told=False)
        yield self._ready(now)
        self._start_where_due(now)

    def _tell(self, kind: int, **fields: int) -> None:
        self._asking.send(message(kind, self._asking.number(), **fields))
