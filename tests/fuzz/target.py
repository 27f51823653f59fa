"""What a target is: something that takes any bytes, raises only what it documents, and stays small.

A target's `start` makes a fresh taker: a function of one input that swallows the exceptions its
codec documents, and no other. Each input goes to a fresh taker, so that what was found can be
played again, and to one that lasts as long as the run: its state must stay below `MOST_BYTES`.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import NamedTuple

Take = Callable[[bytes], object]

INPUT_BYTES = 4_096
MOST_BYTES = 4 << 20
"""The largest state of ours is LLRP's: one message that is not yet whole, 1 MiB at most."""
_SHARED = (type, ModuleType, BuiltinFunctionType)


@dataclass(frozen=True)
class Target:
    """One codec, or one chain of them."""

    name: str
    start: Callable[[], Take]
    seeds: tuple[bytes, ...]


class Piece(NamedTuple):
    """A part of an input: what is to be done with it, and its bytes."""

    act: int
    data: bytes


def pieces(data: bytes) -> Iterator[Piece]:
    """An input as a script: `act`, length, bytes, again and again."""
    at = 0
    while at + 2 <= len(data):
        act, size = data[at], data[at + 1]
        yield Piece(act, data[at + 2 : at + 2 + size])
        at += 2 + size


def script(*parts: tuple[int, bytes]) -> bytes:
    """The input that `pieces` reads as these parts; longer ones are cut to 255 bytes."""
    return b"".join(
        bytes((act, len(data[at : at + 255]))) + data[at : at + 255]
        for act, data in parts
        for at in range(0, max(1, len(data)), 255)
    )


def weight(take: Take) -> int:
    """Bytes of everything that a taker keeps."""
    cells = getattr(take, "__closure__", None) or ()
    waiting: list[object] = [cell.cell_contents for cell in cells]
    seen: set[int] = set()
    total = 0
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, _SHARED):
            continue
        seen.add(id(thing))
        if isinstance(thing, FunctionType):
            waiting += [cell.cell_contents for cell in thing.__closure__ or ()]
            continue
        total += sys.getsizeof(thing)
        waiting += gc.get_referents(thing)
    return total


class Trial:
    """One target under trial: call it with inputs, one after the other.

    Raises whatever the target lets through, and `AssertionError` when its state has grown too far.
    """

    def __init__(self, target: Target, weigh_every: int = 2_000) -> None:
        self.tried = 0
        self._target = target
        self._lasting = target.start()
        self._weigh_every = weigh_every

    def __call__(self, data: bytes) -> None:
        self._target.start()(data)
        self._lasting(data)
        self.tried += 1
        if self.tried % self._weigh_every == 0:
            kept = weight(self._lasting)
            assert kept <= MOST_BYTES, f"{self._target.name} keeps {kept} bytes"


def mutated(seeds: Sequence[bytes], dice: random.Random) -> bytes:
    """A seed with some bytes changed, put in, taken out or doubled: for runs without guidance."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0 if at < len(data):
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at:at] = dice.randbytes(dice.randint(1, 4))
            case 2:
                del data[at : at + dice.randint(1, 8)]
            case _:
                data[at:at] = data[at : at + dice.randint(1, 40)]
    return bytes(data[:INPUT_BYTES])
