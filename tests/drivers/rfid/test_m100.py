"""M100 frames of real modules, damaged frames, and the honest rounds of the session."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.rfid.m100 import (
    Answer,
    M100Decoder,
    NoTag,
    Refused,
    Tag,
    command,
    get_info,
    multi_poll,
    no_tag_answer,
    set_power,
    set_region,
    single_poll,
    stop_poll,
    tag_notice,
)
from drivers.rfid.m100_session import M100Session, ModuleLost, Ready, RoundEnded, wishes

TAGS = {
    "BB 02 22 00 11 C9 34 00 30 75 1F EB 70 5C 59 04 E3 D5 0D 70 3A 76 EF 7E": (
        -55, 0x3400, "30751FEB705C5904E3D50D70",
    ),
    "BB 02 22 00 11 CA 34 00 30 0E D8 9F 33 50 01 5A 1E 3D F5 06 06 90 B2 7E": (
        -54, 0x3400, "300ED89F3350015A1E3DF506",
    ),
    "BB 02 22 00 11 C4 30 00 E2 00 00 1D 73 15 01 65 21 40 8F C6 B8 3E C2 7E": (
        -60, 0x3000, "E200001D7315016521408FC6",
    ),
    "BB 02 22 00 11 CB 34 00 E2 00 47 1B B0 00 60 13 04 45 09 D0 95 82 D4 7E": (
        -53, 0x3400, "E200471BB0006013044509D0",
    ),
    "BB 02 22 00 11 CF 30 00 E2 80 69 95 00 00 50 09 F1 28 69 92 62 0A 6D 7E": (
        -49, 0x3000, "E2806995000050 09F1286992",
    ),
}  # fmt: skip
STOPPED = bytes.fromhex("BB 01 28 00 01 00 2A 7E")


def info_answer(text=b"M100 V1.00"):
    inside = b"\x01\x03" + (len(text) + 1).to_bytes(2, "big") + b"\x01" + text
    return b"\xbb" + inside + bytes([sum(inside) & 0xFF, 0x7E])


@pytest.mark.parametrize("frame", TAGS)
def test_tags_of_real_modules(frame):
    rssi, pc, epc = TAGS[frame]
    assert M100Decoder().feed(bytes.fromhex(frame)) == [Tag(rssi, pc, bytes.fromhex(epc))]


def test_commands_and_answers_of_the_manual():
    assert single_poll() == bytes.fromhex("BB 00 22 00 00 22 7E")
    assert multi_poll(10_000) == bytes.fromhex("BB 00 27 00 03 22 27 10 83 7E")
    assert stop_poll() == bytes.fromhex("BB 00 28 00 00 28 7E")
    assert no_tag_answer() == bytes.fromhex("BB 01 FF 00 01 15 16 7E")
    assert M100Decoder().feed(no_tag_answer()) == [NoTag()]
    assert M100Decoder().feed(bytes.fromhex("BB 01 FF 00 01 17 18 7E")) == [Refused(0x17)]
    assert M100Decoder().feed(STOPPED) == [Answer(0x28, b"\0")]


def test_a_stream_in_any_pieces_gives_the_same_tags():
    stream = b"".join(map(bytes.fromhex, TAGS))
    for size in (1, 2, 7, 23, 24, 25):
        decoder = M100Decoder()
        found = [n for i in range(0, len(stream), size) for n in decoder.feed(stream[i : i + size])]
        assert len(found) == 5
        assert decoder.faults == {}


def test_a_damaged_frame_is_dropped_and_the_next_is_found():
    good = bytes.fromhex(next(iter(TAGS)))
    damaged = bytearray(good)
    damaged[10] ^= 1
    decoder = M100Decoder()
    assert len(decoder.feed(bytes(damaged) + good)) == 1
    assert decoder.faults["bad_check"] >= 1
    # Torn: the head of one frame, then a whole one.
    decoder = M100Decoder()
    assert len(decoder.feed(good[:9] + good + good)) == 2


def test_the_tags_own_crc_is_checked():
    frame = bytearray(tag_notice(-50, bytes.fromhex("30751FEB705C5904E3D50D70")))
    frame[10] ^= 1
    frame[-2] = sum(frame[1:-2]) & 0xFF
    decoder = M100Decoder()
    assert decoder.feed(bytes(frame)) == []
    assert decoder.faults == {"bad_tag_crc": 1}


def test_end_byte_inside_a_tag_is_no_end():
    epc = bytes.fromhex("7E7E7EBB7EBB027E22BB007E")
    assert M100Decoder().feed(tag_notice(-50, epc)) == [Tag(-50, 0x3000, epc)]


def test_foreign_notices_are_counted():
    decoder = M100Decoder()
    assert decoder.feed(command(0x22) + b"\x01\x02") == []
    assert decoder.faults == {"unknown_type": 1, "noise": 2}


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_garbage_never_raises_and_never_piles_up(chunks):
    decoder = M100Decoder()
    for chunk in chunks:
        decoder.feed(chunk)
        assert len(decoder._buffer) < 300


@given(
    st.lists(st.tuples(st.integers(-128, 127), st.binary(min_size=2, max_size=62)), max_size=5),
    st.binary(max_size=5),
)
def test_tags_come_back(tags, noise):
    noise = noise.replace(b"\xbb", b"")
    tags = [(rssi, epc[: len(epc) // 2 * 2]) for rssi, epc in tags]
    stream = b"".join(noise + tag_notice(rssi, epc) for rssi, epc in tags)
    found = M100Decoder().feed(stream)
    assert [(tag.rssi, tag.epc) for tag in found] == tags


def started(faults=None):
    session = M100Session(0.4, 0.0, faults)
    session.tick(0.0)
    assert session.outgoing() == stop_poll() + get_info(1)
    assert session.feed(STOPPED, 0.01) == []
    (ready,) = session.feed(info_answer(), 0.02)
    assert ready == Ready({"firmware": "M100 V1.00"})
    assert session.outgoing() == multi_poll(10_000)
    return session


POWER_SET = bytes.fromhex("BB 01 B6 00 01 00 B8 7E")
REFUSED = bytes.fromhex("BB 01 FF 00 01 17 18 7E")


def test_settings_as_the_manual_writes_them():
    assert set_power(20) == bytes.fromhex("BB 00 B6 00 02 07 D0 8F 7E")
    assert set_power(26) == bytes.fromhex("BB 00 B6 00 02 0A 28 EA 7E")
    assert set_region("na") == bytes.fromhex("BB 00 07 00 01 02 0A 7E")
    assert set_region("prc") == bytes.fromhex("BB 00 07 00 01 01 09 7E")


def setting(**wanted):
    session = M100Session(0.4, 0.0, wanted=wishes(**wanted))
    session.tick(0.0)
    session.outgoing()
    assert session.feed(STOPPED + info_answer(), 0.02) == []
    return session


def test_power_is_set_before_the_first_round():
    session = setting(power_dbm=20)
    assert session.outgoing() == set_power(20)
    assert session.feed(bytes.fromhex(next(iter(TAGS))), 0.03) == []
    (ready,) = session.feed(POWER_SET, 0.04)
    assert ready.facts == {"firmware": "M100 V1.00", "power": "20 dBm"}
    assert session.outgoing() == multi_poll(10_000)
    assert not session.faults.total()


def test_what_the_module_refuses_it_keeps_and_that_is_said():
    session = setting(region="eu", power_dbm=33)
    assert session.outgoing() == set_region("eu")
    assert session.feed(bytes.fromhex("BB 01 07 00 01 00 09 7E"), 0.03) == []
    assert session.outgoing() == set_power(33)
    (ready,) = session.feed(REFUSED, 0.04)
    assert ready.facts == {
        "firmware": "M100 V1.00", "region": "eu", "power": "the module's own",
    }  # fmt: skip
    assert session.faults["power_refused"] == 1
    session.tick(0.45)
    assert session.feed(STOPPED, 0.46) == [RoundEnded()]


def test_a_setting_that_is_not_answered_is_asked_again_and_then_the_module_is_lost():
    session = setting(region="eu")
    session.outgoing()
    session.tick(1.1)
    assert session.outgoing() == set_region("eu")
    session.tick(2.2)
    with pytest.raises(ModuleLost, match="does not answer"):
        session.tick(3.3)


def test_a_round_ends_when_the_stop_is_answered():
    session = started()
    frame = bytes.fromhex(next(iter(TAGS)))
    assert len(session.feed(frame + no_tag_answer(), 0.1)) == 1
    session.tick(0.3)
    assert session.outgoing() == b""
    session.tick(0.43)
    assert session.outgoing() == stop_poll()
    # The tags that were still on the wire come before the end of the round.
    tag, end = session.feed(frame + STOPPED, 0.44)
    assert isinstance(tag, Tag)
    assert end == RoundEnded()
    assert session.outgoing() == multi_poll(10_000)


@pytest.mark.parametrize("spoiler", ["BB 01 FF 00 01 17 18 7E", "BB 02 22 00 11 C9 34 00 30 75"])
def test_a_refused_or_damaged_stretch_is_no_round(spoiler):
    session = started()
    session.feed(bytes.fromhex(spoiler), 0.1)
    session.tick(0.5)
    events = session.feed(STOPPED + bytes(20) + STOPPED, 0.51)
    assert RoundEnded() not in events


def test_a_stop_that_is_not_answered_is_asked_again_and_no_round():
    session = started()
    session.tick(0.5)
    session.outgoing()
    session.tick(1.6)
    assert session.outgoing() == stop_poll()
    assert session.feed(STOPPED, 1.7) == []
    assert session.faults["no_answer"] == 1
    session.tick(2.2)
    assert session.feed(STOPPED, 2.3) == [RoundEnded()]


def test_a_module_that_does_not_answer_is_lost():
    session = M100Session(0.4, 0.0, Counter())
    for now in (0.0, 1.1, 2.2):
        session.tick(now)
    with pytest.raises(ModuleLost, match="does not answer"):
        session.tick(3.3)
