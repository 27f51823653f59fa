"""All that we send, and all that our codec can say as a reader, judged by tshark's dissector."""

from __future__ import annotations

import shutil
import struct
import subprocess

import pytest

from drivers.rfid.llrp.framing import Framing, Message
from drivers.rfid.llrp.parameters import make, message
from drivers.rfid.llrp.rospec import Settings, add_ro_spec
from drivers.rfid.llrp.session import LlrpSession
from drivers.rfid.llrp.shapes import TOP_BIT, MessageType, P
from tests.drivers.rfid.played_reader import (
    OK,
    antenna_set,
    end_of_spec,
    greeting,
    notification,
    refused,
    report,
    table_of_powers,
    with_inputs,
)

PORT = 5084
NOT_COUNTED = (
    "Incorrect length of message: 10 bytes decoded, but 11 bytes available.",
    "_ws.malformed",
)
"""tshark shows SET_PROTOCOL_VERSION's byte (LLRP 1.1, section 17.1.3) and forgets to count it."""
EPC = bytes.fromhex("3034D2C0400000400000004D")


def tcp_packet(payload: bytes, *, from_reader: bool, sequence: int, acknowledged: int) -> bytes:
    """An IPv4 packet with a TCP segment; checksums are left zero, tshark does not check them."""
    ports = (PORT, 40_000) if from_reader else (40_000, PORT)
    tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, 0x18, 65_535, 0, 0)
    ends = (b"\x0a\0\0\2", b"\x0a\0\0\1") if from_reader else (b"\x0a\0\0\1", b"\x0a\0\0\2")
    size = 20 + len(tcp) + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0, *ends)
    return ip + tcp + payload


def pcap(talk: list[tuple[bool, bytes]]) -> bytes:
    """A capture (raw IP) of messages, each with whether the reader said it."""
    parts = [struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 101)]
    sent = {True: 1, False: 1}
    for i, (from_reader, data) in enumerate(talk):
        packet = tcp_packet(
            data,
            from_reader=from_reader,
            sequence=sent[from_reader],
            acknowledged=sent[not from_reader],
        )
        sent[from_reader] += len(data)
        parts.append(struct.pack("=IIII", i, 0, len(packet), len(packet)) + packet)
    return b"".join(parts)


def judged(tmp_path, talk):
    """tshark's lines for each packet: message types, expert messages, malformed."""
    file = tmp_path / "talk.pcap"
    file.write_bytes(pcap(talk))
    tshark = shutil.which("tshark")
    assert tshark is not None
    fields = ("llrp.type", "_ws.expert.message", "_ws.malformed")
    command = [tshark, "-r", str(file), "-d", f"tcp.port=={PORT},llrp", "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50)
    return [line.split("\t") for line in done.stdout.splitlines()]


def whole_conversation(maker, latest):
    """Messages both ways, from the greeting to the goodbye, one by one."""
    can = {"more": [table_of_powers(modes=(2, 3))], "config": [antenna_set(1), antenna_set(3)]}
    talk: list[tuple[bool, bytes]] = []
    settings = Settings((1, 2, 3, 4), power_dbm={1: 20.0, 3: 27.5}, mode=3, phase=True)
    reader = with_inputs(2, maker=maker, connected={1: True}, versions=(1, latest), **can)
    session = LlrpSession(settings, 0.0)
    pending = greeting(at=1_763_740_800_000_000)
    while pending:
        for said in Framing().feed(pending):
            talk.append((True, said.to_bytes()))
        session.feed(pending, 0.0)
        asked = session.outgoing()
        talk += [(False, sent.to_bytes()) for sent in Framing().feed(asked)]
        pending = reader.answer(asked)
    keepalive = message(MessageType.KEEPALIVE, 9).to_bytes()
    session.feed(keepalive, 1.0)
    session.close()
    talk.append((True, keepalive))
    talk += [(False, sent.to_bytes()) for sent in Framing().feed(session.outgoing())]
    ours = settings.ro_spec_id
    talk.append((False, message(MessageType.START_ROSPEC, 5, ro_spec=ours).to_bytes()))
    said = (
        report((EPC, 1, -50, 10), (EPC, 2, -61, 11)),
        end_of_spec(ours, 1, 20),
        notification(make(P.ANTENNA_EVENT, event=0, antenna=2)),
        notification(make(P.RO_SPEC_EVENT, event=1, id=ours)),
        notification(make(P.REPORT_BUFFER_LEVEL_WARNING, percent=80)),
        notification(make(P.REPORT_BUFFER_OVERFLOW)),
        notification(make(P.READER_EXCEPTION, message="hot")),
        notification(make(P.GPI_EVENT, port=1, flags=TOP_BIT)),
        message(MessageType.ERROR_MESSAGE, 5, refused("no")).to_bytes(),
        message(MessageType.CLOSE_CONNECTION_RESPONSE, 6, OK).to_bytes(),
        notification(make(P.CONNECTION_CLOSE_EVENT)),
    )
    return talk + [(True, data) for data in said]


@pytest.mark.needs("tshark")
@pytest.mark.parametrize(("maker", "latest"), [(0, 1), (25_882, 2)])
def test_tshark_finds_nothing_wrong(tmp_path, maker, latest):
    talk = whole_conversation(maker, latest)
    lines = judged(tmp_path, talk)
    assert len(lines) == len(talk)
    for (_, data), line in zip(talk, lines, strict=True):
        (said,) = Framing().feed(data)
        assert line[0] == str(said.type)
        if said.type == MessageType.SET_PROTOCOL_VERSION and line[1:] == list(NOT_COUNTED):
            continue
        assert line[1:] in (["", ""], [""], []), (data.hex(), line)


@pytest.mark.needs("tshark")
def test_tshark_does_find_what_is_wrong(tmp_path):
    good = add_ro_spec(Settings((1,)), 1, max_specs=1, impinj=False)
    body = bytearray(good.body)
    body[3] -= 1  # the ROSpec says that it is shorter than it is
    ((_, *complaints),) = judged(tmp_path, [(False, Message(20, 1, bytes(body)).to_bytes())])
    assert any(complaints)
