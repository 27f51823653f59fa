"""The four codecs on frames of real readers, on frames to be refused, and on garbage."""

from __future__ import annotations

import binascii
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.rfid.serial import a0, chainway, m6e, uhf288
from drivers.rfid.serial.a0 import A0Decoder
from drivers.rfid.serial.chainway import ChainwayDecoder
from drivers.rfid.serial.m6e import M6eDecoder
from drivers.rfid.serial.uhf288 import Uhf288Decoder
from tests.drivers.rfid.serial import vectors


class Uhf18Decoder(Uhf288Decoder):
    antennas = False


DECODERS = [A0Decoder, Uhf288Decoder, Uhf18Decoder, M6eDecoder, ChainwayDecoder]
CHAINWAY_TAG = chainway.frame(chainway.TAG, vectors.CHAINWAY_RECORD)
SOUND = {
    A0Decoder: [*vectors.A0_TAGS, vectors.A0_FIRMWARE, vectors.A0_ROUND_END],
    Uhf288Decoder: [
        vectors.UHF288_ONE,
        vectors.UHF288_MASK_4,
        vectors.UHF288_TWO,
        vectors.UHF288_NONE,
        vectors.UHF288_INFO,
    ],
    Uhf18Decoder: [vectors.UHF18_ONE],
    M6eDecoder: [vectors.M6E_TAG],
    ChainwayDecoder: [vectors.CHAINWAY_LOSS, CHAINWAY_TAG],
}


@pytest.mark.parametrize("frame", vectors.A0_TAGS)
def test_a0_tags(frame):
    assert A0Decoder().feed(frame) == [a0.Tag(*vectors.A0_TAGS[frame])]


def test_a0_commands_and_answers():
    assert a0.get_firmware() == vectors.A0_GET_FIRMWARE
    assert a0.set_work_antenna(a0.ADDRESS, 0) == vectors.A0_SET_ANTENNA
    assert a0.real_time_inventory(a0.ADDRESS, 1) == vectors.A0_INVENTORY
    answers = A0Decoder().feed(vectors.A0_FIRMWARE + vectors.A0_ANTENNA_SET)
    assert answers == [
        a0.Answer(1, a0.GET_FIRMWARE, b"\x01\x09"),
        a0.Answer(1, a0.SET_WORK_ANTENNA, bytes([a0.SUCCESS])),
    ]
    assert A0Decoder().feed(vectors.A0_ROUND_END) == [a0.InventoryOver(0, 25, 1)]


def test_a0_refuses_a_wrong_sum():
    decoder = A0Decoder()
    assert decoder.feed(vectors.A0_REFUSED) == []
    assert decoder.faults["bad_check"] == 1
    right = vectors.A0_REFUSED[:-1] + bytes([vectors.A0_RIGHT_CHECK])
    assert decoder.feed(right) == [a0.InventoryOver(0, 29, 1)]


def test_a0_rssi_table():
    assert [a0.dbm(raw) for raw in (98, 90, 89, 31)] == [-31.0, -39.0, -41.0, -99.0]
    assert math.isnan(a0.dbm(30))


def test_a0_antennas_of_the_second_half_and_bytes_behind_the_rssi():
    (epc,) = {vectors.A0_TAGS[frame][2] for frame in list(vectors.A0_TAGS)[:1]}
    data = bytes([0x04 | 2]) + b"\x30\x00" + epc + bytes([0x80 | 0x45]) + b"\x01\x02"
    assert A0Decoder().feed(a0.frame(1, 0x8B, data)) == [a0.Tag(6, 0x3000, epc, -61.0)]


def test_a0_a_tag_shorter_than_its_pc_says_is_no_tag():
    decoder = A0Decoder()
    assert decoder.feed(a0.frame(1, 0x89, b"\x04\x38\x00" + bytes(12) + b"\x45")) == []
    assert decoder.faults == {"bad_tag": 1}


def test_uhf288_inventories():
    tags = [
        (vectors.UHF288_ONE, 1, [("3039606303c74380001a0559", 0x40)]),
        (vectors.UHF288_MASK_4, 4, [("49440000000000000a000334", 0x64)]),
        (
            vectors.UHF288_TWO,
            1,
            [("000000000000000000000313", 0x6B), ("000000000000000000000314", 0x6C)],
        ),
    ]
    for frame, antenna, expected in tags:
        (part,) = Uhf288Decoder().feed(frame)
        assert (part.status, part.antenna) == (uhf288.MORE, antenna)
        assert [(tag.epc.hex(), tag.raw_rssi) for tag in part.tags] == expected
    (none,) = Uhf288Decoder().feed(vectors.UHF288_NONE)
    assert none == uhf288.Inventory(uhf288.DONE, 1, ())


def test_uhf288_information_and_the_small_family():
    (info,) = Uhf288Decoder().feed(vectors.UHF288_INFO)
    assert info == uhf288.ReaderInfo(0, "0.22", "UHFReader288M", 30, antennas=True)
    (part,) = Uhf18Decoder().feed(vectors.UHF18_ONE)
    assert part.antenna is None
    assert part.tags == (uhf288.Tag(bytes.fromhex("000000000000000000000313"), None),)


def test_uhf288_refuses_a_wrong_crc():
    decoder = Uhf288Decoder()
    assert decoder.feed(vectors.UHF288_REFUSED) + decoder.give_up() == []
    assert decoder.faults["bad_check"] >= 1


def test_uhf288_inventory_command_as_others_send_it():
    ours = uhf288.inventory(0xFF, 0, q=15, session=0, target=0, scan_time=0x14)
    assert ours[3:-2] == bytes.fromhex("0f0001000000008014")


def test_uhf288_tags_that_do_not_fill_their_frame_are_no_tags():
    decoder = Uhf288Decoder()
    body = b"\x03\x01\x02\x0c" + bytes(13)
    (part,) = decoder.feed(uhf288.frame(0, uhf288.INVENTORY, body))
    assert part.tags == ()
    assert decoder.faults == {"bad_tag": 1}


def test_uhf288_a_fast_id_block_has_its_tid_taken_off():
    body = (
        b"\x01\x01\x01" + bytes([0x80 | 24]) + b"\x30" + bytes(11) + b"\xe2" + bytes(11) + b"\x40"
    )
    (part,) = Uhf288Decoder().feed(uhf288.frame(0, uhf288.INVENTORY, body))
    assert part.tags == (uhf288.Tag(b"\x30" + bytes(11), 0x40),)


@given(st.binary(max_size=300))
def test_uhf288_crc_is_the_reflected_one(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    assert uhf288.crc16(data) == crc


def test_m6e_tag_of_a_real_module():
    (part,) = M6eDecoder().feed(vectors.M6E_TAG)
    (tag,) = part.tags
    assert part.streamed
    assert tag == m6e.Tag(1, 0x3000, bytes(10) + b"\x15\x45", -60, 1)


def test_m6e_crc_is_the_makers_own():
    assert m6e.command(m6e.GET_VERSION) == vectors.M6E_GET_VERSION
    assert m6e.get_tags(0x57) == vectors.M6E_GET_TAGS_57
    assert m6e.crc16(vectors.M6E_TAG[1:-2]) == 0x561D
    ccitt_false = binascii.crc_hqx(vectors.M6E_TAG[1:-2], 0xFFFF)
    assert ccitt_false == 0xF542
    decoder = M6eDecoder()
    wrong = vectors.M6E_TAG[:-2] + ccitt_false.to_bytes(2, "big")
    assert decoder.feed(wrong) + decoder.give_up() == []
    assert decoder.faults["bad_check"] >= 1


@given(st.binary(min_size=2, max_size=100))
def test_m6e_crc_as_the_maker_computes_it(data):
    table = [binascii.crc_hqx(bytes([nibble]), 0) for nibble in range(16)]
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 4 & 0xFFFF | byte >> 4) ^ table[crc >> 12]
        crc = (crc << 4 & 0xFFFF | byte & 15) ^ table[crc >> 12]
    assert m6e.crc16(data) == crc


@pytest.mark.parametrize(
    "data", ["00 00 00 03", "00 00 00 00 03", "00 00 10 00 00 00 03", "00 00 00 10 00 00 00 03"]
)
def test_m6e_counts_of_old_and_new_modules(data):
    frame = answered(m6e.READ_MULTIPLE, 0, bytes.fromhex(data))
    assert M6eDecoder().feed(frame) == [m6e.ReadOver(0, 3)]


def test_m6e_a_read_without_tags():
    frame = answered(m6e.READ_MULTIPLE, m6e.NO_TAGS, b"")
    assert M6eDecoder().feed(frame) == [m6e.ReadOver(m6e.NO_TAGS, 0)]


def test_m6e_several_records_and_a_torn_one():
    record = bytes.fromhex("02 C4 11 05 0080 3000") + bytes(12) + b"\x45\xe9"
    data = bytes.fromhex("0047 00 03") + record * 2 + record[:-3]
    decoder = M6eDecoder()
    (part,) = decoder.feed(answered(m6e.GET_TAGS, 0, data))
    assert part.tags == (m6e.Tag(1, 0x3000, bytes(12), -60, 2),) * 2
    assert decoder.faults == {"bad_tag": 1}


def answered(opcode, status, data):
    body = bytes([len(data), opcode]) + status.to_bytes(2, "big") + data
    return b"\xff" + body + m6e.crc16(body).to_bytes(2, "big")


def test_chainway_commands_and_answers():
    assert chainway.start() == vectors.CHAINWAY_START
    assert chainway.stop() == vectors.CHAINWAY_STOP
    assert chainway.get_version() == vectors.CHAINWAY_VERSION
    (answer,) = ChainwayDecoder().feed(vectors.CHAINWAY_LOSS)
    assert answer.command == chainway.RETURN_LOSS
    assert chainway.losses(answer.payload) == {1: 16, 2: 0, 3: 0, 4: 0}


def test_chainway_tag_record_with_and_without_tid():
    epc = bytes.fromhex("523742303030303539353538")
    tag = chainway.Tag(1, 0x3400, epc, -49.3)
    assert ChainwayDecoder().feed(CHAINWAY_TAG) == [tag]
    short = vectors.CHAINWAY_RECORD[:14] + vectors.CHAINWAY_RECORD[-3:]
    assert chainway.tag_record(short) == tag
    assert chainway.tag_record(short[:-1]) is None


def test_chainway_takes_both_heads_and_hunts_for_no_tail():
    record = b"\x30\x00" + b"\r\n" * 6 + b"\xfe\x13\x01"
    frame = chainway.frame(chainway.TAG, record)
    for head in chainway.HEADS:
        (tag,) = ChainwayDecoder().feed(head + frame[2:])
        assert tag.epc == b"\r\n" * 6


def test_chainway_refuses_a_wrong_xor_or_tail():
    for at in (-3, -1):
        wrong = bytearray(CHAINWAY_TAG)
        wrong[at] ^= 1
        decoder = ChainwayDecoder()
        assert decoder.feed(bytes(wrong)) + decoder.give_up() == []
        assert decoder.faults["bad_check"] >= 1


def test_chainway_session_is_packed_into_the_gen2_parameters():
    assert chainway.with_session(b"\x01\x02\x03\xff", 2) == b"\x01\x02\x03\xe7"


@pytest.mark.parametrize("make", DECODERS)
def test_a_stream_in_any_pieces_gives_the_same(make):
    stream = b"".join(SOUND[make]) * 3
    whole = make().feed(stream)
    assert len(whole) == 3 * len(SOUND[make])
    for size in (1, 2, 3, 7, 19, 20, 21):
        decoder = make()
        found = [n for i in range(0, len(stream), size) for n in decoder.feed(stream[i : i + size])]
        assert repr(found) == repr(whole)
        assert decoder.faults == {}


@pytest.mark.parametrize("make", DECODERS)
@given(st.lists(st.binary(max_size=80), max_size=20))
def test_garbage_never_raises_and_never_piles_up(make, chunks):
    decoder = make()
    for chunk in chunks:
        decoder.feed(chunk)
        assert len(decoder._cutter) < 2_048
    decoder.give_up()
    assert not decoder.unfinished


@pytest.mark.parametrize("make", DECODERS)
@given(st.data())
def test_frames_around_damage_still_come_out(make, data):
    """Bytes lost, changed or added within a frame cost that frame, and not all that follow.

    The next frame can be lost with it: an 8-bit sum over two broken ones is right now and then.
    """
    frames = SOUND[make]
    before, after = data.draw(st.sampled_from(frames)), data.draw(st.sampled_from(frames))
    victim = bytearray(data.draw(st.sampled_from(frames)))
    at = data.draw(st.integers(0, len(victim) - 1))
    kind = data.draw(st.sampled_from(["lost", "changed", "added", "torn"]))
    if kind == "lost":
        del victim[at]
    elif kind == "changed":
        victim[at] ^= data.draw(st.integers(1, 255))
    elif kind == "added":
        victim[at:at] = data.draw(st.binary(min_size=1, max_size=1))
    else:
        del victim[at:]
    decoder = make()
    found = decoder.feed(before + bytes(victim) + after + after) + decoder.give_up()
    shown = [repr(notice) for notice in found]
    assert shown[0] == repr(make().feed(before)[0])
    assert repr(make().feed(after)[0]) in shown[1:]


@pytest.mark.parametrize("make", DECODERS)
@given(st.data())
def test_no_tag_is_made_up_of_one_changed_byte(make, data):
    frame = data.draw(st.sampled_from(SOUND[make]))
    changed = bytearray(frame)
    changed[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    decoder = make()
    assert decoder.feed(bytes(changed)) + decoder.give_up() == []
    assert decoder.faults.total() > 0


@given(
    st.binary(min_size=2, max_size=62).filter(lambda epc: len(epc) % 2 == 0),
    st.integers(-1200, 0),
    st.integers(1, 16),
)
def test_chainway_tags_come_back(epc, tenths, antenna):
    pc = (len(epc) // 2 << 11).to_bytes(2, "big")
    record = pc + epc + tenths.to_bytes(2, "big", signed=True) + bytes([antenna])
    (tag,) = ChainwayDecoder().feed(chainway.frame(chainway.TAG, record))
    assert (tag.epc, tag.rssi, tag.antenna) == (epc, tenths / 10, antenna)
