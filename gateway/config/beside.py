"""What `store.toml` says of other files, held against those: articles on scales, plans, keys.

Looks at the tables as they were written, so that faults in them hide none here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from drivers.gtin import GtinError, normalize_gtin
from gateway.config import locate
from gateway.config.catalogue import CatalogueRow, read_catalogue, read_planogram
from gateway.config.faults import Fault, WrongValue
from gateway.config.key_files import read_key

Report = Callable[[locate.Path, str, str], None]
Table = Mapping[str, Any]


class Beside:
    """The two CSV files, read as far as they can be.

    Attributes:
        catalogue: articles by GTIN; None where there is no file.
        planogram: capacity by (zone id, GTIN).
        faults: of rows that were left out.
    """

    def __init__(self, raw: Table, files: Mapping[str, bytes | None]) -> None:
        named = raw.get("catalogue")
        names = named if isinstance(named, dict) else {}
        self.catalogue: dict[str, CatalogueRow] | None = None
        self.planogram: dict[tuple[str, str], int] = {}
        self.faults: list[Fault] = []
        rows, places = files["file"], files["planogram"]
        if rows is not None:
            self.catalogue, self.faults = read_catalogue(rows, str(names.get("file", "")))
        zones = [table.get("id") for _, table in _tables(raw, "zone")]
        # Of zones without a name each row of a plan would be wrong.
        if places is not None and all(isinstance(zone, str) for zone in zones):
            known = [str(zone) for zone in zones]
            name = str(names.get("planogram", ""))
            self.planogram, wrong = read_planogram(places, name, known, self.catalogue)
            self.faults += wrong


def check_scales(
    raw: Table, catalogue: Mapping[str, CatalogueRow], report: Report, remark: Report
) -> None:
    """What lies on a scale must be an article whose weight is known."""
    listed = [(("scale", place), table, True) for place, table in _tables(raw, "scale")] + [
        (("ble", "beacon", place), table, table.get("role") == "scale")
        for place, table in _tables(raw, "ble", "beacon")
    ]
    for path, table, weighs in listed:
        for key, gtin in _gtins(table):
            row = catalogue.get(gtin)
            if row is None:
                report((*path, key), f"no article {gtin} in the catalogue", "add it there")
            elif weighs and row.unit_grams is None:
                remark((*path, key), f"{row.name} has no unit_grams", "add it in the catalogue")


def check_keys(raw: Table, folder: Path, report: Report) -> None:
    """Every beacon's key file must hold a key."""
    for place, table in _tables(raw, "ble", "beacon"):
        name = table.get("key_file")
        if isinstance(name, str) and name:
            try:
                read_key(folder / Path(name).expanduser())
            except (WrongValue, RuntimeError) as error:
                wrong = error.wrong if isinstance(error, WrongValue) else str(error)
                report(("ble", "beacon", place, "key_file"), wrong, "write 32 hex digits into it")


def _tables(raw: Table, *names: str) -> Iterator[tuple[int, Table]]:
    found: Any = raw
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, list):
        yield from ((place, one) for place, one in enumerate(found) if isinstance(one, dict))


def _gtins(table: Table) -> Iterator[tuple[str, str]]:
    also = table.get("also")
    for key, text in (
        ("gtin", table.get("gtin")),
        *(("also", one) for one in (also if isinstance(also, list) else [])),
    ):
        if isinstance(text, str):
            try:
                yield key, normalize_gtin(text)
            except GtinError:
                continue
