"""What storage takes and gives beside changes: feed messages and whole batches."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.changes import Change


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One numbered feed message.

    Attributes:
        topic: its last part: `changes`, `footfall`.
        payload: JSON text.
        t: when it was made, seconds UTC.
    """

    boot: int
    seq: int
    topic: str
    payload: str
    t: float


@dataclass(frozen=True, slots=True)
class EventRow:
    """One EPCIS event that waits: its number on this disk and its JSON text."""

    id: int
    payload: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What is committed together or not at all.

    Attributes:
        acked: (boot, seq) pairs: HQ has committed everything up to seq of that boot.
        events: texts of EPCIS events.
        events_gone: events up to this number have left.
    """

    changes: tuple[Change, ...] = ()
    messages: tuple[OutboxRow, ...] = ()
    acked: tuple[tuple[int, int], ...] = ()
    events: tuple[str, ...] = ()
    events_gone: int = 0
