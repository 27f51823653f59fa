"""Staff taken out by their badges: once each, and never a visitor for a badge that lies there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.observations import Advert
from gateway.footfall.rules import DoorRule
from tests.gateway.footfall.store import MAIN, T0, Till

RULES = replace(MAIN, staff=frozenset({"badge-7", "badge-8"}))
PLACED = replace(
    RULES,
    doors=dict(MAIN.doors) | {"door-side": DoorRule("door-side")},
    receivers={"at-main": "door-main", "at-side": "door-side", "stockroom": None},
)


def heard(
    shop: Till, t: float, badge: str = "badge-7", rssi: float = -50.0, src: str = "ble"
) -> None:
    shop.engine.observe(Advert(src, t, t, badge, "C4:7C:8D:6A:11:02", rssi))


def visitors(shop: Till) -> int:
    return sum(m.visitors for m in shop.minutes.values())


def test_a_badge_that_lies_at_the_door_takes_nobody_out() -> None:
    shop = Till(RULES)
    for n in range(601):
        heard(shop, T0 + n)
        shop.count(T0 + n, n // 20, 0)
        shop.until(T0 + n)
    shop.until(T0 + 670)
    assert shop.passed == (30, 0)
    assert visitors(shop) >= 29, "at most whoever came as it was laid there"


def test_two_badges_at_once_take_two() -> None:
    shop = Till(RULES)
    shop.count(T0, 0, 0)
    heard(shop, T0 + 99)
    heard(shop, T0 + 99.5, "badge-8")
    shop.count(T0 + 100, 3, 0)
    shop.until(T0 + 130)
    assert visitors(shop) == 1


def test_who_comes_again_later_is_taken_out_again() -> None:
    shop = Till(RULES)
    shop.count(T0, 0, 0)
    for n in range(1, 4):
        heard(shop, T0 + 90 * n)
        shop.count(T0 + 90 * n + 1, n, 0)
        shop.until(T0 + 90 * n + 2)
    shop.until(T0 + 500)
    assert visitors(shop) == 0


def test_a_weak_badge_a_strange_one_and_a_dead_battery_take_nobody_out() -> None:
    shop = Till(RULES)
    shop.count(T0, 0, 0)
    heard(shop, T0 + 99, rssi=-80.0)
    heard(shop, T0 + 99, "badge-of-another-store")
    shop.count(T0 + 100, 2, 0)
    shop.until(T0 + 130)
    assert visitors(shop) == 2


def one_passage(shop: Till, src: str = "door-main") -> int:
    """How many visitors are told of one entry at T0 + 100."""
    shop.count(T0, 0, 0, src=src)
    shop.count(T0 + 100, 1, 0, src=src)
    shop.until(T0 + 130)
    assert shop.passed == (1, 0)
    return visitors(shop)


@pytest.mark.parametrize(
    ("receiver", "door", "told"),
    [
        ("at-main", "door-main", 0),
        ("at-main", "door-side", 1),
        ("at-side", "door-side", 0),
        ("stockroom", "door-main", 1),
        ("unplaced", "door-main", 1),
    ],
)
def test_a_badge_counts_at_the_door_of_the_receiver_that_heard_it(
    receiver: str, door: str, told: int
) -> None:
    shop = Till(PLACED)
    heard(shop, T0 + 99, src=receiver)
    assert one_passage(shop, door) == told


def test_a_badge_is_where_it_is_heard_loudest() -> None:
    for stockroom, told in ((-45.0, 1), (-60.0, 0)):
        shop = Till(PLACED)
        heard(shop, T0 + 99, src="at-main", rssi=-55.0)
        heard(shop, T0 + 99, src="stockroom", rssi=stockroom)
        assert one_passage(shop) == told


def test_a_receiver_that_nobody_placed_is_at_a_door_without_one_of_its_own() -> None:
    shop = Till(replace(PLACED, receivers={"stockroom": None}))
    heard(shop, T0 + 99, src="ble-receivers/somewhere")
    assert one_passage(shop) == 0


def test_a_badge_that_lies_at_one_door_still_counts_at_the_other() -> None:
    shop = Till(PLACED)
    shop.count(T0, 0, 0, src="door-side")
    for n in range(95):
        heard(shop, T0 + n, src="at-main")
    heard(shop, T0 + 99, src="at-side")
    assert one_passage(shop, "door-side") == 0


def test_one_badge_takes_one_off_though_both_doors_count_at_once() -> None:
    shop = Till(PLACED)
    for door in ("door-main", "door-side"):
        shop.count(T0, 0, 0, src=door)
        shop.count(T0 + 100, 1, 0, src=door)
    heard(shop, T0 + 99, src="at-main")
    heard(shop, T0 + 100, src="at-side", rssi=-60.0)
    shop.until(T0 + 130)
    assert visitors(shop) == 1


def test_a_badge_whose_battery_dies_takes_nobody_out_any_more() -> None:
    shop = Till(PLACED)
    shop.count(T0, 0, 0)
    heard(shop, T0 + 59, src="at-main")
    shop.count(T0 + 60, 1, 0)
    shop.count(T0 + 600, 2, 0)
    shop.until(T0 + 670)
    assert visitors(shop) == 1
