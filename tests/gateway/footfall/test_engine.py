"""Counts in, minutes out: nobody lost, nobody twice, nothing believed that cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.observations import Advert, Count, Line, Sale
from gateway.changes import Change, Conversion, DoorMinute, OccupancyChanged, Remember, StoreMinute
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import DoorRule, FootfallRules

T0 = 1_763_740_800.0
MAIN = FootfallRules(doors={"door-main": DoorRule("door-main")})


def count(t: float, entries: int, exits: int, boot: int = 1, src: str = "door-main") -> Count:
    return Count(src, T0 + t, T0 + t, boot, entries, exits)


def sale(t: float, receipt: str) -> Sale:
    return Sale("till", T0 + t, T0 + t, receipt, (Line("03453120000011", 1),))


def total(changes: list[Change]) -> tuple[int, int]:
    minutes = [c for c in changes if isinstance(c, DoorMinute)]
    return sum(m.entries for m in minutes), sum(m.exits for m in minutes)


def run(engine: FootfallEngine, *observed: Count | Sale | Advert, until: float) -> list[Change]:
    engine.advance(T0)
    for obs in observed:
        engine.observe(obs)
    return engine.advance(T0 + until)


def test_first_contact_is_a_base_and_differences_count() -> None:
    changes = run(FootfallEngine(MAIN), count(1, 1204, 1180), count(9, 1206, 1181), until=65)
    assert total(changes) == (2, 1)
    assert [c for c in changes if isinstance(c, StoreMinute)] == [
        StoreMinute(T0 + 60, 2, 1, 2, 1, 0)
    ]


def test_a_new_boot_starts_again_at_any_value() -> None:
    changes = run(
        FootfallEngine(MAIN),
        count(1, 10, 10),
        count(2, 13, 10),
        count(3, 500, 400, boot=2),
        count(4, 501, 400, boot=2),
        until=65,
    )
    assert total(changes) == (4, 0)


def test_totals_wrap_and_stale_frames_are_passed_over() -> None:
    engine = FootfallEngine(MAIN)
    changes = run(
        engine, count(1, 2**32 - 1, 7), count(2, 1, 7), count(3, 0, 7), count(4, 2, 7), until=65
    )
    assert total(changes) == (3, 0)
    assert engine.faults["count_backwards"] == 1


def test_more_than_eight_a_second_is_a_fault_not_people() -> None:
    engine = FootfallEngine(MAIN)
    changes = run(engine, count(0, 0, 0), count(1, 10_000, 0), count(2, 10_001, 0), until=65)
    assert total(changes) == (1, 0)
    assert engine.faults["count_too_fast"] == 1


def test_a_door_mounted_the_wrong_way_round() -> None:
    rules = FootfallRules(doors={"door-main": DoorRule("door-main", inverted=True)})
    assert total(run(FootfallEngine(rules), count(0, 0, 0), count(5, 3, 1), until=65)) == (1, 3)


def test_calibration_moves_visitors_and_leaves_raw_counts_alone() -> None:
    rules = FootfallRules(doors={"door-main": DoorRule("door-main", calibration=1.1)})
    engine = FootfallEngine(rules)
    engine.advance(T0)
    said: list[Change] = []
    for minute in range(20):
        engine.observe(count(minute * 60 + 1, minute * 5, 0))
        said += engine.advance(T0 + minute * 60 + 65)
    minutes = [c for c in said if isinstance(c, StoreMinute)]
    assert sum(m.entries for m in minutes) == 95
    assert sum(m.visitors for m in minutes) == 105


def test_a_badge_at_the_door_takes_one_off_once() -> None:
    rules = FootfallRules(doors={"door-main": DoorRule("door-main")}, staff=frozenset({"badge-7"}))
    badge = Advert("ble", T0 + 9, T0 + 9, "badge-7", "C4:7C:8D:6A:11:02", -50.0)
    changes = run(
        FootfallEngine(rules), count(0, 0, 0), badge, count(10, 1, 0), count(11, 2, 0), until=65
    )
    minute = next(c for c in changes if isinstance(c, StoreMinute))
    assert (minute.entries, minute.visitors) == (2, 1)


def test_occupancy_is_never_negative() -> None:
    changes = run(FootfallEngine(MAIN), count(0, 0, 0), count(5, 1, 4), until=65)
    assert total(changes) == (1, 4)
    assert not [c for c in changes if isinstance(c, OccupancyChanged)]


def test_conversion_by_the_hour_with_its_interval() -> None:
    engine = FootfallEngine(MAIN)
    engine.advance(T0)
    engine.observe(count(0, 0, 0))
    engine.observe(count(100, 240, 0))
    for number in range(71):
        engine.observe(sale(200 + number, f"R-{number}"))
    hour = next(c for c in engine.advance(T0 + 3_605) if isinstance(c, Conversion))
    assert (hour.visitors, hour.transactions, hour.rate) == (240, 71, 0.2958)
    assert hour.low == pytest.approx(0.2417, abs=5e-4)
    assert hour.high == pytest.approx(0.3565, abs=5e-4)


@pytest.mark.parametrize(
    ("visitors", "receipts", "flag"),
    [(12, 3, "too_few"), (31, 40, "more_sales_than_visitors"), (0, 2, "sales_without_visitors")],
)
def test_what_cannot_be_said_is_flagged(visitors: int, receipts: int, flag: str) -> None:
    engine = FootfallEngine(MAIN)
    engine.advance(T0)
    engine.observe(count(0, 0, 0))
    engine.observe(count(100, visitors, 0))
    for number in range(receipts):
        engine.observe(sale(200 + number, f"R-{number}"))
    hour = next(c for c in engine.advance(T0 + 3_605) if isinstance(c, Conversion))
    assert hour.flags == (flag,)
    assert hour.low is None


def test_a_hole_of_years_does_not_tell_millions_of_minutes() -> None:
    engine = FootfallEngine(MAIN)
    engine.advance(T0)
    assert len(engine.advance(T0 + 10 * 365 * 86_400)) < 10


steps = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 3), st.sampled_from(["", "restart", "counter", "both"])
    ),
    min_size=1,
    max_size=60,
)


@given(steps)
def test_kills_and_counter_restarts_lose_nobody_and_double_nobody(
    walk: list[tuple[int, int, str]],
) -> None:
    """Frames each 7 s; the process is killed or the counter restarts in between."""
    engine = FootfallEngine(MAIN)
    memory: dict[str, str] = {}
    entries = exits = true_in = true_out = 0
    boot, t = 1, 0.0
    said: list[Change] = []

    def advance(now: float) -> None:
        for change in engine.advance(T0 + now):
            said.append(change)
            if isinstance(change, Remember) and change.value is not None:
                memory[change.key] = change.value

    advance(0)
    engine.observe(count(0, 0, 0))
    advance(1)
    t = 1.0
    for came, left, event in walk:
        t += 7
        if event in {"counter", "both"}:
            boot, entries, exits = boot + 1, 0, 0
            engine.observe(count(t, entries, exits, boot))
            advance(t)
        if event in {"restart", "both"}:
            engine = FootfallEngine(MAIN)
            engine.restore(memory)
            engine.advance(T0 + t)
        entries, exits = entries + came, exits + left
        true_in, true_out = true_in + came, true_out + left
        engine.observe(count(t + 1, entries, exits, boot))
        advance(t + 1)
    advance(t + 130)
    assert total(said) == (true_in, true_out)


def test_a_reset_is_said_and_remembered_and_gives_the_residual() -> None:
    engine = FootfallEngine(MAIN)
    run(engine, count(1, 0, 0), count(9, 7, 2), until=65)
    assert engine.reset_occupancy(3, T0 + 70) == 5
    said = engine.advance(T0 + 71)
    assert OccupancyChanged(T0 + 70, 3, residual=2) in said
    again = FootfallEngine(MAIN)
    again.restore({c.key: c.value for c in said if isinstance(c, Remember) and c.value is not None})
    assert again.reset_occupancy(0, T0 + 80) == 3


def test_a_reset_knows_those_who_are_not_told_yet() -> None:
    engine = FootfallEngine(MAIN)
    run(engine, count(1, 0, 0), count(20, 4, 0), until=30)
    assert engine.reset_occupancy(10, T0 + 30) == 4
    engine.observe(count(40, 6, 1))
    minutes = [c for c in engine.advance(T0 + 65) if isinstance(c, StoreMinute)]
    assert minutes == [StoreMinute(T0 + 60, 6, 1, 6, 11, 0)], "six passed, one more is inside"
    assert engine.reset_occupancy(0, T0 + 66) == 11


def test_a_reset_just_after_the_empty_hour_stands() -> None:
    engine = FootfallEngine(MAIN)
    four = T0 + 12 * 3600
    engine.advance(four - 30)
    engine.reset_occupancy(4, four - 10)
    engine.advance(four + 10)
    assert engine.reset_occupancy(0, four + 20) == 0, "at four the store is empty"
    engine.reset_occupancy(6, four + 30)
    engine.advance(four + 90)
    assert engine.reset_occupancy(0, four + 100) == 6
