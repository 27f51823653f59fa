"""A till's file as rows: what stands on each line, before anybody asks what it adds up to.

A row is one JSON body with the number of the file's line it ends on. Two forms are read, told apart
by the file's name:

- `.csv`: a header, then one line of a receipt a row. Columns `kind` (sale, return, void, delivery
  or stocktake), `id`, `t`, `gtin`, `qty`, `epc`, `zone`, `amount`, in any order and either case;
  further columns are passed over. `t`, `epc`, `zone` and `amount` may be empty or absent. An amount
  is the line's, with a point or a comma; one that is no such number is left out, for the goods are
  gone whatever was paid. Separator comma, semicolon or tab, as the header has it; quotes as in RFC
  4180.
- `.jsonl`, `.ndjson`: one JSON object a line, in the shapes of the capture format.

Both are UTF-8, with or without a byte order mark. Pure: bytes in, values out.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from drivers.pos.money import hundredths

CSV, JSON_LINES = ".csv", (".jsonl", ".ndjson")
SUFFIXES = (CSV, *JSON_LINES)
NEEDED = ("kind", "id", "gtin", "qty")

_SECONDS = re.compile(r"\d{1,12}(\.\d{1,9})?")
_WHOLE = re.compile(r"-?\d{1,12}")


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts from 1; `body` is what stands there in the shape of a JSON fact."""

    line: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowFault:
    """A line of the file that cannot be taken, and why. Line 0 is the whole file."""

    line: int
    problem: str

    def __str__(self) -> str:
        """`line 17: qty: must be a whole number`."""
        return f"line {self.line}: {self.problem}" if self.line else self.problem


def read_rows(name: str, data: bytes) -> Iterator[Row | RowFault]:
    """The rows of a file named `name`, in order; never raises for what stands in it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        yield RowFault(line, "is not UTF-8 text; let the till write UTF-8")
        return
    yield from _csv_rows(text) if name.lower().endswith(CSV) else _json_rows(text)


def _json_rows(text: str) -> Iterator[Row | RowFault]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as wrong:
            yield RowFault(number, f"is not JSON: {str(wrong)[:100]}")
            continue
        if isinstance(found, dict):
            yield Row(number, found)
        else:
            yield RowFault(number, "must be one JSON object")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _csv_rows(text: str) -> Iterator[Row | RowFault]:
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            yield RowFault(1, f"the header has no column {', '.join(missing)}")
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _csv_row(reader.line_num, names, cells)
    except csv.Error as wrong:
        yield RowFault(reader.line_num, f"is not CSV: {wrong}")


def _csv_row(line: int, names: list[str], cells: list[str]) -> Row | RowFault:
    if len(cells) != len(names):
        return RowFault(line, f"has {len(cells)} columns, the header {len(names)}")
    cell = {name: text for name, given in zip(names, cells, strict=True) if (text := given.strip())}
    kind = cell.get("kind", "").lower()
    body: dict[str, Any] = {"kind": kind, "id": cell.get("id")}
    if "t" in cell:
        body["t"] = float(cell["t"]) if _SECONDS.fullmatch(cell["t"]) else cell["t"]
    written = cell.get("qty", "")
    qty = int(written) if _WHOLE.fullmatch(written) else written
    if kind == "stocktake":
        return Row(line, body | {"gtin": cell.get("gtin"), "qty": qty, "zone": cell.get("zone")})
    goods: dict[str, Any] = {"gtin": cell.get("gtin"), "qty": qty}
    if "epc" in cell:
        goods |= {"epcs": [cell["epc"]]} if kind == "delivery" else {"epc": cell["epc"]}
    if hundredths(amount := cell.get("amount", "").replace(",", ".")) is not None:
        goods["amount"] = amount
    return Row(line, body | {"lines": [goods]})
