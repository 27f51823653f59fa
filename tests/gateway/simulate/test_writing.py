"""A virtual day on disk: same bytes, readable by the capture reader, scored by the scorer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.observations import Round, TagReads
from gateway.capture.faults import CaptureFaults
from gateway.capture.files import capture_file_lines
from gateway.capture.lines import deaf, read_capture
from gateway.cli.failure import CommandFailed
from gateway.cli.replay import replay_command
from gateway.cli.simulate import score_command, simulate_command
from gateway.simulate.baselines import stock_line
from gateway.simulate.random_plans import random_plan
from gateway.simulate.reading import read_truth
from gateway.simulate.scenario import CALM, USUAL
from gateway.simulate.score import score_files, score_lines
from gateway.simulate.shop import AntennaRound
from gateway.simulate.world import World
from gateway.simulate.writing import write_day

PLAN = random_plan(6, 2, 60)


@pytest.mark.parametrize("suffix", ["ndjson", "ndjson.gz"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    paths = [(tmp_path / f"{n}c.{suffix}", tmp_path / f"{n}t.{suffix}") for n in (1, 2)]
    for capture, truth in paths:
        write_day(PLAN, 3, 0.2, capture, truth)
    assert paths[0][0].read_bytes() == paths[1][0].read_bytes()
    assert paths[0][1].read_bytes() == paths[1][1].read_bytes()


def test_the_capture_reads_back_as_what_the_devices_said(tmp_path: Path) -> None:
    capture = tmp_path / "c.ndjson"
    scenario = replace(USUAL, outages=100.0, held=1.0)
    write_day(PLAN, 3, 0.5, capture, tmp_path / "t.ndjson", scenario)
    faults = CaptureFaults()
    said = list(read_capture(capture_file_lines(capture, faults), deaf, faults))
    assert not faults.counts
    world = World(PLAN, 3, scenario)
    rounds = [e for e in world.step(world.start + 1800.0).emissions if isinstance(e, AntennaRound)]
    ended = [o for o in said if isinstance(o, Round)]
    assert [(o.src, o.antenna) for o in ended] == [(r.ended.src, r.ended.antenna) for r in rounds]
    assert [o.t for o in ended] == pytest.approx([r.ended.t for r in rounds], abs=1e-5)
    assert [o.at for o in ended] == pytest.approx([r.ended.at for r in rounds], abs=1e-5)
    reads = [o for o in said if isinstance(o, TagReads)]
    assert b"".join(o.epc.tobytes() for o in reads) == b"".join(
        r.reads.epc.tobytes() for r in rounds
    )
    assert [x for o in reads for x in o.rssi.tolist()] == [
        x for r in rounds for x in r.reads.rssi.tolist()
    ]
    assert any(o.at > o.t for o in ended), "held reports came late"


def test_the_truth_told_as_a_timeline_is_never_wrong(tmp_path: Path) -> None:
    truth = tmp_path / "t.ndjson"
    write_day(PLAN, 3, 0.5, tmp_path / "c.ndjson", truth, CALM)
    header, lines = read_truth(truth)
    true = list(lines)
    told = [
        stock_line(line["t"], line["gtin"], line["on_hand"], line["zones"])
        for line in true
        if line["kind"] == "stock"
    ]
    score = score_lines(told, header, true)
    assert (score.wrong_building, score.wrong_floor, score.brier) == (0.0, 0.0, 0.0)


CONFIG = """
[store]
id = "T-1"
timezone = "Europe/Paris"
hours = { mon = [], tue = ["09:00-12:00"] }
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
[[zone]]
id = "door"
kind = "exit"
[[reader]]
id = "reader-1"
address = "127.0.0.1"
[[reader.antenna]]
number = 1
zone = "shelf-a"
[[reader.antenna]]
number = 2
zone = "door"
[[door]]
id = "door-main"
port = "/dev/null"
[ble]
[[ble.beacon]]
id = "badge-1"
role = "staff"
match = { ibeacon = "f7826da6-4fa2-4e98-8024-bc5b71e0893e", major = 1, minor = 1 }
[[ble.beacon]]
id = "scale-1"
role = "scale"
match = { address = "C4:7C:8D:6A:11:02" }
zone = "shelf-a"
gtin = "03453120000011"
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "store.toml").write_text(CONFIG)
    (tmp_path / "catalogue.csv").write_text(
        "gtin,name,name_en,variant_of,attributes,unit_grams,low,safety\n"
        "03453120000011,Sac,Bag,,,300,1,0\n"
        "03453120000028,Robe,Dress,,,200,1,0\n"
    )
    return tmp_path / "store.toml"


def test_simulate_from_a_config_begins_at_its_first_opening(store: Path, tmp_path: Path) -> None:
    capture, truth = tmp_path / "c.ndjson", tmp_path / "t.ndjson"
    simulate_command(store, 1, 0.1, capture, truth)
    header, _ = read_truth(truth)
    assert header["from"] == 1_772_524_800.0, "Tuesday, 9 in Paris"
    kinds = {json.loads(line)["kind"] for line in capture.read_text().splitlines()}
    assert {"tag", "round", "advert", "count", "weight", "device", "stocktake"} <= kinds


def test_pushers_say_how_many_units_they_hold(store: Path, tmp_path: Path) -> None:
    with store.open("a") as file:
        file.write(
            '[[ble.beacon]]\nid = "pusher-1"\nrole = "pusher"\nzone = "shelf-a"\n'
            'match = { address = "C4:7C:8D:6A:11:05" }\ngtin = "03453120000028"\n'
        )
    capture, timeline = tmp_path / "c.ndjson", tmp_path / "timeline.ndjson"
    simulate_command(store, 1, 0.1, capture, tmp_path / "t.ndjson")
    told = [
        said["service"]["fcd2"]
        for said in map(json.loads, capture.read_text().splitlines())
        if said.get("addr") == "C4:7C:8D:6A:11:05"
    ]
    assert len(told) > 30
    assert all(data.startswith("4009") for data in told)
    replay_command(store, capture, timeline)
    answers = [json.loads(line) for line in timeline.read_text().splitlines()]
    counted = [one for one in answers if "scale" in one.get("sources", ())]
    assert counted
    assert {one["gtin"] for one in counted} >= {"03453120000028"}


def test_a_file_that_cannot_be_written_is_one_clear_line(store: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no such file"):
        simulate_command(store, 1, 0.1, tmp_path / "no" / "c", tmp_path / "t")


def test_score_prints_the_same_text_and_json(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = tmp_path / "t.ndjson"
    simulate_command(store, 1, 0.1, tmp_path / "c.ndjson", truth)
    timeline = tmp_path / "timeline.ndjson"
    timeline.write_text("")
    score_command(timeline, truth, json=False)
    assert "wrong count in the building" in capsys.readouterr().out
    score_command(timeline, truth, json=True)
    assert json.loads(capsys.readouterr().out)["gtins"] == 2
    assert score_files(timeline, truth).unknown == 1.0
    with pytest.raises(CommandFailed, match="no such file"):
        score_command(tmp_path / "nothing", truth, json=False)
