"""The core built for this machine, the ELF for the chip, and the Pico's modules."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.firmware.chip import Chip, build_elf
from tests.firmware.native import FIRMWARE, build

PICO = FIRMWARE / "pico"
# The Pico's modules import one another by their bare names, as they do on the board.
sys.path.append(str(PICO))


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The firmware's C core as a library of this machine."""
    if shutil.which("gcc") is None and not os.environ.get("CI"):
        pytest.skip("not installed: gcc")
    return build(tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="session")
def micropython() -> Path:
    """The real MicroPython VM of this environment."""
    found = Path(sys.executable).parent / "micropython"
    if not found.exists():
        pytest.skip("no MicroPython VM for this machine")
    return found


@pytest.fixture(scope="session")
def elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The door counter's ELF, as it is flashed on unit 4711."""
    need_chip()
    return build_elf(tmp_path_factory.mktemp("elf"), UNIT=4711)


@pytest.fixture
def chip(elf: Path) -> Chip:
    """A chip that was just switched on."""
    return Chip(elf)


def need_chip() -> None:
    """Skip without the emulated chip; in CI it must be there."""
    if not os.environ.get("CI"):
        pytest.importorskip("yasimavr", reason="no emulated chip: make .venv/.chip builds it")
