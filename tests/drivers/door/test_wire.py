"""The counter's wire: golden frames, damage, and any bytes at all."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.door import messages
from drivers.door.frames import (
    BODY_MOST,
    FRAME_MOST,
    STUFFED_MOST,
    Frame,
    FrameReader,
    checksum,
    encode_frame,
)
from drivers.door.messages import Get, Hello, State, read_message, write_message

VECTORS = json.loads((Path(__file__).parents[3] / "firmware" / "vectors.json").read_text())


def named(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS[kind]]


def message_of(vector: dict[str, Any]) -> messages.Message:
    fields = {k: tuple(v) if isinstance(v, list) else v for k, v in vector["fields"].items()}
    made: messages.Message = getattr(messages, vector["message"])(**fields)
    return made


def crc_by_the_bit(data: bytes) -> int:
    """CRC-16/IBM-3740 as its definition says it, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
        register &= 0xFFFF
    return register


def unstuffed_by_the_byte(data: bytes) -> bytes:
    """COBS as its definition says it."""
    out = bytearray()
    place = 0
    while place < len(data):
        code = data[place]
        out += data[place + 1 : place + code]
        place += code
        if code < 0xFF:
            out.append(0)
    return bytes(out[:-1])


def test_the_check_has_its_published_value() -> None:
    assert checksum(b"123456789") == crc_by_the_bit(b"123456789") == 0x29B1


@pytest.mark.parametrize("vector", named("good"))
def test_golden_frames_are_read(vector: dict[str, Any]) -> None:
    faults: Counter[str] = Counter()
    (frame,) = FrameReader(faults).feed(bytes.fromhex(vector["wire"]))
    header = (frame.type, frame.seq, frame.boot, frame.uptime_ms)
    assert header == tuple(vector[name] for name in ("type", "seq", "boot", "uptime_ms"))
    assert read_message(frame) == message_of(vector)
    assert not faults


@pytest.mark.parametrize("vector", named("good"))
def test_golden_frames_are_what_the_page_says(vector: dict[str, Any]) -> None:
    wire = bytes.fromhex(vector["wire"])
    assert wire[0] == wire[-1] == 0
    raw = unstuffed_by_the_byte(wire[1:-1])
    assert len(raw) <= 254
    assert raw[0] == 1
    assert int.from_bytes(raw[-2:], "little") == crc_by_the_bit(raw[:-2])
    fields = {name: vector[name] for name in ("type", "seq", "boot", "uptime_ms")}
    places = {"type": raw[1:2], "seq": raw[2:4], "boot": raw[4:8], "uptime_ms": raw[8:12]}
    assert {name: int.from_bytes(part, "little") for name, part in places.items()} == fields


@pytest.mark.parametrize("vector", named("good"))
def test_golden_frames_are_written(vector: dict[str, Any]) -> None:
    header = {name: vector[name] for name in ("seq", "boot", "uptime_ms")}
    written = write_message(message_of(vector), **header)
    if len(written) == len(vector["wire"]) // 2:  # the longer ones are a newer firmware's
        assert written.hex() == vector["wire"]
    else:
        assert "firmware" in vector["name"] or "longest" in vector["name"]


@pytest.mark.parametrize("vector", named("bad"))
def test_bad_frames_are_counted_by_their_fault(vector: dict[str, Any]) -> None:
    faults: Counter[str] = Counter()
    after = write_message(State(1, 2), seq=9)
    frames = FrameReader(faults).feed(bytes.fromhex(vector["wire"]) + after)
    read = [read_message(frame) for frame in frames]
    assert read.pop() == State(1, 2)
    assert [*faults, *read] == [vector["fault"]]


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_frames_come_in_any_chunks(size: int) -> None:
    stream = b"\x77" + b"".join(bytes.fromhex(vector["wire"]) for vector in VECTORS["good"])
    faults: Counter[str] = Counter()
    reader = FrameReader(faults)
    parts = [stream[i : i + size] for i in range(0, len(stream), size)]
    frames = [frame for part in parts for frame in reader.feed(part)]
    assert [frame.type for frame in frames] == [vector["type"] for vector in VECTORS["good"]]
    assert not faults


def test_a_stream_without_zeros_is_not_kept() -> None:
    faults: Counter[str] = Counter()
    reader = FrameReader(faults)
    reader.feed(b"\x00")
    for _ in range(1_000):
        reader.feed(b"\x55" * 1_000)
    assert len(reader._rest) <= STUFFED_MOST
    assert faults == {"too_long": 1}
    assert len(reader.feed(write_message(Get()))) == 1


def test_the_longest_body_fits_and_one_more_does_not() -> None:
    frame = Frame(2, 0, 0, 0, b"\x01" * BODY_MOST)
    wire = encode_frame(frame)
    assert len(wire) <= STUFFED_MOST + 2
    assert FrameReader(Counter()).feed(wire) == [frame]
    with pytest.raises(ValueError, match="at most 240 bytes"):
        encode_frame(Frame(2, 0, 0, 0, bytes(FRAME_MOST)))


@pytest.mark.parametrize(
    "message",
    [State(-1, 0), State(2**32, 0), State(0, 0, stuck=256), Hello(1, 1, 1, 70_000, "x", (1, 0, 0))]
    + [Hello(1, 1, 1, 1_000, name, (1, 0, 0)) for name in ("", "x" * 17, "étagère")],
)
def test_what_does_not_fit_is_not_written(message: messages.Message) -> None:
    with pytest.raises(ValueError, match=r"Hello|State|16 ASCII"):
        write_message(message)


u8, u16, u32 = st.integers(0, 2**8 - 1), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)


@given(st.builds(State, u32, u32, u16, u16, u8, u8, u16, u16), u16, u32, u32)
def test_any_state_there_and_back(state: State, seq: int, boot: int, uptime_ms: int) -> None:
    wire = write_message(state, seq=seq, boot=boot, uptime_ms=uptime_ms)
    (frame,) = FrameReader(Counter()).feed(wire)
    assert (frame.seq, frame.boot, frame.uptime_ms) == (seq, boot, uptime_ms)
    assert read_message(frame) == state


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_give_frames_or_faults(chunks: list[bytes]) -> None:
    reader = FrameReader(Counter())
    for chunk in chunks:
        for frame in reader.feed(chunk):
            read_message(frame)


@given(u8, st.binary(max_size=BODY_MOST))
def test_any_body_is_a_message_or_a_fault(kind: int, body: bytes) -> None:
    read_message(Frame(kind, 0, 0, 0, body))
