"""Tables in Markdown, and the same for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Lines: TypeAlias = Iterator[str]


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """A table; the first column to the left, the others to the right."""
    yield "| " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def aligned(table: Lines) -> Lines:
    """A Markdown table with its columns under one another."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    rows = [row for row in rows if not row[-1].startswith("---")]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for first, *others in rows:
        numbers = (f"{cell:>{wide}}" for cell, wide in zip(others, widths[1:], strict=True))
        yield f"{first:<{widths[0]}}  " + "  ".join(numbers)
