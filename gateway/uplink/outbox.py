"""The outbox as the uplink sees it: rows on disk that HQ has not confirmed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.storage.rows import EventRow, OutboxRow

__all__ = ["START", "Backlog", "EventRow", "Events", "NoEvents", "Outbox", "OutboxRow"]

START = (0, 0)
"""A key before every row: boots and numbers begin at 1."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits in the outbox."""

    rows: int
    bytes: int


class Outbox(Protocol):
    """Rows in order of (boot, seq), committed with the changes they tell of.

    The program implements it over storage. A row stays until `clear` covers it; rows of earlier
    boots come before those of this one.
    """

    async def after(self, key: tuple[int, int], limit: int) -> Sequence[OutboxRow]:
        """At most `limit` committed rows whose (boot, seq) is greater than `key`, in that order."""

    async def clear(self, boot: int, seq: int) -> int:
        """Take out the rows of `boot` up to and including `seq`; answer how many they were.

        Rows of other boots stay. Raises `OSError` or `gateway.requests.NotStored` when the disk
        does not take it; the rows are then still there and clearing again is safe.
        """

    def backlog(self) -> Backlog:
        """What waits now (a figure kept in memory: called for every page view)."""


class Events(Protocol):
    """EPCIS events that wait, in order of their numbers. They have no `seq`: the PUBACK frees them.

    One told twice has the same `eventID` both times.
    """

    async def after(self, number: int, limit: int) -> Sequence[EventRow]:
        """At most `limit` events with a number greater than `number`, in order."""

    def gone(self, rows: Sequence[EventRow]) -> None:
        """The broker has confirmed these; nobody needs them any more."""

    def backlog(self) -> Backlog:
        """What waits now."""


class NoEvents:
    """Of a store that has not switched events on."""

    async def after(self, number: int, limit: int) -> Sequence[EventRow]:  # noqa: ARG002 - none
        """None."""
        return ()

    def gone(self, rows: Sequence[EventRow]) -> None:
        """Nothing to do."""

    def backlog(self) -> Backlog:
        """Nothing waits."""
        return Backlog(0, 0)
