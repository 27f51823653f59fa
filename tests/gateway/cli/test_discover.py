"""`shelfcast discover`, looking at this machine alone."""

from __future__ import annotations

import json

import pytest

from drivers.ble.scan import ScanFailed
from gateway.cli.discover import discover_command
from gateway.cli.failure import CommandFailed
from gateway.discovery import announced, radio, serial_ports
from gateway.discovery.announced import Announced
from gateway.discovery.found import Found


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs on this machine is not the test's to say."""

    async def answer(port: str, _clock: object) -> Found | str:
        if port == "/dev/none":
            return "/dev/none: nobody answers that we know"
        return Found("door", port, "shelfcast", {"unit": "7"}, (f'port = "{port}"',))

    async def no_radio(_adapter: str) -> list[Found]:
        raise ScanFailed("no D-Bus system bus")

    async def nobody() -> list[Announced]:
        return []

    monkeypatch.setattr(announced, "announced", nobody)
    monkeypatch.setattr(serial_ports, "ports", lambda: ["/dev/ttyUSB0", "/dev/none"])
    monkeypatch.setattr(serial_ports, "ask", answer)
    monkeypatch.setattr(radio, "in_range", no_radio)


def test_a_fragment_for_each_and_a_note_for_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    assert discover_command(as_json=False, yes=False, where="127.0.0.1/32") == 0
    out = capsys.readouterr().out
    assert '[[door]]\nid = "door-1"\ndriver = "shelfcast"\nport = "/dev/ttyUSB0"\n' in out
    assert "# door shelfcast at /dev/ttyUSB0: unit 7" in out
    assert "# /dev/none: nobody answers" in out
    assert "# the network was not looked at" in out, "nobody was there to agree"
    assert "# bluetooth: no D-Bus system bus" in out


def test_for_a_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert discover_command(as_json=True, yes=True, where="127.0.0.1") == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["where"] for one in said["found"]] == ["/dev/ttyUSB0"]
    assert not [note for note in said["notes"] if "network" in note]


def test_a_reader_that_announces_itself_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def one() -> list[Announced]:
        return [Announced("speedwayr-11-25-32.local", "127.0.0.1", 9)]

    async def none() -> list[Announced]:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(announced, "announced", one)
    assert discover_command(as_json=False, yes=True, where="127.0.0.1") == 0
    out = capsys.readouterr().out
    assert "# reader llrp at 127.0.0.1:9: name speedwayr-11-25-32.local" in out
    monkeypatch.setattr(announced, "announced", none)
    assert discover_command(as_json=False, yes=True, where="127.0.0.1") == 0
    assert "# mDNS: Network is unreachable" in capsys.readouterr().out


def test_what_is_no_network() -> None:
    for wrong in ("shop", "10.0.0.0/8"):
        with pytest.raises(CommandFailed) as failed:
            discover_command(as_json=True, yes=True, where=wrong)
        assert failed.value.code == 2
