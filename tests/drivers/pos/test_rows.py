"""A till's file as rows: both forms, and what a damaged one says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pos.rows import Row, RowFault, read_rows

SCARF = "03453120000011"


def csv_rows(text: str, name: str = "till.csv") -> list[Row | RowFault]:
    return list(read_rows(name, text.encode()))


def test_csv_in_the_documented_order() -> None:
    text = (
        "kind,id,t,gtin,qty,epc\n"
        f"sale,R-1,2026-11-21T10:00:00Z,{SCARF},2,\n"
        f"sale,R-2,1763740800.5,{SCARF},1,3034F4A1C000004000000A4D\n"
        f"delivery,A-1,,{SCARF},1,3034F4A1C000004000000A4E\n"
        f"stocktake,,,{SCARF},7,\n"
    )
    assert csv_rows(text) == [
        Row(
            2,
            {
                "kind": "sale",
                "id": "R-1",
                "t": "2026-11-21T10:00:00Z",
                "lines": [{"gtin": SCARF, "qty": 2}],
            },
        ),
        Row(
            3,
            {
                "kind": "sale",
                "id": "R-2",
                "t": 1763740800.5,
                "lines": [{"gtin": SCARF, "qty": 1, "epc": "3034F4A1C000004000000A4D"}],
            },
        ),
        Row(
            4,
            {
                "kind": "delivery",
                "id": "A-1",
                "lines": [{"gtin": SCARF, "qty": 1, "epcs": ["3034F4A1C000004000000A4E"]}],
            },
        ),
        Row(5, {"kind": "stocktake", "id": None, "gtin": SCARF, "qty": 7, "zone": None}),
    ]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12.90", "12.90"),
        ("12,9", "12.9"),
        ("7", "7"),
        ("", None),
        ("1.234,50", None),
        ("€5", None),
    ],
)
def test_an_amount_that_is_none_is_left_out_and_the_goods_are_gone(
    cell: str, amount: str | None
) -> None:
    (row,) = csv_rows(f"kind;id;gtin;qty;amount\nsale;R-1;{SCARF};2;{cell}\n")
    assert isinstance(row, Row)
    (line,) = row.body["lines"]
    assert line == {"gtin": SCARF, "qty": 2} | ({} if amount is None else {"amount": amount})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_case_order_marks_and_line_ends(separator: str) -> None:
    text = "﻿QTY,GTIN,Kind,ID,cashier\r\n1,03453120000011,Sale,R-1,Zoé\r\n\r\n".replace(
        ",", separator
    )
    (row,) = csv_rows(text, "TILL.CSV")
    assert isinstance(row, Row)
    assert (row.line, row.body["kind"], row.body["id"]) == (2, "sale", "R-1")
    assert row.body["lines"] == [{"gtin": SCARF, "qty": 1}]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kind,id,gtin\n", "line 1: the header has no column qty"),
        ("", "line 1: the header has no column kind, id, gtin, qty"),
        ("kind,id,gtin,qty\nsale,R-1\n", "line 2: has 2 columns, the header 4"),
        ('kind,id,gtin,qty\n"sale,R-1,1,1\n', "line 2: is not CSV: unexpected end of data"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, fault: str) -> None:
    assert [str(row) for row in csv_rows(text)] == [fault]


def test_text_in_another_encoding_is_said_with_its_line() -> None:
    (fault,) = read_rows("x.csv", "kind,id,gtin,qty\nsale,é,1,1\n".encode("cp1252"))
    assert str(fault) == "line 2: is not UTF-8 text; let the till write UTF-8"


def test_json_lines() -> None:
    text = '{"kind": "sale"}\r\n\nnonsense\n[1]\n{"t": NaN}\n{"kind": "void"}'
    rows = csv_rows(text, "a.jsonl")
    assert [row.line for row in rows] == [1, 3, 4, 5, 6]
    assert [isinstance(row, Row) for row in rows] == [True, False, False, False, True]
    assert "NaN is no JSON number" in str(rows[3])


def test_json_of_any_depth_is_a_fault_and_no_crash() -> None:
    (fault,) = csv_rows("[" * 100_000, "a.ndjson")
    assert isinstance(fault, RowFault)


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.jsonl"]))
def test_any_bytes_are_rows_or_faults(data: bytes, name: str) -> None:
    list(read_rows(name, b"kind,id,gtin,qty\n" + data if name == "a.csv" else data))
