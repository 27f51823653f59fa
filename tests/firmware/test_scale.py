"""The scale's core: samples in, their mean out."""

from __future__ import annotations

import ctypes
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.door.frames import FrameReader
from drivers.door.messages import Get, Hello, Message, RawWeight, read_message, write_message
from tests.firmware.native import Who

RAW = st.integers(-(2**23), 2**23 - 1)


class NativeScale:
    def __init__(self, core: ctypes.CDLL, cells: int = 1) -> None:
        self._core = core
        self._it = ctypes.create_string_buffer(core.host_sizeof_scale())
        self._now = ctypes.c_uint32(0)
        who = Who(lanes=0, name=b"shelfcast-scale").struct()
        core.scale_begin(self._it, ctypes.byref(who), cells)

    def sample(self, raw: int, cell: int = 0) -> None:
        self._core.scale_sample(self._it, cell, ctypes.c_uint32(raw & 0xFFFFFF), self._now)

    def run(self, ms: int, chunk: bytes = b"") -> list[Message]:
        out = ctypes.create_string_buffer(60_000)
        now = ctypes.byref(self._now)
        used = self._core.host_walk_scale(
            self._it, ms, now, chunk, len(chunk), out, ctypes.c_size_t(len(out))
        )
        faults: Counter[str] = Counter()
        read = [read_message(frame) for frame in FrameReader(faults).feed(out.raw[:used])]
        assert not faults
        return [one for one in read if not isinstance(one, str)]

    def settle(self) -> None:
        for _ in range(4):
            self.sample(1_000_000)


@settings(max_examples=300, deadline=None)
@given(st.lists(RAW, min_size=1, max_size=120))
def test_the_mean_of_a_second(core: ctypes.CDLL, samples: list[int]) -> None:
    scale = NativeScale(core)
    scale.run(1)
    scale.settle()
    for raw in samples:
        scale.sample(raw)
    (weight,) = scale.run(1_000)
    assert isinstance(weight, RawWeight)
    assert weight.n == len(samples)
    assert abs(weight.raw - sum(samples) / len(samples)) <= 0.5


@pytest.mark.parametrize("raw", [0, 1, -1, 2**23 - 1, -(2**23)])
def test_24_bits_have_a_sign(core: ctypes.CDLL, raw: int) -> None:
    assert core.scale_raw(ctypes.c_uint32(raw & 0xFFFFFF)) == raw


def test_a_cell_that_is_away_says_so_and_settles_again(core: ctypes.CDLL) -> None:
    scale = NativeScale(core, cells=2)
    hello, *_ = scale.run(1)
    assert isinstance(hello, Hello)
    assert (hello.lanes, hello.name) == (0, "shelfcast-scale")
    assert scale.run(1_500) == [RawWeight(0, 0, 0), RawWeight(1, 0, 0)]
    scale.settle()
    scale.sample(-500)
    assert scale.run(1_000) == [RawWeight(0, -500, 1), RawWeight(1, 0, 0)]


def test_a_question_between_two_samples_is_no_silence(core: ctypes.CDLL) -> None:
    scale = NativeScale(core)
    scale.run(1)
    scale.settle()
    scale.sample(700)
    assert scale.run(1_000) == [RawWeight(0, 700, 1)]
    scale.sample(710)
    said = scale.run(1, write_message(Get()))
    assert [type(one) for one in said] == [Hello, RawWeight]
    assert [type(one) for one in scale.run(1, write_message(Get()))] == [Hello]
