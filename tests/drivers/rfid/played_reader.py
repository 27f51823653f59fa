"""A reader played by a test, message by message: for sessions without a socket."""

from __future__ import annotations

import struct

from drivers.rfid.llrp.framing import Framing, Message
from drivers.rfid.llrp.parameters import Parameter, encode, make, message
from drivers.rfid.llrp.shapes import TOP_BIT, MessageType, P

ANSWERS = {
    MessageType.GET_READER_CAPABILITIES: MessageType.GET_READER_CAPABILITIES_RESPONSE,
    MessageType.GET_READER_CONFIG: MessageType.GET_READER_CONFIG_RESPONSE,
    MessageType.SET_READER_CONFIG: MessageType.SET_READER_CONFIG_RESPONSE,
    MessageType.DELETE_ROSPEC: MessageType.DELETE_ROSPEC_RESPONSE,
    MessageType.DELETE_ACCESSSPEC: MessageType.DELETE_ACCESSSPEC_RESPONSE,
    MessageType.ADD_ROSPEC: MessageType.ADD_ROSPEC_RESPONSE,
    MessageType.ENABLE_ROSPEC: MessageType.ENABLE_ROSPEC_RESPONSE,
    MessageType.START_ROSPEC: MessageType.START_ROSPEC_RESPONSE,
    MessageType.CUSTOM_MESSAGE: MessageType.CUSTOM_MESSAGE,
    MessageType.GET_SUPPORTED_VERSION: MessageType.GET_SUPPORTED_VERSION_RESPONSE,
    MessageType.SET_PROTOCOL_VERSION: MessageType.SET_PROTOCOL_VERSION_RESPONSE,
}
OK = make(P.LLRP_STATUS, code=0, description="")


def refused(text: str, code: int = 100):
    return make(P.LLRP_STATUS, code=code, description=text)


def notification(*events, at: int = 0, clock: int = P.UTC_TIMESTAMP) -> bytes:
    stamp = make(clock, microseconds=at)
    data = make(P.READER_EVENT_NOTIFICATION_DATA, stamp, *events)
    return message(MessageType.READER_EVENT_NOTIFICATION, 0, data).to_bytes()


def greeting(status: int = 0, at: int = 0) -> bytes:
    return notification(make(P.CONNECTION_ATTEMPT_EVENT, status=status), at=at)


def end_of_spec(ro_spec: int, index: int, at: int = 0) -> bytes:
    event = make(P.AI_SPEC_EVENT, event=0, id=ro_spec, spec_index=index)
    return notification(event, at=at)


def report(*tags) -> bytes:
    """A report of (EPC, antenna, RSSI, last seen)."""
    body = encode(
        [
            make(
                P.TAG_REPORT_DATA,
                make(P.EPC_96, epc=epc),
                make(P.ANTENNA_ID, antenna=antenna),
                make(P.PEAK_RSSI, dbm=rssi),
                make(P.LAST_SEEN_UTC, microseconds=seen),
                make(P.TAG_SEEN_COUNT, count=1),
            )
            for epc, antenna, rssi, seen in tags
        ]
    )
    return Message(MessageType.RO_ACCESS_REPORT, 0, body).to_bytes()


class PlayedReader:
    """Answers a session's questions; `refusals` by message type, `silent` types get no answer."""

    def __init__(
        self, antennas=4, maker=0, specs=32, connected=None, versions=(1, 1), config=(), more=()
    ) -> None:
        """`versions`: the present and the latest; `config` and `more` are further answers."""
        self.versions, self.config = versions, list(config)
        self.asked: list[Message] = []
        self.refusals = {}
        self.silent = set()
        self.connected = connected or {}
        self.facts = [
            make(
                P.GENERAL_DEVICE_CAPABILITIES,
                antennas=antennas,
                flags=0x4000,
                maker=maker,
                model=7,
                firmware="1.2",
            ),
            make(P.LLRP_CAPABILITIES, flags=0x08, specs_per_ro_spec=specs),
            *more,
        ]
        self._framing = Framing()

    def answer(self, sent: bytes) -> bytes:
        return b"".join(map(self._answer, self._framing.feed(sent)))

    def _answer(self, asked: Message) -> bytes:
        self.asked.append(asked)
        kind = ANSWERS.get(asked.type)
        if kind is None or asked.type in self.silent:
            return b""
        status = self.refusals.get(asked.type, OK)
        if asked.type == MessageType.CUSTOM_MESSAGE:
            return message(
                kind, asked.id, vendor=25_882, subtype=22, data=encode([status])
            ).to_bytes()
        if asked.type == MessageType.GET_SUPPORTED_VERSION:
            return self._version(asked)
        extra = []
        if asked.type == MessageType.GET_READER_CAPABILITIES:
            extra = self.facts
        elif asked.type == MessageType.GET_READER_CONFIG:
            extra = [
                make(P.ANTENNA_PROPERTIES, flags=TOP_BIT * there, antenna=antenna, gain=0)
                for antenna, there in self.connected.items()
            ] + self.config
        return message(kind, asked.id, status, *extra).to_bytes()

    def _version(self, asked: Message) -> bytes:
        current, supported = self.versions
        if supported == 1:  # who knows 1.0.1 only does not know the question
            error = message(MessageType.ERROR_MESSAGE, asked.id, refused("no such version", 110))
            return error.to_bytes()
        kind = MessageType.GET_SUPPORTED_VERSION_RESPONSE
        return message(kind, asked.id, OK, current=current, supported=supported).to_bytes()

    def converse(self, session, now: float = 0.0, first: bytes | None = None):
        """Speak first, answer until the session asks no more; what it said meanwhile."""
        events = session.feed(greeting() if first is None else first, now)
        while sent := session.outgoing():
            answer = self.answer(sent)
            events += session.feed(answer, now) if answer else []
        return events


def with_inputs(count: int, **settings) -> PlayedReader:
    """A reader with so many general-purpose inputs."""
    reader = PlayedReader(**settings)
    device = reader.facts[0]
    pins = make(P.GPIO_CAPABILITIES, inputs=count, outputs=0)
    reader.facts[0] = Parameter(device.type, device.values, (pins,))
    return reader


def table_of_powers(*cdbm: int, modes: tuple[int, ...] = ()) -> Parameter:
    """RegulatoryCapabilities with a table of powers in 1/100 dBm, and the channels of Europe.

    `modes`: RF modes of Miller 4 that it has, too.
    """
    steps = cdbm or (1_000, 1_525, 2_000, 3_000)
    levels = [make(P.TRANSMIT_POWER_LEVEL, index=i + 1, cdbm=c) for i, c in enumerate(steps)]
    channels = encode([make(148, raw=struct.pack("!HII", 2, 865_700, 866_300))])
    tari = {"least_tari": 20_000, "most_tari": 20_000}
    entries = [
        make(P.C1G2_RF_MODE_TABLE_ENTRY, id=n, m=2, mask=3, backscatter=256_000, pie=2_000, **tari)
        for n in modes
    ]
    tables = [make(P.C1G2_RF_MODE_TABLE, *entries)] if entries else []
    band = make(P.UHF_BAND_CAPABILITIES, *levels, make(146, raw=b"\0" + channels), *tables)
    return make(P.REGULATORY_CAPABILITIES, band, country=250, standard=2)


def antenna_set(antenna: int, power: int = 1) -> Parameter:
    """How the reader says that an antenna is set."""
    transmitter = make(P.RF_TRANSMITTER, hop_table=0, channel=3, power=power)
    return make(P.ANTENNA_CONFIGURATION, transmitter, antenna=antenna)
