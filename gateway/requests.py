"""What may be asked of the running gateway, and what it answers: facts, holds, alerts.

Values only. The engines judge them, the program commits them, page, API and feed ask them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a fact with an idempotency key was taken."""

    NEW = "new"
    KNOWN = "known"
    """The same id with the same body: nothing changed."""
    CONFLICT = "conflict"
    """The same id with another body: nothing changed, the caller is wrong."""


class HoldState(StrEnum):
    """A hold's life."""

    OPEN = "open"
    COLLECTED = "collected"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Put `qty` of a GTIN aside for `minutes`. `id` is an idempotency key."""

    id: str
    gtin: str
    qty: int
    minutes: float
    channel: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as the gateway keeps it; times in seconds UTC."""

    id: str
    gtin: str
    qty: int
    channel: str
    order: str
    created: float
    expires: float
    state: HoldState


class HoldVerdict(StrEnum):
    """How a hold's request, collection or release was taken."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"
    INSUFFICIENT = "insufficient"
    MISSING = "missing"
    """No hold with that id (collect, release), or no such GTIN."""
    OVER = "over"
    """The hold is already released, expired or collected otherwise than asked."""


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """`available` is what could be held when the answer was made."""

    verdict: HoldVerdict
    hold: Hold | None
    available: int = 0


@dataclass(frozen=True, slots=True)
class AlertRequest:
    """Say once when a GTIN is back on the shelf: to `callback` (a URL) or on `topic` (MQTT)."""

    id: str
    gtin: str
    callback: str = ""
    topic: str = ""


class AlertVerdict(StrEnum):
    """How a wish to be told was taken."""

    NEW = "new"
    KNOWN = "known"
    """The same target waits for the same GTIN already."""
    REFUSED = "refused"
    """The callback is an address that the store does not call."""
    FULL = "full"


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """`alert` is the subscription as it is kept, under its first id; `why` is said when refused."""

    verdict: AlertVerdict
    alert: AlertRequest | None
    why: str = ""


class NotStored(Exception):
    """The disk did not take it; nothing was promised. Say so (503) and let the caller try again."""
