"""The page of accuracy is made by one command, goes on where it was broken off, and is honest."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bench import accuracy, kept
from tests.bench.__main__ import _parted
from tests.bench.accuracy.goals import TEXTBOOK_GOALS, promise_goals, store_goals
from tests.bench.accuracy.promises import LEVEL, Promises, promises
from tests.bench.accuracy.stores import OURS, Figures, StoreDay
from tests.bench.presence import run as presence

HEADER: dict[str, Any] = {"from": 0.0, "to": 100.0}


def true(t: float, on_hand: int) -> dict[str, Any]:
    return {"t": t, "kind": "stock", "gtin": "G", "on_hand": on_hand}


def said(t: float, tail: list[float]) -> dict[str, Any]:
    return {"t": t, "kind": "stock", "gtin": "G", "p_available": tail[0], "tail": tail}


def test_a_promise_is_kept_for_as_long_as_there_are_so_many() -> None:
    judged = promises(HEADER, [true(0.0, 2), true(80.0, 1)], [said(0.0, [0.99, 0.96])])
    assert judged.share_kept(0.95) == pytest.approx(0.8)
    assert judged.share_kept(0.99) == pytest.approx(1.0), "of the first alone one can be so sure"
    some, counts = judged.brier()
    assert some == pytest.approx(0.01**2)
    assert counts == pytest.approx((100 * 0.01**2 + 80 * 0.04**2 + 20 * 0.96**2) / 300)


def test_nothing_promised_is_nothing_broken() -> None:
    judged = promises(HEADER, [true(0.0, 0)], [said(0.0, [0.3])])
    assert judged.share_kept(LEVEL) is None
    assert Promises.of_plain(judged.plain()).plain() == judged.plain()


def figures(building: float) -> Figures:
    return Figures(
        building=building, floor=building, false_available=0.0, false_in=0.0, false_out=0.0,
        over=0.0, unknown=0.0, false_outs=0, days=0.1, brier=0.0, said=0, right=0,
        moved=(0, 0, 0), seconds=1.0, delays=[3.0, None, 4.0],
    )  # fmt: skip


def day(ours: float, edgex: float, rule: float) -> StoreDay:
    rules = {
        OURS: figures(ours),
        "book stock": replace(figures(0.0), floor=None),
        "window 25 s": figures(9.0),
        "EdgeX 60 s": figures(edgex),
        "last well read": figures(rule),
    }
    kept_days = promises(HEADER, [true(0.0, 1)], [said(0.0, [0.97])])
    return StoreDay("usual", 1, rules, kept_days)


@pytest.mark.parametrize(
    ("ours", "edgex", "rule", "met"),
    [(1.0, 4.0, 2.0, [True, True]), (1.1, 4.0, 3.0, [False, True]), (1.0, 4.0, 1.9, [True, False])],
)
def test_goals_are_met_or_missed(ours: float, edgex: float, rule: float, met: list[bool]) -> None:
    goals = [g for g in store_goals({"usual": [day(ours, edgex, rule)]}) if "building" in g.what]
    assert [g.met for g in goals] == met
    assert "EdgeX 60 s" in goals[0].what, "the best of windows and settings is what counts"


def test_the_other_goals_of_a_store() -> None:
    stores = {"usual": [day(1.0, 4.0, 2.0)]}
    out = next(g for g in store_goals(stores) if "out”, p50" in g.what)
    assert (out.reached, out.met) == ("4 s", True)
    assert [g.met for g in promise_goals(stores)] == [True]


def test_the_quick_page_has_everything_and_is_not_worked_out_twice(tmp_path: Path) -> None:
    quick = ["--quick", "--out", str(tmp_path), "--kept", str(tmp_path / "kept")]
    lines = list(accuracy.run(quick))
    assert lines[0] == "the yardstick is done"
    text = (tmp_path / "ACCURACY.md").read_text("utf-8")
    for heading in ("What we set out to reach", "The yardstick", "Virtual stores", "Calibration"):
        assert f"## {heading}\n" in text
    for problem in TEXTBOOK_GOALS:
        assert f"\n### {problem}\n" in text
    for rule in ("SMURF", "EdgeX", "window 600 s", "rule to beat", "book stock", "last well read"):
        assert rule in text
    assert "a quick look" in text
    for plot in ("yardstick", "stores", "reliability"):
        assert f"(accuracy/{plot}.svg)" in text
        ET.parse(tmp_path / "accuracy" / f"{plot}.svg")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").iterdir()}
    assert list(accuracy.run(quick)) == lines
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").iterdir()} == before
    short = ["--yardstick", "--shorter", "120", "--kept", str(tmp_path / "kept")]
    assert any(line.startswith("**Shelfcast**") for line in presence(short))


def test_a_result_is_kept_until_its_sources_change(tmp_path: Path) -> None:
    made: list[int] = []

    def work() -> int:
        made.append(1)
        return len(made)

    assert [kept.kept("x", basis, work, tmp_path) for basis in ("a", "a", "b", "b")] == [1, 1, 2, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["x.b.json"], "a stale one is cleared away"
    assert kept.sources("tests/bench/kept.py") != kept.sources("tests/bench/shop.py")


def test_options_go_to_one_benchmark() -> None:
    assert _parted(["shop", "spine"]) == (["shop", "spine"], [])
    assert _parted(["shop", "--seeds", "1", "usual"]) == (["shop"], ["--seeds", "1", "usual"])
    with pytest.raises(SystemExit, match="one benchmark"):
        _parted(["shop", "spine", "--seeds", "1"])
