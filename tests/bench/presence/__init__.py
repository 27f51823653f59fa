"""Where each tag is, on textbook problems with a known bound: B1-B4 and C.

`python -m tests.bench presence` shows how we stand against the bound; `--yardstick` every rule and
column. Virtual stores are `tests.bench.shop`; the page with both is made by `tests.bench.accuracy`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from tests.bench.kept import FOLDER
from tests.bench.presence.tables import headline, problem_table
from tests.bench.presence.textbook import textbook
from tests.bench.tables import aligned


def run(arguments: list[str] | None = None) -> Iterator[str]:
    """The tables."""
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
