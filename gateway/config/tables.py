"""The plain tables of a TOML file, as the checks walk over them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

from gateway.config.faults import proposal, shown
from gateway.config.locate import Path

Report: TypeAlias = Callable[[Path, str, str], None]
"""Takes path, what is wrong, what would be right."""

Table: TypeAlias = Mapping[str, Any]


def tables(raw: object, keys: Path) -> Iterator[tuple[Path, Table]]:
    """Each table of an array of tables, with its path; nothing where there is no such array."""
    found: object = raw
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, list):
        for place, table in enumerate(found):
            if isinstance(table, dict):
                yield (*keys, place), table


def known_zone(path: Path, table: Table, zones: Collection[str], report: Report) -> None:
    """Report a `zone` that is none of `zones`."""
    zone = table.get("zone")
    # With no zone at all that is the fault, and is said; not once more at each antenna.
    if isinstance(zone, str) and zone and zones and zone not in zones:
        report((*path, "zone"), f"no zone {shown(zone)}", proposal(zone, zones))
