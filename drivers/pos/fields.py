"""Checks of single fields of a till's or back office's body, faults gathered with their paths.

A body is what `json.loads` made of it. Every check takes the field's path (`lines[2].gtin`), notes
what is wrong in a `Faults`, and answers a value that is safe to go on with; the caller raises once
at the end, so that a till's programmer sees all the faults of a body at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from drivers.gtin import GtinError, normalize_gtin
from drivers.pos.money import HUNDREDTHS_MAX, hundredths

TEXT_MAX = 64
QTY_MAX = 100_000
T_MAX = 4_102_444_800.0
"""2100-01-01T00:00:00Z: a till whose clock is past it is wrong, or speaks in milliseconds."""
EPC_WORDS_MAX = 31
"""The protocol control word counts at most 31 words (Gen2, section 6.3.2.1.2.2)."""
URN_MAX = 256
FAULTS_MAX = 20

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_URN = re.compile(r"urn:epc:[!-~]+")


class BodyError(ValueError):
    """A body that cannot be taken.

    Attributes:
        field: path of the first wrong field, such as `lines[2].gtin`; `body` for the whole of it.
        problem: what is wrong with it, for a person.
        faults: every (field, problem), the first one included, at most `FAULTS_MAX` of them.
    """

    def __init__(self, field: str, problem: str, *more: tuple[str, str]) -> None:
        self.field = field
        self.problem = problem
        self.faults: tuple[tuple[str, str], ...] = ((field, problem), *more)
        super().__init__("; ".join(f"{where}: {what}" for where, what in self.faults))


class Faults:
    """The faults of one body, in the order in which they were found."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []

    @property
    def full(self) -> bool:
        """Enough is wrong: reading on would tell the caller nothing new."""
        return len(self._found) >= FAULTS_MAX

    def add(self, path: str, problem: str) -> None:
        """Note that the field at `path` is wrong."""
        if not self.full:
            self._found.append((path, problem))

    def check(self) -> None:
        """Raise what was found, if anything.

        Raises:
            BodyError: at least one fault was noted.
        """
        if self._found:
            (field, problem), *more = self._found
            raise BodyError(field, problem, *more)


def named(value: object) -> str:
    """What kind of JSON value stands there, for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case Mapping():
            return "an object"
        case _:
            return "a list"


def text(value: object, path: str, faults: Faults) -> str:
    """1 to 64 printable characters."""
    if not isinstance(value, str):
        faults.add(path, f"must be text, not {named(value)}")
    elif not 1 <= len(value) <= TEXT_MAX:
        faults.add(path, f"must have 1 to {TEXT_MAX} characters, not {len(value)}")
    elif not value.isprintable():
        faults.add(path, "must have printable characters only")
    else:
        return value
    return ""


def gtin(value: object, path: str, faults: Faults) -> str:
    """A GTIN in 8, 12, 13 or 14 digits with a valid check digit, answered as 14."""
    if not isinstance(value, str):
        faults.add(path, f"must be text of 8, 12, 13 or 14 digits, not {named(value)}")
        return ""
    try:
        return normalize_gtin(value)
    except GtinError as wrong:
        faults.add(path, str(wrong))
        return ""


def qty(value: object, path: str, faults: Faults, *, least: int = 1) -> int:
    """A whole number of units, `least` to `QTY_MAX`."""
    # A JSON true is an int to Python, and 1.0 is a till that counts in floats: neither is a count.
    if isinstance(value, bool) or not isinstance(value, int):
        faults.add(path, f"must be a whole number, not {_shown(value)}")
    elif not least <= value <= QTY_MAX:
        faults.add(path, f"must be {least} to {QTY_MAX}, not {_shown(value)}")
    else:
        return value
    return least


def amount(value: object, path: str, faults: Faults) -> int:
    """Money in hundredths, of decimal text or a number with at most two decimals; never a float."""
    # The shortest text that a float is read back from is what the till wrote.
    number = isinstance(value, int | float) and not isinstance(value, bool)
    written = repr(value) if number else value
    found = hundredths(written) if isinstance(written, str) else None
    if found is None:
        limits = f"at most two decimals, no sign, at most {HUNDREDTHS_MAX // 100}"
        faults.add(path, f'must be an amount such as "12.90": {limits}')
    return found or 0


def epc(value: object, path: str, faults: Faults) -> str:
    """EPC memory as hex (upper-case, whole 16-bit words) or an EPC URN."""
    if not isinstance(value, str):
        faults.add(path, f"must be text, not {named(value)}")
    elif value.startswith("urn:"):
        if len(value) <= URN_MAX and _URN.fullmatch(value):
            return value
        faults.add(path, "is no EPC URN (urn:epc:…)")
    elif not _HEX.fullmatch(value):
        faults.add(path, "must be hex digits or an EPC URN (urn:epc:…)")
    elif len(value) % 4 or len(value) > 4 * EPC_WORDS_MAX:
        faults.add(path, f"must be 1 to {EPC_WORDS_MAX} words of 4 hex digits, not {len(value)}")
    else:
        return value.upper()
    return ""


def event_time(value: object, path: str, faults: Faults, *, at: float) -> float:
    """Seconds UTC of a number or an RFC 3339 text with its offset; `at` where there is none."""
    if value is None:
        return at
    seconds = _written_time(value) if isinstance(value, str) else value
    if seconds is None:
        faults.add(path, "must be seconds or an RFC 3339 time such as 2026-11-21T10:00:00Z")
    elif isinstance(seconds, bool) or not isinstance(seconds, int | float):
        faults.add(path, f"must be seconds or an RFC 3339 time, not {named(seconds)}")
    elif not 0 <= seconds <= T_MAX:
        # The comparison is false for NaN too, and true for no integer that a float cannot hold.
        faults.add(path, "must lie between 1970 and 2100, in seconds")
    else:
        return float(seconds)
    return at


def _written_time(value: str) -> float | None:
    if not _RFC3339.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper()).timestamp()
    except (ValueError, OverflowError):
        return None


def _shown(value: object) -> str:
    """A number as it stands when it is short, else what kind of value it is."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10 * QTY_MAX:
        return str(value)
    return named(value)
