"""The seam through which a till's source hands a fact over and learns that it is on disk.

`drivers.source.Emit` forgets what it is given; a file may only be put away, and a message only be
acknowledged, when its facts are safe. So these sources are given a `Teller` by the program.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from drivers.observations import Fact


class Answer(StrEnum):
    """How a fact was taken, once it is on disk."""

    NEW = "new"
    KNOWN = "known"
    """The same id with the same content, told before: nothing changed."""
    CONFLICT = "conflict"
    """The same id with another content: nothing changed, whoever told it is wrong."""


class NotNow(Exception):
    """The disk did not take it. Nothing is lost: tell it again later, unchanged."""


class Refused(Exception):
    """The store cannot take this fact at all; one plain line says why."""


class Teller(Protocol):
    """Whoever takes facts for good."""

    async def record(self, fact: Fact) -> Answer:
        """Take a fact; comes back when it is on disk.

        Raises:
            NotNow: try again later.
            Refused: never try again.
        """
