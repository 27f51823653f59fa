"""Bodies of the till and the back office: what is taken, and how each fault is named."""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.observations import Delivery, DeliveryLine, Line, Return, Sale, Stocktake
from drivers.pos.bodies import (
    EPCS_MAX,
    LINES_MAX,
    BodyError,
    parse_delivery,
    parse_return,
    parse_sale,
    parse_stocktake,
)
from drivers.pos.money import HUNDREDTHS_MAX, decimal_text

AT = 1_763_740_831.5
GTIN = "03453120000011"
SALE = {"t": 1763740830.0, "id": "R-1", "lines": [{"gtin": GTIN, "qty": 1, "epc": None}]}


def faults_of(body: object) -> tuple[tuple[str, str], ...]:
    with pytest.raises(BodyError) as caught:
        parse_sale(body, src="till", at=AT)
    return caught.value.faults


def fields_of(body: object) -> list[str]:
    return [field for field, _ in faults_of(body)]


def test_a_sale_as_in_the_capture_format() -> None:
    body = {"kind": "sale", "src": "somebody else", "at": 3, "loyalty": {"card": 1}, **SALE}
    sale = parse_sale(body, src="till", at=AT)
    assert sale == Sale("till", 1763740830.0, AT, "R-1", (Line(GTIN, 1, None),))


def test_a_return_has_the_same_shape_and_its_own_kind() -> None:
    assert isinstance(parse_return(SALE, src="till", at=AT), Return)
    with pytest.raises(BodyError, match="kind: must be return"):
        parse_return({"kind": "sale", **SALE}, src="till", at=AT)


def test_a_delivery_with_known_items() -> None:
    lines = [{"gtin": "3453120000011", "qty": 24, "epcs": ["3034f4a1c000004000000a4d"]}]
    delivery = parse_delivery({"id": "ASN-77", "lines": lines}, src="backoffice", at=AT)
    line = DeliveryLine(GTIN, 24, ("3034F4A1C000004000000A4D",))
    assert delivery == Delivery("backoffice", AT, AT, "ASN-77", (line,))


def test_a_stocktake_may_find_nothing_and_may_name_no_zone() -> None:
    body: dict[str, Any] = {"gtin": GTIN, "qty": 0}
    assert parse_stocktake(body, src="b", at=AT) == Stocktake("b", AT, AT, GTIN, 0, None, None)
    full = parse_stocktake(body | {"zone": "shelf-a", "id": "C-1"}, src="b", at=AT)
    assert (full.zone, full.id) == ("shelf-a", "C-1")
    with pytest.raises(BodyError, match="zone: must be text, not a list"):
        parse_stocktake(body | {"zone": []}, src="b", at=AT)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("3453120000011", GTIN),
        (GTIN, GTIN),
    ],
)
def test_gtins_in_each_length_are_answered_as_14_digits(written: str, normal: str) -> None:
    lines = [{"gtin": written, "qty": 1}]
    assert parse_sale({"id": "1", "lines": lines}, src="t", at=AT).lines[0].gtin == normal


@pytest.mark.parametrize(
    ("t", "seconds"),
    [
        (1763740830, 1763740830.0),
        (0.25, 0.25),
        ("2026-11-21T16:00:30Z", 1795276830.0),
        ("2026-11-21t17:00:30.125+01:00", 1795276830.125),
        ("2026-11-21 16:00:30.123456789z", 1795276830.123456),
        (None, AT),
    ],
)
def test_times_as_seconds_or_rfc_3339(t: object, seconds: float) -> None:
    assert parse_sale(SALE | {"t": t}, src="t", at=AT).t == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "t",
    [
        -1, math.nan, math.inf, 1e12, 10**400, True, [], {}, "", "now", "2026-11-21",
        "2026-11-21T16:00:30", "2026-13-21T16:00:30Z", "2026-11-21T16:00:61Z", "20261121T160030Z",
        "1969-12-31T23:59:59Z", "2100-01-02T00:00:00Z", "0001-01-01T00:00:00+14:00",
    ],
)  # fmt: skip
def test_absurd_times_are_refused(t: object) -> None:
    assert fields_of(SALE | {"t": t}) == ["t"]


@pytest.mark.parametrize("qty", [0, -1, True, 1.0, 1.5, "1", None, 10**9, 10**400, math.nan])
def test_a_quantity_is_a_whole_number_of_at_least_one(qty: object) -> None:
    assert fields_of({"id": "1", "lines": [{"gtin": GTIN, "qty": qty}]}) == ["lines[0].qty"]


@pytest.mark.parametrize("key", ["", "x" * 65, "a\nb", "a\x00", "\ud800", 7, None, ["R-1"]])
def test_an_id_is_short_printable_text(key: object) -> None:
    assert fields_of(SALE | {"id": key}) == ["id"]


@pytest.mark.parametrize(
    "epc",
    ["", "3034F4", "xyz1", "A" * 128, "urn:", "urn:epc:", "urn:isbn:1", "urn:epc:id: x", 5, {}],
)
def test_an_epc_is_whole_words_of_hex_or_a_urn(epc: object) -> None:
    lines = [{"gtin": GTIN, "qty": 1, "epc": epc}]
    assert fields_of({"id": "1", "lines": lines}) == ["lines[0].epc"]


def sold_for(value: object) -> int | None:
    body = {"id": "R-1", "lines": [{"gtin": GTIN, "qty": 2, "amount": value}]}
    return parse_sale(body, src="till", at=1.0).lines[0].amount


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [("12.90", 1290), ("12.9", 1290), ("0", 0), (12.9, 1290), (0.1, 10), (7, 700), (None, None)],
)
def test_an_amount_is_hundredths_and_never_a_float(written: object, hundredths: int | None) -> None:
    assert sold_for(written) == hundredths


@given(st.integers(0, HUNDREDTHS_MAX))
def test_an_amount_survives_its_text_and_its_number(hundredths: int) -> None:
    assert sold_for(decimal_text(hundredths)) == hundredths
    assert sold_for(json.loads(decimal_text(hundredths))) == hundredths


@pytest.mark.parametrize(
    "written",
    [
        "12,90",
        "-1",
        "1.234",
        "",
        "€5",
        "1e3",
        1.234,
        -1,
        1e300,
        float("nan"),
        True,
        [5],
        "\u0661\u0662",
    ],
)
def test_what_is_no_amount_is_named(written: object) -> None:
    with pytest.raises(BodyError) as wrong:
        sold_for(written)
    assert wrong.value.field == "lines[0].amount"


def test_what_a_return_is_worth_is_passed_over() -> None:
    body = {"id": "R-2", "lines": [{"gtin": GTIN, "qty": 1, "amount": "-5,00 EUR"}]}
    assert parse_return(body, src="till", at=1.0).lines[0].amount is None


def test_a_urn_stays_as_it_is() -> None:
    urn = "urn:epc:id:sgtin:3453120.000001.77"
    sale = parse_sale({"id": "1", "lines": [{"gtin": GTIN, "qty": 1, "epc": urn}]}, src="t", at=AT)
    assert sale.lines[0].epc == urn


def test_every_fault_of_a_body_is_named_at_once_with_its_path() -> None:
    lines = [
        {"gtin": GTIN, "qty": 1},
        "socks",
        {"gtin": "03453120000012", "qty": 0},
        {"qty": 2},
    ]
    assert faults_of({"t": "noon", "lines": lines}) == (
        ("t", "must be seconds or an RFC 3339 time such as 2026-11-21T10:00:00Z"),
        ("id", "must be text, not nothing"),
        ("lines[1]", "must be an object, not text"),
        ("lines[2].gtin", "wrong check digit in 03453120000012: the last digit should be 1"),
        ("lines[2].qty", "must be 1 to 100000, not 0"),
        ("lines[3].gtin", "must be text of 8, 12, 13 or 14 digits, not nothing"),
    )


def test_a_thousand_lines_are_taken_and_one_more_is_not() -> None:
    line = {"gtin": GTIN, "qty": 1}
    assert len(parse_sale({"id": "1", "lines": [line] * LINES_MAX}, src="t", at=AT).lines) == 1_000
    assert fields_of({"id": "1", "lines": [line] * (LINES_MAX + 1)}) == ["lines"]
    assert fields_of({"id": "1", "lines": []}) == ["lines"]
    assert fields_of({"id": "1"}) == ["lines"]


def test_a_body_with_a_thousand_faults_names_twenty() -> None:
    assert len(faults_of({"id": "1", "lines": [{}] * LINES_MAX})) == 20


@pytest.mark.parametrize("body", [None, [], "text", 7, True])
def test_a_body_that_is_no_object(body: object) -> None:
    assert fields_of(body) == ["body"]


@pytest.mark.parametrize(
    ("qty", "epcs", "field"),
    [
        (1, ["3034", "3035"], "lines[0].epcs"),
        (2, ["3034", "30344"], "lines[0].epcs[1]"),
        (2, ["30ab", "30AB"], "lines[0].epcs[1]"),
        (2, "3034", "lines[0].epcs"),
        (100_000, ["3034"] * (EPCS_MAX + 1), "lines[0].epcs"),
    ],
)
def test_epcs_of_a_delivery_that_cannot_be(qty: int, epcs: object, field: str) -> None:
    body = {"id": "A", "lines": [{"gtin": GTIN, "qty": qty, "epcs": epcs}]}
    with pytest.raises(BodyError) as caught:
        parse_delivery(body, src="b", at=AT)
    assert caught.value.field == field


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["t", "id", "lines", "gtin", "qty", "epc", "epcs", "zone", "kind"]),
            inner,
        )
    ),
)


@given(json_values)
def test_any_json_is_a_fact_or_a_body_error(body: object) -> None:
    for parse in (parse_sale, parse_return, parse_delivery, parse_stocktake):
        with contextlib.suppress(BodyError):
            parse(body, src="x", at=AT)
