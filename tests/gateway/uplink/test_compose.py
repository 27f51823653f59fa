from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.changes import (
    Alert,
    Change,
    DeviceChanged,
    OccupancyChanged,
    StockChanged,
    StockState,
    StoreMinute,
)
from gateway.uplink.compose import ITEMS_A_MESSAGE, FeedComposer
from gateway.uplink.outbox import OutboxRow

GTIN = "03453120000011"
OTHER = "03453120000028"


def stock(gtin: str = GTIN, **values: Any) -> StockChanged:
    given_: dict[str, Any] = {
        "t": 100.0,
        "on_hand": 7,
        "expected": 6.93,
        "p_available": 0.99987,
        "available": 6,
        "state": StockState.IN_STOCK,
        "reserved": 1,
        "heard": 90.0,
    }
    return StockChanged(gtin=gtin, **(given_ | values))


def minute(t: float = 60.0, **values: Any) -> StoreMinute:
    given_: dict[str, Any] = {
        "entries": 0,
        "exits": 0,
        "visitors": 0,
        "occupancy": 0,
        "transactions": 0,
    }
    return StoreMinute(t=t, **(given_ | values))


def said(row: OutboxRow) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(row.payload)
    return payload


def test_a_stock_change_is_one_item_with_its_age() -> None:
    (row,) = FeedComposer("PAR-01", 17, 3).compose([stock()], 100.0)
    assert (row.boot, row.seq, row.topic, row.t) == (17, 1, "changes", 100.0)
    assert row.payload == (
        '{"boot":17,"items":[["03453120000011",7,1,6,0.9999,10.0]],"seq":1,"store":"PAR-01","t":100.0}'
    )


def test_only_the_newest_answer_for_a_gtin_goes_up_sorted_by_gtin() -> None:
    changes = [stock(OTHER), stock(on_hand=7), stock(on_hand=5)]
    (row,) = FeedComposer("PAR-01", 1, 3).compose(changes, 100.0)
    assert [(item[0], item[1]) for item in said(row)["items"]] == [(GTIN, 5), (OTHER, 7)]


def test_what_was_never_heard_has_no_age_and_a_clock_that_steps_makes_none_negative() -> None:
    composer = FeedComposer("PAR-01", 1, 3)
    (row,) = composer.compose([stock(heard=None), stock(OTHER, heard=500.0)], 100.0)
    assert [item[5] for item in said(row)["items"]] == [None, 0.0]


def test_unknown_never_looks_available() -> None:
    unknown = stock(state=StockState.UNKNOWN, available=4)
    (row,) = FeedComposer("PAR-01", 1, 3).compose([unknown], 100.0)
    assert said(row)["items"][0][3] == 0


def test_a_message_has_at_most_500_items_and_numbers_have_no_gaps() -> None:
    composer = FeedComposer("PAR-01", 1, 3)
    changes: list[Change] = [stock(f"{i:014d}") for i in range(ITEMS_A_MESSAGE * 2 + 1)]
    rows = composer.compose([*changes, minute()], 100.0)
    assert [len(said(row).get("items", [])) for row in rows] == [500, 500, 1, 0]
    assert [row.seq for row in rows] == [1, 2, 3, 4]
    assert composer.compose([stock()], 101.0)[0].seq == composer.seq == 5


def test_nothing_to_say_makes_no_message() -> None:
    quiet: list[Change] = [OccupancyChanged(1.0, 4), Alert(1.0, "device_silent", "reader-1")]
    assert FeedComposer("PAR-01", 1, 3).compose(quiet, 100.0) == []


def test_footfall_says_the_minute_and_how_many_devices_are_well() -> None:
    composer = FeedComposer("PAR-01", 1, 3)
    devices: list[Change] = [
        DeviceChanged(1.0, "reader-1", "ok"),
        DeviceChanged(1.0, "reader-1", "offline", antenna=2),
        DeviceChanged(1.0, "door-main", "silent"),
        DeviceChanged(1.0, "ble", "unknown"),
    ]
    assert composer.compose(devices, 2.0) == []
    (row,) = composer.compose(
        [
            minute(
                entries=12,
                exits=9,
                visitors=11,
                occupancy=41,
                transactions=2,
                amount=4_990,
                priced=2,
            )
        ],
        61.0,
    )
    assert (row.topic, row.t) == ("footfall", 60.0)
    assert said(row) == {
        "store": "PAR-01",
        "boot": 1,
        "seq": 1,
        "t": 60.0,
        "in": 12,
        "out": 9,
        "visitors": 11,
        "occupancy": 41,
        "transactions": 2,
        "estimated": False,
        "devices": {"ok": 1, "silent": 2},
    }


def test_too_few_people_are_carried_until_they_are_enough() -> None:
    composer = FeedComposer("PAR-01", 1, 3)
    rows = composer.compose([minute(entries=2), minute(entries=2), minute()], 61.0)
    assert [(said(row)["in"], said(row).get("withheld")) for row in rows] == [
        (0, True),
        (4, None),
        (0, None),
    ]


@pytest.mark.parametrize(("inside", "told"), [(0, 0), (1, None), (2, None), (3, 3)])
def test_few_people_inside_are_not_told(inside: int, told: int | None) -> None:
    (row,) = FeedComposer("PAR-01", 1, 3).compose([minute(occupancy=inside)], 61.0)
    assert said(row)["occupancy"] == told


@given(
    counts=st.lists(st.tuples(*[st.integers(0, 9)] * 3), max_size=30),
    threshold=st.integers(0, 12),
    restart=st.integers(0, 30),
)
def test_sums_stay_exact_over_restarts_and_no_small_bucket_goes_up(
    counts: list[tuple[int, int, int]], threshold: int, restart: int
) -> None:
    composer, memory = FeedComposer("PAR-01", 1, threshold), None
    told = [0, 0, 0]
    for i, (entries, exits, visitors) in enumerate(counts):
        if i == restart:
            composer = FeedComposer("PAR-01", 2, threshold)
            composer.restore(memory)
        (row,) = composer.compose([minute(entries=entries, exits=exits, visitors=visitors)], 1.0)
        for remembered in composer.remember():
            memory = remembered.value
        payload = said(row)
        people = [payload["in"], payload["out"], payload["visitors"]]
        assert all(count == 0 or count >= threshold for count in people)
        told = [a + b for a, b in zip(told, people, strict=True)]
        true = [sum(column) for column in zip(*counts[: i + 1], strict=True)]
        assert payload.get("withheld", False) == (told != true)
        assert all(0 <= real - up < max(threshold, 1) for real, up in zip(true, told, strict=True))


def test_memory_is_said_once_and_only_when_it_changed() -> None:
    composer = FeedComposer("PAR-01", 1, 3)
    composer.compose([minute(entries=2)], 61.0)
    (remembered,) = composer.remember()
    assert (remembered.engine, remembered.key, remembered.value) == ("feed", "carried", "[2,0,0]")
    assert composer.remember() == []


@pytest.mark.parametrize("text", ["{}", "[1,2]", '["1",2,3]', "nonsense"])
def test_memory_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"counts|Expecting"):
        FeedComposer("PAR-01", 1, 3).restore(text)


def test_what_the_disk_did_not_take_is_composed_again_under_the_same_number() -> None:
    composer = FeedComposer("PAR-01", 1, 3)
    changes: list[Change] = [stock(), minute(entries=2)]
    mark = composer.mark()
    first, memory = composer.compose(changes, 100.0), composer.remember()
    composer.back_to(mark)
    assert (composer.compose(changes, 100.0), composer.remember()) == (first, memory)


def test_what_hq_knows_already_is_not_told_again() -> None:
    composer = FeedComposer("PAR-01", 7, 3)
    first = StockChanged(60.0, "03453120000011", 7, 6.9, 0.99, 6, StockState.IN_STOCK, heard=59.0)
    assert len(composer.compose([first], 60.0)) == 1
    moved = replace(first, t=61.0, expected=6.8, zones={"shelf-a": 6.8}, heard=61.0)
    assert composer.compose([moved], 61.0) == []
    sold = replace(first, t=62.0, on_hand=6)
    mark = composer.mark()
    assert len(composer.compose([sold], 62.0)) == 1
    composer.back_to(mark)
    again = composer.compose([sold], 63.0)
    assert [row.seq for row in again] == [2]
    assert composer.compose([sold], 64.0) == []
