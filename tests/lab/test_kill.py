"""kill -9 in mid-stream: what was answered is there, nothing counts twice, HQ has all keys once."""

from __future__ import annotations

import asyncio
import http.client
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.broker.hq import Hq
from tests.lab.broker.mosquitto import Mosquitto
from tests.lab.gateway_process import GatewayProcess

GTIN = "03453120000011"
KILLS = 4
STOCK = 5_000

STORE = """
[store]
id = "KILL-01"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
[till]
sources = ["http"]
[web]
listen = "127.0.0.1:0"
[uplink]
url = "mqtt://127.0.0.1:{port}"
"""


def lay_store(folder: Path, port: int) -> Path:
    path = folder / "store.toml"
    path.write_text(STORE.format(port=port))
    (folder / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Jean\n")
    return path


def sale(number: int) -> dict[str, object]:
    return {"id": f"R-{number}", "lines": [{"gtin": GTIN, "qty": 1}]}


def sell_until_killed(gateway: GatewayProcess, numbers: Iterator[int], count: int) -> list[int]:
    """Sell; kill in the middle of the stream. The receipts that were answered."""
    answered: list[int] = []
    killer = random.Random(count)
    for number in numbers:
        if len(answered) >= count and killer.random() < 0.3:
            gateway.kill()
        try:
            status, _ = gateway.ask("POST", "/api/v1/sales", sale(number))
        except (OSError, http.client.HTTPException):
            return answered
        assert status == 201
        answered.append(number)
    return answered


@pytest.mark.needs("mosquitto")
@pytest.mark.timeout(120)
async def test_nothing_answered_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    with Mosquitto(tmp_path / "broker") as broker:
        config = lay_store(tmp_path, broker.port)
        arguments = ("run", "--config", str(config), "--data", str(tmp_path / "data"))
        async with Hq(broker.port).open() as hq:
            gateway = GatewayProcess(*arguments, cwd=tmp_path)
            await asyncio.to_thread(gateway.start)
            try:
                await stream(gateway, hq)
            finally:
                gateway.kill()
    assert "Traceback" not in gateway.errors.read_text()


async def stream(gateway: GatewayProcess, hq: Hq) -> None:
    lines = [{"gtin": GTIN, "qty": STOCK}]
    status, _ = await asyncio.to_thread(
        gateway.ask, "POST", "/api/v1/deliveries", {"id": "D-1", "lines": lines}
    )
    assert status == 201
    answered: list[int] = []
    numbers = iter(range(1_000_000))
    for kill in range(KILLS):
        answered += await asyncio.to_thread(sell_until_killed, gateway, numbers, 20 + 7 * kill)
        await asyncio.to_thread(gateway.start)
    await asyncio.to_thread(check_all_known, gateway, answered)
    last = next(numbers) - 1
    sold = await asyncio.to_thread(count_sold, gateway, last)
    status, answer = await asyncio.to_thread(gateway.ask, "GET", f"/api/v1/availability/{GTIN}")
    assert (status, answer["on_hand"]) == (200, STOCK - sold)
    await hq.until(lambda: hq.others.get("birth", [])[-1:] and KILLS + 1 in boots(hq))
    assert boots(hq) == set(range(1, KILLS + 2))
    for boot in boots(hq):
        seqs = hq.seqs(boot)
        assert seqs == list(range(1, len(seqs) + 1)), f"boot {boot}"
    code, seconds = await asyncio.to_thread(gateway.stop)
    assert code == 0
    assert seconds < 5


def boots(hq: Hq) -> set[int]:
    return {boot for _, boot, _ in hq.committed}


def check_all_known(gateway: GatewayProcess, answered: list[int]) -> None:
    for number in answered:
        status, _ = gateway.ask("POST", "/api/v1/sales", sale(number))
        assert status == 200, f"receipt {number} was answered, now {status}"


def count_sold(gateway: GatewayProcess, last: int) -> int:
    """All receipts once more: those cut off by a kill are new now or known, never doubled."""
    for number in range(last + 1):
        status, _ = gateway.ask("POST", "/api/v1/sales", sale(number))
        assert status in {200, 201}
    return last + 1
