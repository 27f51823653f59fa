"""Where a basket is: slow to change, quick to give up, and right on a noisy walk."""

from __future__ import annotations

import math
import random

from drivers.ble.department import DepartmentRules, Departments

RULES = DepartmentRules({"pi-shoes": "shoes", "pi-home": "home", "pi-home-2": "home"})
B = "basket-1"


def departments() -> Departments:
    return Departments(RULES, frozenset({B}))


def heard(it: Departments, since: float, until: float, **rssi: float) -> float:
    """Adverts once a second at the receivers named, `pi_shoes=-60`."""
    t = since
    while t < until:
        for receiver, level in rssi.items():
            it.hear(B, receiver.replace("_", "-"), level, t)
        t += 1.0
    return t


def test_unknown_until_it_was_heard_for_a_while() -> None:
    it = departments()
    assert it.where(B, 0.0) is None
    heard(it, 0.0, 6.0, pi_shoes=-60)
    assert it.where(B, 6.0) is None
    assert it.where(B, 7.0) == "shoes"


def test_a_little_stronger_elsewhere_moves_nothing() -> None:
    it = departments()
    now = heard(it, 0.0, 10.0, pi_shoes=-70, pi_home=-80)
    now = heard(it, now, 120.0, pi_shoes=-70, pi_home=-63)
    assert it.where(B, now) == "shoes"


def test_much_stronger_elsewhere_moves_it_after_the_dwell() -> None:
    it = departments()
    now = heard(it, 0.0, 10.0, pi_shoes=-60, pi_home=-80)
    seen = []
    for _ in range(30):
        now = heard(it, now, now + 1.0, pi_shoes=-80, pi_home=-60)
        seen.append(it.where(B, now))
    moved = seen.index("home")
    assert 7 <= moved <= 20
    assert set(seen[:moved]) == {"shoes"}
    assert set(seen[moved:]) == {"home"}


def test_one_strong_advert_is_noise() -> None:
    it = departments()
    now = heard(it, 0.0, 10.0, pi_shoes=-70, pi_home=-80)
    it.hear(B, "pi-home", -30.0, now)
    now = heard(it, now, now + 20.0, pi_shoes=-70, pi_home=-80)
    assert it.where(B, now) == "shoes"


def test_a_break_begins_the_dwell_anew() -> None:
    it = departments()
    now = heard(it, 0.0, 10.0, pi_shoes=-60)
    for _ in range(5):
        now = heard(it, now, now + 4.0, pi_shoes=-90, pi_home_2=-60)
        now = heard(it, now, now + 8.0, pi_shoes=-60, pi_home_2=-90)
    assert it.where(B, now) == "shoes"


def test_silence_is_unknown_and_not_where_it_was() -> None:
    it = departments()
    now = heard(it, 0.0, 10.0, pi_shoes=-60)
    assert it.where(B, now + 28.0) == "shoes"
    assert it.where(B, now + 31.0) is None
    it.hear(B, "pi-home", -60.0, now + 100.0)
    assert it.where(B, now + 100.0) is None


def test_where_only_another_hears_it_the_old_place_is_given_up() -> None:
    it = departments()
    now = heard(it, 0.0, 10.0, pi_shoes=-60)
    now = heard(it, now + 40.0, now + 43.0, pi_home=-60)
    assert it.where(B, now) is None
    now = heard(it, now, now + 8.0, pi_home=-60)
    assert it.where(B, now) == "home"


def test_strangers_and_adverts_out_of_order_are_passed_over() -> None:
    it = departments()
    it.hear("phone", "pi-shoes", -40.0, 1.0)
    it.hear(B, "pi-unknown", -40.0, 1.0)
    assert it.where("phone", 1.0) is None
    now = heard(it, 10.0, 20.0, pi_shoes=-60)
    it.hear(B, "pi-shoes", -100.0, 3.0)
    assert it.where(B, now) == "shoes"


def test_a_noisy_walk_between_two_departments() -> None:
    """Log-distance fading of 6 dB, one advert in a second, 20 m between the receivers."""
    noise = random.Random(7)
    it = departments()
    right = changes = 0
    before = None
    for second in range(1_200):
        # Two minutes at each end, half a minute's walk between them.
        phase = second % 300
        x = min(1.0, max(0.0, (phase - 120) / 30)) if phase < 270 else 1 - (phase - 270) / 30
        for receiver, place in (("pi-shoes", 0.0), ("pi-home", 1.0)):
            metres = 2.0 + 20.0 * abs(x - place)
            it.hear(B, receiver, -59 - 22 * math.log10(metres) + noise.gauss(0, 6), float(second))
        now = it.where(B, float(second))
        right += now == ("shoes" if x < 0.5 else "home")
        changes += now != before
        before = now
    assert right / 1_200 > 0.85
    assert changes <= 10, "eight true changes and the first"
