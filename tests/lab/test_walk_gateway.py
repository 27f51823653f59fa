"""The installer's walk on a real gateway, whose reader is not there yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.gateway_process import GatewayProcess

STORE = """
[store]
id = "WALK-01"
[[zone]]
id = "shelf-a"
kind = "shelf"
[[reader]]
id = "reader-1"
driver = "llrp"
address = "127.0.0.1:9"
[[reader.antenna]]
number = 1
zone = "shelf-a"
[web]
listen = "127.0.0.1:0"
"""
WALK = "/api/v1/walk"
TAGS = [f"E28011{n:018X}" for n in range(5)]


@pytest.mark.timeout(90)
def test_steps_reach_the_engine_and_a_restart_ends_a_walk(tmp_path: Path) -> None:
    config = tmp_path / "store.toml"
    config.write_text(STORE)
    arguments = ("run", "--config", str(config), "--data", str(tmp_path / "data"))
    with GatewayProcess(*arguments, cwd=tmp_path) as gateway:
        assert gateway.ask("GET", WALK)[1]["phase"] == "idle"
        assert gateway.ask("POST", WALK, {"do": "lay", "zone": "shelf-a"})[0] == 409
        status, state = gateway.ask("POST", WALK, {"do": "start", "tags": TAGS})
        assert (status, state["phase"], state["count"]) == (200, "ready", 5)
        status, state = gateway.ask("POST", WALK, {"do": "lay", "zone": "shelf-a"})
        assert (status, state["phase"], state["zone"]) == (200, "laid", "shelf-a")
        assert state["left"] == pytest.approx(43.0, abs=1.0)
        assert [one["verdict"] for one in state["antennas"]] == ["waiting"]
        assert "shelf-a" in gateway.ask("GET", "/walk")[1]
        gateway.kill()
        gateway.start()
        assert gateway.ask("GET", WALK)[1]["phase"] == "idle"
