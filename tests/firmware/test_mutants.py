"""Broken cores: the rules must tell each from the true one, or they would be worth nothing."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.firmware import rules
from tests.firmware.native import FIRMWARE, build, walk_lane
from tests.firmware.rules import Run

MUTANTS = {
    "no debounce": ("beams.h", "#define DEBOUNCE_MS 5", "#define DEBOUNCE_MS 1"),
    "a longer debounce": ("beams.h", "#define DEBOUNCE_MS 5", "#define DEBOUNCE_MS 6"),
    "the outer beam is lost": ("beams.c", "lane->first = first;", "lane->first = BEAM_B;"),
    "one beam is enough": ("beams.c", "if (lane->seen != BOTH_BEAMS)", "if (lane->seen == 0)"),
    "tail-gaters are missed": ("beams.c", "somebody_follows(lane, before, level)", "false"),
    "turn-backs come in": ("beams.c", "else if (lane->first == last)", "else if (0)"),
    "loiterers come in": ("beams.c", "if (took > LOITER_MS)", "if (0)"),
    "a loiterer too early": ("beams.c", "took > LOITER_MS", "took >= LOITER_MS"),
    "never stuck": ("beams.c", "broken_for >= STUCK_MS", "false"),
    "stuck too late": ("beams.c", "broken_for >= STUCK_MS", "broken_for > STUCK_MS"),
    "judged while stuck": ("beams.c", "lane->blind = true;", ""),
    "in is out": ("beams.c", "lane->first == BEAM_A", "lane->first == BEAM_B"),
    "blind for good": ("beams.c", "lane->blind = level != 0;", ""),
}


def walks() -> list[list[Run]]:
    dice = random.Random(7)
    spans = (1, 2, 4, 5, 6, 20, 300, 3_995, 4_000, 29_990, 30_000, 30_010)
    weights = (3, 3, 3, 3, 3, 9, 9, 2, 3, 1, 2, 1)
    return [
        [(dice.randrange(4), ms) for ms in dice.choices(spans, weights, k=25)] for _ in range(1_500)
    ]


WALKS = walks()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_core_is_caught(name: str, tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("not installed: gcc")
    file, old, new = MUTANTS[name]
    broken = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, broken, ignore=shutil.ignore_patterns("build", "pico"))
    source = broken / "door_counter" / file
    text = source.read_text()
    assert text.count(old) == 1
    source.write_text(text.replace(old, new))
    core = build(tmp_path, broken, "-Wno-error", "-O1")
    assert any(walk_lane(core, runs) != rules.judge(runs) for runs in WALKS)
