"""The conversation with an LLRP reader, without a socket and without a clock."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.rfid.llrp.clock import ReaderClock
from drivers.rfid.llrp.events import AntennaChanged, Ready, RoundEnded, SessionLost, Stamp
from drivers.rfid.llrp.framing import Framing
from drivers.rfid.llrp.parameters import make, message
from drivers.rfid.llrp.reports import TagColumns
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.session import LlrpSession, State
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.llrp.template import Clock
from tests.drivers.rfid.played_reader import (
    PlayedReader,
    end_of_spec,
    greeting,
    notification,
    refused,
    report,
)

SETTINGS = Settings((1, 2), keepalive_ms=1_000)
EPC = bytes.fromhex("3034D2C0400000400000004D")


def running(reader=None, settings=SETTINGS):
    session = LlrpSession(settings, 0.0)
    (reader or PlayedReader()).converse(session)
    assert session.state is State.RUNNING
    return session


def said(events, *kinds):
    return [event for event in events if isinstance(event, kinds)]


def test_the_start_up_in_its_order():
    reader = PlayedReader()
    session = LlrpSession(SETTINGS, 0.0)
    assert session.outgoing() == b""  # nothing before the reader has spoken
    events = reader.converse(session)
    assert [MessageType(asked.type).name for asked in reader.asked] == [
        "GET_SUPPORTED_VERSION",
        "GET_READER_CAPABILITIES",
        "GET_READER_CONFIG",
        "SET_READER_CONFIG",
        "DELETE_ROSPEC",
        "DELETE_ACCESSSPEC",
        "ADD_ROSPEC",
        "ENABLE_ROSPEC",
        "ENABLE_EVENTS_AND_REPORTS",
    ]
    (ready,) = said(events, Ready)
    assert ready.connected == {1: True, 2: True}
    assert ready.facts["firmware"] == "1.2"
    assert session.faults == {}


def test_an_impinj_is_asked_for_its_extensions_and_may_refuse():
    for refusals in ({}, {MessageType.CUSTOM_MESSAGE: refused("no")}):
        reader = PlayedReader(maker=25_882)
        reader.refusals = refusals
        running(reader)
        assert reader.asked[2].type == MessageType.CUSTOM_MESSAGE


@pytest.mark.parametrize(
    ("status", "line"),
    [(1, "another program holds"), (2, "another program holds"), (3, "without saying why")],
)
def test_a_refused_connection_is_one_plain_line(status, line):
    with pytest.raises(SessionLost, match=line):
        LlrpSession(SETTINGS, 0.0).feed(greeting(status), 0.0)


def test_somebody_who_tries_to_take_over_is_counted():
    session = running()
    session.feed(greeting(4), 1.0)
    assert session.faults == {"other_client_tried": 1}


def test_a_refused_question_is_one_plain_line():
    reader = PlayedReader()
    reader.refusals[MessageType.ADD_ROSPEC] = refused("unsupported stop trigger", 109)
    with pytest.raises(SessionLost, match=r"refused ADD_ROSPEC \(109\): unsupported stop trigger"):
        reader.converse(LlrpSession(SETTINGS, 0.0))


def test_refusing_to_delete_what_is_not_there_is_only_counted():
    reader = PlayedReader()
    reader.refusals[MessageType.DELETE_ROSPEC] = refused("no ROSpec 0")
    assert running(reader).faults == {"refused_delete_rospec": 1}


def test_a_reader_that_takes_the_connection_and_is_silent():
    session = LlrpSession(SETTINGS, 0.0)
    session.tick(9.9)
    with pytest.raises(SessionLost, match="said nothing"):
        session.tick(10.0)


def test_a_question_that_is_not_answered():
    reader = PlayedReader()
    reader.silent.add(MessageType.SET_READER_CONFIG)
    session = LlrpSession(SETTINGS, 0.0)
    reader.converse(session, 5.0)
    session.tick(14.9)
    with pytest.raises(SessionLost, match="did not answer SET_READER_CONFIG"):
        session.tick(15.0)


def test_dead_after_two_and_a_half_keepalive_periods():
    session = running()
    session.feed(message(MessageType.KEEPALIVE, 9).to_bytes(), 1.0)
    (ack,) = Framing().feed(session.outgoing())
    assert (ack.type, ack.id) == (MessageType.KEEPALIVE_ACK, 9)
    session.tick(3.4)
    with pytest.raises(SessionLost, match=r"silent for 2\.5 s"):
        session.tick(3.5)


def test_a_round_ends_after_its_tags():
    session = running()
    events = session.feed(
        report((EPC, 1, -50, 10)) + end_of_spec(SETTINGS.ro_spec_id, 1, 20)
        + report((EPC, 2, -60, 30)) + end_of_spec(SETTINGS.ro_spec_id, 4, 40),
        1.0,
    )  # fmt: skip
    kinds = [TagColumns, RoundEnded, TagColumns, RoundEnded]
    heard = [event for event in events if not isinstance(event, Stamp)]
    assert all(isinstance(*pair) for pair in zip(heard, kinds, strict=True))
    first, second = said(events, RoundEnded)
    assert (first.antennas, first.at) == ((1,), Stamp(20, Clock.UTC))
    assert second.antennas == (2,)


def test_reports_that_come_together_are_decoded_together():
    session = running()
    (columns,) = session.feed(report((EPC, 1, -50, 10)) * 50, 1.0)
    assert len(columns) == 50


def test_rounds_of_another_rospec_are_not_ours():
    session = running()
    events = session.feed(end_of_spec(77, 1) + end_of_spec(SETTINGS.ro_spec_id, 99), 1.0)
    assert said(events, RoundEnded) == []
    assert session.faults == {"foreign_round": 2}


def test_after_lost_reads_no_antenna_claims_its_round_once():
    session = running()
    ours = SETTINGS.ro_spec_id
    overflow = notification(make(P.REPORT_BUFFER_OVERFLOW))
    events = session.feed(overflow + end_of_spec(ours, 1) + end_of_spec(ours, 2), 1.0)
    assert said(events, RoundEnded) == []
    assert len(said(session.feed(end_of_spec(ours, 1), 2.0), RoundEnded)) == 1
    assert session.faults == {"reader_buffer_overflow": 1}


def test_an_antenna_that_is_off_has_no_rounds():
    session = running()
    ours = SETTINGS.ro_spec_id
    off = notification(make(P.ANTENNA_EVENT, event=0, antenna=2), at=5)
    events = session.feed(off, 1.0)
    assert said(events, AntennaChanged) == [AntennaChanged(2, False, Stamp(5, Clock.UTC))]
    for index, rounds in ((1, 1), (2, 0), (2, 0)):
        assert len(said(session.feed(end_of_spec(ours, index), 2.0), RoundEnded)) == rounds
    session.feed(notification(make(P.ANTENNA_EVENT, event=1, antenna=2)), 3.0)
    assert said(session.feed(end_of_spec(ours, 2), 3.0), RoundEnded) == []
    assert len(said(session.feed(end_of_spec(ours, 2), 4.0), RoundEnded)) == 1


def test_an_antenna_that_is_off_from_the_start():
    reader = PlayedReader(connected={1: True, 2: False, 3: True})
    session = LlrpSession(SETTINGS, 0.0)
    (ready,) = said(reader.converse(session), Ready)
    assert ready.connected == {1: True, 2: False}


def test_tags_heard_prove_an_antenna_that_the_reader_does_not_see():
    session = running(PlayedReader(connected={1: True, 2: False}))
    changed, columns = session.feed(report((EPC, 2, -50, 10)), 1.0)
    assert (changed.antenna, changed.connected) == (2, True)
    assert len(columns) == 1
    assert len(said(session.feed(end_of_spec(SETTINGS.ro_spec_id, 2) * 2, 1.0), RoundEnded)) == 1


def test_a_reader_that_does_not_start_again_is_told_to():
    session = running()
    ended = make(P.RO_SPEC_EVENT, event=1, id=SETTINGS.ro_spec_id)
    session.feed(notification(ended), 1.0)
    session.tick(2.9)
    assert session.outgoing() == b""
    session.feed(message(MessageType.KEEPALIVE, 9).to_bytes(), 3.0)
    session.outgoing()
    session.tick(3.1)
    (start,) = Framing().feed(session.outgoing())
    assert start.type == MessageType.START_ROSPEC
    assert session.faults == {"restarted": 1}


def test_a_broken_message_is_counted_and_spoils_the_round():
    session = running()
    broken = bytearray(end_of_spec(SETTINGS.ro_spec_id, 1))
    broken[13] += 9
    events = session.feed(bytes(broken) + end_of_spec(SETTINGS.ro_spec_id, 1), 1.0)
    assert said(events, RoundEnded) == []
    assert session.faults == {"bad_message": 1}


def test_no_llrp_is_one_plain_line():
    with pytest.raises(SessionLost, match="no LLRP reader"):
        LlrpSession(SETTINGS, 0.0).feed(b"SSH-2.0-OpenSSH_9.6\r\n", 0.0)


def test_the_reader_closes_and_its_last_reads_are_kept():
    session = running()
    last = report((EPC, 1, -50, 10))
    with pytest.raises(SessionLost, match="closed") as lost:
        session.feed(last + notification(make(P.CONNECTION_CLOSE_EVENT)), 1.0)
    assert len(said(lost.value.before, TagColumns)) == 1


def test_what_came_before_garbage_is_kept():
    session = running()
    (columns,) = session.feed(report((EPC, 1, -50, 10)) + bytes(20), 1.0)
    assert len(columns) == 1
    with pytest.raises(SessionLost, match="no LLRP"):
        session.feed(b"", 1.0)


def test_reports_before_we_are_ready_are_somebody_elses():
    session = LlrpSession(SETTINGS, 0.0)
    assert said(session.feed(greeting() + report((EPC, 1, -50, 10)), 0.0), TagColumns) == []
    assert session.faults == {"early_report": 1}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 2), st.integers(-90, -20)), max_size=8),
    st.lists(st.integers(1, 400), max_size=6),
)
def test_however_the_stream_is_cut_the_same_tags_are_read(drawn, cuts):
    """In reads of their own, together, in pieces, with rounds between them."""
    messages = [
        report(*[(EPC, antenna, rssi, 7 + i) for i in range(count)])
        if count
        else end_of_spec(SETTINGS.ro_spec_id, antenna, 20)
        for count, antenna, rssi in drawn
    ]
    stream = b"".join(messages)
    edges = sorted({0, *[cut % (len(stream) + 1) for cut in cuts], len(stream)})
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    told = []
    for reads in (messages, [stream], pieces):
        session = running()
        session.feed(report((EPC, 1, -50, 1)), 0.0)
        heard = []
        for data in reads:
            for event in session.feed(data, 1.0):
                if isinstance(event, TagColumns):
                    columns = (event.antenna, event.rssi, event.seen_us, event.n)
                    heard += zip(
                        event.epcs(), *(column.tolist() for column in columns), strict=True
                    )
                else:
                    heard.append(event)
        told.append(heard)
    assert told[0] == told[1] == told[2]


@given(st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_garbage_is_events_or_one_plain_line(chunks, framed):
    session = running()
    for chunk in chunks:
        data = message(63, 1).to_bytes()[:2] + (10 + len(chunk)).to_bytes(4, "big") + bytes(4)
        try:
            session.feed(data + chunk if framed else chunk, 1.0)
        except SessionLost:
            return


def test_held_reports_keep_their_true_time():
    clock = ReaderClock()
    clock.hear(1_000_000_000, 50.0)  # the greeting: reader 1000 s is our 50 s
    clock.hear(400_000_000, 50.1)  # held for ten minutes
    held = clock.monotonic(np.array([400_000_000, 1_000_500_000], np.int64))
    assert held.tolist() == [-550.0, 50.5]


def test_the_offset_follows_drift_and_steps_but_not_one_broken_stamp():
    clock = ReaderClock()
    for i in range(600):  # a reader that is slow by 100 ppm
        clock.hear(int(i * 0.9999e6), float(i))
    now = float(clock.monotonic(np.array([int(599 * 0.9999e6)], np.int64))[0])
    assert 0 <= 599 - now < 0.04
    clock.hear(10**15, 600.0)
    assert float(clock.monotonic(np.array([0], np.int64))[0]) > -10
    for i in range(3):  # the reader was set right: an hour on
        clock.hear(int((601 + i + 3_600) * 1e6), 601.0 + i)
    assert abs(float(clock.monotonic(np.array([int(4_203e6)], np.int64))[0]) - 603.0) < 0.1
