"""What is learned outlives a restart: told as small texts, checked when it is read back."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.changes import Remember
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Layout, Zone, ZoneKind
from gateway.stock.learned import WRITE_SECONDS, ZoneFigures, read_zone, zone_text
from gateway.stock.places import Places
from gateway.stock.spread import GRID
from tests.gateway.stock.shop import T0, HexNaming, Shop, epc, layout, shop

BIG = 64_000


def remembered(floor: Shop) -> dict[str, str]:
    said = [one for one in floor.changes if isinstance(one, Remember) and one.value is not None]
    return {one.key: one.value or "" for one in said}


def taught(seconds: int = 2_000) -> Shop:
    """Tags on a shelf whose neighbour's antenna hears them nearly as well."""
    floor = shop()
    for serial in range(20):
        floor.where[epc(1, serial)] = 1
    plain = floor.engine.observe

    def both(obs: object) -> None:
        plain(obs)  # type: ignore[arg-type]  # whatever the floor says
        if hasattr(obs, "epcs") and floor.random.random() < 0.8:
            plain(replace(obs, antenna=np.full(len(obs), 2, np.int32)))  # type: ignore[type-var,arg-type]  # reads

    floor.engine.observe = both  # type: ignore[method-assign]  # the neighbour hears, too
    floor.run(seconds)
    return floor


@pytest.fixture(scope="module")
def old() -> Shop:
    return taught()


def restarted(memory: dict[str, str], plan: Layout | None = None) -> StockEngine:
    engine = StockEngine(plan or layout(), HexNaming())
    engine.restore(memory, T0 + 3_000)
    return engine


def test_rates_silences_and_plan_are_there_again_after_a_restart(old: Shop) -> None:
    new, before = restarted(remembered(old)), old.engine
    lessons, taught_by = new._presence.lessons, before._presence.lessons
    fresh = StockEngine(layout(), HexNaming())._presence.lessons
    assert abs(lessons.rates.mean[0, 1] - taught_by.rates.mean[0, 1]) < 0.05
    assert abs(fresh.rates.mean[0, 1] - taught_by.rates.mean[0, 1]) > 0.3
    assert np.abs(lessons.spread._chance - taught_by.spread._chance).max() < 0.1
    assert np.abs(fresh.spread._chance - taught_by.spread._chance).max() > 0.3
    assert np.allclose(new._presence.misses.alike, before._presence.misses.alike, rtol=0.3)
    (units, misplaced), (had, off) = (engine._presence._usual.misplaced for engine in (new, before))
    assert had > 200
    assert misplaced / units == pytest.approx(off / had, rel=0.3, abs=0.003)
    assert not new.faults


def test_it_is_written_seldom_and_only_when_it_tells_something_else(old: Shop) -> None:
    written = [
        one.key
        for one in old.changes
        if isinstance(one, Remember) and one.key.startswith("learned")
    ]
    assert "learned:shelf-a" in written
    assert max(written.count(key) for key in written) <= 2_000 / WRITE_SECONDS
    quiet = restarted(remembered(old))
    said = quiet.advance(T0 + 3_000) + quiet.advance(T0 + 3_000 + WRITE_SECONDS)
    assert not [one for one in said if isinstance(one, Remember) and "learned" in one.key]


def test_an_orderly_end_tells_what_would_be_told_only_later() -> None:
    floor = shop()
    floor.where[epc(1, 1)] = 1
    floor.run(200)
    kept = remembered(floor)
    last = floor.engine.remember(floor.t)
    ended = kept | {one.key: one.value or "" for one in last if isinstance(one, Remember)}
    stale, fresh = (restarted(one)._tags.last[0] for one in (kept, ended))
    assert stale < floor.t - 100
    assert fresh > floor.t - 10
    assert "learned:shelf-a" not in kept
    assert restarted(ended)._presence.lessons.spread.taught[0].any()
    assert floor.engine.remember(floor.t) == []


def test_who_is_believed_away_is_not_back_after_a_power_cut() -> None:
    floor = shop()
    floor.where[epc(1, 1)] = 1
    floor.run(100)
    floor.where.clear()
    floor.engine._tags.belief[0] = (0.0, 0.05, 0.05, 0.9)
    floor.antennas = ()
    floor.run(25)
    assert [one.event.value for one in floor.items] == ["arrived"]
    assert restarted(remembered(floor))._tags.belief[0, 3] > 0.5


def test_other_zones_and_antennas_than_today_s_are_passed_over(old: Shop) -> None:
    plan = Layout(
        zones=(Zone("shelf-new", ZoneKind.SHELF), Zone("shelf-a", ZoneKind.SHELF)),
        antennas={("q", 7): "shelf-a", ("r", 2): "shelf-new"},
        articles=layout().articles,
    )
    engine = restarted(remembered(old), plan)
    usual = StockEngine(plan, HexNaming())._presence.rates.mean
    now = engine._presence.rates.mean
    assert now[0] == pytest.approx(usual[0])
    assert now[1, 0] == pytest.approx(usual[1, 0])
    assert usual[1, 1] < 0.1
    assert now[1, 1] > 0.3
    assert not engine.faults


def test_the_whole_memory_of_a_large_store_is_small() -> None:
    zones = tuple(Zone(f"a-zone-with-a-name-{n:02d}", ZoneKind.SHELF) for n in range(40))
    wired = {(f"reader-upstairs-{n // 4}", 1 + n % 4): zones[n].id for n in range(32)}
    places = Places(Layout(zones=zones, antennas=wired))
    random = np.random.default_rng(1)
    total = 0
    for zone in zones:
        spread = 37.0 * random.dirichlet(np.ones(len(GRID)), 32)
        text = zone_text(ZoneFigures(512.0, 37.0, random.random(32), spread), places)
        total += len(text) + len(f"learned:{zone.id}")
    assert total < BIG


def test_figures_come_back_as_they_were_written() -> None:
    places = Places(layout())
    spread = np.zeros((5, len(GRID)))
    spread[:, 0] = [0, 12, 6, 12, 12]
    spread[0, 5], spread[2, 3] = 12, 6
    mean = np.array([0.55, 0.004, 0.12, np.nan, 0.01])
    back = read_zone(zone_text(ZoneFigures(12, 12, mean, spread), places), places)
    assert (back.tags, back.mass) == (12, 12)
    assert np.allclose(back.mean, [0.55, 0.01, 0.12, np.nan, 0.01], equal_nan=True)
    spread[3] = 0
    assert np.allclose(back.spread, spread)


GOOD = '{"tags":9,"mass":9,"by":{"r":{"1":[500,0,0,0,10,40,40,10,0],"2":0}}}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD[:-5],
        "[]",
        "null",
        "7",
        GOOD.replace("500", "NaN"),
        GOOD.replace("500", "-1"),
        GOOD.replace("500", "1001"),
        GOOD.replace("500", '"500"'),
        GOOD.replace("500", "1" + "0" * 400),
        GOOD.replace(",0,0,0", ",0"),
        GOOD.replace('"tags":9', '"tags":true'),
        GOOD.replace('"1"', '"one"'),
        GOOD.replace('{"r"', '["r"').replace("}}}", "}]}"),
        "[" * 100_000,
    ],
)
def test_unreadable_texts_are_counted_and_change_nothing(text: str) -> None:
    usual = StockEngine(layout(), HexNaming())._presence.rates.mean
    engine = restarted({"learned:shelf-a": text})
    assert engine.faults == {"unreadable_memory": 1}
    assert (engine._presence.rates.mean == usual).all()


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
SHAPED = st.fixed_dictionaries(
    {
        "tags": VALUES,
        "mass": st.floats(0, 20) | VALUES,
        "by": st.dictionaries(
            st.sampled_from(["r", "q"]),
            st.dictionaries(st.sampled_from(["1", "2", "x"]), st.lists(VALUES, min_size=9)),
        )
        | VALUES,
    }
)
GENERAL = st.fixed_dictionaries(
    {
        "silences": st.lists(st.lists(st.floats(0, 1e3), min_size=3, max_size=3), max_size=6)
        | VALUES,
        "plan": st.lists(st.floats(0, 9), max_size=3) | VALUES,
        "strengths": st.lists(st.floats(0, 9), min_size=4, max_size=4) | VALUES,
        "long_silences": st.lists(VALUES, max_size=4) | VALUES,
    }
)


@settings(max_examples=150, deadline=None)
@given(zone=SHAPED | VALUES, walked=SHAPED | VALUES, general=GENERAL | VALUES)
def test_whatever_was_on_disk_the_engine_starts_and_its_chances_are_chances(
    zone: object, walked: object, general: object
) -> None:
    texts = {"learned:shelf-a": zone, "walked:shelf-b": walked, "learned": general}
    engine = restarted({key: json.dumps(value) for key, value in texts.items()})
    lessons = engine._presence.lessons
    assert ((lessons.rates.mean > 0) & (lessons.rates.mean < 1)).all()
    assert np.isfinite(lessons.spread._chance).all()
    assert np.allclose(lessons.spread._chance.sum(axis=1), 1.0, atol=1e-3)
    alike = engine._presence.misses.alike
    assert ((alike >= 1.0) & (alike <= 64.001)).all()
    assert np.isfinite(engine._presence._usual.of(np.zeros(1, np.int32))).all()
