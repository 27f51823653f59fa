"""Tag reports: real readers' bytes, foreign encoders' bytes, mixed shapes, the inherit rule."""

from __future__ import annotations

import math
import struct
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llrpkit.protocol import BitStr, impinj, messages, params

from drivers.rfid.llrp.framing import Framing, Message, ProtocolError
from drivers.rfid.llrp.parameters import decode, encode, make
from drivers.rfid.llrp.plan import FEW, FewTags
from drivers.rfid.llrp.reports import MANY, MAX_PLANS, ReportDecoder
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.llrp.template import Clock

R420 = "043d000000290000000700f0001f8d301430a55c0ac3000000000981000186ca820005a9e4bef88110"
R420_BODIES = {
    "00f0001f8d3000abcdef0000000000000381000186d0820005a9e4bef862e0": (-48, 1594174805140192),
    "00f0001f8d3000abcdef0000000000000581000186d1820005a9e4bef876b4": (-47, 1594174805145268),
    "00f0001f8d301430a55c0ac3000000000981000186ca820005a9e4bef88110": (-54, 1594174805147920),
    "00f0001f8d301430a55c0ac4000000000081000186bc820005a9e4bef88d20": (-68, 1594174805151008),
    "00f0001f8d3000abcdef0000000000000281000186cc820005a9e4bef895f0": (-52, 1594174805153264),
    "00f0001f8d3000abcdef0000000000000181000186d3820005a9e4bef8a421": (-45, 1594174805156897),
    "00f0001f8d301430a55c0ac3000000000581000186cb820005a9e4bef8aeaa": (-53, 1594174805159594),
    "00f0001f8d301430a55c0ac3000000000681000186c8820005a9e4bef8bd46": (-56, 1594174805163334),
    "00f0001f8d3000abcdef0000000000000481000186ce820005a9e4bef8c7e5": (-50, 1594174805166053),
}


def decoder():
    return ReportDecoder(Counter())


def epcs(columns):
    return [row[:size].tobytes() for row, size in zip(columns.epc, columns.epc_bytes, strict=True)]


def test_a_real_readers_report():
    (received,) = Framing().feed(bytes.fromhex(R420))
    columns = decoder().decode([received.body])
    assert epcs(columns) == [bytes.fromhex("301430A55C0AC30000000009")]
    assert columns.antenna.tolist() == [1]
    assert columns.rssi.tolist() == [-54.0]
    assert columns.seen_us.tolist() == [1594174805147920]
    assert columns.clock.tolist() == [Clock.UTC]
    assert columns.n.tolist() == [1]


def test_nine_reports_of_a_real_reader_at_once():
    bodies = [bytes.fromhex(body) for body in R420_BODIES]
    columns = decoder().decode(bodies)
    assert epcs(columns) == [body[5:17] for body in bodies]
    assert list(zip(columns.rssi, columns.seen_us, strict=True)) == list(R420_BODIES.values())


def foreign(**fields):
    """A TagReportData of llrpkit's encoder, as one report body."""
    epc = fields.pop("epc")
    fields = {name: value for name, value in fields.items() if value is not None}
    width = params.EPC_96(epc=epc) if len(epc) == 12 else params.EPCData(epc=BitStr.from_bytes(epc))
    data = params.TagReportData(epc_parameter=width, **fields)
    return messages.RO_ACCESS_REPORT(tag_report_datas=[data]).to_bytes(message_id=1)[10:]


tags = st.fixed_dictionaries(
    {
        "epc": st.one_of(
            st.binary(min_size=12, max_size=12), st.sampled_from([2, 8, 16, 26]).map(bytes)
        ),
        "antenna_id": st.integers(1, 64).map(lambda n: params.AntennaID(antenna_id=n)),
        "peak_rssi": st.none() | st.integers(-90, 0).map(lambda n: params.PeakRSSI(peak_rssi=n)),
        "tag_seen_count": st.none()
        | st.integers(1, 500).map(lambda n: params.TagSeenCount(tag_count=n)),
        "last_seen_timestamp_utc": st.none()
        | st.integers(1, 1 << 52).map(lambda n: params.LastSeenTimestampUTC(microseconds=n)),
        "channel_index": st.none()
        | st.integers(1, 50).map(lambda n: params.ChannelIndex(channel_index=n)),
    }
)


@given(st.lists(tags, min_size=1, max_size=12))
def test_what_a_foreign_encoder_wrote_in_any_mixture(drawn):
    found = decoder().decode([foreign(**dict(tag)) for tag in drawn])
    assert epcs(found) == [tag["epc"] for tag in drawn]
    assert found.antenna.tolist() == [tag["antenna_id"].antenna_id for tag in drawn]
    rssi, count, seen = math.nan, 1, 0
    for i, tag in enumerate(drawn):
        # What is absent has the value of the last one received.
        rssi = tag["peak_rssi"].peak_rssi if tag["peak_rssi"] else rssi
        count = tag["tag_seen_count"].tag_count if tag["tag_seen_count"] else count
        if tag["last_seen_timestamp_utc"]:
            seen = tag["last_seen_timestamp_utc"].microseconds
        assert found.rssi[i] == rssi or (math.isnan(rssi) and math.isnan(found.rssi[i]))
        assert (found.n[i], found.seen_us[i]) == (count, seen)
        assert found.clock[i] == (Clock.UTC if seen else Clock.NONE)


def test_impinjs_finer_rssi_is_preferred():
    body = foreign(
        epc=bytes(11) + b"\1",
        antenna_id=params.AntennaID(antenna_id=2),
        peak_rssi=params.PeakRSSI(peak_rssi=-61),
        custom=[impinj.ImpinjRFPhaseAngle(phase_angle=7), impinj.ImpinjPeakRSSI(rssi=-6142)],
    )
    assert decoder().decode([body]).rssi.tolist() == [np.float32(-61.42)]


def tag(*children):
    return encode([make(P.TAG_REPORT_DATA, make(P.EPC_96, epc=bytes(12)), *children)])


def test_inherited_values_pass_from_batch_to_batch():
    reports = decoder()
    full = tag(
        make(P.ANTENNA_ID, antenna=3),
        make(P.PEAK_RSSI, dbm=-50),
        make(P.LAST_SEEN_UPTIME, microseconds=99),
        make(P.TAG_SEEN_COUNT, count=4),
    )
    reports.decode([full])
    later = reports.decode([tag()])
    assert later.antenna.tolist() == [3]
    assert later.rssi.tolist() == [-50]
    assert later.seen_us.tolist() == [99]
    assert later.clock.tolist() == [Clock.UPTIME]
    assert later.n.tolist() == [4]


def test_a_tag_without_any_antenna_is_dropped_and_counted():
    reports = decoder()
    assert reports.decode([tag()]) is None
    columns = reports.decode([tag() + tag(make(P.ANTENNA_ID, antenna=1))])
    assert len(columns) == 1
    assert reports.faults == {"no_antenna": 2}


@pytest.mark.parametrize(
    "bad",
    [
        "00f00004",  # no EPC
        "00f000088d000000",  # cut short EPC-96
        "00f0000afb0000000000"[:20],  # unknown TV
        "00f0000a00f100060030",  # EPCData of 48 bits and none there
        "00f0000b00f10007000800",  # EPC of one byte
    ],
)
def test_one_bad_tag_costs_no_other(bad):
    good = tag(make(P.ANTENNA_ID, antenna=1))
    reports = decoder()
    columns = reports.decode([good + bytes.fromhex(bad) + good])
    assert len(columns) == 2
    assert reports.faults == {"bad_tag_report": 1}


def test_a_report_that_is_cut_short_keeps_its_whole_tags():
    good = tag(make(P.ANTENNA_ID, antenna=1))
    reports = decoder()
    assert len(reports.decode([good + good[:-3], good])) == 2
    assert reports.faults == {"bad_report": 1}


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_garbage_never_raises(bodies):
    decoder().decode([b"\x00\xf0\x00\x10" + body for body in bodies])


def test_hundreds_of_shapes_in_one_batch_are_all_decoded():
    bodies = [
        tag(make(P.ANTENNA_ID, antenna=1), make(P.CUSTOM, vendor=i, subtype=1, data=b""))
        for i in range(300)
    ]
    reports = decoder()
    assert len(reports.decode(bodies)) == 300
    assert sum(map(len, reports._templates.values())) <= 32


ROW = bytes.fromhex("00f000228d3034d2c0400000400000004d81000186c4840000000000001e028801" + "01")


def test_a_tag_report_that_claims_to_have_no_length_is_none_alone_or_together():
    wrong = b"\x80" + ROW[1:]
    for bodies in ([wrong + wrong], [ROW, wrong]):
        faults = Counter()
        found = ReportDecoder(faults).decode(bodies)
        assert (0 if found is None else len(found)) == len(bodies) - 1
        assert faults == {"bad_report": 1}


def test_two_torn_reports_are_not_put_together():
    faults = Counter()
    decoder = ReportDecoder(faults)
    assert len(decoder.decode([ROW])) == 1
    assert decoder.decode([ROW[:17], ROW[17:]]) is None
    assert faults["bad_report"] == 2


def message(body):
    return Message(MessageType.RO_ACCESS_REPORT, 7, body).to_bytes()


def same(one, other):
    if one is None or other is None:
        assert one is other
        return
    assert len(one) == len(other)
    assert list(one.epcs()) == list(other.epcs()) == epcs(one)
    for name in ("antenna", "epc", "epc_bytes", "rssi", "n", "seen_us", "clock"):
        ours, theirs = getattr(one, name), getattr(other, name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def complete(drawn):
    """A TagReportData with all that we ask for, in any order, or with Impinj's finer RSSI."""
    epc, antenna, rssi, seen, count, shape = drawn
    width = make(P.EPC_96, epc=epc) if len(epc) == 12 else make(P.EPC_DATA, epc=epc)
    parts = [
        make(P.ANTENNA_ID, antenna=antenna),
        make(P.PEAK_RSSI, dbm=rssi),
        make(P.LAST_SEEN_UTC if shape % 2 else P.FIRST_SEEN_UPTIME, microseconds=seen),
        make(P.TAG_SEEN_COUNT, count=count),
    ]
    if shape == 2:
        parts.reverse()
    if shape == 3:
        fine = struct.pack("!h", rssi * 100 - count % 100)
        parts.append(make(P.CUSTOM, vendor=25_882, subtype=57, data=fine))
    return encode([make(P.TAG_REPORT_DATA, width, *parts)])


full_tags = st.tuples(
    st.binary(min_size=12, max_size=12) | st.sampled_from([2, 8, 26]).map(bytes),
    st.integers(1, 65_535),
    st.integers(-128, 127),
    st.integers(0, (1 << 63) - 1),
    st.integers(0, 65_535),
    st.integers(0, 3),
)


def oracle(body):
    """What the general decoder of parameters reads in a report of complete tags."""
    rows = []
    for data in decode(body):
        said = {child.type: child for child in data.children}
        epc = (said.get(P.EPC_96) or said[P.EPC_DATA]).values["epc"]
        fine = next((c.values["data"] for c in data.children if c.type == P.CUSTOM), None)
        rssi = np.float32(said[P.PEAK_RSSI].values["dbm"])
        if fine:
            rssi = np.float32(struct.unpack("!h", fine)[0]) / np.float32(100)
        utc = P.LAST_SEEN_UTC in said
        seen = said[P.LAST_SEEN_UTC if utc else P.FIRST_SEEN_UPTIME].number("microseconds")
        count = said[P.TAG_SEEN_COUNT].number("count") or 1
        rows.append((epc, said[P.ANTENNA_ID].number("antenna"), rssi, seen, count, 2 - utc))
    return rows


@given(full_tags, st.sampled_from([1, 2, 16, 32, 33, 70]), st.randoms(use_true_random=False))
def test_alone_together_and_one_by_one_say_the_same(drawn, count, chance):
    shape, width = drawn[-1], len(drawn[0])
    body = b"".join(
        complete(
            (
                chance.randbytes(width), chance.randrange(1, 1 << 16), chance.randrange(-128, 128),
                chance.randrange(1 << 63), chance.choice((0, 1, 500)), shape,
            )
        )
        for _ in range(count)
    )  # fmt: skip
    reports, mixed = decoder(), decoder()
    assert reports.whole(message(body)) is None  # not met before
    by_numpy = reports.decode([body])
    by_plan = reports.whole(message(body))
    assert by_plan is not None
    assert isinstance(by_plan, FewTags) == (count <= FEW)
    same(by_plan, by_numpy)
    same(by_plan, reports.decode([body]))
    same(by_plan, mixed._mixed([body]))
    rows = list(
        zip(
            by_plan.epcs(), by_plan.antenna, by_plan.rssi, by_plan.seen_us, by_plan.n,
            by_plan.clock, strict=True,
        )
    )  # fmt: skip
    assert rows == oracle(body)


@given(
    st.lists(full_tags, min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3),
    st.integers(0, 40),
)
def test_a_torn_or_broken_report_says_the_same_alone_and_through_the_walk(drawn, broken, cut):
    body = b"".join(map(complete, drawn))
    warm, cold = decoder(), decoder()
    for reports in (warm, cold):
        reports.decode([body])
    warm.whole(message(body))
    wrong = bytearray(message(body))
    for at, byte in broken:
        wrong[at % len(wrong)] = byte
    wrong = bytes(wrong[: len(wrong) - cut])
    found = warm.whole(wrong)
    try:
        messages = Framing().feed(wrong)
    except ProtocolError:
        assert found is None
        return
    if found is None:
        return
    (whole,) = messages
    assert whole.type == MessageType.RO_ACCESS_REPORT
    same(found, cold._mixed([whole.body]))
    assert cold.faults == warm.faults == {}


def test_what_is_inherited_comes_from_a_report_that_came_alone_too():
    reports = decoder()
    sizes = complete((bytes(12), 5, -44, 77, 0, 1))
    reports.decode([sizes])
    assert reports.whole(message(complete((bytes(12), 6, -45, 78, 9, 1)))) is not None
    later = reports.decode([tag()])
    assert later.antenna.tolist() == [6]
    assert later.rssi.tolist() == [-45]
    assert (later.seen_us.tolist(), later.n.tolist()) == ([78], [9])


def test_plans_are_bounded_and_no_other_message_is_taken_for_a_report():
    reports = decoder()
    one = complete((bytes(12), 5, -44, 77, 3, 1))
    reports.decode([one])
    for count in range(1, MANY + 40):
        found = reports.whole(message(one * count))
        assert (found is None) == (count > MANY)
        assert len(reports._reports) <= MAX_PLANS
    sound = message(one)
    assert len(reports.whole(sound[:6] + b"\xff\xff\xff\xff" + sound[10:])) == 1
    for wrong in (b"", b"\0" * 10, sound[:9], sound[:-1], sound + b"\0", b"\x0c" + sound[1:],
                  b"\x04\x3e" + sound[2:], b"\x04\x3e" + sound[2:] + sound,
                  sound + b"\x04\x3e" + sound[2:], sound + sound[:-1]):  # fmt: skip
        assert reports.whole(wrong) is None


@given(full_tags, st.integers(1, 3), st.integers(2, 60), st.data())
def test_reports_of_one_length_in_one_read_are_told_as_one_by_one(drawn, size, count, data):
    one = message(complete(drawn) * size)
    reports, walked = decoder(), decoder()
    reports.decode([one[10:]])
    sent = bytearray(one * count)
    for at in data.draw(st.lists(st.integers(0, len(sent) - 1), max_size=2)):
        sent[at] = data.draw(st.integers(0, 255))
    found = reports.whole(bytes(sent))
    if found is None:
        assert bytes(sent) != one * count, "what is alike is taken at once"
        return
    received = Framing().feed(bytes(sent))
    assert {m.type for m in received} == {MessageType.RO_ACCESS_REPORT}
    assert len(received) == count
    same(found, walked._mixed([m.body for m in received]))
    assert len(reports._alike) == 1
