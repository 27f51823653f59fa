"""Every door driver of the config, and one that pushes to the whole program."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path

import pytest

from drivers.door.axis_source import AxisDoor
from drivers.door.gpio_source import GpioDoor
from drivers.door.push_source import PushDoor
from drivers.door.source import DoorSource
from gateway.clock import SystemClock
from gateway.config.faults import ConfigError
from gateway.config.load import load_store
from gateway.devices import sources_of
from gateway.program import Program
from tests.drivers.door.bought import milesight

STORE = '[store]\nid = "X"\n[[zone]]\nid = "a"\n[web]\nlisten = "127.0.0.1:0"\n'


def store(folder: Path, door: str) -> Path:
    path = folder / "store.toml"
    path.write_text(f'{STORE}[[door]]\nid = "door-main"\n{door}\n', "utf-8")
    return path


@pytest.mark.parametrize(
    ("door", "kind"),
    [
        ('driver = "shelfcast"\nport = "/dev/ttyACM0"', DoorSource),
        ('driver = "milesight"\nunit = "1"', PushDoor),
        ('driver = "xovis"\nunit = "Line 0"', PushDoor),
        ('driver = "axis"\naddress = "192.168.1.30"\nusername = "viewer"', AxisDoor),
        ('driver = "gpio"\nunit = "17,27"', GpioDoor),
    ],
)
def test_every_driver_has_its_source(tmp_path: Path, door: str, kind: type) -> None:
    (source,) = sources_of(load_store(store(tmp_path, door)))
    assert isinstance(source, kind)
    assert source.name == "door-main"


@pytest.mark.parametrize("unit", ["17", "17,17", "a,b", "17,27,4"])
def test_pins_that_are_none(tmp_path: Path, unit: str) -> None:
    with pytest.raises(ConfigError, match="is not two pins"):
        load_store(store(tmp_path, f'driver = "gpio"\nunit = "{unit}"'))


async def test_a_pushed_count_is_footfall(tmp_path: Path) -> None:
    path = store(tmp_path, 'driver = "milesight"\nunit = "1"')
    program = Program(load_store(path), tmp_path / "data", SystemClock())
    stop, started = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(program.run(stop, started=lambda _: started.set()))
    try:
        async with asyncio.timeout(20):
            await started.wait()
            body = milesight(1_000.0, window=(3, 1), total=(500, 400))
            assert await asyncio.to_thread(post, program.port or 0, body) == 204
            assert await asyncio.to_thread(post, program.port or 0, b"{}") == 422
            while program.desk.board.device("door-main").state != "ok":
                await asyncio.sleep(0.01)
            while "serial" not in program.desk.board.device("door-main").facts:
                await asyncio.sleep(0.01)
    finally:
        stop.set()
        await asyncio.wait({task})
        task.result()


def post(port: int, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/api/v1/doors/door-main/push", body)
        return connection.getresponse().status
    finally:
        connection.close()
