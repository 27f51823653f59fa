"""Cuts a byte stream into checked frames by their length: what all serial readers have in common.

A frame is cut by the length that it states, never by hunting for an end byte, which may stand
inside. After a check that fails one byte is dropped and the next is tried, so a frame that stands
within the damage is still found. A length that was damaged upwards makes the cutter wait for bytes
that never come: `give_up` is for whoever sees that the line has gone silent.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

Notice = TypeVar("Notice")


class Size(Protocol):
    """How long the frame at `at` is."""

    def __call__(self, buffer: bytearray, at: int, /) -> int | None:
        """Bytes of the frame; 0 when it can be none, None when too little is here to say."""


class Check(Protocol):
    """Whether a frame of the right length is sound."""

    def __call__(self, frame: bytes, /) -> bool:
        """True when its check is right."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A family's frame. `heads` are the bytes that a frame may begin with; none means any."""

    heads: bytes
    size: Size
    check: Check


class FrameCutter:
    """Bytes in, sound frames out. Never raises; keeps less than one frame.

    Attributes:
        faults: `noise` (bytes before a head), `bad_check`, `torn` (given up unfinished).
    """

    def __init__(self, shape: Shape, faults: Counter[str]) -> None:
        self.faults: Final = faults
        self._shape = shape
        self._head = re.compile(b"[" + re.escape(shape.heads) + b"]" if shape.heads else b"")
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that `data` completes."""
        self._buffer += data
        return self._cut()

    def give_up(self) -> list[bytes]:
        """The line is silent: what is unfinished stays so. Sound frames within it come out."""
        frames: list[bytes] = []
        if self._buffer:
            self.faults["torn"] += 1
        while self._buffer:
            del self._buffer[:1]
            frames += self._cut()
        return frames

    def _cut(self) -> list[bytes]:
        buffer, size_of, check = self._buffer, self._shape.size, self._shape.check
        frames: list[bytes] = []
        at, end = 0, len(buffer)
        while at < end:
            found = self._head.search(buffer, at)
            start = end if found is None else found.start()
            if start != at:
                self.faults["noise"] += start - at
                at = start
                continue
            size = size_of(buffer, at)
            if size is None or at + size > end:
                break
            frame = bytes(buffer[at : at + size])
            if size and check(frame):
                frames.append(frame)
                at += size
            else:
                self.faults["bad_check"] += 1
                at += 1
        del buffer[:at]
        return frames


class Decoder(ABC, Generic[Notice]):
    """A family's codec: bytes in, notices out. Never raises; what it drops is counted."""

    shape: Shape

    def __init__(self, faults: Counter[str] | None = None) -> None:
        self.faults: Final[Counter[str]] = Counter() if faults is None else faults
        self._cutter = FrameCutter(self.shape, self.faults)

    def feed(self, data: bytes) -> list[Notice]:
        """The notices that `data` completes."""
        return [notice for frame in self._cutter.feed(data) for notice in self.read(frame)]

    def give_up(self) -> list[Notice]:
        """The line is silent: notices that stand within what is unfinished, the rest is dropped."""
        return [notice for frame in self._cutter.give_up() for notice in self.read(frame)]

    @property
    def unfinished(self) -> bool:
        """Whether bytes wait for the rest of their frame."""
        return len(self._cutter) > 0

    @abstractmethod
    def read(self, frame: bytes) -> list[Notice]:
        """The notices of one sound frame; what they lack is counted."""
