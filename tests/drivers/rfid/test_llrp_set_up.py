"""What a reader is asked before it scans: version, power, inputs; and large stores."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from drivers.rfid.llrp.events import Ready, RoundEnded, SessionLost
from drivers.rfid.llrp.framing import Framing, Message
from drivers.rfid.llrp.parameters import Parameter, decode_body, encode, make, message
from drivers.rfid.llrp.reports import TagColumns
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.session import LlrpSession, State
from drivers.rfid.llrp.set_up import VERSION_SECONDS
from drivers.rfid.llrp.shapes import TOP_BIT, MessageType, P
from drivers.rfid.llrp.template import Clock
from tests.drivers.rfid.played_reader import (
    PlayedReader,
    antenna_set,
    end_of_spec,
    greeting,
    notification,
    table_of_powers,
    with_inputs,
)

TABLE = table_of_powers()


def started(reader, settings=None, **options):
    session = LlrpSession(settings or Settings((1, 2)), 0.0, **options)
    return session, reader.converse(session)


def names(reader):
    return [MessageType(asked.type).name for asked in reader.asked]


def test_who_knows_1_0_1_only_is_spoken_to_in_it():
    reader = PlayedReader()
    session, _ = started(reader)
    assert session.state is State.RUNNING
    assert [asked.version for asked in reader.asked] == [2] + [1] * (len(reader.asked) - 1)
    assert session.faults == {}


def test_1_1_is_spoken_where_it_is_agreed():
    reader = PlayedReader(versions=(1, 2))
    session, events = started(reader)
    assert names(reader)[:3] == [
        "GET_SUPPORTED_VERSION",
        "SET_PROTOCOL_VERSION",
        "GET_READER_CAPABILITIES",
    ]
    assert decode_body(reader.asked[1]).number("version") == 2
    assert {asked.version for asked in reader.asked} == {2}
    (ready,) = (event for event in events if isinstance(event, Ready))
    assert ready.facts["protocol"] == "LLRP 1.1"
    session.feed(message(MessageType.KEEPALIVE, 9)._replace(version=2).to_bytes(), 1.0)
    assert Framing().feed(session.outgoing())[0].version == 2


def test_a_reader_that_speaks_1_1_already_is_not_told_to():
    reader = PlayedReader(versions=(2, 2))
    started(reader)
    assert "SET_PROTOCOL_VERSION" not in names(reader)
    assert {asked.version for asked in reader.asked} == {2}


def test_who_will_not_change_its_version_stays_at_1_0_1():
    reader = PlayedReader(versions=(1, 2))
    reader.refusals[MessageType.SET_PROTOCOL_VERSION] = make(
        P.LLRP_STATUS, code=110, description="no"
    )
    session, _ = started(reader)
    assert session.state is State.RUNNING
    assert reader.asked[-1].version == 1


def test_silence_about_the_version_is_1_0_1_and_no_end():
    reader = PlayedReader()
    reader.silent.add(MessageType.GET_SUPPORTED_VERSION)
    session, _ = started(reader)
    assert session.state is State.STARTING
    assert session.asks_version
    session.tick(VERSION_SECONDS - 0.1)
    assert session.outgoing() == b""
    session.tick(VERSION_SECONDS)
    while sent := session.outgoing():
        session.feed(reader.answer(sent), VERSION_SECONDS)
    assert session.state is State.RUNNING
    assert not session.asks_version


def test_a_reader_may_be_left_unasked_for_its_version():
    reader = PlayedReader()
    session, _ = started(reader, ask_version=False)
    assert session.state is State.RUNNING
    assert names(reader)[0] == "GET_READER_CAPABILITIES"


def power_of(reader):
    """RFTransmitter by antenna in the ROSpec that the reader was given."""
    (asked,) = (asked for asked in reader.asked if asked.type == MessageType.ADD_ROSPEC)
    spec = decode_body(asked).parameter(P.RO_SPEC)
    found: dict[int, Parameter | None] = {}
    for ai in spec.children:
        inventory = ai.child(P.INVENTORY_PARAMETER_SPEC) if ai.type == P.AI_SPEC else None
        for antenna in inventory.children if inventory else ():
            found[antenna.number("antenna")] = antenna.child(P.RF_TRANSMITTER)
    return found


@pytest.mark.parametrize(
    ("dbm", "index", "said"),
    [(20.0, 3, "20 dBm"), (19.9, 2, "15.25 dBm"), (33.0, 4, "30 dBm"), (5.0, 1, "10 dBm")],
)
def test_power_is_the_readers_step_below_what_is_wanted(dbm, index, said):
    reader = PlayedReader(more=[TABLE], config=[antenna_set(1), antenna_set(2)])
    _, events = started(reader, Settings((1, 2), power_dbm={1: dbm}))
    powers = power_of(reader)
    assert powers[2] is None
    assert powers[1].values == {"hop_table": 0, "channel": 3, "power": index}
    (ready,) = (event for event in events if isinstance(event, Ready))
    assert ready.facts["power 1"] == said


def test_a_reader_that_does_not_say_what_it_can_keeps_its_power():
    for reader in (
        PlayedReader(),
        PlayedReader(more=[TABLE]),
        PlayedReader(config=[antenna_set(1)]),
    ):
        _, events = started(reader, Settings((1,), power_dbm={1: 20.0}))
        assert power_of(reader) == {1: None}
        (ready,) = (event for event in events if isinstance(event, Ready))
        assert "own" in ready.facts["power 1"]


def test_without_a_wish_nobody_asks_for_power():
    reader = PlayedReader(more=[TABLE])
    started(reader)
    assert names(reader).count("GET_READER_CONFIG") == 1


def test_contacts_on_the_readers_inputs_are_shown():
    reader = with_inputs(2)
    session, events = started(reader)
    sets = [asked for asked in reader.asked if asked.type == MessageType.SET_READER_CONFIG]
    ports = [p for p in decode_body(sets[1]).parameters if p.type == P.GPI_PORT_CURRENT_STATE]
    assert [(p.number("port"), p.number("flags")) for p in ports] == [(1, TOP_BIT), (2, TOP_BIT)]
    (ready,) = (event for event in events if isinstance(event, Ready))
    for flags in (TOP_BIT, 0, TOP_BIT):
        session.feed(notification(make(P.GPI_EVENT, port=2, flags=flags)), 1.0)
    assert ready.facts["input 2"] == "closed, 3 changes"
    session.feed(notification(make(P.GPI_EVENT, port=60_000, flags=0)), 1.0)
    assert session.faults == {"bad_message": 1}


def test_an_overflowing_buffer_spoils_the_round_and_a_warning_does_not():
    session, _ = started(PlayedReader())
    ours = session.settings.ro_spec_id
    session.feed(notification(make(P.REPORT_BUFFER_LEVEL_WARNING, percent=90)), 1.0)
    assert any(isinstance(e, RoundEnded) for e in session.feed(end_of_spec(ours, 1), 1.0))
    session.feed(notification(make(P.REPORT_BUFFER_OVERFLOW)), 2.0)
    assert not any(isinstance(e, RoundEnded) for e in session.feed(end_of_spec(ours, 1), 2.0))
    assert session.faults == {"reader_buffer_warning": 1, "reader_buffer_overflow": 1}


def test_a_reader_with_an_uptime_clock_alone():
    session, _ = started(PlayedReader())
    ours = session.settings.ro_spec_id
    tag = make(
        P.TAG_REPORT_DATA,
        make(P.EPC_96, epc=bytes(12)),
        make(P.ANTENNA_ID, antenna=1),
        make(P.PEAK_RSSI, dbm=-50),
        make(P.LAST_SEEN_UPTIME, microseconds=77_000_000),
        make(P.TAG_SEEN_COUNT, count=1),
    )
    body = encode([tag])
    (columns,) = session.feed(Message(MessageType.RO_ACCESS_REPORT, 1, body).to_bytes(), 1.0)
    assert columns.clock.tolist() == [Clock.UPTIME]
    assert columns.seen_us.tolist() == [77_000_000]
    event = make(P.AI_SPEC_EVENT, event=0, id=ours, spec_index=1)
    said = session.feed(notification(event, at=77_500_000, clock=P.UPTIME), 1.5)
    (ended,) = (one for one in said if isinstance(one, RoundEnded))
    assert (ended.at.reader_us, ended.at.clock) == (77_500_000, Clock.UPTIME)


def test_four_readers_with_32_antennas_each():
    antennas = tuple(range(1, 33))
    for number in range(4):
        reader = PlayedReader(antennas=32, specs=32)
        session, events = started(reader, Settings(antennas))
        (ready,) = (event for event in events if isinstance(event, Ready))
        assert len(ready.connected) == 32
        tags = [
            make(
                P.TAG_REPORT_DATA,
                make(P.EPC_96, epc=bytes((0x30, number, antenna)).ljust(12, b"\0")),
                make(P.ANTENNA_ID, antenna=antenna),
                make(P.PEAK_RSSI, dbm=-60),
                make(P.LAST_SEEN_UTC, microseconds=antenna),
                make(P.TAG_SEEN_COUNT, count=1),
            )
            for antenna in antennas
        ]
        report = Message(MessageType.RO_ACCESS_REPORT, 1, encode(tags)).to_bytes()
        (columns,) = session.feed(report, 1.0)
        assert isinstance(columns, TagColumns)
        assert np.array_equal(columns.antenna, antennas)
        assert np.array_equal(columns.epc[:, 2], antennas)
        ours = session.settings.ro_spec_id
        rounds = [
            event.antennas
            for index in antennas
            for event in session.feed(end_of_spec(ours, index), 1.0)
            if isinstance(event, RoundEnded)
        ]
        assert rounds == [(antenna,) for antenna in antennas]
        assert session.faults == {}


def test_a_reader_of_few_specs_scans_32_antennas_in_groups():
    reader = PlayedReader(antennas=32, specs=4)
    session, _ = started(reader, Settings(tuple(range(1, 33))))
    ours = session.settings.ro_spec_id
    (ended,) = (e for e in session.feed(end_of_spec(ours, 4), 1.0) if isinstance(e, RoundEnded))
    assert ended.antennas == tuple(range(4, 33, 4))


def test_a_reader_that_does_not_greet_is_not_asked_for_its_version():
    session = LlrpSession(Settings((1,)), 0.0, Counter())
    with pytest.raises(SessionLost, match="said nothing"):
        session.tick(10.0)
    assert not session.asks_version
    session = LlrpSession(Settings((1,)), 0.0)
    session.feed(greeting(), 0.0)
    assert session.asks_version
