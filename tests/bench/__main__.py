"""`python -m tests.bench [NAME …]`: every benchmark, or those named, as ratios in one run each.

`python -m tests.bench NAME --option …` hands the options to that one.
"""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "spine",
    "llrp",
    "epc",
    "ble",
    "serial_readers",
    "shop",
    "presence",
    "stock_speed",
    "walk",
    "footfall",
)
"""Those of minutes; `accuracy`, `floor`, `second_store` and `presence --yardstick` by name."""


def main() -> None:
    """Print each benchmark's table."""
    named, options = _parted(sys.argv[1:])
    for name in named or NAMES:
        module = importlib.import_module(f"tests.bench.{name}")
        print(f"## {name}")
        for line in module.run(options) if options else module.run():
            print(line, flush=True)
        print(flush=True)


def _parted(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Names before the first option, and what is from there on."""
    first = next((i for i, one in enumerate(arguments) if one.startswith("-")), len(arguments))
    named, options = arguments[:first], arguments[first:]
    if options and len(named) != 1:
        raise SystemExit("options go to one benchmark: python -m tests.bench NAME --option")
    return named, options


if __name__ == "__main__":
    main()
