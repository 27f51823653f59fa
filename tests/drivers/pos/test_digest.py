"""The digest of a fact: a repeat is known, another body is not."""

from __future__ import annotations

from typing import Any

from drivers.pos.bodies import parse_delivery, parse_return, parse_sale, parse_stocktake
from drivers.pos.digest import fact_digest

GTIN = "03453120000011"
BODY: dict[str, Any] = {"id": "R-1", "lines": [{"gtin": GTIN, "qty": 1}, {"gtin": GTIN, "qty": 2}]}


def digest(body: dict[str, Any], at: float = 100.0, src: str = "till") -> str:
    return fact_digest(parse_sale(body, src=src, at=at))


def test_a_repeat_without_a_time_is_the_same_whenever_and_however_it_comes() -> None:
    assert digest(BODY) == digest(BODY, at=130.0, src="mqtt")


def test_a_repeat_with_its_time_is_the_same_however_the_time_is_written() -> None:
    assert digest(BODY | {"t": 50}) == digest(BODY | {"t": "1970-01-01T00:00:50Z"}, at=130.0)


def test_what_means_the_same_has_one_digest() -> None:
    short = {"id": "R-1", "lines": [{"gtin": GTIN[1:], "qty": 1}, {"gtin": GTIN, "qty": 2}]}
    assert digest(BODY) == digest(short)


def test_another_body_is_another_digest() -> None:
    others = [
        BODY,
        BODY | {"t": 50},
        BODY | {"id": "R-2"},
        BODY | {"lines": BODY["lines"][::-1]},
        BODY | {"lines": BODY["lines"][:1]},
        BODY | {"lines": [{"gtin": GTIN, "qty": 1, "epc": "3034"}, BODY["lines"][1]]},
    ]
    paid = {"gtin": GTIN, "qty": 1, "amount": "5.00"}
    others += [BODY | {"lines": [paid, BODY["lines"][1]]}]
    assert len({digest(body) for body in others}) == len(others)


def test_kinds_do_not_meet() -> None:
    facts = [
        parse_sale(BODY, src="x", at=1.0),
        parse_return(BODY, src="x", at=1.0),
        parse_delivery(BODY, src="x", at=1.0),
        parse_stocktake({"gtin": GTIN, "qty": 3}, src="x", at=1.0),
        parse_stocktake({"gtin": GTIN, "qty": 3, "zone": "a"}, src="x", at=1.0),
    ]
    assert len({fact_digest(fact) for fact in facts}) == len(facts)


def test_the_digest_never_changes_between_releases() -> None:
    assert digest(BODY) == "ef66930db3d511efd163cc60bb46dcc1"
