"""What must hold whatever the sensors, the till and the clock say."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.observations import (
    Delivery,
    DeliveryLine,
    Device,
    DeviceState,
    Line,
    Observation,
    Return,
    Round,
    Sale,
    Stocktake,
    Weight,
)
from gateway.changes import Change, Remember, StockChanged, StockState
from gateway.requests import HoldRequest, HoldVerdict
from gateway.stock.engine import StockEngine
from tests.gateway.stock.shop import T0, HexNaming, epc, gtin, layout, reads

TIMES = st.one_of(
    st.floats(0, 120), st.sampled_from([math.nan, math.inf, -1e12, -5.0, 1e4]), st.just(0.0)
)
GTINS = st.one_of(st.integers(0, 6).map(gtin), st.sampled_from(["", "123", "03453129999999"]))
EPCS = st.one_of(
    st.builds(epc, st.integers(0, 6), st.integers(0, 5)),
    st.sampled_from(["", "zz", "E200", "E280" * 6, "30" + "F" * 22]),
)
READABLE = st.one_of(
    st.builds(epc, st.integers(0, 6), st.integers(0, 5)), st.sampled_from(["E280" * 6])
)
QTY = st.one_of(st.integers(-2, 8), st.just(10**9))
ZONES = st.sampled_from([None, "shelf-a", "shelf-b", "back", "till", "exit", "moon"])


def _reads(t: float, heard: list[tuple[int, str]]) -> Observation:
    return reads(T0 + t, *heard)


def _sale(t: float, number: str, qty: int, tag: str | None) -> Observation:
    return Sale("till", T0 + t, T0 + t, "S", (Line(number, qty, tag),))


def _return(t: float, number: str, qty: int) -> Observation:
    return Return("till", T0 + t, T0 + t, "R", (Line(number, qty),))


def _delivery(t: float, number: str, qty: int, tags: list[str]) -> Observation:
    return Delivery("bo", T0 + t, T0 + t, "D", (DeliveryLine(number, qty, tuple(tags)),))


def _count(t: float, number: str, qty: int, zone: str | None) -> Observation:
    return Stocktake("bo", T0 + t, T0 + t, number, qty, zone)


def _device(t: float, antenna: int | None, state: DeviceState) -> Observation:
    return Device("r", T0 + t, T0 + t, state, antenna)


OBSERVATIONS = st.one_of(
    st.builds(
        _reads, TIMES, st.lists(st.tuples(st.integers(0, 7), READABLE), min_size=1, max_size=8)
    ),
    st.builds(lambda t, a: Round("r", T0 + t, T0 + t, a), TIMES, st.integers(0, 7)),
    st.builds(_sale, TIMES, GTINS, QTY, st.one_of(st.none(), EPCS)),
    st.builds(_return, TIMES, GTINS, QTY),
    st.builds(_delivery, TIMES, GTINS, QTY, st.lists(EPCS, max_size=4)),
    st.builds(_count, TIMES, GTINS, QTY, ZONES),
    st.builds(
        _device, TIMES, st.one_of(st.none(), st.integers(0, 7)), st.sampled_from(DeviceState)
    ),
    st.builds(lambda t, g: Weight("s", T0 + t, T0 + t, g), TIMES, st.floats(allow_nan=True)),
)
SETTLED_SECONDS = 150
"""After so long every read has been weighed, those that a fast clock dated ahead, too."""
BLIND_SECONDS = 900.0
"""Nothing heard for so long: what antennas said no longer counts, and holds still do."""
STORY = st.lists(st.one_of(OBSERVATIONS, st.integers(1, 15)), max_size=30)


def _run(story: list[Observation | int], engine: StockEngine) -> tuple[list[Change], float]:
    now, said = T0, []
    for step in story:
        if isinstance(step, int):
            now += step
        else:
            engine.observe(step)
        said += engine.advance(now)
    return said + engine.advance(now + 1), now + 1


def _engine(**kind: bool) -> StockEngine:
    return StockEngine(layout(**kind), HexNaming())


@given(story=STORY, exits=st.booleans(), readers=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_promise_above_belief_and_no_crash(
    story: list[Observation | int], exits: bool, readers: bool
) -> None:
    engine = _engine(exits=exits, readers=readers)
    said, _ = _run(story, engine)
    for change in said:
        if not isinstance(change, StockChanged):
            continue
        assert 0 <= change.p_available <= 1
        assert 0 <= change.available <= max(0, math.ceil(change.expected + 3))
        assert change.on_hand >= 0
        assert change.state is not StockState.UNKNOWN or change.available == 0
        assert all(value >= 0 for value in change.zones.values())
        assert sum(change.zones.values()) <= change.expected + 1.5
    tags = engine._tags
    live = tags.status[: tags.count] == 1
    total = tags.belief[: tags.count][live].sum(axis=1)
    assert np.allclose(total, 1.0)


@given(story=STORY)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_observations_give_the_same_changes(story: list[Observation | int]) -> None:
    assert repr(_run(story, _engine())) == repr(_run(story, _engine()))


@given(story=STORY)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_restart_keeps_book_holds_and_counts(story: list[Observation | int]) -> None:
    engine = _engine()
    said, now = _run([*story, SETTLED_SECONDS], engine)
    engine.hold(HoldRequest("h", gtin(1), 1, 30.0), now)
    said += engine.advance(now)
    memory: dict[str, str | None] = {}
    for change in said:
        if isinstance(change, Remember):
            memory[change.key] = change.value
    again = _engine()
    again.restore({key: text for key, text in memory.items() if text is not None}, now)
    # Right after a restart no antenna has spoken: only the blind are alike before and after.
    engine.observe(_device(now - T0, None, DeviceState.OFFLINE))
    blind = now + BLIND_SECONDS
    engine.advance(blind)
    again.advance(now)
    after = {c.gtin: c for c in again.advance(blind) if isinstance(c, StockChanged)}
    for account in engine._goods.accounts:
        before = engine._answers.of(account, blind, engine._holds)
        twin = again._goods.known(account.gtin)
        assert twin is not None
        fresh = after.get(account.gtin) or again._answers.of(twin, blind, again._holds)
        assert twin.book == account.book
        assert fresh.reserved == before.reserved
        # A scale speaks again within seconds of a restart; its last word is not kept.
        if before.sources != ("scale",):
            assert abs(fresh.on_hand - before.on_hand) <= 1


@given(qty=st.integers(0, 12), wanted=st.lists(st.integers(1, 5), max_size=6))
@settings(max_examples=30, deadline=None)
def test_holds_never_promise_twice(qty: int, wanted: list[int]) -> None:
    engine = _engine(readers=False)
    engine.observe(_count(0.0, gtin(1), qty, None))
    engine.advance(T0)
    promised = 0
    for number, many in enumerate(wanted):
        answer = engine.hold(HoldRequest(str(number), gtin(1), many, 30.0), T0)
        promised += many if answer.verdict is HoldVerdict.NEW else 0
    assert promised <= qty


ASKED = st.one_of(
    st.builds(HoldRequest, st.sampled_from("abcdef"), GTINS, st.integers(-1, 6), st.just(30.0)),
    st.tuples(st.sampled_from(["collect", "release"]), st.sampled_from("abcdef")),
)


@given(story=st.lists(st.one_of(OBSERVATIONS, st.integers(1, 15), ASKED), max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_promise_is_less_sure_than_the_store_s_level(
    story: list[Observation | int | HoldRequest | tuple[str, str]],
) -> None:
    engine, now = _engine(), T0
    said: dict[str, StockChanged] = {}
    for step in story:
        if isinstance(step, int):
            now += step
        elif isinstance(step, HoldRequest):
            free = (
                engine._answers.of(account, now, engine._holds).available
                if (account := engine._goods.known(step.gtin))
                else 0
            )
            answer = engine.hold(step, now)
            if answer.verdict is HoldVerdict.NEW:
                assert 0 < step.qty <= free
                assert answer.available == free - step.qty
        elif isinstance(step, tuple):
            (engine.collect if step[0] == "collect" else engine.release)(step[1], now)
        else:
            engine.observe(step)
        said |= {c.gtin: c for c in engine.advance(now) if isinstance(c, StockChanged)}
    for change in said.values():
        if change.available > 0:
            assert change.p_available >= 0.95 - 1e-4
            assert change.state is not StockState.UNKNOWN
        assert change.reserved == engine._holds.reserved(change.gtin)
