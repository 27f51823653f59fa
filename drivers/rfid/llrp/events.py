"""What a session says of a reader, and the plain lines for why it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from drivers.rfid.llrp.parameters import Parameter
from drivers.rfid.llrp.reports import TagColumns
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.llrp.template import Clock

CONNECTION_REFUSED = {
    1: "another program holds the reader (a connection that the reader made itself)",
    2: "another program holds the reader",
    3: "the reader refused the connection without saying why",
    4: "another program tried to take the reader over",
}
"""By status of ConnectionAttemptEvent, section 16.2.7.6.10."""
HELD_SECONDS = 30.0
"""Whoever has the reader is not driven out by asking, and each attempt is reported to it."""


class SessionLost(Exception):
    """The conversation is over; the message is one plain line.

    Attributes:
        before: what the reader said in the same bytes before that.
        at_least: seconds before which another attempt makes no sense.
    """

    def __init__(self, line: str, at_least: float = 0.0) -> None:
        super().__init__(line)
        self.at_least = at_least
        self.before: list[Event] = []


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time of the reader, microseconds of `clock`."""

    reader_us: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class Ready:
    """Set up and scanning: said at the start, and again when something of it is to be told.

    Attributes:
        facts: for the page.
        connected: antennas, as the reader says.
        note: what a person should look at, though the reader works.
    """

    facts: dict[str, str]
    connected: dict[int, bool]
    note: str = ""


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """All of these antennas' round is over; its tags came before this."""

    antennas: tuple[int, ...]
    at: Stamp


@dataclass(frozen=True, slots=True)
class AntennaChanged:
    """The reader says that an antenna came or went."""

    antenna: int
    connected: bool
    at: Stamp


Event: TypeAlias = Ready | TagColumns | RoundEnded | AntennaChanged | Stamp
"""A bare `Stamp` is a time that the reader said and that is worth nothing but its clock."""


def stamp_of(data: Parameter) -> Stamp:
    """The time in a ReaderEventNotificationData."""
    for kind, clock in ((P.UTC_TIMESTAMP, Clock.UTC), (P.UPTIME, Clock.UPTIME)):
        found = data.child(kind)
        if found is not None:
            return Stamp(found.number("microseconds"), clock)
    return Stamp(0, Clock.NONE)


def refusal(asked: int, status: Parameter | None) -> str:
    """Why the reader did not do what was asked, as one plain line."""
    said = "" if status is None else status.text("description").strip()[:200]
    code = "" if status is None else f" ({status.number('code')})"
    return f"the reader refused {name(asked)}{code}" + (f": {said}" if said else "")


def name(kind: int) -> str:
    """A message's name in the standard."""
    try:
        return MessageType(kind).name
    except ValueError:
        return f"message {kind}"
