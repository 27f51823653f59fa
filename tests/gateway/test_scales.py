"""What `[[scale]]` says reaches the wire, and what the wire says reaches the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.door.frames import FrameReader
from drivers.door.messages import RawWeight
from drivers.door.session import DoorSession
from drivers.door.source import DoorSource
from gateway.changes import StockChanged
from gateway.cli.simulate import simulate_command
from gateway.config.load import Store, load_store
from gateway.core import Core
from gateway.devices import sources_of
from gateway.naming import naming_of
from gateway.rules import core_rules
from tests.drivers.door.virtual import VirtualCounter

GTIN, OTHER = "03453120000011", "03453120000028"
STORE = """
[store]
id = "S-01"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shelf-a"
"""
SCALE = """
[[scale]]
id = "{id}"
port = "{port}"
cell = {cell}
zone = "shelf-a"
gtin = "{gtin}"
"""
CALIBRATED = "empty = 10_000\nloaded = 60_000\ngrams = 500\n"


def scale(name: str = "scale-1", port: str = "/dev/a", cell: int = 0, gtin: str = GTIN) -> str:
    return SCALE.format(id=name, port=port, cell=cell, gtin=gtin)


def store(folder: Path, more: str) -> Store:
    (folder / "catalogue.csv").write_text(f"gtin,name,unit_grams\n{GTIN},A,250\n{OTHER},B,100\n")
    (folder / "store.toml").write_text(STORE + more)
    return load_store(folder / "store.toml")


def test_scales_of_one_board_share_a_source_and_a_counters_wire_is_the_counters(
    tmp_path: Path,
) -> None:
    door = '[[door]]\nid = "door"\nport = "/dev/door"\n'
    laid = store(
        tmp_path,
        scale()
        + scale("scale-2", cell=3, gtin=OTHER)
        + scale("scale-3", "/dev/door", gtin=OTHER)
        + door,
    )
    found = {one.name: one for one in sources_of(laid)}
    assert set(found) == {"scale-1", "door"}
    cells = {
        name: {number: cell.id for number, cell in one.cells.items()}
        for name, one in found.items()
        if isinstance(one, DoorSource)
    }
    assert cells == {"scale-1": {0: "scale-1", 3: "scale-2"}, "door": {0: "scale-3"}}


@pytest.mark.parametrize(
    ("calibration", "raw", "grams"),
    [
        (CALIBRATED, 60_000, 500.0),
        (CALIBRATED, 10_000, 0.0),
        (CALIBRATED + "tare = 20_000\n", 45_000, 250.0),
        ("empty = 60_000\nloaded = 10_000\ngrams = 500\n", 35_000, 250.0),
    ],
)
def test_two_points_make_a_line_and_a_later_tare_moves_it(
    tmp_path: Path, calibration: str, raw: int, grams: float
) -> None:
    (source,) = sources_of(store(tmp_path, scale() + calibration))
    assert isinstance(source, DoorSource)
    weigh = source.cells[0].grams
    assert weigh is not None
    assert weigh(raw) == pytest.approx(grams)


def answers(core: Core, now: float) -> list[int | None]:
    return [one.on_hand for one in core.advance(now) if isinstance(one, StockChanged)]


def test_frames_become_a_count_on_the_shelf(tmp_path: Path) -> None:
    laid = store(tmp_path, scale() + CALIBRATED)
    (source,) = sources_of(laid)
    assert isinstance(source, DoorSource)
    session: DoorSession = source.new_session()
    reader, unit = FrameReader(source.faults), VirtualCounter(lanes=0)
    core = Core(core_rules(laid), naming_of())
    now, said = 1_000.0, []
    for raw in (10_000 + 100 * 250 * 3, 10_000 + 100 * 250 * 2):  # three units, then two
        for _ in range(5):
            now += 1.0
            for frame in reader.feed(unit.hello() + unit.say(RawWeight(0, raw, 10))):
                for one in session.take(frame, now):
                    core.observe(one)
            said += answers(core, now)
    assert said[0] == 3
    assert said[-1] == 2
    assert not source.faults
    assert not {name: n for name, n in core.faults.items() if n}


def test_the_virtual_store_weighs_what_lies_on_it(tmp_path: Path) -> None:
    store(tmp_path, scale() + CALIBRATED)
    out, truth = tmp_path / "day.ndjson", tmp_path / "truth.ndjson"
    simulate_command(tmp_path / "store.toml", 1, 0.02, out, truth)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    weights = [line for line in lines if line["kind"] == "weight"]
    assert weights
    assert {line["src"] for line in weights} == {"scale-1"}
