"""Doors and tills: frames of our counter, pushes of bought ones, what a till writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

from drivers.door.axis import read_live_sum
from drivers.door.beams import Lane
from drivers.door.frames import BODY_MOST, Frame, FrameReader, encode_frame
from drivers.door.http_digest import authorization, choose
from drivers.door.messages import Get, Hello, State, read_message, write_message
from drivers.door.milesight import read_milesight
from drivers.door.report import BodyWrong, Report
from drivers.door.session import Cell, DoorSession
from drivers.door.tally import Tally
from drivers.door.xovis import read_xovis
from drivers.observations import Count, Delivery, Observation, Sale, Stocktake
from drivers.pos.bodies import BodyError
from drivers.pos.digest import fact_digest
from drivers.pos.receipts import read_receipts
from drivers.pos.rows import read_rows
from drivers.pos.topics import KINDS, id_in
from drivers.pos.topics import read_message as read_till
from tests.fuzz.target import Take, Target, pieces, script

NOON = 1_763_726_400.0
PARIS = ZoneInfo("Europe/Paris")


def _door() -> Take:
    """Pieces are bytes of the wire, or bodies in sound frames."""
    faults: Counter[str] = Counter()
    reader = FrameReader(faults)
    session = DoorSession("door", faults, {}, {0: Cell("scale", float)})
    now = NOON

    def take(data: bytes) -> None:
        nonlocal now
        for act, content in pieces(data):
            now += 0.2
            frames = reader.feed(content)
            if act & 1 and content:
                frames += reader.feed(_framed(content))
            for frame in frames:
                read_message(frame)
                _judge(session.take(frame, now))

    return take


def _framed(content: bytes) -> bytes:
    body = content[3 : 3 + BODY_MOST]
    boot = content[2] if len(content) > 2 else 0
    return encode_frame(Frame(content[0], content[1:2][0] if content[1:2] else 0, boot, 0, body))


def _judge(said: list[Observation]) -> None:
    for one in said:
        if isinstance(one, Count):
            assert one.entries >= 0
            assert one.exits >= 0


def _bought(read: Callable[[bytes], Report]) -> Take:
    """Bodies of one make, and what the door's totals become of them."""
    tally = Tally("door", 0, NOON - 60, None, Counter(), {})
    now = NOON

    def take(data: bytes) -> None:
        nonlocal now
        now += 10.0
        try:
            report = read(data)
        except BodyWrong:
            return
        counts = tally.take(report, now)
        _judge(list(counts))
        assert all(count.t <= count.at for count in counts)

    return take


def _challenge(data: bytes) -> None:
    """What a counter, or who answers in its place, asks a password for."""
    challenge = choose(data.decode("latin-1").split("\n"))
    if challenge is not None:
        said = authorization(challenge, "GET", "/", "user", "secret", "once", 1)
        assert said.startswith("Digest ")


def _beams() -> Take:
    lane, at = Lane(), 0

    def take(data: bytes) -> None:
        nonlocal at
        for step, wait in zip(data[::2], data[1::2], strict=False):
            at += wait * wait
            lane.edge(1 + (step & 1), broken=bool(step & 2), at=at)
            lane.advance(at)

    return take


def _till_message(data: bytes) -> None:
    """The last byte chooses the topic."""
    kind = list(KINDS)[data[-1] % len(KINDS)] if data else "sales"
    payload = data[:-1]
    id_in(payload)
    try:
        fact = read_till(f"shelfcast/till/S/{kind}", payload, at=NOON)
    except BodyError:
        return
    assert fact_digest(fact)
    if isinstance(fact, Stocktake):
        assert fact.qty >= 0
    elif isinstance(fact, Sale):
        assert all(line.qty >= 1 for line in fact.lines)
    elif isinstance(fact, Delivery):
        assert all(len(line.epcs) <= line.qty for line in fact.lines)


def _till_file(data: bytes) -> None:
    for name, whole in (("a.csv", False), ("a.jsonl", True)):
        reading = read_receipts(read_rows(name, data), at=NOON, whole=whole)
        for told in reading.told:
            assert told.lines
            assert fact_digest(told.fact)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_GOODS = [{"gtin": "03453120000011", "qty": 1, "epc": "3034F4A1C000004000000A4D"}]
_VS125 = {
    "device_info": {"device_sn": "6537C", "running_time": 300, "firmware_version": "V1.0"},
    "time_info": {
        "start_time": "2025-11-21T12:00:00+01:00",
        "end_time": "2025-11-21T12:01:00+01:00",
    },
    "line_periodic_data": [{"line": 1, "line_name": "Line1", "total": {"in": 3, "out": 1}}],
    "line_trigger_data": [{"line": 1, "total": {"in": 1, "out": 0}}],
    "line_total_data": [{"line": 1, "total": {"in_counted": 40, "out_counted": 38}}],
}
_VS121 = {"event": "periodic", "in": 2, "out": 1, "total_in": 9, "device_sn": "A", "line": 1}
_XOVIS = {
    "logics_data": {
        "package_info": {"version": "5.0"},
        "sensor_info": {"serial_number": "80:1F", "type": "PC2SE"},
        "logics": [
            {
                "id": 1,
                "name": "door",
                "info": "XLT_LINE_IN_OUT_COUNT",
                "geometries": [{"id": 1, "name": "Line 1"}],
                "records": [
                    {
                        "from": "2025-11-21T12:00:00+01:00",
                        "to": "2025-11-21T12:01:00+01:00",
                        "counts": [{"name": "fw", "value": 2}, {"name": "bw", "value": 1}],
                    }
                ],
            }
        ],
    }
}
_AXIS = {"serial": "ACCC8E", "name": "door", "timestamp": "20251121120000", "in": 5, "out": 4}
_CSV = (
    b"kind;id;t;gtin;qty;epc;zone\nsale;R-1;1763726400;03453120000011;2;;\n"
    b"void;R-1;;03453120000011;1;;\nvoid;R-1;;03453120000011;2;;\n"
    b"stocktake;;2025-11-21T12:00:00Z;03453120000011;7;;shelf-a\n"
)
_HELLO = write_message(Hello(7, 1, 1, 1_000, "shelfcast", (1, 0, 0)), boot=3)
_STATE = write_message(State(12, 11, 0, 0, 0, 0, 0, 0), seq=1, boot=3, uptime_ms=1_000)

FLOOR = (
    Target(
        "door_wire",
        _door,
        (
            script((0, b"\0" + _HELLO), (0, _STATE), (0, write_message(Get()))),
            script(
                (0, b"\0\0"), (1, bytes((2, 2, 3)) + bytes(18)), (1, bytes((3, 3, 3)) + bytes(11))
            ),
        ),
    ),
    Target("beams", _beams, (bytes.fromhex("0205030a000501050310"),)),
    Target("milesight", lambda: _bought(read_milesight), (_json(_VS125), _json(_VS121))),
    Target("xovis", lambda: _bought(read_xovis), (_json(_XOVIS),)),
    Target("axis", lambda: _bought(lambda body: read_live_sum(body, PARIS)), (_json(_AXIS),)),
    Target(
        "http_digest",
        lambda: _challenge,
        (
            b'Digest realm="AXIS", nonce="a1b2", algorithm=MD5, qop="auth"',
            b'Basic realm="x"\nDigest realm="y", nonce="\\"", algorithm=SHA-256-sess, opaque="z"',
        ),
    ),
    Target(
        "till_message",
        lambda: _till_message,
        (
            _json({"id": "R-1", "t": "2025-11-21T12:00:00Z", "lines": _GOODS}) + b"\0",
            _json({"id": "R-2", "lines": _GOODS}) + b"\1",
            _json({"id": "A", "lines": [{"gtin": "03453120000011", "qty": 2, "epcs": []}]}) + b"\2",
            _json({"gtin": "03453120000011", "qty": 7, "zone": "shelf-a", "t": 1.7e9}) + b"\3",
        ),
    ),
    Target(
        "till_file",
        lambda: _till_file,
        (_CSV, _json({"kind": "sale", "id": "R-1", "lines": _GOODS}) + b"\n"),
    ),
)
