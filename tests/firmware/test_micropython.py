"""The Pico's core in the real MicroPython VM says to the byte what the C core says."""

from __future__ import annotations

import ctypes
import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from edges import Edges
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.door.messages import Get, Ping, write_message
from tests.firmware.conftest import PICO
from tests.firmware.native import NativeCounter, Who
from tests.firmware.people import People
from tests.firmware.rules import IN, OUT
from tests.firmware.vectors import BAD, GOOD

SCRIPT = Path(__file__).parent / "pico_walk.py"
NAME, VERSION = b"shelfcast-pico", (1, 0, 0)


def ask(micropython: Path, folder: Path, question: dict[str, Any]) -> dict[str, Any]:
    file = folder / "question.json"
    file.write_text(json.dumps(question))
    command = [str(micropython), str(SCRIPT), str(PICO), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def random_walk(seed: int) -> dict[str, Any]:
    """Levels of two lanes, and now and then a question."""
    dice = random.Random(seed)
    runs = []
    for _ in range(120):
        ms = dice.choice((dice.randint(1, 12), dice.randint(1, 300)))
        chunk = dice.choice((b"",) * 6 + (write_message(Get()), write_message(Ping(ms)), b"\0\7"))
        runs.append((dice.randrange(16), ms, chunk.hex()))
    totals = [2**32 - 3, 2**32 - 2, 2**16 - 2, 5, 0, 0]
    start = 2**32 - dice.randint(1, 20_000)
    return {
        "unit": 9,
        "boot": 2**32 - seed,
        "lanes": 2,
        "start": start,
        "totals": totals,
        "runs": runs,
    }


@pytest.fixture(scope="module")
def walks() -> list[dict[str, Any]]:
    people = People(11).walk(60)
    counted = {
        "unit": 4711,
        "boot": 17,
        "lanes": 1,
        "start": 0,
        "totals": [0] * 6,
        "runs": [(level, ms, "") for level, ms in people.runs],
        "truth": [people.truth[IN], people.truth[OUT]],
    }
    return [counted, *(random_walk(seed) for seed in range(1, 6))]


def test_the_vm_says_what_c_says(
    core: ctypes.CDLL, micropython: Path, tmp_path: Path, walks: list[dict[str, Any]]
) -> None:
    levels = [random.Random(5).randrange(256) for _ in range(500)]
    wires = [golden.wire for golden in GOOD] + BAD
    answer = ask(
        micropython,
        tmp_path,
        {"walks": walks, "frames": [wire.hex() for wire in wires], "queue": levels},
    )
    assert answer["vm"] == "micropython"
    assert answer["queue"] == levels
    again = [bytes.fromhex(one["again"]) for one in answer["frames"]]
    assert again == [golden.wire for golden in GOOD] + [b""] * len(BAD)
    for walk, said in zip(walks, answer["walks"], strict=True):
        who = Who(walk["unit"], walk["boot"], walk["lanes"], 1, NAME, VERSION)
        native = NativeCounter(core, who, tuple(walk["totals"]), walk["start"])
        out = b"".join(
            native.run(level, ms, bytes.fromhex(chunk)) for level, ms, chunk in walk["runs"]
        )
        assert bytes.fromhex(said["out"]) == out
        assert tuple(said["totals"]) == native.totals
    assert answer["walks"][0]["totals"][:2] == walks[0]["truth"]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(1, 260)), max_size=60),
    st.lists(st.integers(0, 2**16 - 1), min_size=2, max_size=2),
)
def test_the_vm_counts_what_c_counts_whatever_happens(
    core: ctypes.CDLL,
    micropython: Path,
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[tuple[int, int]],
    short_of_the_wrap: list[int],
) -> None:
    totals = (*(2**32 - 1 - short for short in short_of_the_wrap), 65_535, 65_535, 0, 0)
    walk = {"unit": 1, "boot": 3, "lanes": 2, "start": 0, "totals": totals}
    walk["runs"] = [(level, ms, "") for level, ms in runs]
    question = {"walks": [walk], "frames": [], "queue": []}
    (said,) = ask(micropython, tmp_path_factory.mktemp("vm"), question)["walks"]
    native = NativeCounter(core, Who(1, 3, 2, 1, NAME, VERSION), totals, 0)
    for level, ms in runs:
        native.run(level, ms)
    assert tuple(said["totals"]) == native.totals


def test_a_full_queue_counts_and_recovers() -> None:
    edges = Edges()
    for when in range(100):
        edges.note(1 + when, when)
    assert edges.dropped() == 100 - 63
    assert [edges.level(when) for when in range(63)] == list(range(1, 64))
    edges.note(0, 200)
    assert edges.level(200) == 0
    assert edges.dropped() == 0
