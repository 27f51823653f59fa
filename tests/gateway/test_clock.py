"""Time as the store lives it: on with the monotonic clock, stepped only for a reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import PATIENCE_SECONDS, YOUNG_SECONDS, Agreement, SteadyClock
from tests.gateway.clocks import HandClock

T0 = 1_763_740_800.0
DECADE = 10 * 365 * 86_400.0


def settled() -> tuple[Agreement, float]:
    """An agreement that has held for more than an hour, and the monotonic time."""
    agreement, mono = Agreement(T0, 0.0), YOUNG_SECONDS + 1
    assert agreement.look(T0 + mono, mono) == 0.0
    return agreement, mono


@given(st.lists(st.floats(-5.0, 5.0), max_size=30))
def test_small_corrections_never_make_time_stand_still_or_go_back(offs: list[float]) -> None:
    agreement, before = Agreement(T0, 0.0), T0
    for turn, off in enumerate(offs, 1):
        mono = turn * 0.2
        wall = mono + agreement.offset + off
        assert agreement.look(wall, mono) == 0.0
        now = mono + agreement.offset
        assert now > before
        before = now


def test_a_clock_that_is_a_little_ahead_is_agreed_upon_soon() -> None:
    agreement = Agreement(T0, 0.0)
    for turn in range(1, 60):
        agreement.look(T0 + turn * 0.2 - 4.0, turn * 0.2)
    assert abs(agreement.offset - (T0 - 4.0)) < 0.01


def test_an_hour_back_is_stepped_at_once() -> None:
    agreement, mono = settled()
    assert agreement.look(T0 + mono - 3_600.0, mono) == -3_600.0
    assert agreement.look(T0 + mono - 3_600.0, mono) == 0.0


def test_years_at_a_start_are_believed_and_later_they_are_not() -> None:
    young = Agreement(T0, 0.0)
    assert young.look(T0 + DECADE + 10, 10.0) == DECADE
    agreement, mono = settled()
    assert agreement.look(T0 + mono + DECADE, mono) == 0.0
    assert agreement.doubt == DECADE
    assert agreement.look(T0 + mono + 60, mono + 60) == 0.0
    assert agreement.doubt == 0.0
    assert agreement.offset == T0


def test_who_insists_is_believed() -> None:
    agreement, mono = settled()
    until = mono + PATIENCE_SECONDS
    assert agreement.look(T0 + mono + DECADE, mono) == 0.0
    assert agreement.look(T0 + until - 1 + DECADE, until - 1) == 0.0
    assert agreement.look(T0 + until + DECADE, until) == DECADE
    assert agreement.doubt == 0.0


def test_a_wild_clock_is_never_believed() -> None:
    agreement, mono = settled()
    for turn in range(100):
        at = mono + 60.0 * turn
        assert agreement.look(T0 + at + DECADE * (1 + turn % 7), at) == 0.0
    assert agreement.offset == T0


async def test_the_clock_goes_on_between_two_looks_whatever_the_machine_s_says() -> None:
    hand = HandClock(T0)
    steady = SteadyClock(hand)
    hand.ahead = DECADE
    await hand.move(1.0)
    assert steady.wall() == T0 + 1.0
    assert steady.settled()
    assert steady.agree() == DECADE
    assert steady.wall() == T0 + 1.0 + DECADE
    assert not steady.settled()
    hand.ahead = 0.0
    assert steady.agree() == -DECADE
    await hand.move(86_400.0)
    assert steady.settled()
