"""Sales, returns, deliveries, counts, weights: what each does to the answer."""

from __future__ import annotations

from itertools import permutations

import pytest

from drivers.observations import (
    Delivery,
    DeliveryLine,
    Fact,
    Line,
    Return,
    Sale,
    Stocktake,
    Weight,
)
from drivers.pos.fields import QTY_MAX
from gateway.changes import Alert, LedgerLine, Remember, StockChanged, StockState
from gateway.requests import HoldVerdict
from gateway.stock.engine import StockEngine
from gateway.stock.records import QTY_MOST
from gateway.stock.tags import Status
from tests.gateway.stock.shop import T0, HexNaming, Shop, epc, gtin, layout, reads, shop


def stocked(number: int = 5, *, antenna: int = 1, **kind: bool) -> Shop:
    store = shop(**kind)
    for serial in range(number):
        store.where[epc(0, serial)] = antenna
    store.run(60)
    return store


def on_hand(store: Shop, article: int = 0) -> int:
    return store.stock[gtin(article)].on_hand


def test_a_sale_given_to_the_wrong_unit_is_given_to_the_right_one() -> None:
    store = stocked(3)
    store.antennas = (2, 3, 4, 5)
    store.run(20)
    store.sell(0)
    store.antennas = (1, 2, 3, 4, 5)
    sold = [c.epc or "" for c in store.changes if isinstance(c, LedgerLine) and c.reason == "sold"]
    other = next(tag for tag in store.where if not sold[0].endswith(f".{int(tag[-4:], 16)}"))
    del store.where[other]
    store.run(300)
    departed = [event.epc for event in store.items if event.event == "departed"]
    assert [int(urn.rpartition(".")[2]) for urn in departed] == [int(other[-4:], 16)]
    assert on_hand(store) == 2
    tags = store.engine._tags
    assert sorted(tags.status[:3].tolist()) == [1, 1, 2]
    assert tags.status[tags.of_text(other) or 0] == 2


def test_a_sale_by_epc_takes_that_very_tag() -> None:
    store = stocked(3)
    store.sell(0, tag=epc(0, 1))
    assert on_hand(store) == 2
    store.where[epc(0, 1)] = 5
    store.run(20)
    assert on_hand(store) == 2


def test_a_sale_that_names_a_tag_of_other_goods_takes_none_of_those() -> None:
    store = stocked(3)
    store.where[epc(1, 7)] = 1
    store.run(30)
    store.sell(0, tag=epc(1, 7))
    store.run(30)
    assert (on_hand(store), on_hand(store, 1)) == (2, 1)
    assert store.engine.faults["bad_sale_epc"] == 1


def test_a_customer_return_is_unavailable_until_it_lies_on_a_shelf() -> None:
    store = stocked(3)
    store.count(0, 3)
    store.sell(0, tag=epc(0, 1))
    del store.where[epc(0, 1)]
    store.run(1200)
    store.bring_back(0)
    said = store.stock[gtin(0)]
    assert (said.on_hand, said.unavailable, said.available) == (3, 1, 2)
    store.where[epc(0, 1)] = 1
    store.run(120)
    said = store.stock[gtin(0)]
    assert (said.on_hand, said.unavailable, said.available) == (3, 0, 3)


def test_a_delivery_with_the_same_epcs_twice_counts_once() -> None:
    store = shop()
    for number in range(2):
        line = DeliveryLine(gtin(0), 3, tuple(epc(0, serial) for serial in range(3)))
        store.engine.observe(Delivery("bo", store.t, store.t, f"D{number}", (line,)))
        store.advance()
    assert on_hand(store) == 3
    received = [
        c.qty for c in store.changes if isinstance(c, LedgerLine) and c.reason == "received"
    ]
    assert received == [3, 0]


def test_a_delivery_of_goods_already_read_is_not_counted_twice() -> None:
    store = shop()
    store.where = {epc(1, 9): 1}
    store.run(300)
    for serial in range(4):
        store.where[epc(0, serial)] = 3
    store.run(60)
    store.deliver(0, 4)
    assert on_hand(store) == 4


def test_a_count_that_contradicts_tags_being_read_loses() -> None:
    store = stocked(5)
    store.count(0, 2, "shelf-a")
    store.run(30)
    assert on_hand(store) == 5


def test_a_count_of_nothing_in_a_zone_moves_what_is_silent_there() -> None:
    store = stocked(3)
    store.where = {}
    store.run(60)
    store.count(0, 0, "shelf-a")
    assert round(store.stock[gtin(0)].zones.get("shelf-a", 0.0)) == 0


def test_a_count_of_the_building_pins_the_book() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.count(1, 9)
    store.sell(1, 2)
    store.deliver(1, 3)
    assert on_hand(store, 1) == 10
    store.count(1, 4)
    assert on_hand(store, 1) == 4


def test_overselling_never_makes_a_negative_book() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.count(1, 1)
    store.sell(1, 5)
    assert on_hand(store, 1) == 0
    assert store.engine.faults["oversold"] == 4
    store.deliver(1, 2)
    assert on_hand(store, 1) == 2


def test_a_scale_counts_by_weight() -> None:
    store = shop()
    store.engine.observe(Weight("s", store.t, store.t, 1752.0))
    store.advance()
    said = store.stock[gtin(4)]
    assert (said.on_hand, said.sources, said.state) == (7, ("scale",), StockState.IN_STOCK)
    assert round(said.zones["shelf-b"]) == 7
    store.engine.observe(Weight("s", store.t, store.t, float("nan")))
    store.engine.observe(Weight("nobody", store.t, store.t, 10.0))
    assert store.engine.faults["bad_weight"] == 1
    assert store.engine.faults["unknown_scale"] == 1


def test_a_closed_hold_is_forgotten_after_a_week_on_disk_too() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.count(1, 3)
    store.engine.hold(store.hold(1), store.t)
    store.engine.release("h", store.t)
    store.advance()
    assert store.engine.release("h", store.t).verdict is HoldVerdict.KNOWN
    store.t += 8 * 86_400.0
    gone = [c for c in store.advance() if isinstance(c, Remember) and c.value is None]
    assert [change.key for change in gone] == ["hold:h"]
    assert store.engine.release("h", store.t).verdict is HoldVerdict.MISSING


def test_a_shelf_counted_after_a_delivery_is_stocked_from_it() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.deliver(1, 24)
    store.count(1, 7, zone="shelf-a")
    assert on_hand(store, 1) == 24
    store.count(1, 17, zone="back")
    assert on_hand(store, 1) == 24


def test_zones_counted_one_by_one_add_up() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.count(1, 7, zone="shelf-a")
    store.count(1, 5, zone="back")
    store.count(1, 2, zone="shelf-b")
    assert on_hand(store, 1) == 14


def test_what_the_till_heard_before_the_receipt_comes_back_once() -> None:
    """No book was ever written: the tags are the book, and one of them is what comes back."""
    store = stocked(5)
    store.run(600)
    store.where[epc(0, 5)] = 1
    store.run(30)
    store.bring_back(0)
    store.run(600)
    assert on_hand(store) == 6


def weigh(store: Shop, grams: float) -> tuple[int, int]:
    """What is said on hand, and of that in the back room, after the scale spoke."""
    store.engine.observe(Weight("s", store.t, store.t, grams))
    store.advance()
    said = store.stock[gtin(4)]
    return said.on_hand, round(said.zones.get("back", 0.0))


def test_what_is_not_on_the_scale_is_in_the_back_room() -> None:
    store = shop()
    store.count(4, 10)
    assert weigh(store, 7 * 250.0) == (10, 3)
    assert weigh(store, 6 * 250.0) == (10, 3)  # lifted: in a hand, in no zone
    store.sell(4, 1)
    assert weigh(store, 6 * 250.0) == (9, 3)
    assert weigh(store, 8 * 250.0) == (9, 1)  # brought from the back room
    store.deliver(4, 5)
    assert weigh(store, 8 * 250.0) == (14, 6)


def test_what_left_the_scale_unsold_is_gone_after_a_while() -> None:
    store = shop()
    store.count(4, 7)
    assert weigh(store, 7 * 250.0) == (7, 0)
    assert weigh(store, 5 * 250.0)[0] == 7
    for _ in range(11):
        store.t += 60.0
        left = weigh(store, 5 * 250.0)
    assert left == (5, 0)


def test_each_unit_lifted_off_the_scale_has_its_own_while() -> None:
    """One is taken and kept; the others are lifted for cleaning just before that one is gone."""
    store = shop()
    store.count(4, 6)
    assert weigh(store, 6 * 250.0) == (6, 0)
    assert weigh(store, 5 * 250.0)[0] == 6
    store.t += 590.0
    assert weigh(store, 0.0)[0] == 6
    store.t += 20.0
    assert weigh(store, 0.0)[0] == 5
    assert weigh(store, 5 * 250.0)[0] == 5
    store.t += 900.0
    assert weigh(store, 5 * 250.0)[0] == 5
    assert weigh(store, 4 * 250.0)[0] == 5
    store.sell(4, 1)
    assert weigh(store, 4 * 250.0)[0] == 4


def test_what_was_sold_was_lifted_first_and_what_is_put_back_last() -> None:
    store = shop()
    store.count(4, 6)
    weigh(store, 6 * 250.0)
    weigh(store, 5 * 250.0)
    store.t += 300.0
    weigh(store, 4 * 250.0)
    store.sell(4, 1)
    assert weigh(store, 4 * 250.0)[0] == 5
    store.t += 400.0
    assert weigh(store, 4 * 250.0)[0] == 5
    weigh(store, 3 * 250.0)
    weigh(store, 4 * 250.0)
    store.t += 250.0
    assert weigh(store, 4 * 250.0)[0] == 4


def test_an_empty_shelf_with_stock_in_the_back_is_told_and_taken_back() -> None:
    store = stocked(2, antenna=3)
    store.run(400)
    told = [c for c in store.changes if isinstance(c, Alert)]
    assert [(a.kind, a.subject, a.over) for a in told] == [("shelf_empty", gtin(0), False)]
    store.where = {epc(0, 0): 1, epc(0, 1): 3}
    store.run(90)
    assert [c.over for c in store.changes if isinstance(c, Alert)] == [False, True]


def test_held_reports_give_the_same_end_as_reports_in_time() -> None:
    ends = []
    for late in (False, True):
        store = shop()
        store.where = {epc(0, n): 1 for n in range(3)}
        store.run(60)
        held = []
        for second in range(120):
            heard = [(3, epc(0, 0)), (1, epc(0, 1)), (1, epc(0, 2))]
            obs = reads(store.t + second + 0.4, *heard, at=store.t + 120 if late else None)
            held.append(obs)
            if not late:
                store.engine.observe(obs)
                store.engine.advance(store.t + second + 1)
        if late:
            for obs in held:
                store.engine.observe(obs)
        store.t += 120
        store.engine.advance(store.t)
        tags = store.engine._tags
        ends.append([(tags.urns[row], int(tags.home[row])) for row in range(tags.count)])
    assert ends[0] == ends[1]


def test_a_flood_of_strangers_is_bounded() -> None:
    store = shop()
    for batch in range(60):
        memory = [(1, f"E2{batch:06X}{n:016X}") for n in range(1000)]
        store.engine.observe(reads(store.t, *memory))
    assert store.engine.faults["foreign_tags"] == 60_000
    assert len(store.engine._tags._by_bytes) <= 50_001


def test_restored_memory_that_cannot_be_read_is_counted() -> None:
    engine = StockEngine(layout(), HexNaming())
    engine.restore({"gtin:" + gtin(0): "{", "hold:x": "[]", "what": "1"}, 0.0)
    assert engine.faults["unreadable_memory"] == 2
    assert engine.faults["unknown_memory"] == 1


def test_what_goes_out_of_the_door_after_a_sale_is_what_was_sold() -> None:
    store = stocked(2)
    store.count(0, 2)
    silent, bought = epc(0, 0), epc(0, 1)
    del store.where[silent]
    store.run(60)
    store.sell(0)
    store.where[bought] = 5
    store.run(6)
    del store.where[bought]
    store.run(300)
    said = [c for c in store.changes if isinstance(c, StockChanged) and c.gtin == gtin(0)]
    assert StockState.OUT_OF_STOCK not in [c.state for c in said]
    assert on_hand(store) == 1
    tags = store.engine._tags
    rows = [tags.of_text(tag) or 0 for tag in (silent, bought)]
    assert tags.status[rows].tolist() == [Status.HERE, Status.SOLD]


def test_nothing_is_promised_of_what_no_antenna_would_miss() -> None:
    store = stocked(1)
    for _ in range(20):
        store.run(6)
        store.engine.observe(reads(store.t + 0.1, (2, epc(0, 0))))
    store.run(6)
    assert store.stock[gtin(0)].available == 1
    rate, voice = (
        column[0].tolist() for column in (store.engine._tags.rate, store.engine._tags.voice)
    )
    assert rate[1] > 0.03
    assert voice[1] == 0.0
    store.antennas = (2, 3, 4, 5)
    store.run(650)
    said = store.stock[gtin(0)]
    assert (said.state, said.available) == (StockState.UNKNOWN, 0)


def told(store: Shop, *facts: Fact) -> int:
    """Facts, one a second, whatever their own time is; what is on hand then."""
    for fact in facts:
        store.t += 1.0
        store.engine.observe(fact)
        store.advance()
    return on_hand(store, 1)


def counted(t: float, qty: int, zone: str | None = None) -> Stocktake:
    return Stocktake("bo", T0 + t, T0 + t, gtin(1), qty, zone, f"C{t}{qty}{zone}")


def sold(t: float) -> Sale:
    return Sale("till", T0 + t, T0 + t, f"S{t}", (Line(gtin(1), 1, None),))


def returned(t: float) -> Return:
    return Return("till", T0 + t, T0 + t, f"R{t}", (Line(gtin(1), 1),))


def delivered(t: float) -> Delivery:
    return Delivery("bo", T0 + t, T0 + t, f"D{t}", (DeliveryLine(gtin(1), 3, ()),))


DAY = (counted(-90, 5), sold(-80), delivered(-70), counted(-60, 8), returned(-50), sold(-40))


@pytest.mark.parametrize("order", list(permutations(range(len(DAY)), len(DAY)))[::37])
def test_what_is_told_late_counts_as_if_it_were_told_in_time(order: tuple[int, ...]) -> None:
    store = shop(readers=False)
    store.antennas = ()
    assert told(store, *(DAY[number] for number in order)) == 8


def test_a_count_told_late_knows_nothing_of_what_came_later() -> None:
    store = shop(readers=False)
    store.antennas = ()
    told(store, counted(-90, 5), sold(-40), returned(-30), counted(-60, 8))
    said = store.stock[gtin(1)]
    assert (said.on_hand, said.unavailable) == (8, 1)


def test_what_was_returned_and_is_sold_again_leaves_again() -> None:
    store = stocked(3)
    store.count(0, 3)
    for times in (1, 2):
        store.sell(0, tag=epc(0, 1))
        assert on_hand(store) == 2
        store.sell(0, tag=epc(0, 1))
        assert on_hand(store) == 2, "told twice"
        store.where.pop(epc(0, 1), None)
        store.run(100)
        if times == 1:
            store.bring_back(0)
            assert on_hand(store) == 3
    assert store.stock[gtin(0)].unavailable == 0


def test_a_zone_that_is_counted_anew_has_what_was_counted() -> None:
    store = shop(readers=False)
    store.antennas = ()
    assert told(store, counted(0, 7, "shelf-a"), counted(1, 3, "shelf-a")) == 3
    assert round(store.stock[gtin(1)].zones["shelf-a"]) == 3
    assert told(store, counted(2, 4, "back"), counted(3, 1, "back")) == 4
    assert told(store, counted(4, 0, "shelf-a")) == 1


def test_what_one_zone_has_says_nothing_of_the_others() -> None:
    store = shop(readers=False)
    store.antennas = ()
    assert told(store, counted(0, 7), counted(1, 0, "till"), counted(2, 2, "shelf-a")) == 7
    assert round(store.stock[gtin(1)].zones["shelf-a"]) == 2
    assert told(store, counted(3, 0, "shelf-b")) == 7
    assert round(store.stock[gtin(1)].zones["back"]) == 5
    assert told(store, counted(4, 1, "back")) == 3, "now every shelf and the back room are counted"


def test_a_delivery_leaves_on_the_shelf_what_lies_there() -> None:
    store = shop(readers=False)
    store.antennas = ()
    told(store, counted(0, 5))
    before = store.stock[gtin(1)].zones
    told(store, delivered(1))
    after = store.stock[gtin(1)].zones
    assert after["shelf-a"] > 0.8 * before["shelf-a"]
    assert after["back"] > before["back"] + 2.5
    told(store, sold(2))
    assert store.stock[gtin(1)].zones["back"] > before["back"] + 2.5, "nobody buys out of the back"


def test_a_return_is_unavailable_until_a_zone_that_may_have_it_is_counted() -> None:
    store = shop(readers=False)
    store.antennas = ()
    told(store, counted(0, 5), returned(1), counted(2, 0, "shelf-b"))
    assert store.stock[gtin(1)].unavailable == 1
    told(store, counted(3, 6, "shelf-a"))
    assert store.stock[gtin(1)].unavailable == 0


def test_what_is_taken_in_at_the_door_is_entered() -> None:
    assert QTY_MOST == QTY_MAX


def test_what_a_count_finds_on_a_shelf_just_after_its_delivery_is_no_longer_behind() -> None:
    store = stocked(3)
    store.deliver(1, 4)
    store.run(120)
    store.count(1, 3, "shelf-a")
    zones = store.stock[gtin(1)].zones
    assert (round(zones["shelf-a"]), round(zones["back"])) == (3, 1)


def test_units_without_tags_that_two_counts_of_the_building_found_are_there() -> None:
    store = stocked(5)
    store.run(600)
    store.count(0, 7)
    store.run(120)
    assert on_hand(store) == 5, "one count may be wrong: five tags answer, two would be silent"
    store.count(0, 7)
    store.run(600)
    assert (on_hand(store), store.stock[gtin(0)].available) == (7, 7)
    store.deliver(0, 3)
    store.run(2400)
    assert on_hand(store) == 7, "what was delivered since, nobody has counted"
    store.count(0, 5)
    store.run(60)
    assert on_hand(store) == 5


def test_a_count_that_is_told_twice_is_one_count() -> None:
    store = stocked(5)
    store.run(600)
    store.count(0, 7)
    store.run(10)
    store.count(0, 7)
    store.run(600)
    assert on_hand(store) == 5
