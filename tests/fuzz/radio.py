"""RFID: LLRP, the serial readers, EPCs."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import numpy as np

from drivers.rfid import m100
from drivers.rfid.bits import EpcError
from drivers.rfid.epc import decode_epc, encode_sgtin96, parse_epc_text
from drivers.rfid.epc_columns import sgtin96_columns
from drivers.rfid.llrp.columns import TagColumns
from drivers.rfid.llrp.events import SessionLost
from drivers.rfid.llrp.framing import Framing, Message, ProtocolError
from drivers.rfid.llrp.parameters import decode_body, encode
from drivers.rfid.llrp.reports import ReportDecoder
from drivers.rfid.llrp.rospec import Settings as LlrpSettings
from drivers.rfid.llrp.session import LlrpSession
from drivers.rfid.llrp.shapes import MessageType
from drivers.rfid.m100_session import M100Session, ModuleLost, wishes
from drivers.rfid.naming import EpcNaming
from drivers.rfid.serial import a0, chainway, m6e, uhf288
from drivers.rfid.serial.a0_session import A0Session
from drivers.rfid.serial.chainway_session import ChainwaySession
from drivers.rfid.serial.events import Event, Read, Settings
from drivers.rfid.serial.m6e_session import M6eSession
from drivers.rfid.serial.uhf288_session import Uhf288Session
from tests.drivers.rfid.played_reader import PlayedReader, end_of_spec, greeting, report
from tests.fuzz.target import Take, Target, pieces, script

EPC = encode_sgtin96("03453120000011", 7, 4711)
REAL_REPORT = bytes.fromhex(
    "043d000000290000000700f0001f8d301430a55c0ac3000000000981000186ca820005a9e4bef88110"
)
REAL_CLOSE = bytes.fromhex("043f0000001e0000000700f600140080000c0005ac35bd20d1da01010004")
SGTIN_96 = 0x30
SETTINGS = LlrpSettings((1, 2, 3, 4))
DEMANDING = LlrpSettings((1, 2), session=2, power_dbm={1: 27.5}, mode="dense", trigger=3)


def _llrp_messages() -> Take:
    framing = Framing()

    def take(data: bytes) -> None:
        nonlocal framing
        try:
            for message in framing.feed(data):
                assert message.to_bytes()
                encode(decode_body(message).parameters)
        except ProtocolError:
            framing = Framing()

    return take


def _llrp_reports() -> Take:
    """The input is report bodies; the same tags must come of them one by one and together."""
    reports = ReportDecoder(Counter())

    def take(data: bytes) -> None:
        bodies = [piece.data for piece in pieces(data)] or [data]
        columns = reports.decode(bodies)
        together = ReportDecoder(Counter()).decode(bodies)
        decoder = ReportDecoder(Counter())
        alone = [found for body in bodies if (found := decoder.decode([body])) is not None]
        told = 0 if together is None else len(together)
        assert told == sum(map(len, alone))
        for body in bodies:
            _must_be_the_same_by_itself(decoder, body)
        if columns is None:
            return
        assert int(columns.n.min()) >= 1
        assert int(columns.epc_bytes.max()) == columns.epc.shape[1]

    return take


def _must_be_the_same_by_itself(decoder: ReportDecoder, body: bytes) -> None:
    """A report of a shape that was met is read without being walked: to the same tags."""
    whole = Message(MessageType.RO_ACCESS_REPORT, 1, body).to_bytes()
    for times in (1, 2):
        alone = decoder.whole(whole * times)
        if alone is not None:
            _must_be_the_same(alone, ReportDecoder(Counter()).decode([body] * times))


def _must_be_the_same(alone: TagColumns, walked: TagColumns | None) -> None:
    assert walked is not None
    assert list(alone.epcs()) == list(walked.epcs())
    assert alone.antenna.tolist() == walked.antenna.tolist()
    assert alone.rssi.tobytes() == walked.rssi.tobytes()
    assert alone.seen_us.tolist() == walked.seen_us.tolist()
    assert alone.n.tolist() == walked.n.tolist()


def _llrp_session() -> Take:
    """Pieces are bytes, whole messages, answers to what was asked, or time that passes."""
    now = 0.0
    session, reader = LlrpSession(SETTINGS, now), PlayedReader(specs=4)
    reader.converse(session, now)

    def take(data: bytes) -> None:
        nonlocal session, now
        try:
            for act, content in pieces(data):
                match act % 4:
                    case 0:
                        session.feed(content, now)
                    case 1 if content:
                        kind = int.from_bytes(content[:2], "big") & 0x3FF
                        session.feed(Message(kind, content[-1], content[2:]).to_bytes(), now)
                    case 2:
                        now += (content[0] if content else 1) / 10
                        session.tick(now)
                    case _:
                        session.feed(reader.answer(session.outgoing()), now)
                assert len(session.outgoing()) < 1 << 16
        except SessionLost:
            session = LlrpSession(SETTINGS, now)
            if len(data) % 2:
                reader.converse(session, now)

    return take


def _llrp_start_up() -> Take:
    """A fresh session that hears a reader's answers with the bodies of the input."""

    def take(data: bytes) -> None:
        session = LlrpSession(DEMANDING if len(data) % 2 else SETTINGS, 0.0)
        framing = Framing()
        try:
            session.feed(greeting(), 0.0)
            for act, content in pieces(data):
                for asked in framing.feed(session.outgoing()):
                    kind = asked.type + 10 if act % 8 else MessageType.ERROR_MESSAGE
                    session.feed(Message(kind, asked.id, content).to_bytes(), 0.0)
        except SessionLost:
            return

    return take


class _Codec(Protocol):
    def feed(self, data: bytes, /) -> object: ...


class _Session(Protocol):
    lost: str | None

    def outgoing(self) -> bytes: ...
    def feed(self, data: bytes, now: float) -> list[Event]: ...
    def tick(self, now: float) -> list[Event]: ...


Frame = Callable[[int, bytes], bytes]


def _conversation(start: Callable[[float], _Session], decoder: type[_Codec], frame: Frame) -> Take:
    """Pieces are bytes, sound frames, or time that passes."""
    now = 0.0
    session, codec = start(now), decoder()

    def take(data: bytes) -> None:
        nonlocal session, now
        for act, content in pieces(data):
            now += 0.01
            if act % 3 == 0:
                heard = content
            elif act % 3 == 1:
                heard = frame(content[0] if content else 0, content[1:])
            else:
                heard = b""
                now += (content[0] if content else 50) / 50
            codec.feed(heard)
            events = session.feed(heard, now) + session.tick(now)
            assert all(event.n >= 1 and event.epc for event in events if isinstance(event, Read))
            assert len(session.outgoing()) < 1 << 12
            if session.lost is not None:
                session = start(now)

    return take


def _m100() -> Take:
    now = 0.0
    wanted = wishes("eu", 20.0)
    session = M100Session(0.4, now, wanted=wanted)

    def take(data: bytes) -> None:
        nonlocal session, now
        for act, content in pieces(data):
            now += 0.01
            try:
                if act % 3 == 0:
                    session.feed(content, now)
                elif act % 3 == 1 and len(content) >= 2:
                    session.feed(_m100_frame(content), now)
                else:
                    now += (content[0] if content else 50) / 50
                    session.tick(now)
            except ModuleLost:
                session = M100Session(0.4, now, wanted=wanted)
            assert len(session.outgoing()) < 1 << 12

    return take


def _m100_frame(content: bytes) -> bytes:
    kind, number, payload = content[0] % 3, content[1], content[2:]
    if number % 4 == 0:
        return m100.tag_notice(-50, payload[: len(payload) // 2 * 2][:62] or b"\x30\0")
    body = bytes((kind, number)) + len(payload).to_bytes(2, "big") + payload
    return b"\xbb" + body + bytes((sum(body) & 0xFF, 0x7E))


def _frame_m6e(number: int, data: bytes) -> bytes:
    body = bytes((max(0, len(data) - 2), number)) + data[:250]
    return b"\xff" + body + m6e.crc16(body).to_bytes(2, "big")


def _serial(
    name: str,
    start: Callable[[float], _Session],
    decoder: type[_Codec],
    frame: Frame,
    seeds: tuple[str, ...],
) -> Target:
    texts = tuple(bytes.fromhex(text) for text in seeds)
    whole = script(*((0, text) for text in texts))
    framed = script(*((1, text[3:-1]) for text in texts), (2, b"\x40"))
    return Target(name, lambda: _conversation(start, decoder, frame), (whole, framed))


def _epc(data: bytes) -> None:
    with contextlib.suppress(EpcError):
        found = decode_epc(data)
        assert found.urn
        assert found.gtin is None or len(found.gtin) == 14
    with contextlib.suppress(EpcError):
        parse_epc_text(data.decode("utf-8", errors="replace"))
    rows = np.frombuffer(data[: len(data) // 12 * 12], np.uint8).reshape(-1, 12)
    valid, _, _ = sgtin96_columns(rows)
    assert valid.tolist() == [_is_sgtin(row.tobytes()) for row in rows]


def _is_sgtin(row: bytes) -> bool:
    try:
        return row[0] == SGTIN_96 and decode_epc(row).gtin is not None
    except EpcError:
        return False


def _naming() -> Take:
    naming = EpcNaming(cache_items=1_000)

    def take(data: bytes) -> None:
        naming.of_bytes(data)
        naming.of_text(data.decode("latin-1"))

    return take


_ROSPEC = SETTINGS.ro_spec_id
_TWO_TAGS = report((EPC, 1, -54, 1_000_000), (EPC, 2, -60, 2_000_000))
_CAPABLE = PlayedReader(maker=25_882)

RADIO = (
    Target("llrp_messages", _llrp_messages, (REAL_REPORT, REAL_CLOSE, greeting(), _TWO_TAGS)),
    Target("llrp_reports", _llrp_reports, (script((0, REAL_REPORT[10:]), (0, _TWO_TAGS[10:])),)),
    Target(
        "llrp_session",
        _llrp_session,
        (
            script((0, _TWO_TAGS), (0, end_of_spec(_ROSPEC, 1, 5_000_000)), (2, b"\x05")),
            script((1, b"\0\x3d" + REAL_REPORT[10:]), (0, REAL_CLOSE), (3, b"")),
        ),
    ),
    Target(
        "llrp_start_up",
        _llrp_start_up,
        (script(*((1, encode(_CAPABLE.facts)) for _ in range(12))), script((0, b""), (1, b""))),
    ),
    Target(
        "m100",
        _m100,
        (
            script(
                (0, bytes.fromhex("BB02220011C9340030751FEB705C5904E3D50D703A76EF7E")),
                (0, bytes.fromhex("BB01FF000115167E")),
                (1, b"\1\4" + EPC),
                (2, b"\x40"),
            ),
        ),
    ),
    _serial(
        "a0",
        lambda now: A0Session(Settings((1, 2), {1: 20.0}), now),
        a0.A0Decoder,
        lambda number, data: a0.frame(1, number, data[:240]),
        (
            "A00501720109DE",
            "A004017410D7",
            "A0130189043000E200301666130121155074EF45BF",
        ),
    ),
    _serial(
        "uhf288",
        lambda now: Uhf288Session(Settings((1, 2), {1: 20.0}), now),
        uhf288.Uhf288Decoder,
        lambda number, data: uhf288.frame(0, number, data[:240]),
        (uhf288.get_info().hex(), uhf288.frame(0, 1, b"\1\1\1\x0c" + EPC + b"\x50").hex()),
    ),
    _serial(
        "m6e",
        lambda now: M6eSession(Settings((1, 2), {1: 20.0}), now, region="eu"),
        m6e.M6eDecoder,
        _frame_m6e,
        (_frame_m6e(3, bytes(22)).hex(), _frame_m6e(0x29, bytes(40)).hex()),
    ),
    _serial(
        "chainway",
        lambda now: ChainwaySession(Settings((1, 2), {1: 20.0}), now),
        chainway.ChainwayDecoder,
        lambda number, data: chainway.frame(number, data),
        (
            chainway.frame(0x03, b"\1\2\3").hex(),
            chainway.frame(0x83, b"\x30\0" + EPC + b"\xfe\x0c\1").hex(),
        ),
    ),
    Target(
        "epc",
        lambda: _epc,
        (
            EPC,
            bytes.fromhex("3666C4409047E159B2C2BF100000000000000000000000000000"),
            bytes.fromhex("FB342CDE795211411234538566CB0AFC4000"[:36]),
            b"urn:epc:id:sgtin:3453120.000001.4711",
            b"https://id.example.com/01/03453120000011/21/4711",
        ),
    ),
    Target("naming", _naming, (EPC, EPC.hex().encode())),
)
