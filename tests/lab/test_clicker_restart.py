"""The person with the clicker and a real gateway that is killed while they count."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.gateway_process import GatewayProcess

STORE = """
[store]
id = "CLICK-01"
[[zone]]
id = "shelf-a"
[[door]]
id = "door-main"
driver = "milesight"
unit = "1"
[web]
listen = "127.0.0.1:0"
"""
MANUAL = "/api/v1/doors/door-main/manual"


@pytest.mark.timeout(90)
def test_what_was_answered_is_counted_once_after_kill_9(tmp_path: Path) -> None:
    config = tmp_path / "store.toml"
    config.write_text(STORE)
    arguments = ("run", "--config", str(config), "--data", str(tmp_path / "data"))
    taps = [{"n": n, "way": "in" if n % 3 else "out", "age": 0.5} for n in range(1, 10)]
    with GatewayProcess(*arguments, cwd=tmp_path) as gateway:
        assert gateway.ask("POST", MANUAL, {"do": "start"})[0] == 200
        said = {"do": "taps", "phone": "p", "taps": taps}
        status, state = gateway.ask("POST", MANUAL, said)
        assert (status, state["in"], state["out"]) == (200, 6, 3)
        gateway.kill()
        gateway.start()
        _, state = gateway.ask("GET", MANUAL)
        assert (state["watching"], state["in"], state["out"]) == (True, 6, 3)
        status, state = gateway.ask("POST", MANUAL, said)
        assert (status, state["in"], state["out"]) == (200, 6, 3), "said again, counted once"
        assert gateway.ask("POST", MANUAL, {"do": "apply"})[1]["why"] == "few"
        assert "door-main" in gateway.ask("GET", "/clicker")[1]
        status, zones = gateway.ask("GET", "/api/v1/footfall/zones")
        assert (status, zones["buckets"]) == (200, [])
        status, footfall = gateway.ask("GET", "/api/v1/footfall?step=1h")
        assert status == 200
        assert all("groups" in bucket for bucket in footfall["buckets"])
