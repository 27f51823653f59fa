"""Mode, target and phase: what a reader can, what it is asked, and what silence would mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from llrpkit.protocol import impinj, params

from drivers.rfid.llrp.events import Ready, SessionLost
from drivers.rfid.llrp.modes import Modes
from drivers.rfid.llrp.parameters import Parameter, decode, decode_body, make
from drivers.rfid.llrp.rospec import DUAL_TARGET, SEARCH_MODE, Settings
from drivers.rfid.llrp.session import LlrpSession, State
from drivers.rfid.llrp.shapes import MessageType, P
from drivers.rfid.llrp.template import IMPINJ, template_of
from tests.drivers.rfid.played_reader import PlayedReader, antenna_set, refused

FM0, M2, M4, M8 = range(4)
ONE, SOME, MANY = 1, 2, 3
EUROPE = ((0, FM0, SOME, 640_000), (2, M4, MANY, 256_000), (3, M8, MANY, 256_000))
OTHERS = ((7, FM0, ONE, 320_000), (8, M4, SOME, 320_000))
AUTOMATIC = (*EUROPE, (1000, 0, 0, 40_000), (1002, 0, 0, 40_000), (4123, M2, MANY, 1_000))


def regulatory(rows) -> Parameter:
    """RegulatoryCapabilities with this table of modes, as a foreign encoder writes it."""
    if not rows:
        return make(P.REGULATORY_CAPABILITIES)
    entries = [
        params.C1G2UHFRFModeTableEntry(
            mode_identifier=number,
            m_value=m,
            spectral_mask_indicator=mask,
            bdr_value=backscatter,
            pie_value=2_000,
            min_tari_value=20_000 if number == 3 else 6_250,
            max_tari_value=20_000 if number == 3 else 25_000,
        )
        for number, m, mask, backscatter in rows
    ]
    table = params.C1G2UHFRFModeTable(c1_g2_uhfrf_mode_table_entrys=entries)
    (ours,) = decode(table.encode())
    return make(P.REGULATORY_CAPABILITIES, make(P.UHF_BAND_CAPABILITIES, ours))


@pytest.mark.parametrize(
    ("rows", "maker", "wanted", "mode"),
    [
        (AUTOMATIC, True, None, 1002),
        (AUTOMATIC, True, "dense", 1002),
        (AUTOMATIC, True, "fast", 1000),
        (AUTOMATIC, True, 3, 3),
        (AUTOMATIC, True, "own", None),
        (EUROPE, True, None, 3),
        (EUROPE, True, "fast", 0),
        (EUROPE, False, None, 3),
        (OTHERS, False, None, None),
        (OTHERS, False, "dense", 8),
        (OTHERS, False, "fast", 7),
        ((), False, "dense", None),
        ((), False, "fast", None),
    ],
)
def test_the_mode_is_one_of_the_readers_own(rows, maker, wanted, mode):
    modes, facts = Modes(), {}
    modes.learn_table(regulatory(rows), impinj=maker)
    control = modes.control(wanted, facts)
    assert (None if control is None else control.number("mode")) == mode
    assert facts["mode"].startswith("the reader's own" if mode is None else str(mode))


def test_a_mode_with_one_tari_is_asked_for_with_it():
    modes = Modes()
    modes.learn_table(regulatory(EUROPE), impinj=False)
    assert [modes.control(number, {}).number("tari") for number in (2, 3)] == [0, 20_000]


def test_a_mode_that_the_reader_has_not_is_said():
    modes = Modes()
    modes.learn_table(regulatory(EUROPE), impinj=False)
    with pytest.raises(SessionLost, match="no mode 9; it has 0, 2, 3"):
        modes.control(9, {})
    modes.learn_table(None, impinj=False)
    with pytest.raises(SessionLost, match="no mode 3; it has none that it tells of"):
        modes.control(3, {})


def started(reader, **settings):
    session = LlrpSession(Settings((1, 2), **settings), 0.0)
    events = reader.converse(session)
    assert session.state is State.RUNNING
    (ready,) = (event for event in events if isinstance(event, Ready))
    return session, ready


def commands(reader):
    """C1G2InventoryCommand of each antenna in the last ROSpec that the reader was given."""
    asked = [asked for asked in reader.asked if asked.type == MessageType.ADD_ROSPEC][-1]
    for spec in decode_body(asked).parameter(P.RO_SPEC).children:
        if spec.type == P.AI_SPEC:
            for antenna in spec.child(P.INVENTORY_PARAMETER_SPEC).children:
                yield antenna.child(P.C1G2_INVENTORY_COMMAND)


def test_every_antenna_is_asked_in_the_mode():
    reader = PlayedReader(more=[regulatory(EUROPE)])
    _, ready = started(reader)
    modes = {command.child(P.C1G2_RF_CONTROL).number("mode") for command in commands(reader)}
    assert modes == {3}
    assert ready.facts["mode"] == "3, 32 kbit/s"


class Choosy(PlayedReader):
    """Refuses every ROSpec with a mode in it."""

    def _answer(self, asked):
        self.refusals.pop(MessageType.ADD_ROSPEC, None)
        if asked.type == MessageType.ADD_ROSPEC and b"\x01\x4f\x00\x08" in asked.body:
            self.refusals[MessageType.ADD_ROSPEC] = refused("no such mode")
        return super()._answer(asked)


def test_a_reader_that_refuses_our_choice_keeps_its_own_mode():
    reader = Choosy(more=[regulatory(EUROPE)])
    session, ready = started(reader)
    assert ready.facts["mode"] == "the reader's own: it refused 3"
    assert session.faults == {"refused_add_rospec": 1}
    assert all(command.child(P.C1G2_RF_CONTROL) is None for command in commands(reader))


def test_a_reader_that_refuses_the_stores_choice_is_not_run():
    reader = Choosy(more=[regulatory(EUROPE)])
    with pytest.raises(SessionLost, match="refused ADD_ROSPEC"):
        started(reader, mode="dense")


def search_modes(reader):
    for command in commands(reader):
        yield [
            (said.number("vendor"), said.number("subtype"), said.values["data"])
            for said in command.children
            if said.type == P.CUSTOM
        ]


def set_to(search_mode: int) -> Parameter:
    """AntennaConfiguration of a reader whose search mode somebody has set."""
    antenna = antenna_set(1)
    custom = impinj.ImpinjInventorySearchMode(inventory_search_mode=search_mode)
    (said,) = decode(custom.encode())
    command = make(P.C1G2_INVENTORY_COMMAND, said)
    return Parameter(antenna.type, antenna.values, (*antenna.children, command))


@pytest.mark.parametrize(("found", "word"), [(1, "single target"), (3, "TagFocus"), (2, "")])
def test_an_impinj_asks_for_both_targets_whatever_it_was_set_to(found, word):
    reader = PlayedReader(maker=IMPINJ, config=[set_to(found)])
    _, ready = started(reader)
    asked = [(IMPINJ, SEARCH_MODE, DUAL_TARGET.to_bytes(2, "big"))]
    assert list(search_modes(reader)) == [asked] * 32
    assert ready.facts["target"] == "both, by turns"
    assert (
        (word in ready.facts.get("search mode", "")) if word else "search mode" not in ready.facts
    )
    assert ready.note == ""


def test_an_impinj_whose_search_mode_cannot_be_set_is_warned_of():
    reader = PlayedReader(maker=IMPINJ)
    reader.refusals[MessageType.CUSTOM_MESSAGE] = refused("no extensions")
    _, ready = started(reader)
    assert "TagFocus" in ready.note
    assert not any(search_modes(reader))


@pytest.mark.parametrize(("session", "warned"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_session_that_keeps_tags_silent_is_warned_of(session, warned):
    _, ready = started(PlayedReader(), session=session)
    assert ("keeps a tag silent" in ready.note) is warned
    _, ready = started(PlayedReader(maker=IMPINJ), session=session)
    assert ready.note == "", "both targets are asked by turns there"


@pytest.mark.parametrize("phase", [False, True])
def test_an_impinj_is_asked_for_phase_when_it_is_wanted(phase):
    reader = PlayedReader(maker=IMPINJ)
    started(reader, phase=phase)
    switched_on = {False: [53], True: [52, 53]}[phase]
    for kind in (MessageType.SET_READER_CONFIG, MessageType.ADD_ROSPEC):
        asked = next(asked for asked in reader.asked if asked.type == kind)
        body = decode_body(asked)
        holder = body.parameter(P.RO_SPEC) if kind == MessageType.ADD_ROSPEC else None
        spec = holder.child(P.RO_REPORT_SPEC) if holder else body.parameter(P.RO_REPORT_SPEC)
        content = spec.child(P.CUSTOM)
        assert content.number("subtype") == 50
        enabled = decode(content.values["data"])
        assert [one.number("subtype") for one in enabled] == switched_on
        assert {one.values["data"] for one in enabled} == {b"\0\1"}


def read_at(angle: int) -> bytes:
    tag = params.TagReportData(
        epc_parameter=params.EPC_96(epc=bytes(12)),
        antenna_id=params.AntennaID(antenna_id=1),
        custom=[impinj.ImpinjRFPhaseAngle(phase_angle=angle)],
    )
    return tag.encode()


def test_the_phase_of_an_impinjs_reads():
    reads = [read_at(angle) for angle in (0, 1_024, 4_095)]
    rows = np.frombuffer(b"".join(reads), np.uint8).reshape(3, -1)
    template = template_of(reads[0])
    assert template.match(rows).all()
    assert template.phase(rows) == pytest.approx([0, math.pi / 2, 2 * math.pi * 4_095 / 4_096])
    plain = template_of(params.TagReportData(epc_parameter=params.EPC_96(epc=bytes(12))).encode())
    assert plain.phase(rows) is None
