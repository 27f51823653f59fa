"""What the reader says: answers, events and tag reports, as messages.

Source: LLRP 1.0.1, sections 16.2.3 (capabilities), 16.2.7.3 (TagReportData), 16.2.7.6 (events).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.rfid.llrp.framing import Message
from drivers.rfid.llrp.parameters import Parameter, encode, make, message
from drivers.rfid.llrp.shapes import CAN_HOLD_REPORTS, HAS_UTC_CLOCK, TOP_BIT, Content, P
from drivers.rfid.llrp.shapes import MessageType as M
from gateway.demo.llrp_scan import Scan, ScanPlan

MAKER = 32_473
"""The enterprise number that RFC 5612 keeps for examples: no maker's extensions are to be had."""
MODEL, FIRMWARE = 1, "shelfcast virtual reader 1.0"
MOST_SPECS = 32
CAN_WARN_OF_BUFFER = 0x40
_FRANCE, _ETSI_302_208 = 250, 2
_POWER_CDBM = (1000, 1500, 2000, 2300, 2600, 2800, 3000)
_CHANNELS_KHZ = (865_700, 866_300, 866_900, 867_500)

_RECEIVE_SENSITIVITY, _AIR_PROTOCOL, _FREQUENCIES, _FIXED_TABLE = 139, 140, 146, 148
_GEN2 = 327


@dataclass(frozen=True, slots=True)
class Sighting:
    """One tag in one antenna's round. `first`, `last`: seconds UTC; `n`: times read."""

    epc: bytes
    rssi: float
    n: int
    first: float
    last: float


def status(code: int = 0, why: str = "") -> Parameter:
    """LLRPStatus; 0 is success."""
    return make(P.LLRP_STATUS, code=code, description=why)


def event(number: int, reader_us: int, *said: Parameter) -> Message:
    """READER_EVENT_NOTIFICATION, stamped with the reader's UTC."""
    stamp = make(P.UTC_TIMESTAMP, microseconds=reader_us)
    data = make(P.READER_EVENT_NOTIFICATION_DATA, stamp, *said)
    return message(M.READER_EVENT_NOTIFICATION, number, data)


def capabilities(antennas: int) -> tuple[Parameter, ...]:
    """All of GET_READER_CAPABILITIES_RESPONSE but the status."""
    air = [
        make(_AIR_PROTOCOL, raw=struct.pack("!HHB", antenna + 1, 1, 1))
        for antenna in range(antennas)
    ]
    general = make(
        P.GENERAL_DEVICE_CAPABILITIES,
        make(_RECEIVE_SENSITIVITY, raw=struct.pack("!Hh", 1, 0)),
        make(P.GPIO_CAPABILITIES, inputs=0, outputs=0),
        *air,
        antennas=antennas,
        flags=HAS_UTC_CLOCK,
        maker=MAKER,
        model=MODEL,
        firmware=FIRMWARE,
    )
    limits = make(
        P.LLRP_CAPABILITIES,
        flags=CAN_HOLD_REPORTS | CAN_WARN_OF_BUFFER,
        priorities=0,
        op_spec_timeout=0,
        ro_specs=1,
        specs_per_ro_spec=MOST_SPECS,
        inventory_specs_per_ai_spec=1,
        access_specs=1,
        op_specs_per_access_spec=1,
    )
    gen2 = make(_GEN2, raw=struct.pack("!BH", 0, 0))
    return general, limits, _regulatory(), gen2


def antenna_properties(connected: Sequence[bool]) -> tuple[Parameter, ...]:
    """AntennaProperties of each antenna, numbered from 1; gain in 1/100 dBi."""
    return tuple(
        make(P.ANTENNA_PROPERTIES, flags=TOP_BIT if there else 0, antenna=i + 1, gain=600)
        for i, there in enumerate(connected)
    )


def tag_report(
    number: int,
    plan: ScanPlan,
    index: int,
    heard: Sequence[tuple[int, Sighting]],
    ahead: float,
) -> Message:
    """RO_ACCESS_REPORT of (antenna, sighting) pairs, with the fields that the plan asks for.

    `index` counts AISpecs from 1; `ahead`: how far the reader's clock is before UTC, in seconds.
    """
    scan, content = plan.scans[index - 1], plan.report.content
    tags = (_tag(plan.id, index, scan, content, antenna, seen, ahead) for antenna, seen in heard)
    return Message(M.RO_ACCESS_REPORT, number, b"".join(tags))


def _tag(
    plan: int, index: int, scan: Scan, content: int, antenna: int, seen: Sighting, ahead: float
) -> bytes:
    first, last = round((seen.first + ahead) * 1e6), round((seen.last + ahead) * 1e6)
    fields = (
        (0x8000, "!BI", P.RO_SPEC_ID, plan),
        (0x4000, "!BH", P.SPEC_INDEX, index),
        (0x2000, "!BH", P.INVENTORY_PARAMETER_SPEC_ID, scan.inventory),
        (Content.ANTENNA_ID, "!BH", P.ANTENNA_ID, antenna),
        (Content.PEAK_RSSI, "!Bb", P.PEAK_RSSI, max(-128, min(127, round(seen.rssi)))),
        (0x0800, "!BH", P.CHANNEL_INDEX, 1 + first % len(_CHANNELS_KHZ)),
        (Content.FIRST_SEEN, "!BQ", P.FIRST_SEEN_UTC, first),
        (Content.LAST_SEEN, "!BQ", P.LAST_SEEN_UTC, last),
        (Content.SEEN_COUNT, "!BH", P.TAG_SEEN_COUNT, min(seen.n, 65_535)),
        (0x0040, "!BI", P.ACCESS_SPEC_ID, 0),
    )
    body = _epc(seen.epc) + b"".join(
        struct.pack(form, 0x80 | kind, value)
        for flag, form, kind, value in fields
        if content & flag
    )
    return struct.pack("!HH", P.TAG_REPORT_DATA, 4 + len(body)) + body


def _epc(epc: bytes) -> bytes:
    """EPC-96 where the memory is that long, EPCData otherwise."""
    if len(epc) == 12:
        return bytes((0x80 | P.EPC_96,)) + epc
    return encode([make(P.EPC_DATA, epc=epc)])


def _regulatory() -> Parameter:
    powers = [
        make(P.TRANSMIT_POWER_LEVEL, index=i + 1, cdbm=value) for i, value in enumerate(_POWER_CDBM)
    ]
    table = struct.pack(f"!H{len(_CHANNELS_KHZ)}I", len(_CHANNELS_KHZ), *_CHANNELS_KHZ)
    frequencies = make(_FREQUENCIES, raw=b"\0" + encode([make(_FIXED_TABLE, raw=table)]))
    # Dense reader, Miller 4 of 250 kHz, PIE 2.0, Tari 20 µs: what shops in Europe run.
    mode = make(
        P.C1G2_RF_MODE_TABLE_ENTRY,
        id=2,
        m=2,
        forward=2,
        mask=3,
        backscatter=250_000,
        pie=2_000,
        least_tari=20_000,
        most_tari=20_000,
    )
    modes = make(P.C1G2_RF_MODE_TABLE, mode)
    band = make(P.UHF_BAND_CAPABILITIES, *powers, frequencies, modes)
    return make(P.REGULATORY_CAPABILITIES, band, country=_FRANCE, standard=_ETSI_302_208)
