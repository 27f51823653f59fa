"""The reader's inputs as triggers, and what a reader says that a person should look at."""

from __future__ import annotations

import pytest

from drivers.rfid.llrp.events import Ready, SessionLost
from drivers.rfid.llrp.framing import Framing
from drivers.rfid.llrp.parameters import decode_body, make, message
from drivers.rfid.llrp.rospec import Settings
from drivers.rfid.llrp.scanning import LINGER_SECONDS, RESTART_SECONDS
from drivers.rfid.llrp.session import ALIVE_SECONDS, WORRY_SECONDS, LlrpSession
from drivers.rfid.llrp.shapes import TOP_BIT, MessageType, P
from tests.drivers.rfid.played_reader import PlayedReader, end_of_spec, notification, with_inputs

START = MessageType.START_ROSPEC
KEEPALIVE = message(MessageType.KEEPALIVE, 9).to_bytes()


class Shop:
    """A session with a reader that scans when input 2 is closed."""

    def __init__(self, *, closed: bool = False) -> None:
        state = make(P.GPI_PORT_CURRENT_STATE, port=2, flags=TOP_BIT, state=int(closed))
        self.reader = with_inputs(4, config=[state])
        self.session = LlrpSession(Settings((1,), trigger=2), 0.0)
        self.reader.converse(self.session)
        self.starts = sum(asked.type == START for asked in self.reader.asked)

    def started(self) -> int:
        """How often the scan was started since the last look."""
        sent = Framing().feed(self.session.outgoing())
        self.starts += sum(one.type == START for one in sent)
        starts, self.starts = self.starts, 0
        return starts

    def hear(self, event, now: float) -> list:
        return self.session.feed(notification(event), now)

    def input(self, now: float, *, closed: bool, port: int = 2) -> None:
        self.hear(make(P.GPI_EVENT, port=port, flags=TOP_BIT * closed), now)

    def scan(self, event: int, now: float) -> None:
        """Our ROSpec begins (0) or ends (1)."""
        self.hear(make(P.RO_SPEC_EVENT, event=event, id=self.session.settings.ro_spec_id), now)


def test_it_scans_once_at_the_start_and_then_waits():
    shop = Shop()
    (added,) = (asked for asked in shop.reader.asked if asked.type == MessageType.ADD_ROSPEC)
    boundary = decode_body(added).parameter(P.RO_SPEC).child(P.RO_BOUNDARY_SPEC)
    assert boundary.child(P.RO_SPEC_START_TRIGGER).number("trigger") == 0
    assert shop.started() == 1
    shop.scan(0, 1.0)
    shop.scan(1, 2.0)
    shop.session.tick(10.0)
    assert shop.started() == 0
    assert shop.session.faults == {}


def test_it_scans_while_the_input_is_closed_and_a_little_longer():
    shop = Shop()
    shop.scan(0, 0.5)
    shop.scan(1, 1.0)
    shop.started()
    shop.input(5.0, closed=True, port=1)
    assert shop.started() == 0, "that is another input"
    shop.input(6.0, closed=True)
    assert shop.started() == 1
    shop.scan(0, 6.1)
    shop.input(6.5, closed=True)
    assert shop.started() == 0, "it runs"
    shop.scan(1, 8.0)
    assert shop.started() == 1, "still closed: again at once"
    shop.scan(0, 8.1)
    shop.input(9.0, closed=False)
    shop.scan(1, 10.0)
    assert shop.started() == 1, "somebody may stand still there"
    shop.scan(0, 10.1)
    shop.scan(1, 9.0 + LINGER_SECONDS)
    assert shop.started() == 0
    shop.input(30.0, closed=True)
    assert shop.started() == 1


def test_an_input_that_is_closed_at_the_start_keeps_it_scanning():
    shop = Shop(closed=True)
    assert shop.started() == 1
    shop.scan(1, 1.0)
    assert shop.started() == 1


def test_a_start_that_was_in_vain_is_said_again():
    shop = Shop(closed=True)
    assert shop.started() == 1
    shop.session.tick(RESTART_SECONDS - 0.1)
    assert shop.started() == 0
    shop.session.tick(RESTART_SECONDS)
    assert shop.started() == 1
    shop.scan(0, RESTART_SECONDS)
    shop.session.tick(10.0)
    assert shop.started() == 0


def test_a_round_that_is_told_after_the_end_of_the_list_is_no_new_beginning():
    shop = Shop()
    shop.started()
    shop.scan(0, 0.1)
    shop.scan(1, 1.0)
    shop.session.feed(end_of_spec(shop.session.settings.ro_spec_id, 1), 1.1)
    shop.input(5.0, closed=True)
    assert shop.started() == 1


def test_while_it_waits_it_says_that_it_lives():
    shop = Shop()
    said = [bool(shop.session.feed(KEEPALIVE, float(now))) for now in range(0, 61, 5)]
    assert sum(said) == 60 // ALIVE_SECONDS
    always = LlrpSession(Settings((1,)), 0.0)
    PlayedReader().converse(always)
    assert not any(always.feed(KEEPALIVE, float(now)) for now in range(0, 61, 5))


def test_an_input_that_the_reader_has_not_is_said():
    with pytest.raises(SessionLost, match="has 1 inputs, there is no input 2"):
        with_inputs(1).converse(LlrpSession(Settings((1,), trigger=2), 0.0))


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (make(P.READER_EXCEPTION, message="antenna 3: reflected power"), "it reports: antenna 3"),
        (make(P.REPORT_BUFFER_LEVEL_WARNING, percent=85), "85 % full"),
        (make(P.REPORT_BUFFER_OVERFLOW), "reads were lost"),
    ],
)
def test_what_worries_a_reader_is_told_until_it_has_been_well_for_a_while(event, note):
    session = LlrpSession(Settings((1, 2)), 0.0)
    PlayedReader(connected={1: True, 2: False}).converse(session)
    (said,) = (one for one in session.feed(notification(event), 5.0) if isinstance(one, Ready))
    assert note in said.note
    assert said.connected == {1: True, 2: False}, "an antenna that is off stays off"
    assert session.feed(KEEPALIVE, WORRY_SECONDS) == []
    (said,) = session.feed(KEEPALIVE, 5.0 + WORRY_SECONDS)
    assert said.note == ""
    assert session.feed(KEEPALIVE, 10.0 + WORRY_SECONDS) == []


def test_rounds_go_on_while_it_is_worried():
    session = LlrpSession(Settings((1,)), 0.0)
    PlayedReader().converse(session)
    session.feed(notification(make(P.READER_EXCEPTION, message="hot")), 1.0)
    said = session.feed(end_of_spec(session.settings.ro_spec_id, 1), 2.0)
    assert [type(one).__name__ for one in said] == ["Stamp", "RoundEnded"]
