"""What a client asked the reader to do: ROSpecs read into the few values that the reader runs by.

Source: LLRP 1.0.1, section 11 (ROSpec, AISpec, triggers), 16.2.4 (their encoding).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from drivers.rfid.llrp.parameters import Parameter
from drivers.rfid.llrp.shapes import Content, P

SHORTEST_SECONDS = 0.01
_NULL, _IMMEDIATE = 0, 1
_DURATION, _TAG_OBSERVATION = 1, 3
_TAG_OBSERVATION_TRIGGER = 185
_observation = struct.Struct("!BBHHHI")
_UPON_N_TAGS = (1, 2)

ALL_CONTENT = (
    0x8000 | 0x4000 | 0x2000 | 0x0800 | 0x0040
    | Content.ANTENNA_ID | Content.PEAK_RSSI
    | Content.FIRST_SEEN | Content.LAST_SEEN | Content.SEEN_COUNT
)  # fmt: skip
"""Every field of TagReportContentSelector, which is what a reader sends until told otherwise."""


class Refused(Exception):
    """The reader will not do this; `code` is LLRP's status code."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class ReportRule:
    """With which fields tags are reported, and when: at the end of each AISpec, or before it as
    soon as `every` wait (0: not before). A reader may report more often than it must (14.2.1)."""

    every: int = 0
    content: int = ALL_CONTENT


@dataclass(frozen=True, slots=True)
class Scan:
    """One AISpec. It ends after `seconds`, or once `tags` were heard; None and 0: not by that.

    `inventory` is the id of its InventoryParameterSpec.
    """

    antennas: tuple[int, ...]
    seconds: float | None
    tags: int
    inventory: int


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """One ROSpec. `immediate`: it starts by itself, again and again; `seconds`: or None."""

    id: int
    immediate: bool
    seconds: float | None
    scans: tuple[Scan, ...]
    report: ReportRule = field(default_factory=ReportRule)


def plan_of(spec: Parameter, antennas: int, usual: ReportRule) -> ScanPlan:
    """The plan in an ROSpec. `usual`: the report rule where the spec has none of its own.

    Raises:
        Refused: what this reader cannot do.
    """
    number = spec.number("id")
    boundary = spec.child(P.RO_BOUNDARY_SPEC)
    if not number or boundary is None:
        raise Refused(101, "an ROSpec needs an id that is not 0 and an ROBoundarySpec")
    start, stop = boundary.child(P.RO_SPEC_START_TRIGGER), boundary.child(P.RO_SPEC_STOP_TRIGGER)
    trigger = start.number("trigger") if start else _NULL
    if trigger not in (_NULL, _IMMEDIATE):
        raise Refused(111, "this reader starts an ROSpec at once or when told to")
    scans = tuple(_scan(child, antennas) for child in spec.children if child.type == P.AI_SPEC)
    if not scans:
        raise Refused(103, "an ROSpec needs an AISpec")
    return ScanPlan(
        number, trigger == _IMMEDIATE, _seconds(stop), scans, report_rule(spec.children, usual)
    )


def report_rule(parameters: tuple[Parameter, ...], usual: ReportRule) -> ReportRule:
    """The rule in the ROReportSpec among `parameters`; `usual` where there is none."""
    spec = next((found for found in parameters if found.type == P.RO_REPORT_SPEC), None)
    if spec is None:
        return usual
    trigger = spec.number("trigger")
    selector = spec.child(P.TAG_REPORT_CONTENT_SELECTOR)
    return ReportRule(
        spec.number("n") if trigger in _UPON_N_TAGS else 0,
        usual.content if selector is None else selector.number("flags"),
    )


def _scan(spec: Parameter, antennas: int) -> Scan:
    listed = spec.values.get("antennas", ())
    numbers = listed if isinstance(listed, tuple) else ()
    if 0 in numbers or not numbers:
        numbers = tuple(range(1, antennas + 1))
    if max(numbers) > antennas:
        raise Refused(101, f"there is no antenna {max(numbers)}")
    inventory = spec.child(P.INVENTORY_PARAMETER_SPEC)
    stop = spec.child(P.AI_SPEC_STOP_TRIGGER)
    return Scan(numbers, _seconds(stop), _tags(stop), inventory.number("id") if inventory else 0)


def _tags(stop: Parameter | None) -> int:
    """After how many tags a TagObservationTrigger stops; 0 without one."""
    if stop is None or stop.number("trigger") != _TAG_OBSERVATION:
        return 0
    watched = stop.child(_TAG_OBSERVATION_TRIGGER)
    raw = watched.values.get("raw") if watched else None
    if not isinstance(raw, bytes) or len(raw) != _observation.size:
        raise Refused(103, "a stop by tags needs a TagObservationTrigger")
    kind, _, tags, _, _, _ = _observation.unpack(raw)
    if kind != _NULL or not tags:
        raise Refused(111, "this reader stops an AISpec after a time or after so many tags")
    return int(tags)


def _seconds(stop: Parameter | None) -> float | None:
    """The duration of a stop trigger; None when it has another kind or none."""
    if stop is None or stop.number("trigger") != _DURATION:
        return None
    return max(SHORTEST_SECONDS, stop.number("duration_ms") / 1000)
