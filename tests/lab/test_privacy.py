"""Phones pass by every radio of a whole gateway; then everything that it wrote is searched.

Three ways in at once: BlueZ (pretended, its adapter switched off at first), a dongle (bumble over
TCP HCI) and a receiver that forwards by MQTT. All ways out: the data folder and a backup of it, the
log and what is printed, every page and answer that can be fetched, the live events, whatever the
broker carries, what `doctor` says, and a recording, which may name the store's own devices alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from drivers.observations import Observation
from gateway.capture.files import CaptureFile
from gateway.cli.backup import backup_command
from gateway.cli.doctor import doctor_command
from gateway.clock import SystemClock
from gateway.config.load import load_store
from gateway.program import Program
from tests.drivers.ble.test_roster import phones
from tests.lab.bluez.bluez import OWN_ADDRESS, Bluez
from tests.lab.bluez.test_scanner import bluez
from tests.lab.broker.mosquitto import Mosquitto, mosquitto
from tests.lab.dongle import air as dongle_air

__all__ = ["bluez", "mosquitto"]
pytestmark = [pytest.mark.needs("dbus-daemon"), pytest.mark.needs("mosquitto")]

FRIDGE, BADGE = "C4:7C:8D:6A:11:02", "C4:7C:8D:6A:11:07"
EVENTS = "/api/v1/events"
WEAK = bytes.fromhex("40010902f401")
"""Battery 9 %, 5 °C."""
FIRST_PATH = "/api/v1/devices"
PAGES = ("/", "/stock", "/devices", "/doors", "/seller", "/kiosk", "/clicker", "/metrics")
CROWD = [(addr, manufacturer or {1: b"x"}) for addr, manufacturer, _ in phones(24)]


def config(folder: Path, broker: str, transport: str) -> Path:
    path = folder / "store.toml"
    path.write_text(
        f"""[store]
id = "PAR-01"
[[zone]]
id = "shelf-a"
[web]
listen = "127.0.0.1:0"
[till]
sources = ["mqtt"]
mqtt_url = "{broker}"
[uplink]
url = "{broker}"
ack = "broker"
[ble]
adapter = "hci0"
dongle = "{transport}"
receivers = true
[[ble.receiver]]
id = "hall"
zone = "shelf-a"
[[ble.beacon]]
id = "fridge-1"
role = "fridge"
match = {{ address = "{FRIDGE}" }}
[[ble.beacon]]
id = "badge-7"
role = "staff"
match = {{ address = "{BADGE}" }}
""",
        "utf-8",
    )
    return path


@contextlib.asynccontextmanager
async def carried(port: int) -> AsyncIterator[list[str]]:
    """Everything on the broker but what the receivers themselves say."""
    seen: list[str] = []

    async def listen(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            if not str(message.topic).startswith("shelfcast/ble/"):
                seen.append(f"{message.topic} {bytes(message.payload)!r}")

    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("#")
        task = asyncio.create_task(listen(client))
        yield seen
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def gateway(path: Path, recording: CaptureFile) -> AsyncIterator[Program]:
    store = load_store(path)
    program = Program(store, path.parent / "data", SystemClock())
    put = program._intake.put

    def both(observation: Observation) -> None:
        recording.write(observation)
        put(observation)

    program._intake.put = both  # type: ignore[method-assign]  # what `record` does beside it
    stop, started = asyncio.Event(), asyncio.Event()
    with recording:
        task = asyncio.create_task(program.run(stop, started=lambda _: started.set()))
        try:
            async with asyncio.timeout(20):
                await started.wait()
            yield program
        finally:
            stop.set()
            await asyncio.wait({task})
            task.result()


async def fetched(port: int) -> str:
    def get(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    described = json.loads(await asyncio.to_thread(get, "/openapi.json"))["paths"]
    answers = [path for path, ways in described.items() if "get" in ways and "{" not in path]
    assert {FIRST_PATH, "/api/v1/footfall", "/healthz"} < set(answers)
    answers.remove(EVENTS)
    paths = [FIRST_PATH, *answers, *PAGES]
    return "\n".join([await asyncio.to_thread(get, path) for path in paths])


@contextlib.asynccontextmanager
async def live(port: int) -> AsyncIterator[list[str]]:
    """What a page that stays open is told meanwhile."""
    told: list[str] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    async def listen() -> None:
        while data := await reader.read(65_536):
            told.append(data.decode(errors="replace"))

    task = asyncio.create_task(listen())
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.close()


async def until(what: Any) -> None:
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.02)


def payload(manufacturer: dict[int, bytes]) -> bytes:
    ((company, data),) = manufacturer.items()
    body = b"\xff" + company.to_bytes(2, "little") + data[:26]
    return bytes([len(body)]) + body


def traces(address: str, words: str, disk: bytes) -> list[str]:
    """The forms in which an address stands somewhere in what was written."""
    octets = address.split(":")
    forms = [mark.join(order) for order in (octets, octets[::-1]) for mark in ("", ":", "_", "-")]
    raw = bytes.fromhex("".join(octets))
    upper = words.upper()
    found = [form for form in forms if form in upper or form.encode() in disk.upper()]
    return found + [one.hex() for one in (raw, raw[::-1]) if one in disk]


async def pass_by(daemon: Bluez, air: dongle_air.Air, port: int) -> None:
    """The crowd, and the store's own fridge and badge, on every way in."""
    for addr, manufacturer in CROWD:
        await daemon.advert(addr, -80, manufacturer)
    fcd2 = "0000fcd2-0000-1000-8000-00805f9b34fb"
    await daemon.advert(FRIDGE, -60, service={fcd2: WEAK})
    await daemon.advert(BADGE, -60, service={fcd2: WEAK})
    for addr, manufacturer in CROWD[:6]:
        await air.advertise(addr, payload(manufacturer))
    await air.advertise(FRIDGE, bytes.fromhex("0916d2fc") + WEAK)
    rows = [
        {"addr": addr, "rssi": -70, "data": payload(manufacturer).hex()}
        for addr, manufacturer in CROWD
    ]
    async with aiomqtt.Client("127.0.0.1", port) as hall:
        await hall.publish("shelfcast/ble/PAR-01/hall", json.dumps({"adverts": rows}))


async def test_no_address_leaves_the_radios(
    tmp_path: Path,
    bluez: Bluez,
    mosquitto: Mosquitto,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    record = CaptureFile(tmp_path / "day.ndjson", {"fridge-1", "badge-7"})
    bluez.powered = False
    async with dongle_air.open_air() as air, carried(mosquitto.port) as feed:
        path = config(tmp_path, mosquitto.url, air.transport)
        async with gateway(path, record) as program, live(program.port or 0) as told:
            board = program.desk.board
            await until(lambda: bluez.scanning and air.dongle.le_scan_enable)
            await until(lambda: board.device("ble-receivers").state == "ok")
            await pass_by(bluez, air, mosquitto.port)
            await until(lambda: "receiver hall" in board.device("ble-receivers").facts)
            await until(lambda: ("device_attention", "badge-7") in board.alerts)
            await until(lambda: board.device("fridge-1").facts.get("battery") == "9 %")
            await until(lambda: board.device("ble-receivers/hall").state == "ok")
            await until(lambda: any("battery low" in line for line in feed))
            pages = await fetched(program.port or 0)
            own, dongle = (one for one in program._sources if one.name in ("ble", "ble-dongle"))
            assert own.roster is dongle.roster
            assert own.strangers >= 2 * len(CROWD) + 6
    assert bluez.switched == [False, True], "the power cycle was part of it"
    shown = {one["id"]: one for one in json.loads(pages.splitlines()[0])["devices"]}
    assert shown["fridge-1"]["battery"] == "9 %"
    assert {"ble", "ble-dongle", "ble-receivers", "ble-receivers/hall"} <= shown.keys()
    assert "badge-7" not in json.dumps(shown), "it would tell who is in"
    backup_command(tmp_path / "data", tmp_path / "data" / "copy.db")
    doctor_command(tmp_path / "data", as_json=False)
    files = [one for one in sorted((tmp_path / "data").rglob("*")) if one.is_file()]
    disk = b"".join(one.read_bytes() for one in files)
    assert b"fridge-1" in disk, "this is where the gateway writes"
    assert "fridge-1" in "".join(told)
    words = "\n".join([caplog.text, pages, *feed, *told, *capfd.readouterr()])
    assert traces(CROWD[0][0], f"{words} {CROWD[0][0].lower()}", b""), "the search finds"
    assert traces(CROWD[0][0], "", bytes.fromhex(CROWD[0][0].replace(":", ""))), "the search finds"
    strangers = [addr for addr, _ in CROWD]
    everybody = [*strangers, FRIDGE, BADGE, OWN_ADDRESS, dongle_air.OWN_ADDRESS]
    assert [found for addr in everybody for found in traces(addr, words, disk)] == []
    recorded = (tmp_path / "day.ndjson").read_text("utf-8")
    assert traces(FRIDGE, recorded, b""), "a recording names the store's own"
    assert [found for addr in strangers for found in traces(addr, recorded, b"")] == []
