"""The second store makes the same day twice, and a day that can be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.observations import Sale, TagReads
from drivers.rfid.epc import decode_epc
from gateway.config.load import load_store
from tests.bench.second_store.day import Day, make_day
from tests.bench.second_store.judging import MAKES_DAYS
from tests.bench.second_store.knobs import SCENARIOS
from tests.bench.second_store.paper import CAPTURE, TRUTH, write_config, write_day

ROOM = Path(__file__).parent / "second_store"
BUSY_HOURS, SHORT_HOURS = 0.5, 1 / 6


@cache
def day(scenario: str = "busy", hours: float = BUSY_HOURS) -> Day:
    return make_day(5, SCENARIOS[scenario], hours)


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [line for line in day().truth if line["kind"] == kind]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_day(make_day(3, SCENARIOS["usual"], SHORT_HOURS), tmp_path / name)
    for file in ("store.toml", "catalogue.csv", "planogram.csv", CAPTURE, TRUTH):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_seed_is_another_shop() -> None:
    one, other = (make_day(seed, SCENARIOS["usual"], 0.01).shop for seed in (3, 4))
    assert one != other


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_config_checks_and_every_zone_of_the_truth_is_in_it(
    scenario: str, tmp_path: Path
) -> None:
    made = day(scenario, 0.02)
    store = load_store(write_config(made, tmp_path))
    assert not store.row_faults
    zones = {zone.id for zone in store.config.zone}
    assert made.header["zones"].keys() == zones
    spoken_of = {zone for line in made.truth if line["kind"] == "stock" for zone in line["zones"]}
    assert spoken_of <= zones
    assert ("gate" in zones) == SCENARIOS[scenario].exit_gate
    assert bool(store.planogram) == SCENARIOS[scenario].planogram


def test_what_is_sold_was_there_before_and_no_shelf_hears_it_again() -> None:
    placed, sold = dict[str, float](), dict[str, float]()
    for line in of_kind("item"):
        times = {"placed": placed, "sold": sold}.get(line["event"])
        if times is not None:
            times.setdefault(line["epc"], line["t"])
    assert len(sold) >= 2
    assert all(placed[epc] < t for epc, t in sold.items())
    beyond = {(a.reader, a.number) for a in day().shop.antennas
              if day().shop.places[a.place].kind in ("till", "exit")}  # fmt: skip
    for reads in day().observations:
        if isinstance(reads, TagReads) and (reads.src, int(reads.antenna[0])) not in beyond:
            late = [decode_epc(epc).urn for epc in reads.epcs()]
            assert not [epc for epc in late if reads.t.max() > sold.get(epc, np.inf)]


def test_on_hand_is_what_was_placed_and_neither_sold_nor_stolen() -> None:
    inside, on_hand = Counter[str](), dict[str, int]()
    here: set[str] = set()
    for line in day().truth:
        if line["kind"] == "stock":
            on_hand[line["gtin"]] = line["on_hand"]
            assert line["floor"] <= sum(line["zones"].values()) <= line["on_hand"]
        elif line["kind"] == "item" and line["event"] == "placed":
            here.add(line["epc"])
        elif line["kind"] == "item" and line["event"] in ("sold", "stolen"):
            here.remove(line["epc"])
    for epc in here:
        company, item, _ = epc.removeprefix("urn:epc:id:sgtin:").split(".")
        inside[f"{item[0]}{company}{item[1:]}"] += 1
    assert {gtin[:13]: n for gtin, n in on_hand.items() if n} == inside


def test_lines_stand_in_the_order_in_which_they_arrive() -> None:
    assert all(a["t"] <= b["t"] for a, b in pairwise(day().truth))
    assert all(a.at <= b.at for a, b in pairwise(day().observations))
    receipts = {o.id for o in day().observations if isinstance(o, Sale)}
    assert receipts <= {line["id"] for line in of_kind("sale")}


def test_whoever_wears_our_goods_changes_no_stock() -> None:
    worn = make_day(5, replace(SCENARIOS["wearers"], wearers=0.6), BUSY_HOURS)
    events = [line for line in worn.truth if line["kind"] == "item" and line["zone"] is None]
    came = {line["epc"] for line in events if line["event"] == "entered"}
    assert came
    assert not {line["epc"] for line in events if line["event"] in ("sold", "stolen")} & came


def test_results_rest_on_every_file_that_makes_days() -> None:
    files = {path.stem for path in ROOM.glob("*.py")} - {"__init__"}
    assert set(MAKES_DAYS) == files
