"""The four conversations with played readers: rounds that are true, health, damage, silence."""

from __future__ import annotations

import math

import pytest

from drivers.rfid.serial.a0_session import A0Session
from drivers.rfid.serial.chainway_session import ChainwaySession
from drivers.rfid.serial.events import AntennaChanged, Read, Ready, RoundEnded, Settings
from drivers.rfid.serial.m6e_session import M6eSession
from drivers.rfid.serial.uhf288_session import Uhf288Session
from tests.drivers.rfid.serial.played import (
    EPC,
    PlayedA0,
    PlayedChainway,
    PlayedM6e,
    PlayedUhf18,
    PlayedUhf288,
)

OTHER = bytes.fromhex("3034D2C04000004000000099")
FAMILIES = [
    (A0Session, PlayedA0),
    (Uhf288Session, PlayedUhf288),
    (M6eSession, PlayedM6e),
    (ChainwaySession, PlayedChainway),
]
each_family = pytest.mark.parametrize(("session", "played"), FAMILIES)


class Line:
    """A conversation and a played reader, and time in the test's hand."""

    def __init__(self, session, played, settings=None) -> None:
        self.played = played
        self.now = 0.0
        self.session = session(settings or Settings((1, 2), round_seconds=0.1), self.now)
        self.events = []

    def run(self, seconds):
        """What was told in the next `seconds`; a word takes 10 ms to be answered."""
        until, begun = self.now + seconds, len(self.events)
        while self.now < until and self.session.lost is None:
            self.events += self.session.tick(self.now)
            while self.now < until and (out := self.session.outgoing()):
                self.now += 0.01
                self.events += self.session.feed(self.played.hear(out), self.now)
            self.now += 0.02
        return self.events[begun:]

    def rounds(self, seconds):
        return [event.antenna for event in self.run(seconds) if isinstance(event, RoundEnded)]


def reads(events):
    return {(event.antenna, event.epc) for event in events if isinstance(event, Read)}


@each_family
def test_antennas_take_turns_and_their_reads_come_before_their_rounds(session, played):
    line = Line(session, played({1: [EPC], 2: [EPC, OTHER, EPC]}))
    events = line.run(3.0)
    assert isinstance(events[0], Ready)
    assert events[0].facts["firmware"]
    assert reads(events) == {(1, EPC), (2, EPC), (2, OTHER)}
    told = [event.antenna for event in events if isinstance(event, RoundEnded)]
    assert len(told) >= 6
    assert told == [1, 2] * (len(told) // 2) + [1] * (len(told) % 2)
    # Between two rounds nothing but the reads of the one that is to end.
    current = set()
    for event in events:
        if isinstance(event, Read):
            current.add(event.antenna)
        elif isinstance(event, RoundEnded):
            assert current <= {event.antenna}
            current = set()
    assert line.session.faults == {}
    assert [e for e in events if isinstance(e, AntennaChanged)] == [
        AntennaChanged(1, connected=True),
        AntennaChanged(2, connected=True),
    ]


@each_family
def test_an_empty_antenna_has_rounds_too(session, played):
    line = Line(session, played({}))
    assert set(line.rounds(3.0)) == {1, 2}
    assert reads(line.events) == set()


@each_family
def test_a_missing_antenna_has_no_rounds_and_comes_back(session, played):
    line = Line(session, played({1: [EPC], 2: [OTHER]}, missing=[2]))
    events = line.run(4.0)
    assert {event.antenna for event in events if isinstance(event, RoundEnded)} == {1}
    changed = [event for event in events if isinstance(event, AntennaChanged)]
    assert {(event.antenna, event.connected) for event in changed} == {(1, True), (2, False)}
    assert len(changed) == 2
    assert all(event.detail for event in changed if not event.connected)
    line.played.missing.clear()
    events = line.run(40.0)
    assert AntennaChanged(2, connected=True) in events
    assert RoundEnded(2) in events


@each_family
def test_a_port_that_the_reader_does_not_have(session, played):
    line = Line(session, played(), Settings((1, 40), round_seconds=0.1))
    assert set(line.rounds(3.0)) == {1}
    (gone,) = [e for e in line.events if isinstance(e, AntennaChanged) and not e.connected]
    assert gone.antenna == 40
    assert "antennas at most" in gone.detail


@each_family
def test_damage_costs_its_round_and_nothing_more(session, played):
    line = Line(session, played())
    line.run(1.0)
    line.played.damage = 1
    line.run(6.0)
    assert line.session.faults["bad_check"] >= 1
    assert line.session.lost is None
    assert set(line.rounds(2.0)) == {1, 2}


@each_family
def test_a_reader_that_does_not_answer_is_lost(session, played):
    line = Line(session, played())
    line.played.mute = True
    line.run(30.0)
    assert line.session.lost == "the reader does not answer"
    assert line.events == []


@each_family
def test_a_reader_that_falls_silent_is_lost(session, played):
    line = Line(session, played())
    assert line.rounds(1.0)
    line.played.mute = True
    assert line.rounds(60.0) == []
    assert line.session.lost == "the reader does not answer"
    # What comes then is heard by nobody, and does no harm.
    assert line.session.feed(b"\xa0\xa5\xff\x05" * 100, line.now) == []


@each_family
def test_a_reader_that_tells_tags_without_end_is_lost(session, played):
    """It reads by itself for ever: nothing that it tells is a round, and nobody waits for it."""
    line = Line(session, played())
    line.run(1.0)
    stuck = {
        PlayedA0: lambda frame: line.played.say(0x8B, b"\x00\x30\x00" + EPC + b"\x45"),
        PlayedUhf288: lambda frame: line.played.say(1, 3, b"\x01\x01\x0c" + EPC + b"\x40"),
        PlayedM6e: lambda frame: line.played.say(0x29, b"\0\x47\0\0"),
        PlayedChainway: lambda frame: line.played.say(0x83, b"\x30\0" + EPC + b"\xfe\x13\x01"),
    }[played]
    line.run(1.0)
    begun = len(line.events)
    while line.session.lost is None and line.now < 200.0:
        line.session.outgoing()
        line.events += line.session.feed(stuck(b""), line.now) + line.session.tick(line.now)
        line.now += 0.2
    assert line.session.lost == "the reader does not answer"
    assert not any(isinstance(event, RoundEnded) for event in line.events[begun:])


@each_family
def test_garbage_at_any_time_is_survived(session, played):
    line = Line(session, played())
    for burst in (b"\x00", b"\xff" * 300, b"\xa0\xff" * 40, b"\xa5\x5a\x07\xff", bytes(range(256))):
        line.run(0.5)
        line.events += line.session.feed(burst, line.now)
    line.run(8.0)
    assert line.session.lost is None
    assert set(line.rounds(2.0)) == {1, 2}


@each_family
def test_a_reader_without_any_antenna_is_not_hammered(session, played):
    line = Line(session, played({}, missing=[1, 2]))
    line.run(1.0)
    before = len(line.played.asked)
    line.run(10.0)
    assert len(line.played.asked) - before < 400
    assert not any(isinstance(event, RoundEnded) for event in line.events)


def test_power_goes_to_each_antenna():
    powers = {1: 20.0, 2: 26.0}
    settings = Settings((1, 2), powers, round_seconds=0.1)
    line = Line(A0Session, PlayedA0(), settings)
    line.run(1.0)
    assert [frame[4] for frame in line.played.asked if frame[3] == 0x66][:3] == [20, 26, 20]
    line = Line(M6eSession, PlayedM6e(), settings)
    line.run(1.0)
    sent = [frame[3:5] for frame in line.played.asked if frame[2] == 0x92]
    assert sent[:2] == [(2000).to_bytes(2, "big"), (2600).to_bytes(2, "big")]
    line = Line(ChainwaySession, PlayedChainway(), settings)
    line.run(1.0)
    (sent,) = [frame[5:-3] for frame in line.played.asked if frame[4] == 0x10]
    assert sent == bytes.fromhex("00 01 07D0 07D0 02 0A28 0A28")


def test_a_power_that_wears_the_flash_is_written_only_when_it_is_another():
    for wanted, writes in ((30.0, 0), (24.0, 1)):
        line = Line(Uhf288Session, PlayedUhf288(), Settings((1,), {1: wanted}, round_seconds=0.1))
        line.run(2.0)
        assert len([frame for frame in line.played.asked if frame[2] == 0x2F]) == writes
        assert line.events[0].facts["power"] == f"{wanted:.0f} dBm, all antennas"


def test_sessions_that_keep_tags_silent_are_read_with_both_targets():
    settings = Settings((1,), round_seconds=0.1, session=1)
    line = Line(A0Session, PlayedA0(), settings)
    line.run(2.0)
    targets = [frame[5] for frame in line.played.asked if frame[3] == 0x8B]
    assert targets[:4] == [0, 1, 0, 1]
    line = Line(Uhf288Session, PlayedUhf288(), settings)
    line.run(2.0)
    assert [frame[9] for frame in line.played.asked if frame[2] == 0x01][:4] == [0, 1, 0, 1]
    line = Line(M6eSession, PlayedM6e(), settings)
    line.run(2.0)
    assert [frame[3:-2] for frame in line.played.asked if frame[2] == 0x9B] == [
        bytes.fromhex("05 00 01"),
        bytes.fromhex("05 01 0000"),
    ]


def test_a0_an_old_firmware_gets_the_plain_inventory():
    line = Line(A0Session, PlayedA0(old=True))
    assert set(line.rounds(4.0)) == {1, 2}
    assert sum(frame[3] == 0x8B for frame in line.played.asked) == 1


def test_a0_a_reader_with_another_address_is_found():
    line = Line(A0Session, PlayedA0(address=7))
    assert set(line.rounds(4.0)) == {1, 2}
    assert line.played.asked[-1][2] == 7


def test_a0_a_tag_of_another_antenna_is_not_believed():
    line = Line(A0Session, PlayedA0())
    line.run(1.0)
    stray = line.played.say(0x8B, b"\x03\x30\x00" + OTHER + b"\x45")
    assert not reads(line.session.feed(stray, line.now))
    assert line.session.faults == {"other_antenna": 1}


def test_uhf288_raw_rssi_is_no_dbm():
    line = Line(Uhf288Session, PlayedUhf288())
    assert all(math.isnan(event.rssi) for event in line.run(1.0) if isinstance(event, Read))


@pytest.mark.parametrize("index", [False, True])
def test_uhf288_antennas_as_mask_and_as_index(index):
    line = Line(Uhf288Session, PlayedUhf288({1: [EPC], 2: [OTHER]}))
    line.played.index = index
    assert reads(line.run(2.0)) == {(1, EPC), (2, OTHER)}
    line.played.index = not index
    line.run(2.0)
    assert line.session.faults["other_antenna"] > 0


def test_uhf288_time_over_is_a_round_and_memory_full_is_none():
    line = Line(Uhf288Session, PlayedUhf288())
    line.played.end = 0x02
    assert set(line.rounds(1.0)) == {1, 2}
    line.played.end = 0x04
    line.run(0.3)
    assert line.rounds(1.0) == []
    assert line.session.faults["memory_full"] > 0


def test_uhf18_has_one_antenna_and_an_end_without_tags():
    line = Line(Uhf288Session, PlayedUhf18())
    events = line.run(2.0)
    assert reads(events) == {(1, EPC)}
    assert {event.antenna for event in events if isinstance(event, RoundEnded)} == {1}
    assert AntennaChanged(2, connected=False, detail="this reader has one antenna") in events
    line.played.tags = {}
    line.run(0.3)
    assert set(line.rounds(1.0)) == {1}


def test_uhf288_a_reader_that_reads_by_itself_is_named():
    line = Line(Uhf288Session, PlayedUhf288())
    line.played.mute = True
    line.session.tick(0.0)
    line.session.feed(line.played.say(0xEE, 0, b"\x01\x0c" + EPC + b"\x40"), 0.1)
    line.run(10.0)
    assert line.session.lost == "the reader reads by itself; set it to answer mode"


def test_m6e_reads_are_counted_and_in_dbm():
    line = Line(M6eSession, PlayedM6e())
    line.run(1.0)
    (read, *_) = [event for event in line.events if isinstance(event, Read)]
    assert (read.rssi, read.n) == (-60.0, 3)


def test_m6e_without_a_region_may_not_send():
    line = Line(M6eSession, PlayedM6e(region=0))
    line.run(5.0)
    assert line.session.lost == "the reader has no region set, so it may not send"
    line = Line(lambda settings, now: M6eSession(settings, now, region="eu"), PlayedM6e(region=0))
    assert set(line.rounds(2.0)) == {1, 2}
    assert line.played.region == 0x08


def test_m6e_a_buffer_that_does_not_come_whole_is_no_round():
    line = Line(M6eSession, PlayedM6e({1: [EPC, OTHER, EPC, OTHER]}))
    line.run(1.0)
    line.played.fetch = lambda: line.played.say(0x29, b"\x00\x47\x00\x00")
    line.run(0.3)
    assert set(line.rounds(1.0)) == {2}


def test_chainway_is_asked_nothing_but_stop_while_it_reads():
    line = Line(ChainwaySession, PlayedChainway())
    # It was left reading by whoever had it before us.
    line.played.reading = True
    line.run(70.0)
    assert line.played.broken == 0
    line.session.close()
    assert line.session.outgoing() == line.played.say(0x8C)


def test_chainway_without_return_loss_is_believed():
    line = Line(ChainwaySession, PlayedChainway())
    line.played.tells_loss = False
    assert set(line.rounds(5.0)) == {1, 2}
    assert line.session.faults == {"no_answer": 1}


def test_chainway_tags_prove_the_antenna_that_the_loss_denies():
    line = Line(ChainwaySession, PlayedChainway({1: [EPC], 2: [OTHER]}))
    line.played.losses = lambda: bytes([1, 16, 2, 0])
    line.run(0.3)
    line.run(3.0)
    assert (2, OTHER) in reads(line.events)
    assert RoundEnded(2) in line.events


def test_chainway_tells_no_rounds_where_silence_means_nothing():
    line = Line(ChainwaySession, PlayedChainway(), Settings((1,), round_seconds=0.1, session=2))
    assert line.rounds(3.0) == []
    assert reads(line.events) == {(1, EPC)}
    assert "silence" in line.events[0].facts["rounds"]
    assert line.played.gen2[3] >> 4 & 3 == 2
