"""The wire of C and of MicroPython's core: golden frames, the gateway's codec, noise."""

from __future__ import annotations

import ctypes
import struct
from collections import Counter

import pytest
import wire
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.door.frames import Frame, FrameReader, encode_frame
from tests.firmware.vectors import BAD, GOOD, Golden

U8, U16, U32 = st.integers(0, 255), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)
FRAMES = st.builds(
    Frame, U8, U16, U32, U32, st.one_of(st.binary(max_size=240), st.integers(0, 240).map(bytes))
)
NOISE = st.lists(
    st.one_of(
        st.binary(max_size=40),
        FRAMES.map(encode_frame),
        st.sampled_from(BAD + [golden.wire for golden in GOOD]),
    ),
    max_size=12,
).map(b"".join)


def c_write(core: ctypes.CDLL, frame: Frame, room: int = 257) -> bytes:
    out = ctypes.create_string_buffer(300)
    used = core.host_write(
        frame.type, frame.seq, frame.boot, frame.uptime_ms, frame.body, len(frame.body), out, room
    )
    return out.raw[:used]


def c_read(core: ctypes.CDLL, data: bytes) -> tuple[list[Frame], int]:
    out, dropped = ctypes.create_string_buffer(len(data) * 2 + 64), ctypes.c_uint16()
    used = core.host_read(data, ctypes.c_size_t(len(data)), out, ctypes.byref(dropped))
    frames, at = [], 0
    while at < used:
        *head, length = struct.unpack_from("<BHIIB", out.raw, at)
        frames.append(Frame(*head, out.raw[at + 12 : at + 12 + length]))
        at += 12 + length
    return frames, dropped.value


def pico_write(frame: Frame) -> bytes:
    return wire.write_frame(frame.type, frame.seq, frame.boot, frame.uptime_ms, frame.body)


def pico_read(data: bytes) -> tuple[list[Frame], int]:
    reader = wire.Reader()
    frames = [Frame(*frame) for frame in reader.feed(data)]
    return frames, reader.dropped


def gateway_read(data: bytes) -> tuple[list[Frame], int]:
    faults: Counter[str] = Counter()
    frames = FrameReader(faults).feed(data)
    return frames, faults.total()


@pytest.mark.parametrize("golden", GOOD, ids=lambda golden: golden.name)
def test_golden_frames_both_ways(core: ctypes.CDLL, golden: Golden) -> None:
    assert c_write(core, golden.frame) == pico_write(golden.frame) == golden.wire
    assert c_read(core, golden.wire) == pico_read(golden.wire) == ([golden.frame], 0)


@pytest.mark.parametrize("data", BAD, ids=range(len(BAD)))
def test_bad_frames_are_dropped(core: ctypes.CDLL, data: bytes) -> None:
    after = data + GOOD[0].wire
    assert c_read(core, after) == pico_read(after) == ([GOOD[0].frame], 1)


@settings(max_examples=200, deadline=None)
@given(FRAMES)
@example(Frame(1, 2, 3, 4, bytes(range(1, 241))))
@example(Frame(255, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, b"\xff" * 240))
def test_all_write_what_the_gateway_writes(core: ctypes.CDLL, frame: Frame) -> None:
    assert c_write(core, frame) == pico_write(frame) == encode_frame(frame)


@settings(max_examples=200, deadline=None)
@given(NOISE)
def test_all_read_what_the_gateway_reads(core: ctypes.CDLL, noise: bytes) -> None:
    expected = gateway_read(noise)
    assert c_read(core, noise)[0] == pico_read(noise)[0] == expected[0]
    assert c_read(core, noise) == pico_read(noise)


def test_a_frame_without_room_is_left_out(core: ctypes.CDLL) -> None:
    frame = Frame(2, 1, 17, 5, bytes(range(18)))
    size = len(frame.body) + 17
    assert c_write(core, frame, size) == encode_frame(frame)
    assert c_write(core, frame, size - 1) == b""
    assert c_write(core, Frame(2, 1, 17, 5, bytes(241)), 300) == b""
