"""A clock that steps, reports that come late, facts stamped by somebody else's wrong clock."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.observations import Line, Round, Sale
from gateway.changes import Alert, LedgerLine, Remember, StockState
from gateway.stock.engine import StockEngine
from tests.gateway.stock.shop import HexNaming, Shop, epc, gtin, layout, reads, shop

DECADE = 10 * 365 * 86_400.0


def stocked(number: int = 5, **kind: bool) -> Shop:
    store = shop(**kind)
    for serial in range(number):
        store.where[epc(0, serial)] = 1
    store.run(60)
    return store


def clock_alerts(store: Shop) -> list[bool]:
    return [c.over for c in store.changes if isinstance(c, Alert) and c.kind == "clock_wrong"]


def test_a_clock_that_steps_ten_years_ahead_and_back_is_said_and_survived() -> None:
    store = stocked()
    store.deliver(1, 6)
    for step in (DECADE, -DECADE):
        store.t += step
        store.run(10)
        said = store.stock[gtin(0)]
        assert (said.on_hand, said.available, said.state) == (5, 5, StockState.IN_STOCK)
    assert clock_alerts(store) == [False, False]
    assert store.stock[gtin(1)].on_hand == 6
    tags = store.engine._tags
    for times in (tags.last, tags.first, tags.since):
        assert np.nanmax(times[: tags.count]) <= store.t
    store.run(3700)
    assert clock_alerts(store) == [False, False, True]
    store.antennas = ()
    store.run(900)
    assert store.stock[gtin(0)].state is StockState.UNKNOWN


def test_a_delivery_is_as_new_as_it_was_when_the_clock_is_put_right() -> None:
    store = stocked()
    store.deliver(1, 6)
    account = store.engine._goods.known(gtin(1))
    assert account is not None
    for step in (-DECADE, DECADE):
        store.t += step
        store.engine.step_clock(step, store.t)
        store.run(1)
        assert [units for _, units in account.arriving(store.t)] == [6]


def test_what_was_remembered_under_a_clock_years_ahead_is_not_fresh_for_years() -> None:
    store = stocked()
    store.t += DECADE
    store.run(60)
    memory = {c.key: c.value for c in store.changes if isinstance(c, Remember) and c.value}
    again = Shop(StockEngine(layout(), HexNaming()))
    again.engine.restore(memory, again.t)
    again.advance()
    assert again.stock[gtin(0)].heard == again.t


def test_a_yes_goes_stale_while_nothing_is_heard_and_a_no_stays() -> None:
    store = stocked()
    store.antennas = ()
    store.run(700)
    said = store.stock[gtin(0)]
    assert (said.state, said.available) == (StockState.UNKNOWN, 0)
    assert 0.85 < said.p_available < 0.95
    chances = [said.p_available]
    for _ in range(6):
        store.t += 1800
        store.run(5)
        chances.append(store.stock[gtin(0)].p_available)
    assert chances == sorted(chances, reverse=True)
    assert 0.5 <= chances[-1] < 0.52
    assert store.stock[gtin(1)].p_available == 0.0


def test_reads_and_facts_from_years_ahead_are_dropped_or_happened_now() -> None:
    store = stocked()
    store.engine.observe(reads(store.t + DECADE, (1, epc(0, 9)), at=store.t))
    ahead = store.t + DECADE
    store.engine.observe(Sale("till", ahead, store.t, "S", (Line(gtin(0), 1),)))
    store.advance()
    assert store.engine.faults["bad_time"] == 1
    assert store.stock[gtin(0)].on_hand == 4
    assert np.nanmax(store.engine._tags.sold[:5]) == store.t
    assert not store.engine._evidence._heard


@pytest.mark.parametrize("late", [False, True])
def test_a_sale_and_what_came_back_after_it_are_taken_in_their_order(late: bool) -> None:
    """Reader and till were cut off together: what they kept is weighed by event time."""
    store = stocked(3)
    begun, end = store.t, store.t + 900
    at = end if late else None
    line = Line(gtin(0), 1, epc(0, 1))
    sale = Sale("till", begun + 40.0, at or begun + 40.0, "S", (line,))
    for second in range(900):
        t = begun + second
        heard = [(1, epc(0, 0)), (1, epc(0, 2))]
        heard += [(4, epc(0, 1))] if 20 <= second < 45 else []
        heard += [(1, epc(0, 1))] if second > 600 else []
        store.engine.observe(reads(t + 0.5, *heard, at=at))
        for antenna in (1, 4):
            store.engine.observe(Round("r", t + 0.9, at or t + 0.9, antenna))
        if second == 40:
            store.engine.observe(sale)
        if not late:
            store.t = t + 1
            store.advance()
    store.t = end
    store.advance()
    assert store.stock[gtin(0)].on_hand == 3
    lines = [c.reason for c in store.changes if isinstance(c, LedgerLine)]
    assert [why for why in lines if why in ("sold", "returned")] == ["sold", "returned"]
