"""What a store should never see, and does: bounded, counted, survived."""

from __future__ import annotations

import time
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from drivers.observations import Delivery, DeliveryLine, TagReads
from gateway.changes import Alert, StockChanged, StockState
from gateway.core import Core, CoreRules
from gateway.footfall.rules import FootfallRules
from gateway.health import HealthRules
from gateway.requests import Verdict
from gateway.stock import answer, goods
from tests.gateway.stock.shop import T0, HexNaming, Shop, epc, gtin, layout, reads, shop

FLOOD = 100_000
FLOOD_SECONDS = 30.0
"""Generous: a busy machine takes ten, one that goes through a list for each tag takes hours."""


def stocked(number: int = 5, **kind: bool) -> Shop:
    store = shop(**kind)
    for serial in range(number):
        store.where[epc(0, serial)] = 1
    store.run(60)
    return store


def flood(store: Shop, article: int) -> TagReads:
    """Reads of very many serial numbers of one article, all at once."""
    one = reads(store.t, (1, epc(article, 0)))
    memory = np.repeat(one.epc, FLOOD, axis=0)
    serial = np.arange(1000, 1000 + FLOOD, dtype=np.uint32)
    for place in range(4):
        memory[:, 11 - place] = (serial >> (8 * place)) & 255
    return replace(
        one,
        t=np.full(FLOOD, store.t),
        antenna=np.ones(FLOOD, np.int32),
        epc=memory,
        epc_bytes=np.full(FLOOD, 12, np.int32),
        rssi=np.full(FLOOD, -60, np.float32),
        n=np.ones(FLOOD, np.int32),
    )


def test_a_flood_of_another_retailers_tags_takes_no_row_and_no_time() -> None:
    store = stocked()
    begun = time.perf_counter()
    store.engine.observe(flood(store, article=900))
    store.run(30)
    assert time.perf_counter() - begun < FLOOD_SECONDS
    assert store.engine._tags.count == 5
    assert len(store.engine._tags._by_bytes) <= 50_010
    assert store.engine.faults["foreign_tags"] == FLOOD
    assert store.stock[gtin(0)].on_hand == 5


def test_a_flood_of_made_up_serial_numbers_of_our_own_is_bounded() -> None:
    store = stocked()
    begun = time.perf_counter()
    store.engine.observe(flood(store, article=1))
    store.run(10)
    # Silent, and seen at the door: every one of them in doubt.
    tags = store.engine._tags
    mine = tags.account[: tags.count] == 1
    tags.belief[: tags.count][mine] = (0.3, 0.1, 0.1, 0.5)
    store.run(3)
    assert time.perf_counter() - begun < FLOOD_SECONDS
    assert store.engine.faults["tags_beyond_bound"] == FLOOD - goods.TAGS_A_GTIN
    assert store.stock[gtin(1)].on_hand <= goods.TAGS_A_GTIN
    assert store.stock[gtin(0)].on_hand == 5


@pytest.mark.parametrize("chance", [0.02, 0.5, 0.97])
def test_very_many_doubtful_units_are_judged_like_fewer_one_by_one(chance: float) -> None:
    number = answer.MANY + 1
    many = answer.distribution([chance] * number)
    exact = np.array([1.0])
    for _ in range(number):
        exact = np.convolve(exact, [1 - chance, chance])
    assert many.sum() == pytest.approx(1.0)
    assert abs(int(many.argmax()) - int(exact.argmax())) <= 1
    bell, one_by_one = answer.judge(many, many, 0.95), answer.judge(exact, exact, 0.95)
    assert abs(bell.sure_of - one_by_one.sure_of) <= 1
    assert bell.expected == pytest.approx(one_by_one.expected, abs=0.5)


@pytest.mark.parametrize("zone", [None, "shelf-a", "back"])
def test_a_count_of_nothing_against_tags_that_are_read_loses(zone: str | None) -> None:
    store = stocked()
    store.count(0, 0, zone)
    store.run(60)
    said = store.stock[gtin(0)]
    assert (said.on_hand, said.state) == (5, StockState.IN_STOCK)


def test_a_count_of_hundreds_against_five_tags_is_told_as_phantom_stock() -> None:
    store = stocked()
    store.count(0, 900_000)
    assert store.engine.faults["bad_line"] == 1
    store.count(0, 300)
    store.run(4000)
    said = store.stock[gtin(0)]
    assert said.available <= said.on_hand <= 300
    phantom = [c for c in store.changes if isinstance(c, Alert) and c.kind == "phantom_stock"]
    assert (said.on_hand == 300) != bool(phantom)


def test_more_sold_than_ever_came_is_counted_and_the_next_delivery_counts_in_full() -> None:
    store = shop(readers=False)
    store.antennas = ()
    store.deliver(1, 2)
    store.sell(1, 7)
    said = store.stock[gtin(1)]
    assert (said.on_hand, said.available, said.state) == (0, 0, StockState.OUT_OF_STOCK)
    assert store.engine.faults["oversold"] == 5
    store.deliver(1, 4)
    assert store.stock[gtin(1)].on_hand == 4
    store.count(1, -3)
    assert store.engine.faults["bad_line"] == 1
    assert store.stock[gtin(1)].on_hand == 4


def test_a_delivery_told_twice_counts_once() -> None:
    footfall = FootfallRules(timezone=ZoneInfo("UTC"))
    rules = CoreRules(layout(readers=False), footfall, HealthRules(), keep_seconds=86_400.0)
    core, said = Core(rules, HexNaming()), dict[str, StockChanged]()
    verdicts = []
    for turn, qty in enumerate((6, 6, 7)):
        told = Delivery("bo", T0 - 60, T0 + turn, "ASN-1", (DeliveryLine(gtin(1), qty),))
        verdicts.append(core.observe(told))
        changes = core.advance(T0 + turn + 1)
        said |= {c.gtin: c for c in changes if isinstance(c, StockChanged)}
    assert verdicts == [Verdict.NEW, Verdict.KNOWN, Verdict.CONFLICT]
    assert said[gtin(1)].on_hand == 6
    assert core.faults["core/fact_conflict"] == 1
