"""The scorer on timelines made by hand: every figure is exact."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from gateway.simulate.reading import ScoreError, read_timeline
from gateway.simulate.score import Score, score_files, score_lines
from gateway.simulate.score_text import score_json, score_text
from gateway.simulate.spans import overlaid, percentile

HEADER: dict[str, Any] = {
    "kind": "truth", "version": 1, "store": "S", "seed": 1, "from": 0.0, "to": 1000.0,
    "zones": {"a": "shelf", "b": "backroom"},
}  # fmt: skip


def true(t: float, on_hand: int, floor: int = 0, gtin: str = "G") -> dict[str, Any]:
    return {
        "t": t, "kind": "stock", "gtin": gtin, "on_hand": on_hand, "zones": {"a": floor},
        "floor": floor,
    }  # fmt: skip


def said(t: float, on_hand: int, **more: Any) -> dict[str, Any]:
    line = {
        "t": t, "kind": "stock", "gtin": "G", "on_hand": on_hand, "available": on_hand,
        "state": "in_stock" if on_hand else "out_of_stock", "p_available": float(on_hand > 0),
    }  # fmt: skip
    return line | more


def score(timeline: list[dict[str, Any]], truth: list[dict[str, Any]]) -> Score:
    return score_lines(timeline, HEADER, truth)


def test_the_truth_itself_scores_full_marks() -> None:
    told = [said(0.0, 3, zones={"a": 2.0, "b": 1.0}), said(400.0, 0, zones={})]
    got = score(told, [true(0.0, 3, 2), true(400.0, 0)])
    assert (got.wrong_building, got.wrong_floor, got.false_out, got.unknown) == (0, 0, 0, 0)
    assert (got.outs, got.out_said, got.out_p50, got.brier) == (1, 1, 0.0, 0.0)


def test_a_late_answer_is_wrong_for_as_long_as_it_was_late() -> None:
    got = score([said(0.0, 3), said(450.0, 0)], [true(0.0, 3), true(400.0, 0)])
    assert got.wrong_building == pytest.approx(0.05)
    assert got.false_available == pytest.approx(0.05)
    assert got.false_in_stock == pytest.approx(0.05)
    assert got.over_promised == pytest.approx(0.05)
    assert got.count_error == pytest.approx(0.15)
    assert (got.out_p50, got.out_p95) == (50.0, 50.0)
    assert got.brier == pytest.approx(0.05)


def test_more_promised_than_there_is() -> None:
    got = score([said(0.0, 3, available=2)], [true(0.0, 3), true(900.0, 1)])
    assert got.over_promised == pytest.approx(0.1)
    assert got.false_available == 0.0


def test_false_outs_are_counted_once_each() -> None:
    told = [said(0.0, 3), said(100.0, 0), said(150.0, 0), said(200.0, 3), said(500.0, 0)]
    got = score(told, [true(0.0, 3), true(600.0, 0)])
    assert got.false_outs == 2
    assert got.false_out == pytest.approx(0.2)
    assert got.false_outs_a_day == pytest.approx(2 * 43.2)


def test_less_than_a_timeline_can_tell_is_no_difference() -> None:
    got = score([said(0.0, 1), said(400.0, 0)], [true(0.0, 1), true(400.0004, 0)])
    assert (got.false_outs, got.false_out, got.delays) == (0, 0.0, [0.0])


def test_what_is_never_said_is_none_and_unknown() -> None:
    got = score([], [true(0.0, 2), true(500.0, 0)])
    assert got.wrong_building == pytest.approx(0.5)
    assert got.unknown == 1.0
    assert (got.brier, got.reliability) == (None, [])
    assert (got.outs, got.out_said) == (1, 0)
    assert got.out_p50 is not None
    assert math.isinf(got.out_p50)


def test_a_gtin_that_comes_back_before_anybody_noticed() -> None:
    got = score([said(0.0, 1)], [true(0.0, 1), true(100.0, 0), true(110.0, 1), true(900.0, 0)])
    assert (got.outs, got.out_said) == (2, 0)


def test_said_out_already_when_the_last_one_goes() -> None:
    got = score([said(0.0, 1), said(90.0, 0)], [true(0.0, 1), true(100.0, 0)])
    assert got.out_p50 == 0.0
    assert got.false_outs == 1


def test_the_floor_is_the_rounded_sum_over_shelves() -> None:
    zones = {"a": 1.6, "b": 5.0}
    assert score([said(0.0, 7, zones=zones)], [true(0.0, 7, 2)]).wrong_floor == 0.0
    assert score([said(0.0, 7, zones=zones)], [true(0.0, 7, 1)]).wrong_floor == 1.0
    assert score([said(0.0, 7)], [true(0.0, 7, 1)]).wrong_floor is None


def test_a_gtin_that_is_not_the_stores_is_told_apart() -> None:
    got = score([said(0.0, 1), said(0.0, 1, gtin="H")], [true(0.0, 1)])
    assert (got.gtins, got.strangers, got.wrong_building) == (1, 1, 0.0)


def test_reliability_is_weighed_by_time() -> None:
    told = [said(0.0, 1, p_available=0.97), said(200.0, 1, p_available=0.93)]
    got = score(told, [true(0.0, 1), true(150.0, 0)])
    low, high = got.reliability
    assert (low.low, low.high, low.seconds) == (0.9, 0.95, 800.0)
    assert (high.seconds, high.said, high.true) == (200.0, pytest.approx(0.97), 0.75)
    assert got.brier == pytest.approx((150 * 0.03**2 + 50 * 0.97**2 + 800 * 0.93**2) / 1000)


def item(t: float, event: str, zone: str | None = None, **more: Any) -> dict[str, Any]:
    return {"t": t, "kind": "item", "epc": "E", "event": event, "zone": zone} | more


def test_item_events_are_held_against_where_the_item_was() -> None:
    truth = [item(0.0, "placed", "a"), item(300.0, "picked"), item(320.0, "placed", "b"),
             item(700.0, "sold")]  # fmt: skip
    told = [
        item(1.0, "arrived", "a"),
        item(200.0, "moved", "b", said=210.0),
        item(325.0, "moved", "b", said=340.0),
        item(600.0, "departed", "b"),
        item(705.0, "departed", "b"),
    ]
    items = score(told, truth).items
    assert (items.said, items.right) == (5, 3)
    assert (items.moved, items.moved_right, items.true_moves) == (2, 1, 1)
    assert (items.departed, items.departed_right, items.true_departures) == (2, 1, 1)


def test_people() -> None:
    truth = [
        {"t": 0.0, "kind": "occupancy", "occupancy": 0, "staff": 1},
        {"t": 100.0, "kind": "occupancy", "occupancy": 4, "staff": 1},
        {"t": 150.0, "kind": "sale", "id": "R"},
        {"t": 960.0, "kind": "door", "door": "d", "in": 5, "out": 1, "staff_in": 1, "staff_out": 0},
    ]
    told = [
        {"t": 60.0, "kind": "footfall", "door": "d", "in": 4, "out": 0},
        {"t": 200.0, "kind": "occupancy", "occupancy": 4},
        {"t": 500.0, "kind": "conversion", "from": 0.0, "visitors": 9, "transactions": 1},
        {"t": 1000.0, "kind": "conversion", "from": 0.0, "visitors": 4, "transactions": 1},
    ]
    people = score(told, truth).people
    assert (people.entries, people.true_entries) == (4, 5)
    assert people.occupancy_error == pytest.approx(0.4)
    assert (people.visitors, people.true_visitors) == (4, 4)
    assert people.conversion == people.true_conversion == 0.25


def test_overlaid_covers_the_time_once() -> None:
    pieces = list(overlaid([(1.0, "b"), (3.0, "c")], [(-5.0, 1), (3.0, 2)], 0.0, 4.0, ("a", 0)))
    assert pieces == [(0.0, 1.0, "a", 1), (1.0, 3.0, "b", 1), (3.0, 4.0, "c", 2)]


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([], 0.5) is None
    assert [percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.0, 0.5, 0.95, 1.0)] == [
        1.0, 2.0, 4.0, 4.0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense\n", "line 1: not JSON"),
        ("[1]\n", "line 1: not a JSON object"),
        ('{"t": 1, "kind": "stock", "gtin": "G"}\n', "line 1: stock needs on_hand, not null"),
        ('{"kind": "occupancy", "occupancy": 1}\n', "line 1: occupancy needs t, not null"),
        (
            "".join(f'{{"t": {t}, "kind": "occupancy", "occupancy": 1}}\n' for t in (2, 1)),
            "line 2: runs back in time",
        ),
    ],
)
def test_a_bad_timeline_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "timeline.ndjson"
    path.write_text(text)
    with pytest.raises(ScoreError, match=says.replace("[", r"\[")):
        list(read_timeline(path))


def test_files_that_are_not_there_or_no_truth(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    with pytest.raises(ScoreError, match="no such file"):
        score_files(path, path)
    path.write_text('{"kind": "stock"}\n')
    with pytest.raises(ScoreError, match="no truth file"):
        score_files(path, path)
    path.write_text(json.dumps(HEADER | {"version": 9}) + "\n")
    with pytest.raises(ScoreError, match="another version"):
        score_files(path, path)
    (tmp_path / "torn.gz").write_bytes(b"\x1f\x8b\x08")
    with pytest.raises(ScoreError, match="breaks off"):
        list(read_timeline(tmp_path / "torn.gz"))


def test_a_score_reads_the_same_as_text_and_as_json() -> None:
    got = score([said(0.0, 3)], [true(0.0, 3), true(500.0, 0)])
    assert score_text(got) == score_text(got)
    assert "seconds to out, p50 / p95" in score_text(got)
    plain = json.loads(json.dumps(score_json(got), allow_nan=False))
    assert plain["out_p50"] == "never"
    assert plain["wrong_building"] == 0.5
