"""What a person types: `make -C firmware`, and `make -C firmware flash` up to the programmer.

No board is here, so avrdude is a script that writes down what it was asked to send.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.firmware.native import FIRMWARE

pytestmark = pytest.mark.needs("avr-gcc")

FLASH_OF_THE_CHIP = 32_256
AVRDUDE = '#!/bin/sh\nprintf "%s\\n" "$@" > "$NOTED"\n'


def make(*words: str, build: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "-s", "-C", str(FIRMWARE), f"BUILD={build}", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | more
    )


@pytest.fixture
def programmer(tmp_path: Path) -> dict[str, str]:
    """An avrdude before any other; what it is called with lands in `noted`."""
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "avrdude"
    script.write_text(AVRDUDE)
    script.chmod(0o755)
    return {"PATH": f"{tools}:{os.environ['PATH']}", "NOTED": str(tmp_path / "noted")}


def image(path: Path) -> bytes:
    """The bytes of an Intel hex file, from address 0 on without a hole."""
    found = b""
    for line in path.read_text().split():
        record = bytes.fromhex(line.removeprefix(":"))
        assert sum(record) % 256 == 0
        if record[3] == 0:
            assert int.from_bytes(record[1:3]) == len(found)
            found += record[4:-1]
    return found


def test_make_builds_what_is_flashed(tmp_path: Path) -> None:
    done = make(build=tmp_path)
    assert done.returncode == 0, done.stderr
    for product in ("door_counter", "shelf_scale"):
        assert 4_000 < len(image(tmp_path / f"{product}.hex")) < FLASH_OF_THE_CHIP


def test_flash_sends_the_units_own_image(tmp_path: Path, programmer: dict[str, str]) -> None:
    words = ("flash", "PORT=/dev/ttyUSB7", "UNIT=11259375", "LANES=2")
    done = make(*words, build=tmp_path, **programmer)
    assert done.returncode == 0, done.stderr
    asked = Path(programmer["NOTED"]).read_text().split()
    sent = tmp_path / "door_counter.hex"
    assert asked == [
        *("-p", "atmega328p", "-c", "arduino", "-b", "115200"),
        *("-P", "/dev/ttyUSB7", "-D", "-U", f"flash:w:{sent}:i"),
    ]
    first = image(sent)
    make("flash", "PORT=/dev/ttyUSB7", "UNIT=2", build=tmp_path, **programmer)
    assert image(sent) != first, "another unit is built anew"


def test_flash_sends_the_scale_with_an_older_boot_loader(
    tmp_path: Path, programmer: dict[str, str]
) -> None:
    words = ("PORT=/dev/ttyUSB0", "UNIT=31", "PRODUCT=shelf_scale", "BOOTLOADER_BAUD=57600")
    done = make("flash", *words, build=tmp_path, **programmer)
    assert done.returncode == 0, done.stderr
    asked = Path(programmer["NOTED"]).read_text()
    assert "57600" in asked
    assert "shelf_scale.hex" in asked


@pytest.mark.parametrize(
    ("words", "told"), [(("UNIT=5",), "PORT="), (("PORT=/dev/ttyUSB0",), "UNIT=")]
)
def test_flash_asks_for_what_it_must_know(
    words: tuple[str, ...], told: str, tmp_path: Path, programmer: dict[str, str]
) -> None:
    done = make("flash", *words, build=tmp_path, **programmer)
    assert done.returncode != 0
    assert told in done.stderr
    assert not Path(programmer["NOTED"]).exists()


@pytest.mark.parametrize(
    ("page", "pictures"),
    [
        ("firmware/README.md", {"door-counter.svg", "pico.svg", "shelf-scale.svg"}),
        ("docs/devices/door-counter.md", {"door-counter.svg", "pico.svg"}),
        ("docs/devices/shelf-scale.md", {"shelf-scale.svg"}),
    ],
)
def test_each_page_shows_its_wiring(page: str, pictures: set[str]) -> None:
    file = FIRMWARE.parent / page
    shown = [file.parent / link for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", file.read_text())]
    assert {one.name for one in shown} == pictures
    for one in shown:
        words = " ".join(ET.parse(one).getroot().itertext())
        assert "GND" in words
