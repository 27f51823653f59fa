"""What a bought counter reports, in one form for every make, and how its JSON is read.

A report is a device's own view: per line, passages in a window of time (`Window`), one passage
(`Trigger`), totals since the device last began to count (`Totals`). What of it counts is judged in
`tally`. The device's own occupancy is not read at all: it was seen at −7,141.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

BODY_BYTES = 1 << 20
COUNT_MOST = 2**31
LINES_MOST = 64
RECORDS_MOST = 10_000


class BodyWrong(ValueError):
    """A body that is not this make's; one plain line says why."""


@dataclass(frozen=True, slots=True)
class LineRef:
    """A counting line: the `key` that stays, and every name that the config may use for it."""

    key: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Window:
    """Passages over a line in a window of the device's time.

    Attributes:
        start: the window's beginning as the device writes it; with serial and line it is unique.
        begun: the same in seconds UTC, None where it has no offset or is no time.
        ended: its end, likewise.
        seconds: its length, None where it is not known.
        groups: of `entries`, how many groups they came in; None where the device does not say.
    """

    line: LineRef
    start: str
    begun: float | None
    ended: float | None
    seconds: float | None
    entries: int
    exits: int
    groups: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Passages over a line at one moment of the device's time, said as they happen."""

    line: LineRef
    time: str
    entries: int
    exits: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Passages over a line since the device began to count; it begins again when it likes."""

    line: LineRef
    entries: int
    exits: int


@dataclass(frozen=True, slots=True)
class Report:
    """One message of one device.

    Attributes:
        serial: its serial number; empty where it does not say.
        running: seconds since its boot, None where it does not say.
        clock: its time, seconds UTC, None where it cannot be told.
        triggers_too: this make can say a passage twice, at once and in a window.
        bad_lines: lines that could not be read.
        facts: model, firmware and so on, as it names them.
    """

    serial: str
    windows: tuple[Window, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    totals: tuple[Totals, ...] = ()
    running: float | None = None
    clock: float | None = None
    triggers_too: bool = False
    bad_lines: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that `body` is.

    Raises:
        BodyWrong: it is none, or too large.
    """
    if len(body) > BODY_BYTES:
        raise BodyWrong(f"the body has more than {BODY_BYTES} bytes")
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise BodyWrong(f"the body is not JSON: {str(wrong)[:100]}") from wrong
    if not isinstance(found, dict):
        raise BodyWrong("the body must be a JSON object")
    return found


def table(value: object) -> Mapping[str, Any]:
    """`value` where it is an object, else an empty one: each block of a report may be missing."""
    return value if isinstance(value, dict) else {}


def rows(value: object, most: int = LINES_MOST) -> list[Mapping[str, Any]]:
    """The objects in a list; nothing where there is no list."""
    return [row for row in value[:most] if isinstance(row, dict)] if isinstance(value, list) else []


def count(value: object) -> int | None:
    """A number of people; None for what is none (negative, a fraction, text)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= COUNT_MOST:
        return value
    return None


def words(value: object) -> str:
    """A short text or number as text; empty for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    return text if len(text) <= 100 and text.isprintable() else ""


def moment(text: str) -> float | None:
    """Seconds UTC of an ISO 8601 time with its offset; None without one."""
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
        return found.timestamp() if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def span(start: str, end: str) -> float | None:
    """Seconds between two times that are written alike; None where they cannot be told."""
    try:
        first, last = (datetime.fromisoformat(text.replace("/", "-")) for text in (start, end))
        seconds = (last - first).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
