"""Byte stuffing: published examples, and any bytes there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.door.cobs import cobs_decode, cobs_encode

RUN = bytes(range(1, 255))


@pytest.mark.parametrize(
    ("plain", "stuffed"),
    [
        (b"\x00", b"\x01\x01"),
        (b"\x00\x00", b"\x01\x01\x01"),
        (b"\x00\x11\x00", b"\x01\x02\x11\x01"),
        (b"\x11\x22\x00\x33", b"\x03\x11\x22\x02\x33"),
        (b"\x11\x22\x33\x44", b"\x05\x11\x22\x33\x44"),
        (b"\x11\x00\x00\x00", b"\x02\x11\x01\x01\x01"),
        (RUN, b"\xff" + RUN),
        (b"\x00" + RUN, b"\x01\xff" + RUN),
        (RUN + b"\xff", b"\xff" + RUN + b"\x02\xff"),
        (RUN[1:] + b"\xff\x00", b"\xff" + RUN[1:] + b"\xff\x01\x01"),
        (RUN[2:] + b"\xff\x00\x01", b"\xfe" + RUN[2:] + b"\xff\x02\x01"),
    ],
)
def test_published_examples(plain: bytes, stuffed: bytes) -> None:
    assert cobs_encode(plain) == stuffed
    assert cobs_decode(stuffed) == plain


@pytest.mark.parametrize("text", ["", "00", "0300", "03000102", "05010203", "ff01"])
def test_what_no_encoder_makes(text: str) -> None:
    assert cobs_decode(bytes.fromhex(text)) is None


@given(st.binary(max_size=600) | st.binary(max_size=4).map(lambda part: part * 200))
def test_any_bytes_there_and_back(data: bytes) -> None:
    stuffed = cobs_encode(data)
    assert 0 not in stuffed
    assert len(stuffed) <= len(data) + len(data) // 254 + 1
    assert cobs_decode(stuffed) == data


@given(st.binary(max_size=300))
def test_any_bytes_unstuff_or_do_not(data: bytes) -> None:
    cobs_decode(data)
