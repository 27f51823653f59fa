"""Each fuzzing target with its seeds and some blind mutations: quick, always the same, no atheris.

The deeper search is `make fuzz`.
"""

from __future__ import annotations

import random

import pytest

from tests.fuzz.target import Piece, Target, Trial, mutated, pieces, script, weight
from tests.fuzz.targets import TARGETS

MUTATIONS = 150


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_what_comes(name: str) -> None:
    target = TARGETS[name]
    trial = Trial(target, weigh_every=50)
    dice = random.Random(name)
    for seed in (b"", *target.seeds):
        trial(seed)
    for _ in range(MUTATIONS):
        trial(mutated(target.seeds, dice))


def test_what_grows_is_found() -> None:
    def start():
        kept: list[bytes] = []
        return lambda data: kept.append(bytes(1 << 20))

    trial = Trial(Target("hoarder", start, (b"",)), weigh_every=5)
    for _ in range(4):
        trial(b"x")
    with pytest.raises(AssertionError, match="keeps"):
        trial(b"x")


def test_what_is_kept_behind_objects_is_weighed() -> None:
    class Keeper:
        def __init__(self) -> None:
            self.by_name = {"x": [bytearray(100_000)]}

    keeper = Keeper()
    assert weight(lambda data: keeper) > 100_000


def test_a_script_is_read_as_it_was_written() -> None:
    assert list(pieces(script((1, b"ab"), (2, b"")))) == [Piece(1, b"ab"), Piece(2, b"")]
    long = list(pieces(script((0, bytes(300)))))
    assert [len(piece.data) for piece in long] == [255, 45]
