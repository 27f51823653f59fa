"""EPCIS events: what is said of what happened, and that it is what GS1's standard says it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.changes import Change, ItemEvent, ItemEventKind, LedgerLine
from gateway.uplink.epcis import EpcisScribe, Place
from gateway.uplink.schema.described import PLACE


def validator(path: Path) -> jsonschema.Draft202012Validator:
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


GTIN = "03453120000011"
EPC = "urn:epc:id:sgtin:3453120.000001.77"
NOON = 1_763_740_800.25
STANDARD = validator(Path(__file__).parent / "epcis_object_event.json")
FEED = validator(PLACE / "schema" / "event.json")
ZONES = {"shelf-a": "shelf", "back": "backroom", "try": "fitting", "bay": "hold"}
PARIS = Place("PAR-01", "Europe/Paris", "3012345000018", ZONES)


def item(kind: ItemEventKind, zone: str, epc: str = EPC, began: float = NOON) -> ItemEvent:
    return ItemEvent(began + 60.0, began, epc, GTIN, kind, zone, 0.98)


def line(reason: str, qty: int, **values: Any) -> LedgerLine:
    return LedgerLine(NOON, GTIN, reason, qty, **values)


def written(*changes: Change, place: Place = PARIS) -> list[dict[str, Any]]:
    events = [json.loads(text) for text in EpcisScribe(place, 17).write(changes)]
    for event in events:
        STANDARD.validate(event)
        FEED.validate(event)
        assert ("epcList" in event) != ("quantityList" in event)
    return events


def test_an_arrival_in_full() -> None:
    (event,) = written(item(ItemEventKind.ARRIVED, "shelf-a"), line("arrived", 1, epc=EPC))
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event.pop("eventID"))
    assert event == {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"shelfcast": "urn:x-shelfcast:"},
        ],
        "type": "ObjectEvent",
        "eventTime": "2025-11-21T16:00:00.250Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "bizStep": "arriving",
        "disposition": "sellable_accessible",
        "readPoint": {"id": "https://id.gs1.org/414/3012345000018/254/shelf-a"},
        "bizLocation": {"id": "https://id.gs1.org/414/3012345000018/254/shelf-a"},
        "epcList": [EPC],
        "shelfcast:event": "arrived",
    }


@pytest.mark.parametrize(
    ("zone", "step", "disposition"),
    [
        ("shelf-a", "stocking", "sellable_accessible"),
        ("back", "storing", "sellable_not_accessible"),
        ("bay", "holding", "non_sellable_other"),
        ("try", "other", "sellable_accessible"),
    ],
)
def test_a_move_is_named_by_what_the_zone_is_for(zone: str, step: str, disposition: str) -> None:
    (event,) = written(item(ItemEventKind.MOVED, zone), line("moved", 0, epc=EPC, zone=zone))
    assert (event["bizStep"], event["disposition"]) == (step, disposition)
    assert event["shelfcast:event"] == "moved"


def test_what_departs_is_nowhere_afterwards() -> None:
    (event,) = written(item(ItemEventKind.DEPARTED, "shelf-a"), line("departed", -1, epc=EPC))
    assert (event["bizStep"], event["disposition"]) == ("departing", "unknown")
    assert "bizLocation" not in event


def test_a_sale_that_is_sure_of_its_unit_is_one_event_and_names_it() -> None:
    changes = [
        line("sold", -1, epc=EPC, zone="shelf-a", ref="R-1"),
        item(ItemEventKind.DEPARTED, "shelf-a"),
    ]
    (event,) = written(*changes)
    assert event["shelfcast:event"] == "sold"
    assert (event["bizStep"], event["disposition"]) == ("retail_selling", "retail_sold")
    assert event["epcList"] == [EPC]
    assert event["readPoint"] == {"id": "https://id.gs1.org/414/3012345000018"}
    assert "bizLocation" not in event


def test_a_sale_that_may_have_meant_another_unit_names_the_article_and_how_many() -> None:
    lines = [line("sold", -1, epc=f"{EPC}{n}", ref="R-1") for n in range(3)]
    (event,) = written(*lines, line("received", 3))
    assert event["quantityList"] == [
        {"epcClass": f"https://id.gs1.org/01/{GTIN}", "quantity": 3},
    ]
    later = item(ItemEventKind.DEPARTED, "shelf-a", EPC + "1")
    assert written(later)[0]["disposition"] == "retail_sold"


def test_two_receipts_are_two_sales() -> None:
    assert len(written(line("sold", -1, ref="R-1"), line("sold", -1, ref="R-2"))) == 2


def test_a_return_and_a_hold() -> None:
    back, bare, hold = written(
        line("returned", 1, epc=EPC, zone="shelf-a"),
        line("returned", 2, epc="30395DFA81C5E4000000004D"),
        line("held", 2, ref="order-9"),
    )
    assert (back["bizStep"], back["disposition"]) == ("receiving", "returned")
    assert back["epcList"] == [EPC]
    assert bare["quantityList"][0]["quantity"] == 2
    assert (hold["bizStep"], hold["disposition"]) == ("holding", "non_sellable_other")


def test_no_more_of_a_receipt_goes_up_than_article_and_quantity() -> None:
    said = json.dumps(written(line("sold", -2, ref="R-1"), line("held", 1, ref="order-9")))
    assert "R-1" not in said
    assert "order-9" not in said


def test_what_the_feed_does_not_tell_makes_no_event() -> None:
    quiet = [line(reason, 1) for reason in ("received", "counted", "released", "collected")]
    assert written(*quiet) == []


def test_a_place_without_a_gln_or_too_long_for_its_extension_has_a_uri_of_our_own() -> None:
    assert Place("PAR-01").uri("shelf-a") == "urn:x-shelfcast:PAR-01:shelf-a"
    assert Place("PAR-01").uri() == "urn:x-shelfcast:PAR-01"
    assert PARIS.uri("a" * 20).endswith("/254/" + "a" * 20)
    assert PARIS.uri("a" * 21) == "urn:x-shelfcast:PAR-01:" + "a" * 21


def test_ids_differ_and_come_back_when_the_disk_did_not_take_them() -> None:
    scribe = EpcisScribe(PARIS, 17)
    first = scribe.write([line("held", 1)])
    scribe.number = 0
    assert scribe.write([line("held", 1)]) == first
    assert scribe.write([line("held", 1)]) != first
    assert EpcisScribe(PARIS, 18).write([line("held", 1)]) != first


summer = st.floats(min_value=0, max_value=4e9)
zones = st.sampled_from([*ZONES, "gone"])
items = st.builds(
    ItemEvent,
    t=summer,
    began=summer,
    epc=st.sampled_from([EPC, "https://id.gs1.org/01/03453120000011/21/77"]),
    gtin=st.just(GTIN),
    event=st.sampled_from(ItemEventKind),
    zone=zones,
    p=st.just(0.99),
)
lines = st.builds(
    LedgerLine,
    t=summer,
    gtin=st.just(GTIN),
    reason=st.sampled_from(["returned", "held", "moved", "departed"]),
    qty=st.integers(1, 9),
    zone=st.none() | zones,
    epc=st.none() | st.just(EPC) | st.text(max_size=9),
    ref=st.none() | st.text(max_size=9),
)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("action", "LOOK"),
        ("bizStep", "dancing"),
        ("disposition", "happy"),
        ("eventTime", "today"),
        ("eventTimeZoneOffset", "+15:00"),
        ("readPoint", {}),
        ("epcList", None),
        ("own", 1),
    ],
)
def test_the_standard_as_we_wrote_it_down_refuses_what_is_no_event(key: str, value: Any) -> None:
    (event,) = written(item(ItemEventKind.ARRIVED, "shelf-a"))
    changed = event | {key: value}
    if value is None:
        del changed[key]
    assert not STANDARD.is_valid(changed)


@given(
    changes=st.lists(items | lines, max_size=6),
    timezone=st.sampled_from(
        ["Europe/Paris", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns"]
    ),
)
def test_whatever_happens_it_is_an_event_by_the_standard(
    changes: list[Change], timezone: str
) -> None:
    written(*changes, place=Place("PAR-01", timezone, None, ZONES))
