"""`python -m tests.bench [NAME …]`: every benchmark, or those named, as ratios in one run each."""

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
    "footfall",
)


def main() -> None:
    """Print each benchmark's table."""
    for name in sys.argv[1:] or NAMES:
        module = importlib.import_module(f"tests.bench.{name}")
        print(f"## {name}")
        for line in module.run():
            print(line)
        print(flush=True)


if __name__ == "__main__":
    main()
