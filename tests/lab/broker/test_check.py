"""`check --live` against a real mosquitto: let in, kept out, and not allowed to hear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.cli.check import check_command
from tests.lab.broker.mosquitto import Mosquitto, mosquitto, password_file

__all__ = ["mosquitto"]
pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.timeout(60)]

STORE = """
[store]
id = "PAR-01"
[[zone]]
id = "z"
[[door]]
id = "m"
driver = "milesight"
topic = "shop/door"
[till]
sources = ["mqtt"]
"""


def said(
    folder: Path, more: str, capsys: pytest.CaptureFixture[str]
) -> dict[str, tuple[bool, str]]:
    (folder / "store.toml").write_text(STORE + more)
    check_command(folder / "store.toml", live=True, as_json=True)
    answers = json.loads(capsys.readouterr().out)["live"]
    return {one["what"]: (one["ok"], one["detail"]) for one in answers}


def test_brokers_let_us_in_and_forget_us(
    mosquitto: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = f'mqtt_url = "{mosquitto.url}"\n[uplink]\nurl = "{mosquitto.url}"\n'
    found = said(tmp_path, more, capsys)
    ok, detail = found["till broker"]
    assert ok
    assert "shelfcast/till/PAR-01/sales" in detail
    assert "shop/door" in detail
    assert found["broker"] == (True, f"127.0.0.1:{mosquitto.port} lets us in")
    lines = [line for line in mosquitto.log.read_text().splitlines() if "check-PAR-01 (p" in line]
    assert len(lines) == 2
    assert all(", c1," in line for line in lines), "a session that the broker forgets"


def test_a_wrong_password_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passwords = password_file(tmp_path, shop="right")
    with Mosquitto(tmp_path, f"password_file {passwords}") as broker:
        secret = tmp_path / "secret"
        own = 'mqtt_username = "shop"\nmqtt_password_file = "secret"\n'
        more = f'mqtt_url = "{broker.url}"\n{own}'
        secret.write_text("wrong")
        ok, detail = said(tmp_path, more, capsys)["till broker"]
        assert not ok
        assert "refuses us" in detail
        secret.write_text("right")
        assert said(tmp_path, more, capsys)["till broker"][0]
