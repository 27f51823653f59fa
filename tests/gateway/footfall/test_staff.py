"""Staff taken out by their badges: once each, and never a visitor for a badge that lies there."""

from __future__ import annotations

from dataclasses import replace

from drivers.observations import Advert
from tests.gateway.footfall.store import MAIN, T0, Till

RULES = replace(MAIN, staff=frozenset({"badge-7", "badge-8"}))


def heard(shop: Till, t: float, badge: str = "badge-7", rssi: float = -50.0) -> None:
    shop.engine.observe(Advert("ble", t, t, badge, "C4:7C:8D:6A:11:02", rssi))


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
