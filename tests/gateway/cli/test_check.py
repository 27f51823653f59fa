"""`shelfcast check`, by the function behind the command and by the command itself."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.check import check_command

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


def test_a_bad_row_is_a_fault_of_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.csv").write_text("gtin\n03453120000012\n")
    path = store(tmp_path, '[catalogue]\nfile = "c.csv"\n')
    assert check_command(path, live=False, as_json=False) == 2
    assert capsys.readouterr().out.startswith("c.csv:2: gtin: wrong check digit")


def test_live_says_who_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = pty.openpty()
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        door = f'[[door]]\nid = "d"\nport = "{os.ttyname(theirs)}"\n'
        uplink = f'[uplink]\nurl = "mqtt://{place}"\n'
        path = store(tmp_path, reader(place) + door + uplink)
        assert check_command(path, live=True, as_json=True) == 0
    os.close(ours)
    os.close(theirs)
    live = json.loads(capsys.readouterr().out)["live"]
    assert [(answer["what"], answer["ok"]) for answer in live[:3]] == [
        ("r", True),
        ("d", True),
        ("broker", True),
    ]
    assert live[3]["what"] == "clock"


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
    assert "FAILED broker: no answer" in out
    assert "none cannot be read" in out


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
