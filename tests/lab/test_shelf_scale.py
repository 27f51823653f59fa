"""The whole program with our shelf scale on a pty: frames in, the answer over HTTP."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.door.messages import RawWeight
from tests.drivers.door.virtual import VirtualCounter
from tests.lab.gateway_process import GatewayProcess

GTIN = "03453120000011"
EMPTY, STEPS_PER_GRAM, UNIT_GRAMS = 84_210, 400, 250
STORE = f"""
[store]
id = "SCALE-01"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
[[scale]]
id = "scale-1"
port = "{{port}}"
zone = "shelf-a"
gtin = "{GTIN}"
empty = {EMPTY}
loaded = {EMPTY + STEPS_PER_GRAM * 1_000}
grams = 1000
[web]
listen = "127.0.0.1:0"
"""


class VirtualScale:
    """A board with one cell at the far end of a pty; `units` lie on it, None: its cell is away."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.port = os.ttyname(theirs)
        self._theirs = theirs
        self.units: int | None = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._speak)

    def __enter__(self) -> VirtualScale:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._ours)
        os.close(self._theirs)

    def _speak(self) -> None:
        os.set_blocking(self._ours, False)
        unit = VirtualCounter(unit=31, lanes=0)
        while not self._ended.wait(0.2):
            raw = EMPTY + STEPS_PER_GRAM * UNIT_GRAMS * (self.units or 0)
            unit.uptime_ms += 200
            said = unit.hello() + unit.say(RawWeight(0, raw, 0 if self.units is None else 10))
            with contextlib.suppress(BlockingIOError):
                os.write(self._ours, said)
                os.read(self._ours, 4_096)


@pytest.fixture
def scale() -> Iterator[VirtualScale]:
    with VirtualScale() as one:
        yield one


def test_what_lies_on_the_scale_is_on_hand(scale: VirtualScale, tmp_path: Path) -> None:
    config = tmp_path / "store.toml"
    config.write_text(STORE.format(port=scale.port))
    (tmp_path / "catalogue.csv").write_text(f"gtin,name,unit_grams\n{GTIN},Mug,{UNIT_GRAMS}\n")
    scale.units = 4
    with GatewayProcess(
        "run", "--config", str(config), "--data", str(tmp_path / "data"), cwd=tmp_path
    ) as gateway:

        def device() -> dict[str, object]:
            (found,) = gateway.ask("GET", "/api/v1/devices")[1]["devices"]
            assert isinstance(found, dict)
            return found

        def on_hand() -> object:
            return gateway.ask("GET", f"/api/v1/availability/{GTIN}")[1].get("on_hand")

        until(lambda: on_hand() == 4)
        assert gateway.ask("GET", f"/api/v1/availability/{GTIN}")[1]["sources"] == ["scale"]
        until(lambda: device()["state"] == "ok")
        facts = device()["facts"]
        assert isinstance(facts, dict)
        assert (facts["unit"], facts["grams"]) == ("31", "1000.0")
        scale.units = 3
        until(lambda: on_hand() == 3)
        scale.units = None
        until(lambda: device()["state"] == "offline")
        assert "HX711" in str(device()["detail"])
    assert "Traceback" not in gateway.errors.read_text()


def until(true: object) -> None:
    assert callable(true)
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
