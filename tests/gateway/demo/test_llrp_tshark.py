"""All that the virtual reader can say, judged by tshark's dissector."""

from __future__ import annotations

import pytest

from drivers.rfid.llrp.framing import Framing
from drivers.rfid.llrp.parameters import make, message
from drivers.rfid.llrp.rospec import Settings, reader_config
from drivers.rfid.llrp.shapes import TOP_BIT, P
from drivers.rfid.llrp.shapes import MessageType as M
from gateway.demo.llrp_reader import LlrpReader
from tests.drivers.rfid.test_llrp_tshark import judged
from tests.gateway.demo.test_llrp_reader import NOW, Talk, air


class Overheard(LlrpReader):
    """Keeps a copy of every byte that it sends."""

    def __init__(self, *arguments, **settings) -> None:
        super().__init__(*arguments, **settings)
        self.said = bytearray()

    def outgoing(self) -> bytes:
        data = super().outgoing()
        self.said += data
        return data


@pytest.mark.needs("tshark")
def test_tshark_finds_nothing_wrong(tmp_path):
    reader = Overheard(air, kept_bytes=1_000)
    talk = Talk(reader, Settings((1, 2, 3), round_ms=200, keepalive_ms=500))
    talk.pass_time(1.5)
    reader.pull(2, talk.now, connected=False)
    reader.said += reader.refuse(talk.now)
    for asked in (
        message(M.GET_READER_CONFIG, 90, requested=0),
        message(M.GET_READER_CAPABILITIES, 91, requested=0),
        message(M.START_ROSPEC, 92, ro_spec=1),
        message(M.GET_SUPPORTED_VERSION, 93),
    ):
        reader.feed(asked.to_bytes(), talk.now)
    reader.outgoing()
    reader.disconnect()
    reader.tick(talk.now + 5)
    reader.connect(talk.now + 5)
    reader.feed(message(M.ENABLE_EVENTS_AND_REPORTS, 94).to_bytes(), talk.now)
    reader.feed(message(M.CLOSE_CONNECTION, 95).to_bytes(), talk.now)
    reader.outgoing()
    said = Framing().feed(bytes(reader.said))
    lines = judged(tmp_path, [(True, one.to_bytes()) for one in said])
    assert len(lines) == len(said)
    for one, line in zip(said, lines, strict=True):
        assert line[0] == str(one.type)
        assert line[1:] in (["", ""], [""], []), (one, line)
    kinds = {one.type for one in said}
    assert {M.RO_ACCESS_REPORT, M.KEEPALIVE, M.ERROR_MESSAGE, M.GET_READER_CONFIG_RESPONSE} < kinds


def test_a_config_can_be_set_back_to_what_it_was():
    reader = LlrpReader(air)
    reader.connect(NOW)
    reader.outgoing()
    reader.feed(reader_config(Settings((1,)), 1, hold=True, impinj=False).to_bytes(), NOW)
    reader.feed(message(M.SET_READER_CONFIG, 2, flags=TOP_BIT).to_bytes(), NOW)
    assert reader.due() is None
    reader.feed(message(M.SET_READER_CONFIG, 3, make(P.KEEPALIVE_SPEC, trigger=0)).to_bytes(), NOW)
    assert reader.due() is None
