"""Two beams: the rules one by one, and the firmware's own machine as the judge."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.door.beams import LOITER_MS, STUCK_MS, A, B, Happening, Lane

FIRMWARE = Path(__file__).parents[3] / "firmware" / "pico" / "beams.py"


def walk(*edges: tuple[int, int], until: int = 100_000) -> list[str]:
    """What a lane says of edges (ms, beam): each turns its beam to the other level."""
    lane, level, said = Lane(), 0, []
    for at, beam in edges:
        level ^= beam
        said += lane.edge(beam, broken=bool(level & beam), at=at)
    said += lane.advance(until)
    return [str(one) for one in said]


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([(0, A), (100, B), (200, A), (300, B)], ["in"]),
        ([(0, B), (100, A), (200, B), (300, A)], ["out"]),
        ([(0, A), (100, B), (200, B), (300, A)], ["back"]),
        ([(0, A), (100, A)], []),
        ([(0, A), (100, A), (200, B), (300, B)], []),
        ([(0, A), (2, A), (100, A), (103, A)], []),
        ([(0, A), (100, B), (102, B), (104, B), (200, A), (300, B)], ["in"]),
        ([(0, A), (0, B), (200, A), (300, B)], ["unknown"]),
        ([(0, A), (100, B), (300, A), (300, B)], ["unknown"]),
        ([(0, A), (100, B), (LOITER_MS + 50, A), (LOITER_MS + 60, B)], ["loiter"]),
        (
            [(0, A), (100, B), (200, A), (300, A), (400, B), (500, B), (600, A), (700, B)],
            ["in", "in"],
        ),
        ([(0, A), (STUCK_MS + 500, A)], ["stuck", "free"]),
    ],
)
def test_the_rules(edges: list[tuple[int, int]], said: list[str]) -> None:
    assert walk(*edges) == said


def test_what_passes_while_a_beam_is_stuck_is_no_count() -> None:
    lane = Lane()
    lane.edge(A, broken=True, at=0)
    assert lane.advance(STUCK_MS + 10) == [Happening.STUCK]
    assert lane.stuck == A
    for at, broken in ((40_000, True), (40_200, False)):
        lane.edge(B, broken=broken, at=at)
    lane.edge(A, broken=False, at=50_000)
    assert lane.advance(51_000) == [Happening.FREE]
    assert lane.stuck == 0


@pytest.fixture(scope="module")
def firmware() -> ModuleType:
    spec = importlib.util.spec_from_file_location("firmware_beams", FIRMWARE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WORDS = {1: "in", 2: "out", 3: "back", 4: "loiter", 6: "unknown", 7: "stuck", 8: "free"}
gaps = st.sampled_from([1, 2, 4, 5, 6, 7, 20, 150, 900, 4_100, 31_000])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(gaps, st.sampled_from([A, B])), max_size=14))
def test_the_firmware_judges_the_same(firmware: ModuleType, steps: list[tuple[int, int]]) -> None:
    edges, at = [], 10
    for gap, beam in steps:
        at += gap
        edges.append((at, beam))
    until = at + 50
    lane, level, said = firmware.Lane(), 0, []
    waiting = list(edges)
    for now in range(until + 1):
        while waiting and waiting[0][0] == now:
            level ^= waiting.pop(0)[1]
        for kind, tally, _ in lane.step(level, now):
            said.append(WORDS.get(kind) or WORDS[tally])  # a tail-gater goes to its tally
    assert walk(*edges, until=until) == said
