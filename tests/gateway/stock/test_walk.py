"""The installer's walk: which tags are meant, what is measured, what is said of each antenna."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.observations import Device, DeviceState, Round
from gateway.changes import Remember, StockChanged
from gateway.requests import AntennaHeard, AntennaVerdict, WalkAct, WalkPhase, WalkState, WalkStep
from gateway.stock.engine import StockEngine
from tests.gateway.stock.shop import T0, HexNaming, epc, layout, reads

OWN = 0.7
TEST_TAGS = [f"E28011{n:018X}" for n in range(8)]
GOODS = [epc(1, n) for n in range(30)]
HEARS = {"shelf-a": 1, "shelf-b": 2, "back": 3, "till": 4, "exit": 5}
START = WalkAct(WalkStep.START, count=len(TEST_TAGS))
APPLY = WalkAct(WalkStep.APPLY)


class Installer:
    """An engine, readers that go round once a second, and somebody with tags in their hand.

    Antenna 1 reads the zone of antenna 2 too, half as often as that one does.
    """

    def __init__(self, seed: int = 1, *, rounds: bool = True) -> None:
        self.engine = StockEngine(layout(), HexNaming())
        self.random = np.random.default_rng(seed)
        self.t, self.rounds = T0, rounds
        self.laid: dict[str, str] = {}
        self.rates = dict.fromkeys(HEARS.items(), OWN)
        self.rates["shelf-b", 1] = 0.5 * OWN
        self.away: set[int] = set()
        self.said: list[object] = []
        self.engine.observe(Device("r", T0, T0, DeviceState.ONLINE))

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            heard = [
                (antenna, tag)
                for tag, zone in self.laid.items()
                for antenna in HEARS.values()
                if antenna not in self.away
                and self.random.random() < self.rates.get((zone, antenna), 0.0)
            ]
            if heard:
                self.engine.observe(reads(self.t + 0.4, *heard))
            if self.rounds:
                for antenna in {1, 2, 3, 4, 5} - self.away:
                    self.engine.observe(Round("r", self.t + 0.9, self.t + 0.9, antenna))
            self.t += 1
            self.said += self.engine.advance(self.t)

    def act(self, act: WalkAct) -> WalkState:
        state = self.engine.walk(act, self.t)
        self.said += self.engine.advance(self.t)
        return state

    def stop(self, zone: str, tags: Iterable[str] = TEST_TAGS, seconds: float = 30.0) -> WalkState:
        self.laid |= dict.fromkeys(tags, zone)
        self.act(WalkAct(WalkStep.LAY, zone=zone, seconds=seconds))
        self.run(int(seconds) + 6)
        for tag in tags:
            self.laid.pop(tag, None)
        return self.engine.walk_state(self.t)

    def begin(self, act: WalkAct = START) -> WalkState:
        self.act(act)
        self.run(21)
        return self.engine.walk_state(self.t)

    def verdicts(self) -> dict[int, AntennaHeard]:
        return {one.antenna: one for one in self.engine.walk_state(self.t).antennas}


def stocked(**kind: bool) -> Installer:
    floor = Installer(**kind)
    floor.laid |= dict.fromkeys(GOODS, "shelf-a")
    floor.laid["E2DEADBEEF00000000000001"] = "shelf-b"
    return floor


@pytest.mark.parametrize("rounds", [True, False])
def test_tags_are_found_out_and_each_antenna_s_rate_is_measured_at_once(rounds: bool) -> None:
    floor = stocked(rounds=rounds)
    assert floor.begin().phase is WalkPhase.READY
    for zone in HEARS:
        state = floor.stop(zone)
    assert sorted(state.tags) == sorted(TEST_TAGS)
    assert [(stop.heard, stop.laid, stop.applied) for stop in state.stops] == [(8, 8, False)] * 5
    assert {one.verdict for one in state.antennas} == {AntennaVerdict.GOOD}
    assert all(one.rate == pytest.approx(OWN, abs=0.1) for one in state.antennas)
    before = floor.engine._presence.rates.mean.copy()
    state = floor.act(APPLY)
    after = floor.engine._presence.rates.mean
    assert all(stop.applied for stop in state.stops)
    assert after[1, 0] > 0.2 > 0.1 > before[1, 0]
    assert after[0, 0] == pytest.approx(OWN, abs=0.15)
    kept = [one.key for one in floor.said if isinstance(one, Remember) and "walked" in one.key]
    assert sorted(kept) == sorted(f"walked:{zone}" for zone in HEARS)


def test_it_outlives_a_restart() -> None:
    floor = stocked()
    floor.begin()
    floor.stop("shelf-b")
    floor.act(APPLY)
    kept = {one.key: one.value or "" for one in floor.said if isinstance(one, Remember)}
    again = StockEngine(layout(), HexNaming())
    again.restore(kept, floor.t)
    old, new = (one._presence.lessons for one in (floor.engine, again))
    assert np.abs(old.rates.mean - new.rates.mean).max() < 0.02
    assert np.abs(old.spread._chance - new.spread._chance).max() < 0.03
    assert new.rates.mean[1, 0] > 0.2


def test_what_the_store_teaches_later_does_not_wash_out_a_zone_without_goods() -> None:
    floor = stocked()
    floor.begin()
    floor.stop("till")
    floor.act(APPLY)
    spread = floor.engine._presence.lessons.spread
    told = spread._chance[3, :, 3].copy()
    floor.run(900)
    assert spread.taught[0].any()
    assert not spread.taught[3].any()
    assert np.abs(spread._chance[3, :, 3] - told).max() < 0.1


def test_a_walk_takes_the_place_of_what_the_store_had_taught_on_disk_too() -> None:
    floor = stocked()
    floor.run(1_900)
    spread = floor.engine._presence.lessons.spread
    assert spread.taught[0].any()
    floor.begin()
    floor.stop("shelf-a")
    floor.act(APPLY)
    assert not spread.taught[0].any()
    kept = {one.key: one.value for one in floor.said if isinstance(one, Remember)}
    assert kept["learned:shelf-a"] is None
    assert kept["walked:shelf-a"]
    floor.run(1_300)
    kept = {one.key: one.value for one in floor.said if isinstance(one, Remember)}
    assert kept["learned:shelf-a"]


def test_the_tags_of_a_walk_are_no_stock() -> None:
    floor = stocked()
    floor.begin()
    for zone in ("shelf-a", "shelf-b"):
        floor.stop(zone)
    floor.act(APPLY)
    counted = [one for one in floor.said if isinstance(one, StockChanged)]
    assert {one.gtin for one in counted if one.on_hand} == {counted[-1].gtin}
    assert counted[-1].on_hand == len(GOODS)


def test_each_fault_of_an_antenna_has_its_word() -> None:
    floor = stocked()
    floor.rates["shelf-a", 1] = 0.05
    floor.rates["shelf-b", 1] = floor.rates["shelf-b", 2] = 0.0
    floor.rates["back", 3], floor.rates["till", 3] = 0.1, OWN
    floor.away = {4}
    floor.begin()
    for zone in ("shelf-a", "shelf-b", "back", "till"):
        floor.stop(zone)
    said = floor.verdicts()
    assert {n: one.verdict.value for n, one in said.items()} == {
        1: "weak", 2: "deaf", 3: "elsewhere", 4: "silent", 5: "waiting",
    }  # fmt: skip
    assert said[3].hears == "till"
    assert (said[2].rounds, said[2].heard, said[2].laid) == (30, 0, 8)


def test_a_deaf_antenna_teaches_nothing_of_its_own_zone() -> None:
    floor = stocked()
    floor.rates["shelf-b", 2] = 0.0
    floor.begin()
    floor.stop("shelf-b")
    usual = floor.engine._presence.rates.mean[1, 1]
    floor.act(APPLY)
    assert floor.engine._presence.rates.mean[1, 1] == pytest.approx(usual)
    assert floor.engine._presence.rates.mean[1, 0] > 0.2


def test_goods_of_the_store_may_be_carried_when_they_are_named() -> None:
    floor = stocked()
    mine = tuple(GOODS[:5])
    for tag in mine:
        floor.laid.pop(tag)
    floor.act(WalkAct(WalkStep.START, tags=mine))
    state = floor.stop("till", mine)
    assert state.phase is WalkPhase.READY
    assert sorted(state.tags) == sorted(mine)
    assert (state.stops[0].heard, state.stops[0].laid) == (5, 5)


def test_tags_that_lay_there_anyway_and_passers_by_are_none_of_the_walk_s() -> None:
    floor = stocked()
    floor.begin()
    floor.laid["E2C0FFEE0000000000000001"] = "shelf-b"
    floor.run(2)
    state = floor.stop("shelf-b")
    floor.laid.pop("E2C0FFEE0000000000000001")
    state = floor.stop("till")
    assert sorted(state.tags) == sorted(TEST_TAGS)


def test_a_zone_laid_again_counts_anew() -> None:
    floor = stocked()
    floor.begin()
    floor.rates["till", 4] = 0.0
    floor.stop("shelf-a")
    floor.stop("till")
    assert floor.verdicts()[4].verdict is AntennaVerdict.DEAF
    floor.rates["till", 4] = OWN
    floor.stop("till")
    assert floor.verdicts()[4].verdict is AntennaVerdict.GOOD
    floor.act(APPLY)
    twice = floor.engine._presence.rates.mean.copy()
    floor.act(APPLY)
    assert (floor.engine._presence.rates.mean == twice).all()


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (WalkAct(WalkStep.START, count=2), "count"),
        (WalkAct(WalkStep.START, count=51), "count"),
        (WalkAct(WalkStep.START, tags=("xyz", "", "E2")), "tags"),
        (WalkAct(WalkStep.START, tags=(TEST_TAGS[0],) * 9), "count"),
        (WalkAct(WalkStep.LAY, zone="shelf-a"), "not_started"),
        (WalkAct(WalkStep.LAY, zone="nowhere"), "zone"),
        (APPLY, "nothing"),
    ],
)
def test_steps_out_of_order_are_refused_with_a_word(act: WalkAct, why: str) -> None:
    state = Installer().act(act)
    assert (state.why, state.phase) == (why, WalkPhase.IDLE)
    assert state.detail


def test_while_it_listens_or_measures_some_steps_must_wait() -> None:
    floor = stocked()
    floor.act(START)
    lay = WalkAct(WalkStep.LAY, zone="till", seconds=30.0)
    assert floor.act(lay).why == "listening"
    floor.run(21)
    assert floor.act(replace(lay, seconds=1.0)).why == "seconds"
    assert floor.act(replace(lay, seconds=float("nan"))).why == "seconds"
    assert floor.act(lay).phase is WalkPhase.LAID
    assert floor.act(APPLY).why == "laid"
    assert floor.act(WalkAct(WalkStep.DISCARD)).phase is WalkPhase.IDLE


def test_a_store_without_readers_has_nothing_to_walk_for() -> None:
    engine = StockEngine(layout(readers=False), HexNaming())
    assert engine.walk(START, T0).why == "no_readers"


def test_a_walk_that_nobody_goes_on_with_is_forgotten() -> None:
    floor = stocked()
    floor.begin()
    floor.stop("till")
    floor.t += 7_300
    floor.run(1)
    state = floor.engine.walk_state(floor.t)
    assert (state.phase, state.tags, state.stops) == (WalkPhase.IDLE, (), ())


@pytest.mark.parametrize("seconds", [-86_400.0, 3.0, 1e9])
def test_a_stepped_clock_neither_ends_nor_lengthens_a_stop(seconds: float) -> None:
    floor = stocked()
    floor.begin()
    floor.laid |= dict.fromkeys(TEST_TAGS, "till")
    floor.act(WalkAct(WalkStep.LAY, zone="till", seconds=30.0))
    floor.run(10)
    floor.t += seconds
    floor.engine.step_clock(seconds, floor.t)
    floor.run(20)
    assert floor.engine.walk_state(floor.t).left == 3.0
    floor.run(6)
    state = floor.engine.walk_state(floor.t)
    assert (state.phase, state.stops[0].heard) == (WalkPhase.READY, len(TEST_TAGS))
    assert floor.verdicts()[4].rounds == 30


def test_a_flood_of_tags_is_bounded_and_counted() -> None:
    floor = Installer()
    floor.begin()
    floor.act(WalkAct(WalkStep.LAY, zone="till", seconds=30.0))
    floor.t += 5
    for block in range(60):
        heard = [(4, f"E2F{block:05X}{n:016X}") for n in range(100)]
        floor.engine.observe(reads(floor.t, *heard))
        floor.engine.observe(Round("r", floor.t, floor.t, 4))
    assert floor.engine.faults["walk_tags_beyond_bound"] == 1_000
    assert len(floor.engine.walk_state(floor.t).tags) <= START.count


STEPS = st.builds(
    WalkAct,
    st.sampled_from(WalkStep),
    tags=st.lists(st.sampled_from([*TEST_TAGS, "", "E2", "zz", "E280 11-00"]), max_size=6).map(
        tuple
    ),
    count=st.integers(-5, 60),
    zone=st.sampled_from(["shelf-a", "till", "", "moon"]),
    seconds=st.sampled_from([0.0, 10.0, 30.0, -1.0, float("nan"), float("inf"), 1e18]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS | st.integers(-7_300, 30), max_size=25), st.integers(0, 9))
def test_no_order_of_steps_and_no_clock_breaks_it(steps: list[WalkAct | int], seed: int) -> None:
    floor = Installer(seed)
    floor.laid |= dict.fromkeys(TEST_TAGS[:4], "till")
    for step in steps:
        if isinstance(step, WalkAct):
            state = floor.act(step)
        else:
            floor.t += min(step, 0)
            floor.run(max(step, 1))
            state = floor.engine.walk_state(floor.t)
        assert 0 <= state.left <= 603
        assert all(one.rate is None or 0 <= one.rate <= 1 for one in state.antennas)
        assert all(one.heard <= max(one.laid, 0) for one in state.antennas)
    rates = floor.engine._presence.rates.mean
    assert ((rates > 0) & (rates < 1)).all()
