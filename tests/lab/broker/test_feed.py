"""The real program on a real broker: EPCIS events through every death, a config from HQ."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiomqtt
import jsonschema
import pytest

from gateway.uplink.schema.described import PLACE
from tests.lab.broker.hq import Hq
from tests.lab.broker.mosquitto import Mosquitto, mosquitto
from tests.lab.gateway_process import GatewayProcess

__all__ = ["mosquitto"]
pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.timeout(120)]

GTIN = "03453120000011"
STORE = """\
[store]
id = "PAR-01"
name = "Rivoli"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
[web]
listen = "127.0.0.1:0"
[uplink]
url = "mqtt://127.0.0.1:{port}"
events = true
"""


def lay_store(folder: Path, port: int) -> GatewayProcess:
    (folder / "store.toml").write_text(STORE.format(port=port))
    (folder / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Jean\n")
    return GatewayProcess("run", "--config", "store.toml", "--data", "data", cwd=folder)


def trade(gateway: GatewayProcess, number: int) -> None:
    """A delivery of one and its sale: the sale is one event."""
    line = {"gtin": GTIN, "qty": 1}
    delivery = {"id": f"D-{number}", "lines": [line]}
    assert gateway.ask("POST", "/api/v1/deliveries", delivery)[0] == 201
    assert gateway.ask("POST", "/api/v1/sales", {"id": f"R-{number}", "lines": [line]})[0] == 201


async def test_every_event_arrives_through_the_death_of_broker_and_gateway(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    schema = jsonschema.Draft202012Validator(
        json.loads((PLACE / "schema" / "event.json").read_text())
    )
    hq = Hq(mosquitto.port)

    def events() -> list[dict[str, Any]]:
        return [event for event in hq.others.get("event", []) if event["shelfcast:event"] == "sold"]

    with lay_store(tmp_path, mosquitto.port) as gateway:
        async with hq.open():
            await asyncio.to_thread(trade, gateway, 1)
            await hq.until(lambda: len(events()) == 1)
            mosquitto.kill()
            await asyncio.to_thread(trade, gateway, 2)
            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)
            await asyncio.to_thread(trade, gateway, 3)
            await asyncio.to_thread(gateway.kill)
            # HQ is back before the store is: nobody keeps an event for who is not there.
            hq.listening.clear()
            mosquitto.start()
            await hq.until(hq.listening.is_set)
            await asyncio.to_thread(gateway.start)
            await hq.until(lambda: len({event["eventID"] for event in events()}) == 3)
        for event in hq.others["event"]:
            schema.validate(event)
        # The first may come again after the crash, under its own id.
        assert len({json.dumps(event, sort_keys=True) for event in events()}) == 3


async def test_hq_changes_the_config_and_is_told_each_fault_with_its_line(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    hq, text = Hq(mosquitto.port), STORE.format(port=mosquitto.port)

    async def command(name: str, **body: Any) -> dict[str, Any]:
        async with aiomqtt.Client("127.0.0.1", mosquitto.port) as client:
            order = json.dumps({"id": name, "do": "config", **body})
            await client.publish("shelfcast/v1/0/PAR-01/command", order)
        await hq.until(lambda: any(a["id"] == name for a in hq.others.get("answer", [])))
        return next(answer for answer in hq.others["answer"] if answer["id"] == name)

    with lay_store(tmp_path, mosquitto.port) as gateway:
        async with hq.open():
            await hq.until(lambda: hq.others.get("birth"))
            bad = await command("c1", toml=text.replace("[web]", '[web]\nport = "x"'))
            assert not bad["ok"]
            assert [(fault["line"], fault["key"]) for fault in bad["faults"]] == [(9, "web.port")]
            assert (tmp_path / "store.toml").read_text() == text
            moved = text.replace(":0", ":1").replace("Rivoli", "Opéra")
            good = await command("c2", toml=moved, catalogue=f"gtin,name\n{GTIN},Pantalon\n")
            assert good == {
                "id": "c2",
                "ok": True,
                "applied": ["catalogue", "store.name"],
                "restart_needed": ["web.listen"],
                "faults": [],
            }
            assert (tmp_path / "store.toml").read_text() == moved
            status, item = await asyncio.to_thread(
                gateway.ask, "GET", f"/api/v1/availability/{GTIN}"
            )
            assert (status, item["name"]) == (200, "Pantalon")
            again = await command("c3", toml=moved)
            assert (again["ok"], again["applied"]) == (True, [])
