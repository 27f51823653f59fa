"""What of a capture was passed over, counted and with line numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MAX_NAMED = 100
"""So many lines are named one by one; the rest is only counted."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """One line that was passed over, or part of it."""

    number: int
    reason: str
    detail: str

    def __str__(self) -> str:
        """`line 17: refused: qty must be at least 1`."""
        return f"line {self.number}: {self.reason}: {self.detail}"


@dataclass(slots=True)
class CaptureFaults:
    """Grows while a capture is read.

    Attributes:
        counts: by reason: `not_json`, `unknown_kind`, `unknown_field`, `refused`, `torn`.
        unknown: unknown kinds and fields by name (`kind laser`, `tag.phase`).
        named: the first `MAX_NAMED` of all but unknown fields, with their line numbers.
        lines: how many lines were read.
    """

    counts: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    named: list[LineFault] = field(default_factory=list)
    lines: int = 0

    def note(self, number: int, reason: str, detail: str) -> None:
        """Count a line that was passed over and, while there is room, name it."""
        self.counts[reason] += 1
        if len(self.named) < MAX_NAMED:
            self.named.append(LineFault(number, reason, detail[:200]))

    def unknown_kind(self, number: int, kind: object) -> None:
        """Count a line of a kind that this version does not know."""
        name = str(kind)[:40]
        self.note(number, "unknown_kind", name)
        self._name(f"kind {name}")

    def unknown_field(self, kind: str, name: str) -> None:
        """Count a field that this version does not know; its line stands."""
        self.counts["unknown_field"] += 1
        self._name(f"{kind}.{name[:40]}")

    def _name(self, name: str) -> None:
        if name in self.unknown or len(self.unknown) < MAX_NAMED:
            self.unknown[name] += 1
