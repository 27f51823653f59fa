"""What we ask of a reader: its settings, and one ROSpec that scans antenna by antenna for ever.

Why so. "Not read" is evidence only about an antenna that was really scanned, so each antenna (or
group, where the reader allows fewer specs than it has antennas) gets an AISpec of its own that
stops after `round_ms`; the reader reports what it heard at the end of each AISpec and then says
AISpecEvent (1.0.1 section 14.2.6.1), which is the exact end of that antenna's round. An ROSpec runs
its AISpecs once per start (1.0.1 knows no LoopSpec, that is 1.1), so its start trigger is
Immediate and its stop trigger Null: when the list is done the reader starts it again. Clients in
the field run Impinj and Zebra readers the same way (an AISpec that ends, start Immediate, stop
Null). The list is repeated as often as the reader's limit allows, because a restart costs time;
a reader that does not restart by itself is started by `START_ROSPEC` (see `session`).

Silence must mean something, so tags may not be kept quiet from round to round: session S0 by
default, and on an Impinj dual target (search mode 2), never single target or TagFocus.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drivers.rfid.llrp.framing import Message
from drivers.rfid.llrp.parameters import Parameter, encode, make, message
from drivers.rfid.llrp.shapes import TOP_BIT, Content, MessageType, Notify, P
from drivers.rfid.llrp.template import IMPINJ

MAX_SPECS = 32
"""Specs in our ROSpec at most, whatever the reader allows."""
_IMMEDIATE, _NULL, _DURATION, _END_OF_AISPEC, _PERIODIC = 1, 0, 1, 1, 1
_GEN2 = 1
SEARCH_MODE, DUAL_TARGET = 23, 2
"""Impinj's custom parameter InventorySearchMode, and the one value that leaves no tag silent."""
_CONTENT, _ENABLE_PHASE, _ENABLE_PEAK_RSSI = 50, 52, 53
_ON = (1).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a reader is to scan.

    Attributes:
        antennas: numbers as printed on the reader, at least one.
        round_ms: how long one antenna scans before its round ends.
        keepalive_ms: how often the reader shows that it lives.
        session: Gen2 session of the tags, 0-3.
        population: how many tags one antenna is expected to hear (sets the first Q).
        power_dbm: by antenna; an antenna that is not in it keeps the reader's own power.
        mode: `dense`, `fast`, `own` or a number of the reader's table (see `modes`); None lets the
            table say what is fit for standing goods.
        trigger: the input that says when to scan (see `scanning`); None scans for ever.
        phase: an Impinj says each read's RF phase, too (see `template`).
    """

    antennas: tuple[int, ...]
    round_ms: int = 400
    keepalive_ms: int = 5_000
    session: int = 0
    population: int = 64
    power_dbm: Mapping[int, float] = field(default_factory=dict)
    mode: str | int | None = None
    trigger: int | None = None
    phase: bool = False

    def __post_init__(self) -> None:
        if not self.antennas or len(set(self.antennas)) != len(self.antennas):
            raise ValueError("a reader needs antennas, each named once")
        if not all(0 < number < 65_536 for number in self.antennas):
            raise ValueError("an antenna number is 1 to 65535")

    @property
    def ro_spec_id(self) -> int:
        """Not 0, and another one for other settings: reports and events that a reader held for a
        gateway with other antennas must not be taken for ours."""
        return zlib.crc32(repr(self).encode()) >> 1 | 1

    def groups(self, max_specs: int) -> list[tuple[int, ...]]:
        """Antennas of each AISpec in order; AISpecEvent's `spec_index` counts them from 1."""
        limit = max(1, min(max_specs or MAX_SPECS, MAX_SPECS))
        specs = min(len(self.antennas), limit)
        once = [self.antennas[first::specs] for first in range(specs)]
        return once * (limit // specs)


def reader_config(settings: Settings, number: int, *, hold: bool, impinj: bool) -> Message:
    """SET_READER_CONFIG: keepalive, events, holding, report contents."""
    wanted = (
        Notify.RO_SPEC,
        Notify.BUFFER_WARNING,
        Notify.READER_EXCEPTION,
        Notify.AI_SPEC,
        Notify.ANTENNA,
        Notify.GPI,
    )
    states = [make(P.EVENT_NOTIFICATION_STATE, event=int(e), flags=TOP_BIT) for e in wanted]
    parameters = [
        make(P.READER_EVENT_NOTIFICATION_SPEC, *states),
        _report_spec(settings, impinj=impinj),
        make(P.KEEPALIVE_SPEC, trigger=_PERIODIC, period_ms=settings.keepalive_ms),
    ]
    if hold:
        parameters.append(make(P.EVENTS_AND_REPORTS, flags=TOP_BIT))
    return message(MessageType.SET_READER_CONFIG, number, *parameters)


def gpi_config(inputs: int, number: int) -> Message:
    """SET_READER_CONFIG that lets every general-purpose input say when it changes."""
    ports = [make(P.GPI_PORT_CURRENT_STATE, port=i + 1, flags=TOP_BIT) for i in range(inputs)]
    return message(MessageType.SET_READER_CONFIG, number, *ports)


def add_ro_spec(
    settings: Settings,
    number: int,
    *,
    max_specs: int,
    impinj: bool,
    transmit: Mapping[int, Parameter] | None = None,
    control: Parameter | None = None,
) -> Message:
    """ADD_ROSPEC with the scan that the module's docstring explains.

    `transmit`: RFTransmitter by antenna, `control`: C1G2RFControl of all of them, where it is not
    to be the reader's own.
    """
    boundary = make(
        P.RO_BOUNDARY_SPEC,
        make(P.RO_SPEC_START_TRIGGER, trigger=_IMMEDIATE if settings.trigger is None else _NULL),
        make(P.RO_SPEC_STOP_TRIGGER, trigger=_NULL, duration_ms=0),
    )
    groups = settings.groups(max_specs)
    command = _command(settings, control, impinj=impinj)
    specs = [
        _ai_spec(settings, group, i + 1, transmit or {}, command) for i, group in enumerate(groups)
    ]
    spec = make(
        P.RO_SPEC,
        boundary,
        *specs,
        _report_spec(settings, impinj=impinj),
        id=settings.ro_spec_id,
        priority=0,
        state=0,
    )
    return message(MessageType.ADD_ROSPEC, number, spec)


def _command(settings: Settings, control: Parameter | None, *, impinj: bool) -> Parameter:
    """How the tags before every antenna are asked."""
    singulation = make(
        P.C1G2_SINGULATION_CONTROL,
        session=settings.session << 6,
        population=settings.population,
        transit_ms=0,
    )
    children = [*([control] if control else []), singulation]
    if impinj:
        children.append(_impinj(SEARCH_MODE, DUAL_TARGET.to_bytes(2, "big")))
    return make(P.C1G2_INVENTORY_COMMAND, *children, flags=0)


def _ai_spec(
    settings: Settings,
    group: Sequence[int],
    number: int,
    transmit: Mapping[int, Parameter],
    command: Parameter,
) -> Parameter:
    stop = make(
        P.AI_SPEC_STOP_TRIGGER, trigger=_DURATION, duration_ms=settings.round_ms * len(group)
    )
    antennas = [
        make(
            P.ANTENNA_CONFIGURATION,
            *([transmit[antenna]] if antenna in transmit else []),
            command,
            antenna=antenna,
        )
        for antenna in group
    ]
    inventory = make(P.INVENTORY_PARAMETER_SPEC, *antennas, id=number, protocol=_GEN2)
    return make(P.AI_SPEC, stop, inventory, antennas=tuple(group))


def _report_spec(settings: Settings, *, impinj: bool) -> Parameter:
    content = Content.ANTENNA_ID | Content.PEAK_RSSI | Content.LAST_SEEN | Content.SEEN_COUNT
    children = [make(P.TAG_REPORT_CONTENT_SELECTOR, flags=int(content))]
    if impinj:
        wanted = [_ENABLE_PHASE, _ENABLE_PEAK_RSSI] if settings.phase else [_ENABLE_PEAK_RSSI]
        enabled = encode([_impinj(subtype, _ON) for subtype in wanted])
        children.append(_impinj(_CONTENT, enabled))
    return make(P.RO_REPORT_SPEC, *children, trigger=_END_OF_AISPEC, n=0)


def _impinj(subtype: int, data: bytes) -> Parameter:
    return make(P.CUSTOM, vendor=IMPINJ, subtype=subtype, data=data)
