"""What the config says of a reader reaches its driver."""

from __future__ import annotations

import pytest

from drivers.rfid.serial import lines
from drivers.rfid.serial.a0_session import A0Session
from drivers.rfid.serial.chainway_session import ChainwaySession
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.m6e_session import M6eSession
from drivers.rfid.serial.uhf288_session import Uhf288Session
from drivers.source import SourceLost
from gateway import devices
from gateway.clock import SystemClock
from gateway.config.load import load_store
from gateway.config.model_devices import ReaderSection
from gateway.devices import NotInThisVersion, _reader, sources_of

SESSIONS = {
    "a0": A0Session,
    "uhf288": Uhf288Session,
    "m6e": M6eSession,
    "chainway": ChainwaySession,
}
BAUDS = {"m100": 115_200, "a0": 115_200, "uhf288": 57_600, "m6e": 115_200, "chainway": 115_200}


def reader(driver, **more):
    return ReaderSection.model_validate({"id": "reader-2", "driver": driver, **more})


@pytest.fixture
def opened(monkeypatch):
    asked = []
    monkeypatch.setattr(lines, "open_serial", lambda *where: asked.append(where))
    monkeypatch.setattr(lines, "open_tcp", lambda *where: asked.append(where))
    return asked


@pytest.mark.parametrize("driver", SESSIONS)
def test_antennas_powers_round_and_session(driver):
    section = reader(
        driver,
        port="/dev/x",
        power_dbm=24,
        round_ms=250,
        session=1,
        antenna=[{"number": 2, "zone": "a"}, {"number": 3, "zone": "b", "power_dbm": 18}],
    )
    session = _reader(section).new_session(0.0)
    assert type(session) is SESSIONS[driver]
    assert session.settings == Settings((2, 3), {2: 24.0, 3: 18.0}, 0.25, 1)


@pytest.mark.parametrize("driver", BAUDS)
def test_a_baud_rate_that_is_not_said_is_the_familys(driver, opened):
    _reader(reader(driver, port="/dev/x"))._open_link()
    _reader(reader(driver, port="/dev/x", baud=9_600))._open_link()
    assert opened == [("/dev/x", BAUDS[driver]), ("/dev/x", 9_600)]


@pytest.mark.parametrize("driver", BAUDS)
def test_a_reader_behind_a_socket(driver, opened):
    _reader(reader(driver, address="10.0.0.9:4001"))._open_link()
    assert opened == [("10.0.0.9", 4001)]


def test_a_chainways_own_port(opened):
    _reader(reader("chainway", address="10.0.0.9"))._open_link()
    assert opened == [("10.0.0.9", 8888)]


def test_the_region_of_an_m6e():
    session = _reader(reader("m6e", port="/dev/x", region="eu")).new_session(0.0)
    assert session._region == "eu"


def test_a_reader_that_is_nowhere():
    assert isinstance(_reader(reader("a0")), NotInThisVersion)


@pytest.mark.parametrize(("mode", "trigger"), [("fast", 2), (1002, None), (None, None)])
def test_an_llrp_readers_mode_and_trigger_reach_its_driver(mode, trigger):
    antenna = [{"number": 1, "zone": "a"}]
    section = reader("llrp", address="10.0.0.9", mode=mode, trigger=trigger, antenna=antenna)
    settings = _reader(section).new_session(0.0).settings
    assert (settings.mode, settings.trigger) == (mode, trigger)


def radios(tmp_path, more):
    path = tmp_path / "store.toml"
    path.write_text(f'[store]\nid = "X"\n[[zone]]\nid = "a"\n[ble]\n{more}\n')
    return [one for one in sources_of(load_store(path)) if one.name.startswith("ble")]


def test_a_second_radio_of_our_own_shares_the_list(tmp_path):
    own, dongle = radios(tmp_path, 'dongle = "usb:0"')
    assert (own.name, dongle.name) == ("ble", "ble-dongle")
    assert own.roster is dongle.roster
    assert own.faults is own.roster.faults
    assert dongle.faults is not own.faults, "a fault of one is none of the other"
    assert dongle.facts == {"adapter": "usb:0"}
    (alone,) = radios(tmp_path, 'enabled = false\ndongle = "usb:0"')
    assert alone.name == "ble-dongle"
    assert alone.faults is alone.roster.faults


async def test_a_dongle_without_bumble_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(devices, "find_spec", lambda _: None)
    _, dongle = radios(tmp_path, 'dongle = "usb:0"')
    with pytest.raises(SourceLost, match=r"pip install 'shelfcast\[bumble\]'"):
        await dongle.run(lambda _: None, SystemClock())
