"""`shelfcast check`, by the function behind the command and by the command itself."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gateway.cli.check import check_command
from tests.drivers.rfid.test_llrp_connection import certificate

SMALL = '[store]\nid = "PAR-01"\n[[zone]]\nid = "z"\n[till]\n'


def store(folder: Path, more: str = "") -> Path:
    path = folder / "store.toml"
    path.write_text(SMALL + more, "utf-8")
    return path


def reader(address: str) -> str:
    return f'[[reader]]\nid = "r"\naddress = "{address}"\nantenna = [{{number = 1, zone = "z"}}]\n'


def test_a_clean_store_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command(store(tmp_path), live=False, as_json=False) == 0
    assert capsys.readouterr().out == "PAR-01 checks: 1 zone; no feed to HQ\n"


def test_faults_are_said_for_people_and_for_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store(tmp_path, "[web]\nlisten = 8080\n[privcy]\n")
    assert check_command(path, live=True, as_json=False) == 2
    first, second, count = capsys.readouterr().out.splitlines()
    assert first.startswith("store.toml:7: web.listen: 8080 is a number; ")
    assert second == 'store.toml:8: privcy: unknown key "privcy"; did you mean "privacy"?'
    assert count == "2 faults"
    assert check_command(path, live=False, as_json=True) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [fault["line"] for fault in answer["faults"]] == [7, 8]


def test_warnings_are_said_beside_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idle, path = SMALL.removesuffix("[till]\n"), tmp_path / "store.toml"
    path.write_text(idle, "utf-8")
    assert check_command(path, live=False, as_json=True) == 0
    alone = json.loads(capsys.readouterr().out)["warnings"]
    path.write_text(idle + "[privcy]\n", "utf-8")
    assert check_command(path, live=False, as_json=True) == 2
    assert json.loads(capsys.readouterr().out)["warnings"] == alone != []


@pytest.mark.parametrize(
    ("driver", "right"),
    [
        ("milesight", 'add unit = "1" or add topic = "shop/door"'),
        ("xovis", 'add unit = "Line 0" or add topic = "shop/door"'),
        ("axis", 'add address = "192.168.1.30"'),
        ("gpio", 'add unit = "17,27"'),
        ("shelfcast", 'add port = "/dev/serial/by-id/…"'),
    ],
)
def test_a_door_is_told_what_its_own_kind_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], driver: str, right: str
) -> None:
    path = store(tmp_path, f'[[door]]\nid = "d"\ndriver = "{driver}"\n')
    assert check_command(path, live=False, as_json=False) == 2
    assert capsys.readouterr().out.splitlines()[0].endswith(f": missing; {right}")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ('driver = "a0"\nregion = "eu"\n', 'the region of driver "a0" is set on the reader'),
        ('driver = "m100"\nregion = "jp"\n', 'driver "m100" has no "jp"; write "eu"'),
        ('driver = "m100"\nsession = 1\n', "these modules are read in their own session"),
        ('driver = "m100"\npower_dbm = -3\n', "-3 is too little; write 0 to 36"),
        ('driver = "m100"\npower_dbm = 20\nregion = "eu"\n', ""),
        ('driver = "m6e"\nregion = "jp"\nsession = 1\n', ""),
    ],
)
def test_no_radio_setting_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: str, wrong: str
) -> None:
    antenna = '[[reader.antenna]]\nnumber = 1\nzone = "z"\n'
    path = store(tmp_path, f'[[reader]]\nid = "r"\nport = "/dev/a"\n{lines}{antenna}')
    assert check_command(path, live=False, as_json=False) == (2 if wrong else 0)
    assert wrong in capsys.readouterr().out


def test_a_bad_row_is_a_fault_of_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.csv").write_text("gtin\n03453120000012\n")
    path = store(tmp_path, '[catalogue]\nfile = "c.csv"\n')
    assert check_command(path, live=False, as_json=False) == 2
    assert capsys.readouterr().out.startswith("c.csv:2: gtin: wrong check digit")


def live(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[object, str]]:
    """What `check --live` says of each thing."""
    check_command(path, live=True, as_json=True)
    answers = json.loads(capsys.readouterr().out)["live"]
    return {answer["what"]: (answer["ok"], answer["detail"]) for answer in answers}


def test_live_says_who_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = pty.openpty()
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        door = f'[[door]]\nid = "d"\nport = "{os.ttyname(theirs)}"\n'
        uplink = f'[uplink]\nurl = "ws://{place}"\n'
        path = store(tmp_path, reader(place) + door + uplink)
        assert check_command(path, live=True, as_json=False) == 0
        capsys.readouterr()
        said = live(path, capsys)
    os.close(ours)
    os.close(theirs)
    assert [said[what][0] for what in ("r", "d", "broker")] == [True, True, True]
    assert "clock" in said


def test_live_fails_when_something_is_silent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
    uplink = f'[uplink]\nurl = "mqtt://{place}"\npassword_file = "none"\n'
    path = store(tmp_path, reader(place) + '[[door]]\nid = "d"\nport = "/dev/none"\n' + uplink)
    assert check_command(path, live=True, as_json=False) == 1
    out = capsys.readouterr().out
    assert f"FAILED r: no answer at {place}: connection refused" in out
    assert "FAILED d: /dev/none does not open: no such file or directory" in out
    assert f"FAILED broker: {place} cannot be reached" in out
    assert "none cannot be read" in out


def till(sources: str, folder: Path | None = None) -> str:
    named = f'folder = "{folder}"\n' if folder else ""
    return SMALL.replace("[till]\n", f"[till]\nsources = {sources}\n{named}")


def test_live_tries_the_tills_folder_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "till"
    path = tmp_path / "store.toml"
    path.write_text(till('["file"]', folder))
    assert live(path, capsys)["till folder"] == (
        False,
        f"{folder} is no folder; is its share mounted?",
    )
    (folder / "done").mkdir(parents=True)
    assert live(path, capsys)["till folder"][0] is True
    assert [entry.name for entry in folder.rglob("*")] == ["done"]
    path.write_text(till('["file"]'))
    assert live(path, capsys)["till folder"] == (None, "made in the data folder at the start")


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="needs procfs")  # noqa: PTH110
def test_live_says_a_till_folder_that_takes_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "store.toml"
    path.write_text(till('["file"]', Path("/proc/self")))
    ok, detail = live(path, capsys)["till folder"]
    assert ok is False
    assert "cannot write and move" in detail


def test_live_opens_a_board_once_for_all_its_scales(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = pty.openpty()
    port = os.ttyname(theirs)
    scales = "".join(
        f'[[scale]]\nid = "s{cell}"\nport = "{port}"\ncell = {cell}\nzone = "z"\ngtin = "{gtin}"\n'
        for cell, gtin in enumerate(("03453120000011", "03453120000028"))
    )
    said = live(store(tmp_path, scales), capsys)
    os.close(ours)
    os.close(theirs)
    assert said["s0"] == (True, f"{port} opens")
    assert said["s1"][0] is None
    assert "on the board of s0" in said["s1"][1]


def test_live_says_a_readers_certificate_that_nobody_trusts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            link, _ = server.accept()
            with contextlib.suppress(OSError), context.wrap_socket(link, server_side=True):
                pass

        greeting = threading.Thread(target=greet)
        greeting.start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        said = live(
            store(tmp_path, reader(place).replace("antenna", "tls = true\nantenna")), capsys
        )
        greeting.join()
    ok, detail = said["r"]
    assert ok is False
    assert "certificate" in detail


def test_live_says_what_pins_need_and_who_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gpio = '[[door]]\nid = "g"\ndriver = "gpio"\nunit = "17,27"\n'
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = server.getsockname()[1]
    shop = f'mqtt_url = "mqtt://127.0.0.1:{silent}"\n'
    path = tmp_path / "store.toml"
    path.write_text(
        till('["mqtt"]')
        + shop
        + gpio
        + '[[door]]\nid = "m"\ndriver = "milesight"\ntopic = "shop/door"\n'
    )
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    said = live(path, capsys)
    assert said["g"][0] is False
    assert "shelfcast[gpio]" in said["g"][1]
    assert said["m"] == (None, "publishes on shop/door; see the till broker")
    assert said["till broker"][0] is False
    assert f"127.0.0.1:{silent} cannot be reached" in said["till broker"][1]


def test_live_opens_no_dongle_and_says_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ble = '[ble]\nadapter = "00:00:5E:00:53:01"\ndongle = "usb:0"\n'
    badge = '[[ble.beacon]]\nid = "b"\nrole = "staff"\n'
    path = store(tmp_path, f'{ble}{badge}match = {{ address = "C4:7C:8D:6A:11:02" }}\n')
    rows = live(path, capsys)
    assert (rows["ble"][0], rows["ble-dongle"][0]) == (None, None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert live(path, capsys)["ble-dongle"][0] is False


def test_the_command_itself(tmp_path: Path) -> None:
    path = store(tmp_path, "[[zone]]\n")
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "check", "--config", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "store.toml:6: zone[#2].id: missing" in done.stdout
    assert "Traceback" not in done.stderr
