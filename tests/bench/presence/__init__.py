"""Accuracy of the stock engine: virtual stores, and the problems B1-B4 and C."""

from __future__ import annotations


def run() -> list[str]:
    """The tables, printed as they come: one day of an hour for each scenario."""
    from tests.bench.presence.__main__ import main

    main(["--hours", "1"])
    return []
