"""What a file's rows add up to: receipts, voids, returns, and what is held back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gtin import check_digit
from drivers.observations import Delivery, Fact, Line, Return, Sale, Stocktake
from drivers.pos.receipts import Reading, read_receipts
from drivers.pos.rows import read_rows

SCARF, COAT = "03453120000011", "03453120000028"
EPC_A, EPC_B = "3034F4A1C000004000000A4D", "3034F4A1C000004000000A4E"
AT = 1_763_740_900.0


def read_csv(*rows: str) -> Reading:
    text = "kind,id,t,gtin,qty,epc,zone\n" + "".join(f"{row}\n" for row in rows)
    return read_receipts(read_rows("a.csv", text.encode()), at=AT, whole=False)


def read_json(*bodies: dict[str, object]) -> Reading:
    text = "".join(json.dumps(body) + "\n" for body in bodies)
    return read_receipts(read_rows("a.jsonl", text.encode()), at=AT, whole=True)


def facts(reading: Reading) -> list[Fact]:
    assert not reading.faults
    return [told.fact for told in reading.told]


def goods(reading: Reading) -> list[tuple[str, str | None, list[tuple[str, int]]]]:
    """Kind, id and (gtin, qty) of each fact."""
    found = []
    for fact in facts(reading):
        assert isinstance(fact, Sale | Return | Delivery)
        lines = [(line.gtin, line.qty) for line in fact.lines]
        found.append((type(fact).__name__, fact.id, lines))
    return found


def test_rows_of_one_receipt_are_its_lines() -> None:
    reading = read_csv(
        f"sale,R-1,2025-11-21T16:00:00Z,{SCARF},1,,",
        f"sale,R-2,1763740801,{COAT},1,{EPC_A},",
        f"sale,R-1,2025-11-21T16:00:00Z,{COAT},2,,",
    )
    assert facts(reading) == [
        Sale("till", 1_763_740_800.0, AT, "R-1", (Line(SCARF, 1), Line(COAT, 2))),
        Sale("till", 1_763_740_801.0, AT, "R-2", (Line(COAT, 1, EPC_A),)),
    ]
    assert [told.lines for told in reading.told] == [(2, 4), (3,)]


def test_every_kind_in_both_forms() -> None:
    by_csv = read_csv(
        f"sale,R-1,5,{SCARF},1,,",
        f"return,R-2,6,{SCARF},1,,",
        f"delivery,A-1,7,{SCARF},1,{EPC_A},",
        f"delivery,A-1,7,{SCARF},2,{EPC_B},",
        f"stocktake,S-1,8,{COAT},0,,shelf-a",
    )
    by_json = read_json(
        {"kind": "sale", "id": "R-1", "t": 5, "lines": [{"gtin": SCARF, "qty": 1}]},
        {"kind": "return", "id": "R-2", "t": 6, "lines": [{"gtin": SCARF, "qty": 1}]},
        {
            "kind": "delivery",
            "id": "A-1",
            "t": 7,
            "lines": [{"gtin": SCARF, "qty": 3, "epcs": [EPC_A, EPC_B]}],
        },
        {"kind": "stocktake", "id": "S-1", "t": 8, "gtin": COAT, "qty": 0, "zone": "shelf-a"},
    )
    assert facts(by_csv) == facts(by_json)
    assert facts(by_csv)[3] == Stocktake("backoffice", 8.0, AT, COAT, 0, "shelf-a", "S-1")


def test_a_void_takes_goods_off_its_receipt() -> None:
    reading = read_csv(
        f"sale,R-1,5,{SCARF},2,,",
        f"sale,R-1,5,{COAT},1,,",
        f"void,R-1,6,{SCARF},1,,",
        f"sale,R-2,7,{SCARF},1,,",
        f"sale,R-2,7,{SCARF},-1,,",
        f"sale,R-3,8,{SCARF},1,,",
        f"void,R-3,8,{SCARF},-1,,",
    )
    assert goods(reading) == [("Sale", "R-1", [(SCARF, 1), (COAT, 1)])]


def test_a_void_of_one_tag_leaves_the_other() -> None:
    reading = read_csv(
        f"sale,R-1,5,{SCARF},1,{EPC_A},",
        f"sale,R-1,5,{SCARF},1,{EPC_B},",
        f"void,R-1,6,{SCARF},1,{EPC_A},",
    )
    assert facts(reading) == [Sale("till", 5.0, AT, "R-1", (Line(SCARF, 1, EPC_B),))]


@pytest.mark.parametrize(("paid", "left"), [("10.00", 500), ("9.99", None)])
def test_a_void_takes_its_share_of_what_was_paid(paid: str, left: int | None) -> None:
    line = {"gtin": SCARF, "qty": 2, "amount": paid}
    void = {"gtin": SCARF, "qty": -1, "amount": -5}
    reading = read_json({"kind": "sale", "id": "R-1", "t": 5, "lines": [line, void]})
    assert facts(reading) == [Sale("till", 5.0, AT, "R-1", (Line(SCARF, 1, None, left),))]


def test_a_line_that_is_voided_altogether_may_be_voided_once_more() -> None:
    reading = read_csv(
        f"sale,R-1,5,{SCARF},1,,", f"void,R-1,6,{SCARF},1,,", f"void,R-1,7,{SCARF},1,,"
    )
    assert facts(reading) == [Return("till", 5.0, AT, "R-1", (Line(SCARF, 1),))]


def test_a_void_of_an_earlier_file_is_goods_that_come_back() -> None:
    reading = read_csv(f"void,R-1,6,{SCARF},1,,")
    assert facts(reading) == [Return("till", 6.0, AT, "R-1", (Line(SCARF, 1),))]


def test_an_exchange_is_a_sale_and_a_return_under_one_id() -> None:
    reading = read_csv(f"sale,R-1,5,{SCARF},1,,", f"sale,R-1,5,{COAT},-1,,")
    assert goods(reading) == [("Sale", "R-1", [(SCARF, 1)]), ("Return", "R-1", [(COAT, 1)])]
    body = {
        "kind": "sale",
        "id": "R-1",
        "t": 5,
        "lines": [{"gtin": SCARF, "qty": 1}, {"gtin": COAT, "qty": -1}],
    }
    assert goods(read_json(body)) == goods(reading)


def test_json_voids_and_repeats() -> None:
    sale = {"kind": "sale", "id": "R-1", "t": 5, "lines": [{"gtin": SCARF, "qty": 2}]}
    void = {"kind": "void", "id": "R-1", "t": 6, "lines": [{"gtin": SCARF, "qty": 1}]}
    assert goods(read_json(sale, sale, void, void)) == [("Sale", "R-1", [(SCARF, 1)])]


def test_json_with_two_contents_under_one_id() -> None:
    sale = {"kind": "sale", "id": "R-1", "lines": [{"gtin": SCARF, "qty": 2}]}
    reading = read_json(sale, sale | {"lines": [{"gtin": SCARF, "qty": 3}]})
    assert not reading.told
    assert [str(fault) for fault in reading.faults] == [
        "line 1: held back with line 2 of the same id",
        "line 2: id: R-1 stands on another line with another content",
    ]


def test_a_receipt_with_a_bad_row_is_held_back_whole_and_alone() -> None:
    reading = read_csv(
        f"sale,R-1,5,{SCARF},1,,",
        f"sale,R-1,5,{SCARF[:-1]}9,0,XYZ,",
        f"sale,R-2,5,{SCARF},1,,",
        f"gift,R-3,5,{SCARF},1,,",
        f"sale,,5,{SCARF},1,,",
    )
    assert [told.fact.id for told in reading.told] == ["R-2"]
    assert [str(fault) for fault in reading.faults] == [
        "line 2: held back with line 3 of the same id",
        (
            "line 3: gtin: wrong check digit in 03453120000019: the last digit should be 1; "
            "qty: must be 1 to 100000, not 0; epc: must be hex digits or an EPC URN (urn:epc:…)"
        ),
        "line 5: kind: must be one of sale, return, void, delivery, stocktake",
        "line 6: id: must be text, not nothing",
    ]


def test_an_epc_that_is_delivered_twice() -> None:
    row = f"delivery,A-1,7,{SCARF},1,{EPC_A},"
    assert [str(fault) for fault in read_csv(row, row).faults] == [
        f"line 2: epc: {EPC_A} is delivered twice"
    ]


def test_what_has_no_time_happened_when_the_file_came() -> None:
    (sale,) = facts(read_csv(f"sale,R-1,,{SCARF},1,,"))
    assert (sale.t, sale.at) == (AT, AT)


gtins = st.integers(0, 20).map(lambda n: (body := f"{n:013d}") + str(check_digit(body)))
moves = st.lists(
    st.tuples(
        st.sampled_from(["sale", "return", "void"]),
        st.sampled_from(["R-1", "R-2"]),
        gtins,
        st.integers(1, 5),
    ),
    max_size=30,
)


@given(moves)
def test_no_goods_are_made_or_lost(rows: list[tuple[str, str, str, int]]) -> None:
    reading = read_csv(*(f"{kind},{name},5,{gtin},{qty},," for kind, name, gtin, qty in rows))
    for gtin in {row[2] for row in rows}:
        sold = sum(q if kind == "sale" else -q for kind, _, g, q in rows if g == gtin)
        told = 0
        for fact in facts(reading):
            assert isinstance(fact, Sale | Return)
            sign = 1 if isinstance(fact, Sale) else -1
            told += sum(sign * line.qty for line in fact.lines if line.gtin == gtin)
        assert told == sold
