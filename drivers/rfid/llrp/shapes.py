"""The shapes of LLRP parameters and messages: number, name, fields in wire order.

A field is its name and its kind: a `struct` letter (`B H I Q b h`), or one of

- `text`   16-bit byte count, then UTF-8
- `bytes`  16-bit byte count, then bytes
- `u16s`   16-bit count, then 16-bit numbers
- `bits`   16-bit *bit* count, then bytes
- `rest`   all bytes to the end of the parameter

After the fields come sub-parameters, unless a `rest` took them. Bit fields stay in the number that
holds them; their masks are here. Parameters that are not listed are carried as raw bytes.

Source: LLRP 1.0.1, section 16 (binary encoding); of versions, LLRP 1.1, section 17.1.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class MessageType(IntEnum):
    """Message numbers, section 16.1."""

    GET_READER_CAPABILITIES = 1
    GET_READER_CONFIG = 2
    SET_READER_CONFIG = 3
    CLOSE_CONNECTION_RESPONSE = 4
    GET_READER_CAPABILITIES_RESPONSE = 11
    GET_READER_CONFIG_RESPONSE = 12
    SET_READER_CONFIG_RESPONSE = 13
    CLOSE_CONNECTION = 14
    ADD_ROSPEC = 20
    DELETE_ROSPEC = 21
    START_ROSPEC = 22
    STOP_ROSPEC = 23
    ENABLE_ROSPEC = 24
    DISABLE_ROSPEC = 25
    ADD_ROSPEC_RESPONSE = 30
    DELETE_ROSPEC_RESPONSE = 31
    START_ROSPEC_RESPONSE = 32
    STOP_ROSPEC_RESPONSE = 33
    ENABLE_ROSPEC_RESPONSE = 34
    DISABLE_ROSPEC_RESPONSE = 35
    DELETE_ACCESSSPEC = 41
    GET_SUPPORTED_VERSION = 46
    SET_PROTOCOL_VERSION = 47
    DELETE_ACCESSSPEC_RESPONSE = 51
    GET_SUPPORTED_VERSION_RESPONSE = 56
    SET_PROTOCOL_VERSION_RESPONSE = 57
    GET_REPORT = 60
    RO_ACCESS_REPORT = 61
    KEEPALIVE = 62
    READER_EVENT_NOTIFICATION = 63
    ENABLE_EVENTS_AND_REPORTS = 64
    KEEPALIVE_ACK = 72
    ERROR_MESSAGE = 100
    CUSTOM_MESSAGE = 1023


class P(IntEnum):
    """Parameter numbers, section 16.2. Up to 127 they have no length on the wire (TV)."""

    ANTENNA_ID = 1
    FIRST_SEEN_UTC = 2
    FIRST_SEEN_UPTIME = 3
    LAST_SEEN_UTC = 4
    LAST_SEEN_UPTIME = 5
    PEAK_RSSI = 6
    CHANNEL_INDEX = 7
    TAG_SEEN_COUNT = 8
    RO_SPEC_ID = 9
    INVENTORY_PARAMETER_SPEC_ID = 10
    C1G2_CRC = 11
    C1G2_PC = 12
    EPC_96 = 13
    SPEC_INDEX = 14
    CLIENT_REQUEST_OP_SPEC_RESULT = 15
    ACCESS_SPEC_ID = 16
    OP_SPEC_ID = 17
    C1G2_SINGULATION_DETAILS = 18
    C1G2_XPCW1 = 19
    C1G2_XPCW2 = 20
    UTC_TIMESTAMP = 128
    UPTIME = 129
    GENERAL_DEVICE_CAPABILITIES = 137
    GPIO_CAPABILITIES = 141
    LLRP_CAPABILITIES = 142
    REGULATORY_CAPABILITIES = 143
    UHF_BAND_CAPABILITIES = 144
    TRANSMIT_POWER_LEVEL = 145
    RO_SPEC = 177
    RO_BOUNDARY_SPEC = 178
    RO_SPEC_START_TRIGGER = 179
    RO_SPEC_STOP_TRIGGER = 182
    AI_SPEC = 183
    AI_SPEC_STOP_TRIGGER = 184
    INVENTORY_PARAMETER_SPEC = 186
    IDENTIFICATION = 218
    KEEPALIVE_SPEC = 220
    ANTENNA_PROPERTIES = 221
    ANTENNA_CONFIGURATION = 222
    RF_TRANSMITTER = 224
    GPI_PORT_CURRENT_STATE = 225
    EVENTS_AND_REPORTS = 226
    RO_REPORT_SPEC = 237
    TAG_REPORT_CONTENT_SELECTOR = 238
    TAG_REPORT_DATA = 240
    EPC_DATA = 241
    READER_EVENT_NOTIFICATION_SPEC = 244
    EVENT_NOTIFICATION_STATE = 245
    READER_EVENT_NOTIFICATION_DATA = 246
    HOPPING_EVENT = 247
    GPI_EVENT = 248
    RO_SPEC_EVENT = 249
    REPORT_BUFFER_LEVEL_WARNING = 250
    REPORT_BUFFER_OVERFLOW = 251
    READER_EXCEPTION = 252
    RF_SURVEY_EVENT = 253
    AI_SPEC_EVENT = 254
    ANTENNA_EVENT = 255
    CONNECTION_ATTEMPT_EVENT = 256
    CONNECTION_CLOSE_EVENT = 257
    LLRP_STATUS = 287
    FIELD_ERROR = 288
    PARAMETER_ERROR = 289
    C1G2_RF_MODE_TABLE = 328
    C1G2_RF_MODE_TABLE_ENTRY = 329
    C1G2_INVENTORY_COMMAND = 330
    C1G2_RF_CONTROL = 335
    C1G2_SINGULATION_CONTROL = 336
    CUSTOM = 1023


class Shape(NamedTuple):
    """Fields in wire order; `raw` where nothing but bytes is known."""

    name: str
    fields: tuple[tuple[str, str], ...]


PARAMETERS: dict[int, Shape] = {
    P.ANTENNA_ID: Shape("AntennaID", (("antenna", "H"),)),
    P.FIRST_SEEN_UTC: Shape("FirstSeenTimestampUTC", (("microseconds", "Q"),)),
    P.FIRST_SEEN_UPTIME: Shape("FirstSeenTimestampUptime", (("microseconds", "Q"),)),
    P.LAST_SEEN_UTC: Shape("LastSeenTimestampUTC", (("microseconds", "Q"),)),
    P.LAST_SEEN_UPTIME: Shape("LastSeenTimestampUptime", (("microseconds", "Q"),)),
    P.PEAK_RSSI: Shape("PeakRSSI", (("dbm", "b"),)),
    P.CHANNEL_INDEX: Shape("ChannelIndex", (("channel", "H"),)),
    P.TAG_SEEN_COUNT: Shape("TagSeenCount", (("count", "H"),)),
    P.RO_SPEC_ID: Shape("ROSpecID", (("id", "I"),)),
    P.INVENTORY_PARAMETER_SPEC_ID: Shape("InventoryParameterSpecID", (("id", "H"),)),
    P.C1G2_CRC: Shape("C1G2CRC", (("crc", "H"),)),
    P.C1G2_PC: Shape("C1G2PC", (("pc", "H"),)),
    P.EPC_96: Shape("EPC-96", (("epc", "12s"),)),
    P.SPEC_INDEX: Shape("SpecIndex", (("index", "H"),)),
    P.CLIENT_REQUEST_OP_SPEC_RESULT: Shape("ClientRequestOpSpecResult", (("result", "H"),)),
    P.ACCESS_SPEC_ID: Shape("AccessSpecID", (("id", "I"),)),
    P.OP_SPEC_ID: Shape("OpSpecID", (("id", "H"),)),
    P.C1G2_SINGULATION_DETAILS: Shape(
        "C1G2SingulationDetails", (("collisions", "H"), ("empty", "H"))
    ),
    P.C1G2_XPCW1: Shape("C1G2XPCW1", (("word", "H"),)),
    P.C1G2_XPCW2: Shape("C1G2XPCW2", (("word", "H"),)),
    P.UTC_TIMESTAMP: Shape("UTCTimestamp", (("microseconds", "Q"),)),
    P.UPTIME: Shape("Uptime", (("microseconds", "Q"),)),
    P.GENERAL_DEVICE_CAPABILITIES: Shape(
        "GeneralDeviceCapabilities",
        (("antennas", "H"), ("flags", "H"), ("maker", "I"), ("model", "I"), ("firmware", "text")),
    ),
    P.LLRP_CAPABILITIES: Shape(
        "LLRPCapabilities",
        (
            ("flags", "B"),
            ("priorities", "B"),
            ("op_spec_timeout", "H"),
            ("ro_specs", "I"),
            ("specs_per_ro_spec", "I"),
            ("inventory_specs_per_ai_spec", "I"),
            ("access_specs", "I"),
            ("op_specs_per_access_spec", "I"),
        ),
    ),
    P.GPIO_CAPABILITIES: Shape("GPIOCapabilities", (("inputs", "H"), ("outputs", "H"))),
    P.REGULATORY_CAPABILITIES: Shape(
        "RegulatoryCapabilities", (("country", "H"), ("standard", "H"))
    ),
    P.UHF_BAND_CAPABILITIES: Shape("UHFBandCapabilities", ()),
    P.TRANSMIT_POWER_LEVEL: Shape("TransmitPowerLevelTableEntry", (("index", "H"), ("cdbm", "h"))),
    P.RO_SPEC: Shape("ROSpec", (("id", "I"), ("priority", "B"), ("state", "B"))),
    P.RO_BOUNDARY_SPEC: Shape("ROBoundarySpec", ()),
    P.RO_SPEC_START_TRIGGER: Shape("ROSpecStartTrigger", (("trigger", "B"),)),
    P.RO_SPEC_STOP_TRIGGER: Shape("ROSpecStopTrigger", (("trigger", "B"), ("duration_ms", "I"))),
    P.AI_SPEC: Shape("AISpec", (("antennas", "u16s"),)),
    P.AI_SPEC_STOP_TRIGGER: Shape("AISpecStopTrigger", (("trigger", "B"), ("duration_ms", "I"))),
    P.INVENTORY_PARAMETER_SPEC: Shape("InventoryParameterSpec", (("id", "H"), ("protocol", "B"))),
    P.IDENTIFICATION: Shape("Identification", (("kind", "B"), ("id", "bytes"))),
    P.KEEPALIVE_SPEC: Shape("KeepaliveSpec", (("trigger", "B"), ("period_ms", "I"))),
    P.ANTENNA_PROPERTIES: Shape(
        "AntennaProperties", (("flags", "B"), ("antenna", "H"), ("gain", "H"))
    ),
    P.ANTENNA_CONFIGURATION: Shape("AntennaConfiguration", (("antenna", "H"),)),
    P.RF_TRANSMITTER: Shape(
        "RFTransmitter", (("hop_table", "H"), ("channel", "H"), ("power", "H"))
    ),
    P.GPI_PORT_CURRENT_STATE: Shape(
        "GPIPortCurrentState", (("port", "H"), ("flags", "B"), ("state", "B"))
    ),
    P.EVENTS_AND_REPORTS: Shape("EventsAndReports", (("flags", "B"),)),
    P.RO_REPORT_SPEC: Shape("ROReportSpec", (("trigger", "B"), ("n", "H"))),
    P.TAG_REPORT_CONTENT_SELECTOR: Shape("TagReportContentSelector", (("flags", "H"),)),
    P.TAG_REPORT_DATA: Shape("TagReportData", ()),
    P.EPC_DATA: Shape("EPCData", (("epc", "bits"),)),
    P.READER_EVENT_NOTIFICATION_SPEC: Shape("ReaderEventNotificationSpec", ()),
    P.EVENT_NOTIFICATION_STATE: Shape("EventNotificationState", (("event", "H"), ("flags", "B"))),
    P.READER_EVENT_NOTIFICATION_DATA: Shape("ReaderEventNotificationData", ()),
    P.HOPPING_EVENT: Shape("HoppingEvent", (("table", "H"), ("next_channel", "H"))),
    P.GPI_EVENT: Shape("GPIEvent", (("port", "H"), ("flags", "B"))),
    P.RO_SPEC_EVENT: Shape("ROSpecEvent", (("event", "B"), ("id", "I"), ("preempting", "I"))),
    P.REPORT_BUFFER_LEVEL_WARNING: Shape("ReportBufferLevelWarningEvent", (("percent", "B"),)),
    P.REPORT_BUFFER_OVERFLOW: Shape("ReportBufferOverflowErrorEvent", ()),
    P.READER_EXCEPTION: Shape("ReaderExceptionEvent", (("message", "text"),)),
    P.RF_SURVEY_EVENT: Shape("RFSurveyEvent", (("event", "B"), ("id", "I"), ("spec_index", "H"))),
    P.AI_SPEC_EVENT: Shape("AISpecEvent", (("event", "B"), ("id", "I"), ("spec_index", "H"))),
    P.ANTENNA_EVENT: Shape("AntennaEvent", (("event", "B"), ("antenna", "H"))),
    P.CONNECTION_ATTEMPT_EVENT: Shape("ConnectionAttemptEvent", (("status", "H"),)),
    P.CONNECTION_CLOSE_EVENT: Shape("ConnectionCloseEvent", ()),
    P.LLRP_STATUS: Shape("LLRPStatus", (("code", "H"), ("description", "text"))),
    P.FIELD_ERROR: Shape("FieldError", (("field", "H"), ("code", "H"))),
    P.PARAMETER_ERROR: Shape("ParameterError", (("type", "H"), ("code", "H"))),
    P.C1G2_RF_MODE_TABLE: Shape("C1G2UHFRFModeTable", ()),
    P.C1G2_RF_MODE_TABLE_ENTRY: Shape(
        "C1G2UHFRFModeTableEntry",
        (
            ("id", "I"),
            ("flags", "B"),
            ("m", "B"),
            ("forward", "B"),
            ("mask", "B"),
            ("backscatter", "I"),
            ("pie", "I"),
            ("least_tari", "I"),
            ("most_tari", "I"),
            ("tari_step", "I"),
        ),
    ),
    P.C1G2_RF_CONTROL: Shape("C1G2RFControl", (("mode", "H"), ("tari", "H"))),
    P.C1G2_INVENTORY_COMMAND: Shape("C1G2InventoryCommand", (("flags", "B"),)),
    P.C1G2_SINGULATION_CONTROL: Shape(
        "C1G2SingulationControl", (("session", "B"), ("population", "H"), ("transit_ms", "I"))
    ),
    P.CUSTOM: Shape("Custom", (("vendor", "I"), ("subtype", "I"), ("data", "rest"))),
}

_RO_SPEC_ID = (("ro_spec", "I"),)

MESSAGES: dict[int, tuple[tuple[str, str], ...]] = {
    MessageType.GET_READER_CAPABILITIES: (("requested", "B"),),
    MessageType.GET_READER_CONFIG: (
        ("antenna", "H"),
        ("requested", "B"),
        ("gpi", "H"),
        ("gpo", "H"),
    ),
    MessageType.SET_READER_CONFIG: (("flags", "B"),),
    MessageType.SET_PROTOCOL_VERSION: (("version", "B"),),
    MessageType.GET_SUPPORTED_VERSION_RESPONSE: (("current", "B"), ("supported", "B")),
    MessageType.DELETE_ROSPEC: _RO_SPEC_ID,
    MessageType.START_ROSPEC: _RO_SPEC_ID,
    MessageType.STOP_ROSPEC: _RO_SPEC_ID,
    MessageType.ENABLE_ROSPEC: _RO_SPEC_ID,
    MessageType.DISABLE_ROSPEC: _RO_SPEC_ID,
    MessageType.DELETE_ACCESSSPEC: (("access_spec", "I"),),
    MessageType.CUSTOM_MESSAGE: (("vendor", "I"), ("subtype", "B"), ("data", "rest")),
}
"""Fields of messages that have any before their parameters."""

TOP_BIT = 0x80
"""The one flag of `AntennaProperties` (connected), `EventsAndReports` (hold), `GPIEvent` (high),
`GPIPortCurrentState` (enabled),
`EventNotificationState` (notify), `C1G2InventoryCommand` (state aware), `SET_READER_CONFIG`
(restore factory settings)."""
CAN_HOLD_REPORTS = 0x08
"""In `LLRPCapabilities.flags`."""
HAS_UTC_CLOCK = 0x4000
"""In `GeneralDeviceCapabilities.flags`."""


class Content(IntEnum):
    """`TagReportContentSelector.flags`."""

    ANTENNA_ID = 0x1000
    PEAK_RSSI = 0x0400
    FIRST_SEEN = 0x0200
    LAST_SEEN = 0x0100
    SEEN_COUNT = 0x0080


class Notify(IntEnum):
    """`EventNotificationState.event`, section 16.2.7.5.4."""

    HOPPING = 0
    GPI = 1
    RO_SPEC = 2
    BUFFER_WARNING = 3
    READER_EXCEPTION = 4
    RF_SURVEY = 5
    AI_SPEC = 6
    AI_SPEC_WITH_DETAILS = 7
    ANTENNA = 8
