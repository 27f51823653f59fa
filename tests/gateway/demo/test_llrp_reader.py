"""The virtual reader and the real driver's session, mouth to ear: no socket, no clock."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.rfid.llrp.events import AntennaChanged, Ready, RoundEnded, SessionLost
from drivers.rfid.llrp.framing import Framing, Message
from drivers.rfid.llrp.parameters import decode_body, make, message
from drivers.rfid.llrp.reports import TagColumns
from drivers.rfid.llrp.rospec import Settings, add_ro_spec
from drivers.rfid.llrp.session import LlrpSession
from drivers.rfid.llrp.shapes import MessageType as M
from drivers.rfid.llrp.shapes import P
from gateway.demo.llrp_reader import LlrpReader
from gateway.demo.llrp_words import Sighting

NOW = 1_763_740_800.0
EPC = bytes.fromhex("3034F4A1C000004000000A")


def air(antenna: int, since: float, until: float) -> list[Sighting]:
    """Antenna n hears n tags, the first of them late in the round."""
    last = until - 0.01
    return [
        Sighting(EPC + bytes([antenna]), -50.4 - tag, tag + 1, since, last)
        for tag in range(antenna)
    ]


class Talk:
    """A reader and a session, and all that the session made of it."""

    def __init__(self, reader: LlrpReader, settings: Settings, now: float = NOW) -> None:
        self.reader, self.now = reader, now
        self.session = LlrpSession(settings, now)
        self.events = []
        reader.connect(now)
        self.exchange()

    def exchange(self) -> None:
        while data := self.reader.outgoing():
            self.events += self.session.feed(data, self.now)
            self.reader.feed(self.session.outgoing(), self.now)

    def pass_time(self, seconds: float, step: float = 0.05) -> None:
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now += step
            self.reader.tick(self.now)
            self.exchange()

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


def settings(*antennas: int, **more) -> Settings:
    return Settings(antennas or (1, 2, 3), round_ms=200, **more)


def said_by(reader: LlrpReader) -> list[Message]:
    return Framing().feed(reader.outgoing())


def test_the_session_is_set_up_and_told_what_it_talks_to():
    talk = Talk(LlrpReader(air, antennas=4), settings())
    (ready,) = talk.of(Ready)
    assert ready.facts["firmware"].startswith("shelfcast virtual reader")
    assert ready.facts["antennas"] == "4"
    assert ready.connected == {1: True, 2: True, 3: True}
    assert talk.session.faults == {}


def test_rounds_come_antenna_by_antenna_each_after_its_tags():
    talk = Talk(LlrpReader(air), settings())
    talk.pass_time(1.25)
    told = [event for event in talk.events if isinstance(event, TagColumns | RoundEnded)]
    order = [
        ("tags", int(event.antenna[0]), len(event))
        if isinstance(event, TagColumns)
        else ("round", *event.antennas)
        for event in told
    ]
    once = [item for n in (1, 2, 3) for item in (("tags", n, n), ("round", n))]
    assert order == once * 2


def test_tags_carry_what_was_heard():
    talk = Talk(LlrpReader(air, ahead=-3.7), settings(2))
    talk.pass_time(0.25)
    (tags,) = talk.of(TagColumns)
    assert [row.tobytes() for row in tags.epc] == [EPC + b"\x02"] * 2
    assert tags.rssi.tolist() == [-50.0, -51.0]
    assert tags.n.tolist() == [1, 2]
    (ended,) = talk.of(RoundEnded)
    # By its own clock, which is 3.7 s slow.
    assert ended.at.reader_us == round((NOW + 0.2 - 3.7) * 1e6)
    assert tags.seen_us.tolist() == [round((NOW + 0.19 - 3.7) * 1e6)] * 2


def test_an_epc_of_another_length_is_carried_too():
    long = bytes(range(26))
    reader = LlrpReader(lambda _antenna, since, until: [Sighting(long, -40, 1, since, until)])
    talk = Talk(reader, settings(1))
    talk.pass_time(0.25)
    assert talk.of(TagColumns)[0].epc[0].tobytes() == long


def test_it_shows_that_it_lives():
    talk = Talk(LlrpReader(lambda *_: []), settings(1, keepalive_ms=1_000))
    talk.pass_time(10.0)
    talk.session.tick(talk.now)
    assert len(talk.of(RoundEnded)) == 50


def test_a_pulled_antenna_hears_nothing_and_is_said():
    talk = Talk(LlrpReader(air), settings(1))
    talk.reader.pull(1, talk.now, connected=False)
    talk.pass_time(0.45)
    (changed,) = talk.of(AntennaChanged)
    assert (changed.antenna, changed.connected) == (1, False)
    assert talk.of(TagColumns) == []


def test_what_was_held_comes_in_a_burst_after_the_set_up():
    reader = LlrpReader(air)
    first = Talk(reader, settings(3))
    first.pass_time(0.25)
    reader.disconnect()
    for step in range(1, 21):
        reader.tick(first.now + step / 10)
    again = Talk(reader, settings(3), first.now + 2.0)
    # Deleting the old ROSpec ends its run; what it heard meanwhile is all there.
    assert sum(map(len, again.of(TagColumns))) >= 3 * 9
    assert again.of(Ready)
    assert again.events.index(again.of(Ready)[0]) < again.events.index(again.of(TagColumns)[0])


def test_what_is_held_is_bounded_and_what_is_lost_is_said():
    reader = LlrpReader(air, kept_bytes=1_000)
    first = Talk(reader, settings(3))
    reader.disconnect()
    for step in range(1, 101):
        reader.tick(first.now + step / 10)
    again = Talk(reader, settings(3), first.now + 10.0)
    assert again.session.faults["reader_buffer_overflow"] == 1
    assert again.session.faults["reader_buffer_warning"] == 1
    assert sum(map(len, again.of(TagColumns))) < 3 * 49
    # A round of which reads were lost is not called heard, the next one is.
    again.pass_time(0.65)
    assert again.of(RoundEnded)


def test_without_holding_it_is_told_at_once():
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.feed(add_ro_spec(settings(1), 1, max_specs=1, impinj=False).to_bytes(), NOW)
    ro_spec = settings(1).ro_spec_id
    reader.feed(message(M.ENABLE_ROSPEC, 2, ro_spec=ro_spec).to_bytes(), NOW)
    reader.disconnect()
    reader.tick(NOW + 0.25)
    reader.connect(NOW + 1)
    kinds = [said.type for said in said_by(reader)]
    assert kinds == [M.READER_EVENT_NOTIFICATION, M.RO_ACCESS_REPORT]


def test_a_second_client_is_refused_and_the_first_is_told():
    reader = LlrpReader(air)
    talk = Talk(reader, settings(1))
    other = LlrpSession(settings(1), NOW)
    with pytest.raises(SessionLost, match="another program holds the reader"):
        other.feed(reader.refuse(talk.now), NOW)
    talk.exchange()
    assert talk.session.faults == {"other_client_tried": 1}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (message(M.ENABLE_ROSPEC, 7, ro_spec=9), 101),
        (message(M.START_ROSPEC, 7, ro_spec=9), 101),
        (message(M.DELETE_ROSPEC, 7, ro_spec=9), 101),
        (message(M.ADD_ROSPEC, 7), 103),
        (message(M.ADD_ROSPEC, 7, make(P.RO_SPEC, id=0)), 101),
        (add_ro_spec(settings(99), 7, max_specs=1, impinj=False), 101),
        (message(M.GET_SUPPORTED_VERSION, 7), 109),
        (Message(M.GET_READER_CAPABILITIES, 7, b"\0", version=2), 110),
        (Message(M.ADD_ROSPEC, 7, b"\x00\xb1\x00\xff"), 100),
    ],
)
def test_what_it_cannot_do_is_refused_by_its_code(asked, code):
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.outgoing()
    reader.feed(asked.to_bytes(), NOW)
    (answer,) = said_by(reader)
    status = decode_body(answer).parameter(P.LLRP_STATUS)
    assert (answer.id, status.number("code")) == (7, code)


def ro_spec_with(*parameters, start=1):
    boundary = make(P.RO_BOUNDARY_SPEC, make(P.RO_SPEC_START_TRIGGER, trigger=start))
    return make(P.RO_SPEC, boundary, *parameters, id=5)


def stop_after_tags(kind: int, tags: int):
    raw = struct.pack("!BBHHHI", kind, 0, tags, 0, 0, 0)
    stop = make(P.AI_SPEC_STOP_TRIGGER, make(185, raw=raw), trigger=3)
    return make(P.AI_SPEC, stop, antennas=(1,))


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (ro_spec_with(), 103),
        (ro_spec_with(make(P.AI_SPEC, antennas=(0,)), start=2), 111),
        (ro_spec_with(make(P.AI_SPEC, make(P.AI_SPEC_STOP_TRIGGER, trigger=3))), 103),
        (ro_spec_with(stop_after_tags(1, 5)), 111),
        (ro_spec_with(stop_after_tags(0, 5)), 0),
        (ro_spec_with(make(P.AI_SPEC, antennas=(0,))), 0),
    ],
)
def test_an_ro_spec_is_taken_or_refused_by_what_is_in_it(spec, code):
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.outgoing()
    reader.feed(message(M.ADD_ROSPEC, 1, spec).to_bytes(), NOW)
    (answer,) = said_by(reader)
    assert decode_body(answer).parameter(P.LLRP_STATUS).number("code") == code


def test_a_scan_may_end_after_so_many_tags():
    reader = LlrpReader(air)
    reader.connect(NOW)
    spec = ro_spec_with(stop_after_tags(0, 3))
    reader.feed(message(M.ADD_ROSPEC, 1, spec).to_bytes(), NOW)
    reader.feed(message(M.ENABLE_ROSPEC, 2, ro_spec=5).to_bytes(), NOW)
    reader.outgoing()
    for step in range(1, 14):
        reader.tick(NOW + step / 10)
    assert [said.type for said in said_by(reader)] == [M.RO_ACCESS_REPORT] * 2


def test_a_second_ro_spec_is_one_too_many():
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.outgoing()
    for number in (1, 2):
        asked = add_ro_spec(settings(number), number, max_specs=1, impinj=False)
        reader.feed(asked.to_bytes(), NOW)
    codes = [decode_body(a).parameter(P.LLRP_STATUS).number("code") for a in said_by(reader)]
    assert codes == [0, 105]


def test_a_scan_without_end_reports_as_soon_as_so_many_tags_wait():
    reader = LlrpReader(air)
    reader.connect(NOW)
    boundary = make(
        P.RO_BOUNDARY_SPEC,
        make(P.RO_SPEC_START_TRIGGER, trigger=0),
        make(P.RO_SPEC_STOP_TRIGGER, trigger=1, duration_ms=2_000),
    )
    scan = make(P.AI_SPEC, make(P.AI_SPEC_STOP_TRIGGER, trigger=0), antennas=(3,))
    report = make(P.RO_REPORT_SPEC, trigger=1, n=6)
    spec = make(P.RO_SPEC, boundary, scan, report, id=5)
    for asked in (
        message(M.ADD_ROSPEC, 1, spec),
        message(M.ENABLE_ROSPEC, 2, ro_spec=5),
        message(M.START_ROSPEC, 3, ro_spec=5),
    ):
        reader.feed(asked.to_bytes(), NOW)
    reader.outgoing()
    for step in range(1, 40):
        reader.tick(NOW + step / 10)
    reports = said_by(reader)
    assert [said.type for said in reports] == [M.RO_ACCESS_REPORT] * 5
    assert reader.due() is None


def test_after_a_long_sleep_the_rounds_of_the_night_are_left_out():
    talk = Talk(LlrpReader(air), settings(1))
    talk.now += 3_600
    talk.reader.tick(talk.now)
    talk.exchange()
    assert len(talk.of(RoundEnded)) <= 12


def test_goodbye_is_answered():
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.outgoing()
    reader.feed(message(M.CLOSE_CONNECTION, 4).to_bytes(), NOW)
    (answer,) = said_by(reader)
    assert (answer.type, answer.id) == (M.CLOSE_CONNECTION_RESPONSE, 4)
    assert reader.closing


@given(st.binary(max_size=200))
def test_noise_never_breaks_it(noise):
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.feed(noise, NOW)
    reader.tick(NOW + 1)
    Framing().feed(reader.outgoing())


@given(st.sampled_from(sorted(M)), st.binary(max_size=80))
def test_a_message_with_a_strange_body_is_answered_or_passed_over(kind, body):
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.feed(Message(kind, 1, body).to_bytes(), NOW)
    reader.tick(NOW + 1)
    Framing().feed(reader.outgoing())
