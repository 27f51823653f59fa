"""A till's messages: topics, bodies and answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.observations import Delivery, Return, Sale, Stocktake
from drivers.pos.bodies import BodyError
from drivers.pos.topics import BODY_BYTES, answer_text, answers_of, id_in, read_message, topics_of

SCARF = "03453120000011"
BODY = {"id": "R-1", "t": 5, "lines": [{"gtin": SCARF, "qty": 1}]}


def test_the_topics_of_a_store() -> None:
    assert topics_of("PAR-01") == (
        "shelfcast/till/PAR-01/sales",
        "shelfcast/till/PAR-01/returns",
        "shelfcast/till/PAR-01/deliveries",
        "shelfcast/till/PAR-01/stocktakes",
    )
    assert answers_of("PAR-01") == "shelfcast/till/PAR-01/answers"


def test_each_topic_is_its_kind() -> None:
    count = {"gtin": SCARF, "qty": 3}
    bodies = [BODY, BODY, BODY, count]
    facts = [
        read_message(topic, json.dumps(body).encode(), at=9.0)
        for topic, body in zip(topics_of("X"), bodies, strict=True)
    ]
    assert [type(fact) for fact in facts] == [Sale, Return, Delivery, Stocktake]
    assert [fact.src for fact in facts] == ["till", "till", "backoffice", "backoffice"]
    assert [fact.at for fact in facts] == [9.0] * 4


@pytest.mark.parametrize(
    ("topic", "payload", "field"),
    [
        ("shelfcast/till/X/voids", b"{}", "topic"),
        ("shelfcast/till/X/sales", b"\xff", "body"),
        ("shelfcast/till/X/sales", b"{", "body"),
        ("shelfcast/till/X/sales", b"[" * 100_000, "body"),
        ("shelfcast/till/X/sales", b" " * (BODY_BYTES + 1), "body"),
        ("shelfcast/till/X/sales", b'{"id": NaN}', "body"),
        ("shelfcast/till/X/sales", b'{"kind": "return"}', "kind"),
        ("shelfcast/till/X/sales", b'{"id": "R-1", "lines": []}', "lines"),
    ],
)
def test_what_is_no_fact(topic: str, payload: bytes, field: str) -> None:
    with pytest.raises(BodyError) as wrong:
        read_message(topic, payload, at=9.0)
    assert wrong.value.field == field


def test_an_answer() -> None:
    text = answer_text("shelfcast/till/X/sales", "R-1", "refused", [("lines", "must be a list")])
    assert json.loads(text) == {
        "kind": "sale",
        "id": "R-1",
        "status": "refused",
        "errors": [{"field": "lines", "problem": "must be a list"}],
    }


@given(st.binary(max_size=60))
def test_any_payload_has_an_id_or_none(payload: bytes) -> None:
    assert id_in(payload) is None or isinstance(id_in(payload), str)
