"""What may be asked of the running gateway, and what it answers: facts, holds, alerts.

Values only. The engines judge them, the program commits them, page, API and feed ask them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Way(StrEnum):
    """The way of somebody who crossed a door."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Tap:
    """One press of the clicker. `n` counts the presses of one phone, from 1; `age` in seconds.

    `undo`: takes back a press of that moment.
    """

    n: int
    way: Way
    age: float
    undo: bool = False


class ManualStep(StrEnum):
    """What the person with the clicker does."""

    START = "start"
    PAUSE = "pause"
    TAPS = "taps"
    APPLY = "apply"
    """Count by what was found."""
    DISCARD = "discard"
    """Begin the manual count anew."""
    FORGET = "forget"
    """Count by the config's calibration again."""


@dataclass(frozen=True, slots=True)
class ManualAct:
    """A step, with the presses that are not said yet. `phone` names whose numbers they bear."""

    step: ManualStep
    phone: str = ""
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowFactor:
    """People for one counted from `flow` passages a minute on, with its 95 % interval."""

    flow: float
    factor: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ManualCount:
    """A count by hand at one door, beside what the door counted over the same time.

    Attributes:
        entries, exits: presses so far.
        crossings: those with a count of the door's own beside them; `counted`: that count.
        seconds: how long both were counted.
        needed: crossings before a factor is offered.
        offered: factors that `apply` would put in force; empty where `why` says why not, a word
            with its numbers `given`, and `text` for a log.
        in_force: factors by flow that the door counts by; empty: by `calibration` of the config.
    """

    door: str
    watching: bool
    entries: int
    exits: int
    crossings: int
    counted: int
    seconds: float
    needed: int
    calibration: float
    offered: tuple[FlowFactor, ...] = ()
    in_force: tuple[FlowFactor, ...] = ()
    why: str = ""
    given: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


class WalkStep(StrEnum):
    """What an installer does who walks through the store with known tags."""

    START = "start"
    LAY = "lay"
    """The tags lie in a zone now, and nobody stands before them."""
    APPLY = "apply"
    """Let the engine know by what was measured."""
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class WalkAct:
    """A step of a walk.

    Attributes:
        tags: for `start`: EPCs of the tags as hex; none: they are found out, `count` of them.
        zone, seconds: for `lay`: where they lie, and how long.
    """

    step: WalkStep
    tags: tuple[str, ...] = ()
    count: int = 0
    zone: str = ""
    seconds: float = 0.0


class WalkPhase(StrEnum):
    """What a walk waits for."""

    IDLE = "idle"
    LISTENING = "listening"
    """What is heard now is there anyway: the tags are out of earshot."""
    READY = "ready"
    LAID = "laid"


class AntennaVerdict(StrEnum):
    """What a walk says of one antenna."""

    GOOD = "good"
    WEAK = "weak"
    """It hears few of its own zone's tags, or seldom."""
    ELSEWHERE = "elsewhere"
    """It hears another zone better than its own: a swapped cable, or it looks the wrong way."""
    DEAF = "deaf"
    """Its rounds go on and it hears nothing in its own zone."""
    SILENT = "silent"
    """It finished no round: not connected, not configured at the reader, or the reader is away."""
    UNSURE = "unsure"
    """Too few rounds to tell."""
    WAITING = "waiting"
    """Nothing has been laid into its zone."""


@dataclass(frozen=True, slots=True)
class AntennaHeard:
    """One antenna on a walk: of `laid` tags in its own zone it heard `heard`, at a mean `rate`.

    `rate` is reads a round, None without rounds; `hears` the zone it hears better, for `elsewhere`.
    """

    reader: str
    antenna: int
    zone: str
    verdict: AntennaVerdict
    rounds: int = 0
    heard: int = 0
    laid: int = 0
    rate: float | None = None
    hears: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneWalked:
    """One stop: any antenna heard `heard` of `laid` tags in `zone`. `applied`: it is in force."""

    zone: str
    heard: int
    laid: int
    applied: bool


@dataclass(frozen=True, slots=True)
class WalkState:
    """How a walk stands.

    Attributes:
        zone: where the tags lie now. left: seconds until this phase ends by itself.
        hearing: tags heard so far at the present stop, by (reader, antenna); those heard at all.
        count: tags that are carried along. tags: those known by now, as hex.
        why: a word that says why the step was refused, `detail` a sentence; empty when it was not.
    """

    phase: WalkPhase
    zone: str = ""
    left: float = 0.0
    count: int = 0
    tags: tuple[str, ...] = ()
    heard: int = 0
    hearing: tuple[tuple[str, int, int], ...] = ()
    stops: tuple[ZoneWalked, ...] = ()
    antennas: tuple[AntennaHeard, ...] = ()
    why: str = ""
    detail: str = ""
