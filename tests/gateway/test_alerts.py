"""When it is back on the shelf, by changes alone."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from gateway.alerts import ENGINE, KEPT_SECONDS, SUBSCRIPTIONS_MOST, BackOnShelf
from gateway.changes import Alert, Change, Remember, StockChanged, StockState
from gateway.requests import AlertRequest, AlertVerdict

GTIN = "03453120000011"
T = 1_763_740_800.0
URL = "http://127.0.0.1:9/"


def stock(floor: float, *, back: float = 0.0, state: StockState | None = None) -> StockChanged:
    count = floor + back
    word = state or (StockState.IN_STOCK if count >= 0.5 else StockState.OUT_OF_STOCK)
    zones = {"shelf": floor, "back": back}
    return StockChanged(T, GTIN, round(count), count, 1.0, round(count), word, zones=zones)


def wish(name: str = "a", *, topic: str = "") -> AlertRequest:
    return AlertRequest(name, GTIN, "" if topic else URL, topic)


def memory(said: Iterable[Change], before: dict[str, str] | None = None) -> dict[str, str]:
    kept = dict(before or {})
    for one in said:
        if isinstance(one, Remember):
            assert one.engine == ENGINE
            if one.value is None:
                del kept[one.key]
            else:
                kept[one.key] = one.value
    return kept


@pytest.fixture
def engine() -> BackOnShelf:
    return BackOnShelf(["shelf"])


def due(engine: BackOnShelf) -> list[str]:
    return [one.asked.id for one in engine.due()]


def test_from_none_to_some_is_told_once(engine: BackOnShelf) -> None:
    engine.advance([stock(0)], T)
    assert engine.subscribe(wish(), T).verdict is AlertVerdict.NEW
    engine.advance([stock(0, back=5)], T)
    assert due(engine) == [], "in the back is not on the shelf"
    engine.advance([stock(2, back=3)], T)
    assert due(engine) == ["a"]
    engine.finish("a", told=True)
    engine.advance([stock(0), stock(2)], T)
    assert (due(engine), len(engine)) == ([], 0)


def test_who_asks_while_there_is_some_waits_until_there_was_none(engine: BackOnShelf) -> None:
    engine.advance([stock(3)], T)
    engine.subscribe(wish(), T)
    engine.advance([stock(2)], T)
    engine.advance([stock(2, state=StockState.UNKNOWN)], T)
    engine.advance([stock(3)], T)
    assert due(engine) == [], "not knowing is not being without"
    engine.advance([stock(0)], T)
    engine.advance([stock(1, state=StockState.LOW)], T)
    assert due(engine) == ["a"]


def test_nothing_known_is_none(engine: BackOnShelf) -> None:
    engine.subscribe(wish(), T)
    engine.advance([stock(0, state=StockState.UNKNOWN)], T)
    assert due(engine) == []
    engine.advance([stock(1)], T)
    assert due(engine) == ["a"]


def test_the_same_wish_is_one(engine: BackOnShelf) -> None:
    engine.subscribe(wish("a"), T)
    again = engine.subscribe(wish("b"), T)
    assert (again.verdict, again.alert) == (AlertVerdict.KNOWN, wish("a"))
    assert engine.subscribe(wish("c", topic="x"), T).verdict is AlertVerdict.NEW
    assert engine.unsubscribe("a")
    assert not engine.unsubscribe("a")


def test_memory_brings_back_wishes_and_what_is_due(engine: BackOnShelf) -> None:
    engine.subscribe(wish("a"), T)
    engine.subscribe(wish("b", topic="crm/back"), T)
    kept = memory(engine.advance([stock(1)], T))
    again = BackOnShelf(["shelf"])
    again.restore(kept)
    assert due(again) == due(engine) == ["a", "b"]
    assert again.due()[0].back == engine.due()[0].back
    said = again.advance([], T)
    assert said == [Alert(T, "back_on_shelf", GTIN, "crm/back")], "the board begins empty"
    again.finish("a", told=True)
    again.finish("b", told=False)
    said = again.advance([], T)
    assert memory(said, kept) == {}
    assert Alert(T, "back_on_shelf", GTIN, over=True) in said


def test_topics_go_up_in_one_alert(engine: BackOnShelf) -> None:
    for name, topic in (("a", "crm/2"), ("b", "crm/1"), ("c", "")):
        engine.subscribe(wish(name, topic=topic), T)
    alerts = [one for one in engine.advance([stock(1)], T) if isinstance(one, Alert)]
    assert alerts == [Alert(T, "back_on_shelf", GTIN, "crm/1 crm/2")]


def test_unreadable_memory_is_counted(engine: BackOnShelf) -> None:
    good = memory(BackOnShelf([]).advance([], T))
    engine.restore(
        {"a": "{", "b": "[]", "c": json.dumps(["c", GTIN, URL, "", T, True, [1]]), **good}
    )
    assert (len(engine), engine.counts["unreadable_memory"]) == (0, 3)


def test_bounded_in_number_and_in_time(engine: BackOnShelf) -> None:
    for number in range(SUBSCRIPTIONS_MOST):
        engine.subscribe(AlertRequest(str(number), GTIN, f"{URL}{number}"), T)
    assert engine.subscribe(wish("x", topic="t"), T).verdict is AlertVerdict.FULL
    engine.advance([], T + KEPT_SECONDS + 1)
    assert (len(engine), engine.counts["expired"]) == (0, SUBSCRIPTIONS_MOST)


def test_a_store_without_shelves_looks_at_the_building() -> None:
    engine = BackOnShelf([])
    engine.subscribe(wish(), T)
    engine.advance([stock(0, back=2)], T)
    assert due(engine) == ["a"]
