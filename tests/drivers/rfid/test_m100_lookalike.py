"""Phychips readers speak a look-alike: BB … 7E, a CRC-16 behind the 7E, no sum before it."""

from __future__ import annotations

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.rfid.m100 import M100Decoder, NoTag, no_tag_answer


def phychips(kind, code, payload):
    inside = bytes([kind, code]) + len(payload).to_bytes(2, "big") + payload + b"\x7e"
    return b"\xbb" + inside + binascii.crc_hqx(inside, 0xFFFF).to_bytes(2, "big")


TAG = b"\x30\x00" + bytes.fromhex("3034D2C0400000400000004D")


@pytest.mark.parametrize(
    "frame",
    [
        phychips(0x01, 0x03, b"PR9200"),
        phychips(0x02, 0x22, TAG),
        phychips(0x02, 0x22, b"\xc9" + TAG + b"\x3a\x76"),
        phychips(0x01, 0xFF, b"\x15"),
    ],
)
def test_it_is_a_bad_check_and_no_tag(frame):
    decoder = M100Decoder()
    assert decoder.feed(frame * 3 + no_tag_answer() * 20) == [NoTag()] * 20
    assert decoder.faults["bad_check"] >= 3


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 255), st.binary(max_size=40))))
def test_it_never_crashes(frames):
    decoder = M100Decoder()
    decoder.feed(b"".join(phychips(*frame) for frame in frames))
    assert len(decoder._buffer) < 300
