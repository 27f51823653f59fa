"""The order of the steps, and how long an adapter is left alone."""

from __future__ import annotations

import pytest

from drivers.ble.ladder import LONGEST_REST_SECONDS, Ladder
from drivers.ble.scan import Step


def test_silence_climbs_from_the_foot() -> None:
    ladder = Ladder(Step.FIND)
    steps = [ladder.step(Step.SCAN) for _ in range(4)]
    assert steps == [Step.SCAN, Step.POWER, Step.FIND, None]
    assert ladder.tried == [Step.SCAN, Step.POWER, Step.FIND]


def test_a_fault_that_says_its_cure_begins_there() -> None:
    assert Ladder(Step.FIND).step(Step.POWER) is Step.POWER
    ladder = Ladder(Step.FIND)
    assert [ladder.step(Step.FIND), ladder.step(Step.FIND)] == [Step.FIND, None]


def test_what_nothing_cures_takes_no_step() -> None:
    assert Ladder(Step.FIND).step(None) is None


def test_a_radio_without_a_switch_has_one_step() -> None:
    ladder = Ladder(Step.SCAN)
    assert [ladder.step(Step.SCAN), ladder.step(Step.SCAN)] == [Step.SCAN, None]
    assert ladder.rest() == 0.0


@pytest.mark.parametrize("cure", [Step.SCAN, Step.POWER])
def test_each_time_it_is_given_up_it_rests_longer_until_it_was_well(cure: Step) -> None:
    ladder = Ladder(Step.FIND)
    rests = []
    for _ in range(8):
        while ladder.step(cure):
            pass
        rests.append(ladder.rest())
        assert not ladder.tried
    assert rests == [60, 120, 240, 480, 960, LONGEST_REST_SECONDS, *[LONGEST_REST_SECONDS] * 2]
    ladder.step(cure)
    ladder.well()
    assert not ladder.tried
    while ladder.step(cure):
        pass
    assert ladder.rest() == 60
