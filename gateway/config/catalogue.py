"""The catalogue and the planogram: two CSV files with a header line.

UTF-8 with or without a byte order mark; columns in any order, parted by `,` or `;` (or tabs), as
spreadsheets write them. A row that cannot stand is a fault and is left out; the others stand.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from drivers.gtin import GtinError, normalize_gtin
from gateway.config.faults import Fault, proposal, shown

COLUMNS = ("gtin", "name", "name_en", "variant_of", "attributes", "unit_grams", "low", "safety")
PLANOGRAM_COLUMNS = ("zone", "gtin", "capacity")
SEPARATORS = ",;\t"
MAX_UNITS = 1_000_000
MAX_GRAMS = 1_000_000.0
MAX_FAULTS = 1000
"""Of one file; a file with more has one cause, not a thousand."""

Row: TypeAlias = tuple[int, Mapping[str, str]]
Complain: TypeAlias = Callable[[int, str, str, str], None]
"""Takes line, column, what is wrong, what would be right."""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One article.

    Attributes:
        gtin: 14 digits.
        variant_of: the model that this is a size or colour of: a GTIN (14 digits) or a name.
        attributes: what tells the variants apart, `{"taille": "42", "couleur": "bleu"}`.
        unit_grams: what one weighs, for shelf scales.
        low: at or below this count the state is `low`.
        safety: units kept back; None where the store's own rule holds.
    """

    gtin: str
    name: str
    name_en: str = ""
    variant_of: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    unit_grams: float | None = None
    low: int = 0
    safety: int | None = None


class _Refused(Exception):
    """One cell that cannot stand."""

    def __init__(self, column: str, wrong: str, right: str) -> None:
        self.column, self.wrong, self.right = column, wrong, right
        super().__init__(column, wrong, right)


def read_catalogue(data: bytes, file: str) -> tuple[dict[str, CatalogueRow], list[Fault]]:
    """The articles by GTIN, in the file's order, and the faults of the rows left out."""
    faults = _Faults(file)
    rows: dict[str, CatalogueRow] = {}
    lines: dict[str, int] = {}
    for line, cells in _rows(data, COLUMNS, ("gtin",), faults.add):
        try:
            row = _article(cells)
            _not_twice(row.gtin, lines, "gtin")
        except _Refused as refused:
            faults.add(line, refused.column, refused.wrong, refused.right)
            continue
        rows[row.gtin] = row
        lines[row.gtin] = line
    return rows, faults.found


def read_planogram(
    data: bytes, file: str, zones: Collection[str], articles: Collection[str] | None
) -> tuple[dict[tuple[str, str], int], list[Fault]]:
    """Capacity by (zone, GTIN), and the faults. `articles` None: there is no catalogue."""
    faults = _Faults(file)
    places: dict[tuple[str, str], int] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, cells in _rows(data, PLANOGRAM_COLUMNS, ("zone", "gtin"), faults.add):
        try:
            place, capacity = _place(cells, zones, articles)
            _not_twice(place, lines, "gtin")
        except _Refused as refused:
            faults.add(line, refused.column, refused.wrong, refused.right)
            continue
        places[place] = capacity
        lines[place] = line
    return places, faults.found


class _Faults:
    """The faults of one file, bounded."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, line: int, column: str, wrong: str, right: str) -> None:
        if len(self.found) < MAX_FAULTS:
            self.found.append(Fault(self.file, line, column, wrong, right))
        elif len(self.found) == MAX_FAULTS:
            self.found.append(Fault(self.file, 0, "", "more faults than are listed", "see above"))


def _rows(
    data: bytes, known: Sequence[str], needed: Sequence[str], complain: Complain
) -> Iterator[Row]:
    """Line number and cells by column, of each row that is not empty."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        complain(line, "", "not UTF-8", 'save the file as "CSV UTF-8"')
        text = data.decode("utf-8-sig", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = _numbered(reader, complain)
    header = [name.strip().lower() for name in next(rows, (1, []))[1]]
    if not _header_stands(header, known, needed, complain):
        return
    for line, cells in rows:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            complain(line, "", "more cells than columns", "put a cell with a separator in quotes")
        elif any(cells):
            yield line, dict(zip(header, cells, strict=False))


def _numbered(reader: Iterator[list[str]], complain: Complain) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line that each begins on (a quoted cell may hold line breaks)."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            complain(line, "", f"not readable as CSV ({error})", "save the file anew as CSV UTF-8")
        else:
            yield line, cells
        line = reader.line_num + 1  # type: ignore[attr-defined]  # csv's reader has it, Iterator not


def _header_stands(
    header: Sequence[str], known: Sequence[str], needed: Sequence[str], complain: Complain
) -> bool:
    for name in header:
        if name and name not in known:
            complain(1, name, "unknown column", proposal(name, known))
    for name in needed:
        if name not in header:
            complain(1, name, "missing column", f"begin the file with {','.join(known)}")
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        complain(1, name, "column stands twice", "keep one of them")
    return all(name in header for name in needed)


def _article(cells: Mapping[str, str]) -> CatalogueRow:
    gtin = _gtin(cells, "gtin")
    safety = _count(cells, "safety")
    return CatalogueRow(
        gtin=gtin,
        name=cells.get("name", "").strip() or gtin,
        name_en=cells.get("name_en", "").strip(),
        variant_of=_model(cells),
        attributes=_attributes(cells.get("attributes", "")),
        # Zero is how many systems export a weight that nobody entered.
        unit_grams=_number(cells, "unit_grams", MAX_GRAMS) or None,
        low=_count(cells, "low") or 0,
        safety=safety,
    )


def _not_twice(key: str | tuple[str, str], lines: Mapping[Any, int], column: str) -> None:
    if key in lines:
        name = key if isinstance(key, str) else " ".join(key)
        raise _Refused(column, f"{name} stands on line {lines[key]} already", "keep one row")


def _model(cells: Mapping[str, str]) -> str | None:
    """What the article is a variant of: an article's GTIN, or the maker's own name of the model.

    A model that no row describes still groups its variants, so nothing here refuses a row.
    """
    text = cells.get("variant_of", "").strip()
    try:
        return normalize_gtin(text)
    except GtinError:
        return text or None


def _place(
    cells: Mapping[str, str], zones: Collection[str], articles: Collection[str] | None
) -> tuple[tuple[str, str], int]:
    zone = cells.get("zone", "").strip()
    if zone not in zones:
        raise _Refused("zone", f"no zone {shown(zone)}", proposal(zone, zones))
    gtin = _gtin(cells, "gtin")
    if articles is not None and gtin not in articles:
        raise _Refused("gtin", f"no article {gtin} in the catalogue", "add it there, or leave out")
    return (zone, gtin), _count(cells, "capacity") or 0


def _gtin(cells: Mapping[str, str], column: str) -> str:
    text = cells.get(column, "").strip()
    try:
        return normalize_gtin(text)
    except GtinError as error:
        hint = "a spreadsheet makes numbers of barcodes: format the column as text"
        plain = text.isascii() and text.isdigit()
        right = "correct the barcode" if plain else hint
        raise _Refused(column, str(error) if text else "empty", right) from None


def _number(cells: Mapping[str, str], column: str, most: float) -> float | None:
    """A decimal number, with a point or (as French spreadsheets write it) a comma."""
    text = cells.get(column, "").strip()
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise _Refused(
            column, f"{shown(text)} is no number", "write a number, or leave it empty"
        ) from None
    if not 0 <= value <= most:
        raise _Refused(column, f"{shown(text)} cannot be", f"write a number from 0 to {most:g}")
    return value


def _count(cells: Mapping[str, str], column: str) -> int | None:
    value = _number(cells, column, MAX_UNITS)
    if value is None:
        return None
    if value != int(value):
        raise _Refused(column, f"{value:g} is no whole number", "write a whole number")
    return int(value)


def _attributes(text: str) -> dict[str, str]:
    """`taille=42;couleur=bleu` (or parted by `|`), or a JSON object; a bare word has no value."""
    text = text.strip()
    if text.startswith("{"):
        return _json_attributes(text)
    pairs = [part.partition("=") for part in text.replace("|", ";").split(";") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _json_attributes(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _Refused("attributes", "not readable as JSON", 'write {"size": "42"}') from None
    return {str(name): str(value) for name, value in found.items()}
