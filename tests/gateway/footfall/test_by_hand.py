"""The person with the clicker: both count over the same time, only what both saw is believed."""

from __future__ import annotations

import pytest

from drivers.observations import Count
from gateway.footfall.calibration import FEWEST_CROSSINGS
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.requests import ManualAct, ManualCount, ManualStep, Tap, Way
from tests.gateway.footfall.store import T0, Till

DOOR = "door-main"


class Watch(Till):
    """A store where somebody stands at the door; every `miss`th passage escapes the counter."""

    def __init__(self, miss: int = 10, *, inverted: bool = False) -> None:
        super().__init__(FootfallRules(doors={DOOR: DoorRule(DOOR, inverted=inverted)}))
        self.miss = miss
        self.passages = self.n = 0
        self.totals = [0, 0]

    def do(self, step: ManualStep, *taps: Tap) -> ManualCount:
        state = self.engine.manual(DOOR, ManualAct(step, "phone-1", taps), self.now)
        self.until(self.now)
        return state

    def tap(self, way: Way = Way.IN, *, age: float = 0.2, undo: bool = False) -> Tap:
        self.n += 1
        return Tap(self.n, way, age, undo)

    def passage(self, way: Way) -> None:
        self.passages += 1
        if self.passages % self.miss:
            self.totals[way is Way.OUT] += 1

    def stand(self, seconds: int, *, every: int = 3, tapping: bool = True) -> None:
        """A counter at 1 Hz, and somebody passing each `every` seconds."""
        for second in range(seconds):
            self.until(self.now + 1)
            if second % every == 0:
                way = Way.IN if self.passages % 2 else Way.OUT
                self.passage(way)
                if tapping:
                    self.do(ManualStep.TAPS, self.tap(way))
            self.count(self.now, *self.totals)


def watching(shop: Watch) -> Watch:
    shop.count(T0, 0, 0)
    shop.do(ManualStep.START)
    return shop


def test_both_count_over_the_same_time_and_a_factor_follows() -> None:
    shop = watching(Watch(miss=10))
    shop.stand(700)
    early = shop.engine.manual_counts()[0]
    assert (early.why, early.offered) == ("few", ())
    assert early.crossings < FEWEST_CROSSINGS
    shop.stand(400)
    state = shop.do(ManualStep.PAUSE)
    assert state.crossings >= FEWEST_CROSSINGS
    assert state.counted == pytest.approx(0.9 * state.crossings, abs=2)
    assert state.crossings == pytest.approx(state.entries + state.exits, abs=1), "the last minute"
    (flow,) = [one for one in state.offered if one.flow == 15]
    assert flow.low < 1 / 0.9 < flow.high
    assert not state.in_force


def test_applied_it_counts_from_then_on_also_after_a_restart() -> None:
    shop = watching(Watch(miss=10))
    shop.stand(1_100)
    state = shop.do(ManualStep.APPLY)
    assert state.offered == state.in_force != ()
    assert shop.engine.manual_counts()[0].crossings == 0, "the next count begins anew"
    shop.restart()
    assert shop.engine.manual_counts()[0].in_force == state.in_force
    before = sum(m.visitors for m in shop.minutes.values())
    counted = shop.totals[0]
    shop.stand(600, tapping=False)
    shop.until(shop.now + 70)
    visitors = sum(m.visitors for m in shop.minutes.values()) - before
    assert visitors == pytest.approx((shop.totals[0] - counted) / 0.9, abs=10)


def test_a_restart_of_the_gateway_loses_no_press_and_no_passage() -> None:
    shop = watching(Watch())
    shop.stand(330)
    shop.restart()
    shop.stand(330)
    state = shop.do(ManualStep.PAUSE)
    assert state.entries + state.exits == 220
    assert state.crossings == pytest.approx(220, abs=1)
    assert state.counted == pytest.approx(198, abs=1)


def test_presses_said_twice_count_once_and_those_that_come_late_count_then() -> None:
    shop = watching(Watch())
    shop.stand(20, every=30)
    taps = [shop.tap(age=0.5) for _ in range(4)]
    for _ in range(3):
        shop.do(ManualStep.TAPS, *taps)
    shop.stand(100, every=200)
    late = shop.tap(Way.OUT, age=100.0)
    state = shop.do(ManualStep.TAPS, late)
    assert (state.entries, state.exits) == (5, 2), "with those of two passages"
    assert state.crossings == 6, "the one of the minute that runs is still to come"


def test_a_press_taken_back_is_gone_from_both() -> None:
    shop = watching(Watch())
    shop.stand(10, every=100)
    shop.do(ManualStep.TAPS, shop.tap(age=0), shop.tap(age=0), shop.tap(age=0, undo=True))
    shop.stand(60, every=100)
    state = shop.engine.manual_counts()[0]
    assert (state.entries, state.exits, state.crossings) == (2, 1, 2)


def test_a_phone_put_away_makes_no_truth() -> None:
    shop = watching(Watch())
    shop.stand(300)
    known = shop.engine.manual_counts()[0]
    shop.stand(900, tapping=False)
    state = shop.engine.manual_counts()[0]
    assert not state.watching
    assert state.crossings == pytest.approx(known.crossings, abs=25)
    assert state.counted == pytest.approx(0.9 * state.crossings, abs=5)


@pytest.mark.parametrize("boot", [2, 1])
def test_a_counter_that_begins_again_or_leaps_makes_no_stretch(boot: int) -> None:
    shop = watching(Watch())
    shop.stand(90)
    before = shop.engine.manual_counts()[0].counted
    shop.until(shop.now + 1)
    shop.engine.observe(Count(DOOR, shop.now, shop.now, boot, 900_000, 900_000))
    shop.until(shop.now + 60)
    assert shop.engine.manual_counts()[0].counted == before


def test_refused_outside_of_what_can_be_believed() -> None:
    shop = watching(Watch(miss=2))
    shop.stand(1_000)
    state = shop.do(ManualStep.APPLY)
    assert (state.why, state.offered, state.in_force) == ("factor", (), ())
    assert state.given["factor"] == pytest.approx(2.0, abs=0.1)


def test_a_door_mounted_the_wrong_way_is_told_by_the_person_at_it() -> None:
    shop = watching(Watch())
    for _ in range(3):
        for way, counted in ((Way.IN, 1), (Way.OUT, 0)):
            for _ in range(70):
                shop.until(shop.now + 1)
                shop.totals[counted] += 1
                shop.do(ManualStep.TAPS, shop.tap(way))
                shop.count(shop.now, *shop.totals)
    assert shop.engine.manual_counts()[0].why == "swapped"


def test_a_changed_key_of_the_config_rules_over_older_factors() -> None:
    shop = watching(Watch())
    shop.stand(1_100)
    assert shop.do(ManualStep.APPLY).in_force
    shop.engine.calibrate({DOOR: 1.0})
    assert shop.engine.manual_counts()[0].in_force, "the key as it was"
    shop.engine.calibrate({DOOR: 1.2})
    shop.until(shop.now + 1)
    assert not shop.engine.manual_counts()[0].in_force
    assert f"bands/{DOOR}" not in shop.disk


def test_a_key_changed_while_the_gateway_was_down_rules_too() -> None:
    shop = watching(Watch())
    shop.stand(1_100)
    shop.do(ManualStep.APPLY)
    shop.rules = FootfallRules(doors={DOOR: DoorRule(DOOR, calibration=1.1)})
    shop.restart()
    state = shop.engine.manual_counts()[0]
    assert (state.in_force, state.calibration) == ((), 1.1)


def test_forgotten_factors_leave_the_configs() -> None:
    shop = watching(Watch())
    shop.stand(1_100)
    shop.do(ManualStep.APPLY)
    assert not shop.do(ManualStep.FORGET).in_force
    shop.restart()
    assert not shop.engine.manual_counts()[0].in_force


def test_a_door_mounted_the_other_way_counts_by_the_stores_own_in_and_out() -> None:
    shop = watching(Watch(inverted=True))
    for _ in range(130):
        shop.until(shop.now + 1)
        shop.totals[1] += 1
        shop.do(ManualStep.TAPS, shop.tap(Way.IN))
        shop.count(shop.now, *shop.totals)
    state = shop.engine.manual_counts()[0]
    assert state.why == "few"
    assert state.counted == pytest.approx(state.crossings, abs=1)


def test_a_counter_whose_clock_is_hours_off_is_calibrated_all_the_same() -> None:
    shop = watching(Watch())
    for second in range(130):
        shop.until(shop.now + 1)
        shop.totals[0] += 1
        shop.do(ManualStep.TAPS, shop.tap(Way.IN))
        late = shop.now - 3 * 3_600
        shop.engine.observe(Count(DOOR, late + second % 2, shop.now, 1, *shop.totals))
    state = shop.engine.manual_counts()[0]
    assert state.crossings == pytest.approx(120, abs=2)
    assert state.counted == pytest.approx(state.crossings, abs=1)
