"""Where each tag is, on textbook problems with a known bound: B1-B4 and C.

`python -m tests.bench presence` shows how we stand against the bound; `--yardstick` every rule and
column. Virtual stores are `tests.bench.shop`; the page with both is made by `tests.bench.accuracy`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """The tables."""
    # The rooms of this package are read by who needs them: numpy and the engine come with them.
    from tests.bench.accuracy.tables import headline, problem_table
    from tests.bench.kept import FOLDER
    from tests.bench.presence.textbook import textbook

    parser = argparse.ArgumentParser(prog="python -m tests.bench presence", description=__doc__)
    parser.add_argument("--yardstick", action="store_true", help="every rule and column")
    parser.add_argument("--shorter", type=int, default=1, help="divide the problems' length")
    parser.add_argument("--kept", type=Path, default=FOLDER, help="where results are kept")
    chosen = parser.parse_args(arguments or [])
    table = textbook(chosen.shorter, chosen.kept)
    yield from aligned(headline(table))
    if chosen.yardstick:
        for name, done in table.items():
            yield ""
            yield name
            yield from aligned(problem_table(done))


def aligned(table: Iterator[str]) -> Iterator[str]:
    """A Markdown table with its columns under one another."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    rows = [row for row in rows if not row[-1].startswith("---")]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for first, *others in rows:
        numbers = (f"{cell:>{wide}}" for cell, wide in zip(others, widths[1:], strict=True))
        yield f"{first:<{widths[0]}}  " + "  ".join(numbers)
