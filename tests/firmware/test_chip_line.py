"""From the beam to the real driver: the flashed ELF on an emulated chip, its UART on a pty.

`make chip` (`FIRMWARE_LONG=1`) walks thousands of people through the door.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
from pathlib import Path

import pytest

from drivers.source import SourceLost
from tests.firmware.chip import Chip, build_elf
from tests.firmware.conftest import need_chip
from tests.firmware.line import Ledger, Line, Noise
from tests.firmware.native import FIRMWARE, Totals
from tests.firmware.people import People, Walk
from tests.firmware.rules import IN, OUT

pytestmark = [pytest.mark.needs("avr-gcc"), pytest.mark.timeout(1_800)]

LONG = bool(os.environ.get("FIRMWARE_LONG"))
VISITS = 4_000 if LONG else 220
FEW = 40


def truth(*walks: Walk) -> tuple[int, int]:
    return sum(w.truth[IN] for w in walks), sum(w.truth[OUT] for w in walks)


async def begin(line: Line, *, resets: bool = False) -> None:
    """Open the port and wait for the base."""
    await line.open(resets=resets)
    await line.settle()
    assert line.ledger.boots


async def counted(
    chip: Chip, walk: Walk, noise: Noise | None = None
) -> tuple[Line, tuple[int, int]]:
    line = Line(chip, noise=noise)
    await begin(line)
    await line.walk(walk.runs)
    await line.settle()
    return line, (line.ledger.entries, line.ledger.exits)


async def test_random_passages_are_exact(chip: Chip) -> None:
    walk = People(1).walk(VISITS)
    line, counts = await counted(chip, walk)
    faults = await line.close()
    assert counts == truth(walk)
    assert not faults
    assert line.source.facts["firmware"] == "shelfcast-door 1.0.0"
    assert line.source.facts["unit"] == "4711"


async def test_a_fifth_of_the_frames_damaged_loses_nobody(chip: Chip) -> None:
    walk = People(2).walk(VISITS // 2)
    noise = Noise(0.2, seed=5)
    line, counts = await counted(chip, walk, noise)
    for _ in range(20):
        if counts == truth(walk):
            break
        await line.walk([(0, 1_000)])
        counts = line.ledger.entries, line.ledger.exits
    faults = await line.close()
    assert counts == truth(walk)
    assert 0.1 < noise.damaged / noise.frames < 0.3
    assert faults["bad_check"] > 0
    assert len(line.ledger.boots) == 1


@pytest.mark.parametrize("resets", [False, True], ids=["DTR cut", "DTR resets"])
async def test_the_cable_is_pulled_and_put_back(chip: Chip, *, resets: bool) -> None:
    before, without, after = (People(seed).walk(FEW) for seed in (3, 4, 5))
    ledger = Ledger()
    first = Line(chip, ledger)
    await begin(first, resets=resets)
    await first.walk(before.runs)
    await first.settle()
    error = await first.unplug()
    assert error is not None
    assert issubclass(error, OSError | SourceLost)
    for level, ms in without.runs:
        chip.show(level)
        chip.run(ms)
    chip.take()
    second = Line(chip, ledger)
    await begin(second, resets=resets)
    await second.walk(after.runs)
    await second.settle()
    await second.close()
    assert (ledger.entries, ledger.exits) == truth(before, without, after)
    assert len(ledger.boots) == 1


async def test_totals_that_wrap_lose_nobody(chip: Chip, core: ctypes.CDLL) -> None:
    chip.run(20)
    kept = ctypes.create_string_buffer(56)
    core.kept_save(kept, 77, ctypes.byref(Totals(2**32 - 5, 2**32 - 9, 0, 0, 0, 0)))
    chip.write_ram(chip.address("reset_kept"), kept.raw)
    chip.reset("Ext")
    walk = People(6).walk(FEW)
    line, counts = await counted(chip, walk)
    faults = await line.close()
    assert counts == truth(walk)
    assert min(counts) > 9
    assert len(line.ledger.boots) == 1
    assert not faults


async def test_resets_at_any_time_lose_nobody_and_power_loss_begins_a_new_base(chip: Chip) -> None:
    dice = random.Random(8)
    line = Line(chip)
    await begin(line)
    walks = []
    for seed in range(12):
        walk = People(20 + seed).walk(8)
        walks.append(walk)
        await line.walk(walk.runs)
        await line.walk([(0, dice.randint(0, 900))])
        chip.reset(dice.choice(("Ext", "WDT", "BOD")))
    await line.settle()
    assert (line.ledger.entries, line.ledger.exits) == truth(*walks)
    assert len(line.ledger.boots) == 1
    chip.lose_power(1)
    await line.settle()
    last = People(50).walk(20)
    await line.walk(last.runs)
    await line.settle()
    faults = await line.close()
    assert (line.ledger.entries, line.ledger.exits) == truth(*walks, last)
    assert len(line.ledger.boots) == 2
    assert (faults["resets"], faults["boots"]) == (12, 1)


async def test_a_silent_chip_is_noticed(chip: Chip) -> None:
    line = Line(chip)
    await begin(line)
    for _ in range(4):
        line.clock.now += 1.0
        await line._carry()
    assert line._task is not None
    with pytest.raises(SourceLost, match="no heartbeat"):
        await line._task
    os.close(line._master)
    os.close(line._slave)


SABOTAGE = {
    "no debounce": ("beams.h", "#define DEBOUNCE_MS 5", "#define DEBOUNCE_MS 1"),
    "the outer beam is lost": (
        "edges.c",
        "(uint8_t)(PIND >> 2 |",
        "(uint8_t)((PIND >> 2 & 0xFE) |",
    ),
    "tail-gaters are missed": ("beams.c", "&& (level & lane->first) != 0", "&& level == 8"),
}


@pytest.mark.parametrize("name", SABOTAGE)
async def test_a_sabotaged_firmware_is_caught(name: str, tmp_path: Path) -> None:
    need_chip()
    file, old, new = SABOTAGE[name]
    broken = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, broken, ignore=shutil.ignore_patterns("build", "pico"))
    source = broken / "door_counter" / file
    text = source.read_text()
    assert text.count(old) == 1
    source.write_text(text.replace(old, new))
    walk = People(1).walk(FEW)
    line, counts = await counted(Chip(build_elf(tmp_path / "made", firmware=broken, UNIT=1)), walk)
    await line.close()
    assert counts != truth(walk)


async def test_totals_that_a_sabotaged_firmware_forgets_are_caught(tmp_path: Path) -> None:
    need_chip()
    broken = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, broken, ignore=shutil.ignore_patterns("build", "pico"))
    source = broken / "avr" / "reset.c"
    text = source.read_text()
    old = "*totals = kept->totals;"
    assert text.count(old) == 1
    source.write_text(text.replace(old, "memset(totals, 0, sizeof *totals);"))
    chip = Chip(build_elf(tmp_path / "made", firmware=broken, UNIT=1))
    line = Line(chip)
    await begin(line)
    walk = People(1).walk(10)
    await line.walk(walk.runs)
    chip.reset("Ext")
    await line.settle()
    await line.close()
    assert (line.ledger.entries, line.ledger.exits) != truth(walk)
