"""Dwell and draw-in from baskets: right for many, and silent about few."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.observations import Sighting
from gateway.changes import Remember, ZoneVisits
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.footfall.zones import OVER_SECONDS, Zones
from tests.gateway.footfall.store import T0, Till

HOUR = 3_600.0
Walk = list[tuple[str | None, float]]


def sightings(beacon: str, t: float, walk: Walk, role: str = "basket") -> Iterator[Sighting]:
    """A basket that is in each zone of `walk` for so many seconds."""
    for zone, seconds in walk:
        yield Sighting("ble", t, t, beacon, role, zone)
        for later in range(10, int(seconds), 10):
            yield Sighting("ble", t + later, t + later, beacon, role, zone)
        t += seconds
    yield Sighting("ble", t, t, beacon, role, None)


def told(walks: list[tuple[float, Walk]], minimum: int = 3, hours: int = 3) -> list[ZoneVisits]:
    """What is said of baskets that set out at some second, hour by hour."""
    zones, found = Zones(minimum), []
    seen = sorted(
        (one for n, (t, walk) in enumerate(walks) for one in sightings(f"b{n}", T0 + t, walk)),
        key=lambda one: one.t,
    )
    for hour in range(1, hours + 1):
        end = T0 + hour * HOUR
        for one in [one for one in seen if end - HOUR <= one.t < end]:
            zones.see(one)
        found += zones.close(end - HOUR, end)
    return found


SHOES: Walk = [("entrance", 20.0), ("shoes", 300.0), ("till", 60.0)]
COATS: Walk = [("entrance", 20.0), ("coats", 120.0), ("till", 60.0)]


def test_draw_in_and_dwell_of_many() -> None:
    (hour,) = told([(60.0 * n, SHOES if n % 2 else COATS) for n in range(12)])
    assert (hour.since, hour.t, hour.trips) == (T0, T0 + HOUR, 12)
    found = {one.zone: (one.visited, one.seconds) for one in hour.zones}
    assert found == {
        "entrance": (12, 20.0),
        "shoes": (6, 300.0),
        "coats": (6, 120.0),
        "till": (12, 60.0),
    }


def test_an_hour_with_too_few_grows_into_the_next() -> None:
    found = told([(0.0, SHOES), (60.0, SHOES), (HOUR + 60.0, SHOES)])
    assert [(one.since, one.t, one.trips) for one in found] == [(T0, T0 + 2 * HOUR, 3)]


@pytest.mark.parametrize("others", [1, 2])
def test_neither_the_few_who_were_there_nor_the_few_who_were_not_are_told(others: int) -> None:
    few = [(60.0 * n, SHOES if n < others else COATS) for n in range(8)]
    (hour,) = told(few)
    zones = {one.zone: one.visited for one in hour.zones}
    assert zones == {"entrance": 8, "shoes": None, "coats": None, "till": 8}


def test_a_basket_that_stands_and_one_that_is_passed_through_is_no_visit() -> None:
    parked: Walk = [("entrance", 3_000.0)]
    through: Walk = [("entrance", 20.0), ("coats", 5.0), ("shoes", 60.0)]
    (hour,) = told(
        [*((30.0 * n, parked) for n in range(5)), *((60.0 * n, through) for n in range(4))]
    )
    assert hour.trips == 4
    assert [one.zone for one in hour.zones] == ["entrance", "shoes"]


def test_from_the_stack_to_the_stack_is_a_trip_without_the_stack() -> None:
    walk: Walk = [("stack", 1_200.0), ("shoes", 100.0), ("stack", 1_100.0)]
    (hour,) = told([(10.0 * n, walk) for n in range(5)])
    assert [(one.zone, one.visited, one.seconds) for one in hour.zones] == [("shoes", 5, 100.0)]


def test_a_basket_unheard_is_nowhere_and_after_a_while_put_back() -> None:
    lost: Walk = [("shoes", 60.0)]
    zones = Zones(1)
    for one in sightings("b", T0, lost):
        zones.see(one)
    for one in sightings("b", T0 + 300, [("coats", 60.0)]):
        zones.see(one)
    for one in sightings("b", T0 + 360 + OVER_SECONDS + 1, lost):
        zones.see(one)
    (hour,) = zones.close(T0, T0 + HOUR)
    assert hour.trips == 2
    found = {one.zone: one.seconds for one in hour.zones if one.visited == 1}
    assert found["coats"] == pytest.approx(60, abs=11)


def test_who_wears_a_badge_is_never_followed() -> None:
    zones = Zones(1)
    for one in sightings("badge-7", T0, SHOES, role="staff"):
        zones.see(one)
    assert zones.close(T0, T0 + HOUR) == []


trips = st.lists(
    st.tuples(
        st.floats(0, 4 * HOUR),
        st.lists(
            st.tuples(st.sampled_from(["a", "b", "c", None]), st.floats(5, 400)),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=100)
@given(trips, st.integers(2, 5))
def test_no_answer_and_no_two_answers_say_anything_of_few(
    walks: list[tuple[float, Walk]], minimum: int
) -> None:
    """Every number, and every difference of two that are about the same people, is 0 or enough."""
    found = told(walks, minimum, hours=7)
    for one, other in itertools.pairwise(found):
        assert one.t <= other.since, "nobody is in two buckets"
    for bucket in found:
        assert bucket.trips >= minimum
        for zone in bucket.zones:
            assert (zone.visited is None) == (zone.seconds is None)
            if zone.visited is not None:
                assert zone.visited >= minimum
                assert bucket.trips - zone.visited == 0 or bucket.trips - zone.visited >= minimum
    # Any window that two callers may ask for holds whole buckets: their difference is buckets.
    edges = [T0 + HOUR * n for n in range(8)]
    for since, until in itertools.combinations(edges, 2):
        wide = [one for one in found if one.since >= since and one.t <= until]
        narrow = [one for one in found if one.since >= since + HOUR and one.t <= until]
        less = sum(one.trips for one in wide) - sum(one.trips for one in narrow)
        assert less == 0 or less >= minimum


def test_no_identity_leaves_the_engine_or_reaches_the_disk() -> None:
    shop = Till(FootfallRules(doors={"door-main": DoorRule("door-main")}))
    for n in range(9):
        for one in sightings(f"secret-{n}", T0 + 120.0 * n, SHOES):
            shop.engine.observe(one)
    shop.until(T0 + 2 * HOUR + 10)
    (hour,) = [one for one in shop.said if isinstance(one, ZoneVisits)]
    assert hour.trips == 9
    assert "secret" not in repr(shop.said)
    assert "shoes" not in json.dumps([c.value for c in shop.said if isinstance(c, Remember)])
