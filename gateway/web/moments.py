"""Times as the API speaks them: RFC 3339 UTC with `Z` out, RFC 3339 or epoch seconds in."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MOMENT_MAX = 4_102_444_800.0
"""2100-01-01T00:00:00Z: what is later is a slip (milliseconds), not a time."""

_STEP = re.compile(r"(\d{1,6})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")
_LOST_PLUS = re.compile(r" (\d\d:\d\d)$")


def rfc3339(t: float) -> str:
    """Seconds UTC as `2026-11-21T10:00:00.250Z`; whole seconds without a fraction."""
    moment = datetime.fromtimestamp(t, UTC)
    spec = "milliseconds" if moment.microsecond >= 500 else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def maybe_rfc3339(t: float | None) -> str | None:
    """The same for a time that may not be known."""
    return None if t is None else rfc3339(t)


def parse_moment(text: str) -> float:
    """Seconds UTC of an RFC 3339 time with its offset, or of epoch seconds.

    Raises:
        ValueError: it is neither, or lies outside 1970 to 2100.
    """
    try:
        t = float(text)
    except ValueError:
        # A plus sign that nobody escaped arrives as a space.
        t = _written(_LOST_PLUS.sub(r"+\1", text))
    if not (math.isfinite(t) and 0 <= t <= MOMENT_MAX):
        raise ValueError("must lie between 1970 and 2100, in seconds")
    return t


def parse_step(text: str) -> float:
    """Seconds of a length such as `90s`, `15m`, `1h`, `1d`.

    Raises:
        ValueError: it is no such length.
    """
    found = _STEP.fullmatch(text)
    if found is None:
        raise ValueError("must be a length such as 15m, 1h or 1d")
    return float(int(found[1]) * _SECONDS[found[2]])


def midnight(t: float, clock: ZoneInfo) -> float:
    """When the day of `t` began in the store's time zone, seconds UTC."""
    local = datetime.fromtimestamp(t, clock)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()


def next_midnight(t: float, clock: ZoneInfo) -> float:
    """When the day of `t` ends there: 23, 24 or 25 hours after it began."""
    local = datetime.fromtimestamp(t, clock)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
    return day.timestamp()


def _written(text: str) -> float:
    if not _RFC3339.fullmatch(text):
        raise ValueError("must be seconds or an RFC 3339 time such as 2026-11-21T10:00:00Z")
    try:
        return datetime.fromisoformat(text.upper()).timestamp()
    except OverflowError as far:
        raise ValueError("must lie between 1970 and 2100, in seconds") from far
