"""The whole program from outside: first token, reload, alerts, occupancy."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.cli.doctor import doctor_command
from gateway.running import running_in
from tests.gateway.test_callback import listener
from tests.lab.gateway_process import GatewayProcess

GTIN, NEW = "03453120000011", "03453120000028"
STORE = """
[store]
id = "OUT-01"
name = "Paris"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
[till]
[promise]
safety = {safety}
[web]
listen = "127.0.0.1:{port}"
"""


def lay(folder: Path, *, safety: int = 0, port: int = 0, more: str = "") -> Path:
    path = folder / "store.toml"
    path.write_text(STORE.format(safety=safety, port=port))
    (folder / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Jean\n{more}")
    return path


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayProcess]:
    config, data = lay(tmp_path), tmp_path / "data"
    with GatewayProcess(
        "run", "--config", str(config), "--data", str(data), cwd=tmp_path
    ) as running:
        yield running
    assert "Traceback" not in running.errors.read_text()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def count(gateway: GatewayProcess, qty: int) -> None:
    body = {"gtin": GTIN, "qty": qty, "zone": "shelf-a"}
    status, _ = gateway.ask("POST", "/api/v1/stocktakes", body)
    assert status == 201


def available(gateway: GatewayProcess) -> object:
    return gateway.ask("GET", f"/api/v1/availability/{GTIN}")[1]["available"]


def test_the_printed_code_makes_the_first_token(gateway: GatewayProcess, tmp_path: Path) -> None:
    until(lambda: any("setup code" in line for line in gateway.lines))
    code = next(line.split()[2] for line in gateway.lines if "setup code" in line)
    status, made = gateway.ask("POST", "/api/v1/setup", {"code": code, "name": "owner"})
    assert status == 201
    assert gateway.ask("POST", "/api/v1/occupancy/reset")[0] == 401
    status, answer = gateway.ask(
        "POST", "/api/v1/occupancy/reset", {"occupancy": 4}, token=made["token"]
    )
    assert (status, answer["occupancy"], answer["residual"]) == (200, 4, -4)
    note = running_in(tmp_path / "data")
    assert note is not None
    assert note.port == gateway.port
    gateway.stop()
    assert running_in(tmp_path / "data") is None
    gateway.lines.clear()
    gateway.start()
    gateway.stop()
    assert not [line for line in gateway.lines if "code" in line]


def test_a_reload_applies_what_can_be(gateway: GatewayProcess, tmp_path: Path) -> None:
    count(gateway, 7)
    assert available(gateway) == 7
    lay(tmp_path, safety=2, port=9, more=f"{NEW},Robe\n")
    status, answer = gateway.ask("POST", "/api/v1/config/reload")
    assert (status, answer) == (
        200,
        {
            "applied": ["catalogue", "promise.safety"],
            "restart_needed": ["web.listen"],
            "faults": [],
        },
    )
    until(lambda: available(gateway) == 5)
    assert gateway.ask("GET", f"/api/v1/availability/{NEW}")[0] == 200
    body = {"id": "D-1", "lines": [{"gtin": NEW, "qty": 3}]}
    assert gateway.ask("POST", "/api/v1/deliveries", body)[1]["unknown_gtins"] == []
    assert gateway.ask("GET", f"/api/v1/availability/{NEW}")[1]["on_hand"] == 3
    (tmp_path / "store.toml").write_text("[stor]\n")
    status, answer = gateway.ask("POST", "/api/v1/config/reload")
    assert (status, answer["faults"][0]["file"]) == (422, "store.toml")
    assert available(gateway) == 5
    lay(tmp_path, safety=1)
    gateway.hang_up()
    until(lambda: available(gateway) == 6)
    assert gateway.ask("GET", f"/api/v1/availability/{NEW}")[0] == 404, "no longer in the catalogue"


async def test_back_on_the_shelf_is_called_once_and_survives_a_kill(
    gateway: GatewayProcess,
) -> None:
    async with listener(b"HTTP/1.1 200 OK\r\n\r\n") as (port, heard):
        await asyncio.to_thread(count, gateway, 0)
        wish = {"gtin": GTIN, "callback": f"http://127.0.0.1:{port}/back"}
        status, made = await asyncio.to_thread(gateway.ask, "POST", "/api/v1/alerts", wish)
        assert status == 201
        await asyncio.to_thread(gateway.kill)
        await asyncio.to_thread(gateway.start)
        await asyncio.to_thread(count, gateway, 5)
        async with asyncio.timeout(15):
            while not heard:
                await asyncio.sleep(0.05)
        body = json.loads(heard[0].partition(b"\r\n\r\n")[2])
        assert (body["id"], body["gtin"], body["available"]) == (made["id"], GTIN, 5)
        gone = {"id": "R-1", "lines": [{"gtin": GTIN, "qty": 5}]}
        await asyncio.to_thread(gateway.ask, "POST", "/api/v1/sales", gone)
        await asyncio.to_thread(count, gateway, 3)
        await asyncio.sleep(2.5)
        assert len(heard) == 1
        path = f"/api/v1/alerts/{made['id']}"
        assert (await asyncio.to_thread(gateway.ask, "DELETE", path))[0] == 404


def test_the_doctor_asks_the_gateway_that_runs(
    gateway: GatewayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "store.toml").write_text(
        STORE.format(safety=0, port=0)
        + '[[reader]]\nid = "r"\naddress = "127.0.0.1:1"\n'
        + 'antenna = [{number = 1, zone = "shelf-a"}]\n'
    )
    assert gateway.stop()[0] == 0
    gateway.start()
    until(lambda: gateway.ask("GET", "/api/v1/devices")[1]["devices"][0]["state"] == "offline")
    assert doctor_command(tmp_path / "data", as_json=True) == 1
    answers = {one["what"]: one for one in json.loads(capsys.readouterr().out)["answers"]}
    assert (answers["gateway"]["ok"], answers["r"]["ok"]) == (True, False)
    assert str(answers["r"]["detail"]).startswith("offline: ")
    gateway.stop()
    assert doctor_command(tmp_path / "data", as_json=True) == 0
    answers = {one["what"]: one for one in json.loads(capsys.readouterr().out)["answers"]}
    assert str(answers["r"]["detail"]).startswith("was offline: ")
