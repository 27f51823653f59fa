"""Other rules on the same capture, in the same columns as the timeline."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.observations import Line, Sale, Stocktake
from gateway.simulate.baselines import rules
from gateway.simulate.beside import beside
from gateway.simulate.plan import AntennaPlan, ArticlePlan, StorePlan, ZonePlan
from gateway.simulate.random_plans import gtin_of
from gateway.simulate.score import Score
from gateway.simulate.score_text import BESIDE, beside_rows, beside_text
from tests.gateway.simulate.test_baselines import read

G = gtin_of(1)
PLAN = StorePlan(
    "S",
    (ZonePlan("a"), ZonePlan("t", "till")),
    antennas=(AntennaPlan("r", 1, "a"), AntennaPlan("r", 2, "t")),
    articles=(ArticlePlan(G),),
)
HEADER: dict[str, Any] = {"from": 0.0, "to": 1000.0, "zones": {"a": "shelf", "t": "till"}}


def true(t: float, on_hand: int) -> dict[str, Any]:
    return {"t": t, "kind": "stock", "gtin": G, "on_hand": on_hand, "zones": {}, "floor": on_hand}


@pytest.fixture
def scores() -> dict[str, Score]:
    """One unit, counted, read for 100 s, sold at 500."""
    reads = [read(float(t), 1, 7) for t in range(1, 101)]
    sale = Sale("till", 500.0, 500.0, "R", (Line(G, 1, None),))
    day = [Stocktake("b", 0.0, 0.0, G, 1), *reads, sale]
    return beside(PLAN, day, HEADER, [true(0.0, 1), true(500.0, 0)])


def test_every_rule_is_scored_on_what_the_capture_says(scores: dict[str, Score]) -> None:
    assert list(scores) == [rule.name for rule in rules(PLAN)]
    assert scores["book stock"].wrong_building == 0.0
    assert scores["window 25 s"].wrong_building == pytest.approx(0.375, abs=0.003)
    assert scores["last well read"].wrong_building == pytest.approx(0.001, abs=0.001)
    assert scores["window 600 s"].delays == [pytest.approx(201.0, abs=1.0)]


def test_rules_stop_where_the_truth_ends(scores: dict[str, Score]) -> None:
    reads = [read(0.5, 1, 7), read(1e12, 1, 7)]
    assert beside(PLAN, reads, HEADER, [true(0.0, 1)])["window 25 s"].hours == pytest.approx(
        1000 / 3600
    )


def test_all_columns_stand_beside_one_another(scores: dict[str, Score]) -> None:
    rows = beside_rows(Score(), scores)
    assert [row[0] for row in rows] == ["this timeline", *scores]
    assert BESIDE[1:] == (
        "building",
        "floor",
        "falsely available",
        "falsely out",
        "false outs a day",
        "out said",
        "out p50 s",
        "out p95 s",
        "Brier",
    )
    window = rows[list(scores).index("window 600 s") + 1]
    assert window[3] == "20.100 %"
    assert window[6:9] == ("1 of 1", "201.0", "201.0")
    assert len({len(line) for line in beside_text(Score(), scores).splitlines()[1:]}) == 1
