"""A store's radio devices from their adverts to stock, alerts and sightings, as in a replay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.observations import Observation, Sighting
from gateway.capture.faults import CaptureFaults
from gateway.capture.lines import read_capture
from gateway.capture.replay import replay
from gateway.capture.writing import capture_lines
from gateway.changes import Alert, Change, StockChanged, ZoneVisits
from gateway.config.load import load_store
from gateway.core import Core
from gateway.naming import naming_of
from gateway.roster import roster_of
from gateway.rules import core_rules

NOW = 1_763_740_800.0
GTIN = "03453120000028"
STORE = f"""[store]
id = "X"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shoes"
[[zone]]
id = "home"
[ble]
receivers = true
[[ble.receiver]]
id = "ble"
zone = "shoes"
[[ble.receiver]]
id = "home"
zone = "home"
[[ble.beacon]]
id = "pusher-1"
role = "pusher"
match = {{ address = "C4:7C:8D:6A:11:01" }}
zone = "shoes"
gtin = "{GTIN}"
unit_mm = 50
[[ble.beacon]]
id = "fridge-1"
role = "fridge"
match = {{ address = "C4:7C:8D:6A:11:02" }}
[[ble.beacon]]
id = "back-door"
role = "opener"
match = {{ address = "C4:7C:8D:6A:11:03" }}
[[ble.beacon]]
id = "basket-1"
role = "basket"
match = {{ address = "C4:7C:8D:6A:11:04" }}
[[ble.beacon]]
id = "badge-7"
role = "staff"
match = {{ address = "C4:7C:8D:6A:11:05" }}
""" + "".join(
    f"""[[ble.beacon]]
id = "basket-{number}"
role = "basket"
match = {{ address = "C4:7C:8D:6A:11:0{number}" }}
"""
    for number in range(6, 10)
)


def advert(t: float, number: int, bthome: str = "", rssi: float = -60, src: str = "ble") -> str:
    service = {"fcd2": bthome} if bthome else {}
    line = {"kind": "advert", "t": NOW + t, "src": src, "rssi": rssi, "service": service}
    return json.dumps(line | {"addr": f"C4:7C:8D:6A:11:0{number}"})


def play(folder: Path, lines: Iterable[str]) -> tuple[list[Observation], list[Change]]:
    (folder / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Tin\n")
    (folder / "store.toml").write_text(STORE)
    store = load_store(folder / "store.toml")
    heard: list[Observation] = list(read_capture(lines, roster_of(store).hear, CaptureFaults()))
    return heard, list(replay(Core(core_rules(store), naming_of()), heard))


def alerts(changes: list[Change]) -> list[tuple[str, str, bool]]:
    return [(one.kind, one.subject, one.over) for one in changes if isinstance(one, Alert)]


def test_a_pusher_counts_stock(tmp_path: Path) -> None:
    depths = (0xFA, 0xC8, 0xC8, 0xE1, 0x96)
    lines = [advert(t * 10, 1, f"4040{depth:02x}00") for t, depth in enumerate(depths)]
    _, changes = play(tmp_path, lines)
    told = [one for one in changes if isinstance(one, StockChanged) and one.gtin == GTIN]
    assert told[-1].on_hand == 3
    assert told[-1].zones == {"shoes": 3.0}
    assert told[-1].sources == ("scale",)
    assert 4 in {one.on_hand for one in told}
    assert {one.on_hand for one in told} <= {0, 3, 4, 5}, "between two units nothing is said"


def test_a_fridge_and_a_door_and_a_dying_badge_are_told(tmp_path: Path) -> None:
    lines = [advert(t, 2, "4002e803" if t < 1_000 else "4002f401") for t in range(0, 1_200, 60)]
    lines += [advert(1_200, 3, "401a01"), advert(1_201, 5, "400105")]
    lines += [advert(t, 2, "4002f401") for t in range(1_260, 1_700, 60)]
    lines += [advert(1_700, 3, "401a00"), advert(1_701, 5, "400164")]
    _, changes = play(tmp_path, lines)
    told = [one for one in alerts(changes) if one[0] != "device_silent"]
    assert told == [
        ("too_warm", "fridge-1", False),
        ("too_warm", "fridge-1", True),
        ("device_attention", "badge-7", False),
        ("left_open", "back-door", False),
        ("left_open", "back-door", True),
        ("device_attention", "badge-7", True),
    ]


def test_a_basket_goes_from_zone_to_zone_and_a_badge_from_nowhere_to_nowhere(
    tmp_path: Path,
) -> None:
    lines = []
    for t in range(120):
        near, far = (-60, -85) if t < 60 else (-85, -60)
        for number in (4, 5):
            lines.append(advert(t, number, rssi=near))
            lines.append(advert(t, number, rssi=far, src="ble-receivers/home"))
    heard, _ = play(tmp_path, lines)
    seen = [one for one in heard if isinstance(one, Sighting)]
    assert {one.beacon for one in seen} == {"basket-1"}
    zones = [one.zone for one in seen]
    assert zones == sorted(zones, reverse=True)
    assert set(zones) == {"shoes", "home"}
    assert max(b.t - a.t for a, b in pairwise(seen)) <= 11


def test_baskets_heard_by_two_receivers_are_dwell_and_draw_in(tmp_path: Path) -> None:
    lines = []
    for number in range(6, 10):
        # All four in shoes for 3 minutes, two of them then in home for 2.
        for t in range(600 + number, 900 if number < 8 else 780, 2):
            near, far = (-60, -85) if t < 780 else (-85, -60)
            lines.append((t, advert(t, number, rssi=near)))
            lines.append((t, advert(t, number, rssi=far, src="ble-receivers/home")))
    lines += [(t, advert(t, 2, "4002f401")) for t in range(0, 7_300, 60)]
    _, changes = play(tmp_path, [line for _, line in sorted(lines, key=lambda one: one[0])])
    (hour,) = (one for one in changes if isinstance(one, ZoneVisits))
    assert hour.trips == 4
    (shoes,) = (one for one in hour.zones if one.zone == "shoes")
    assert shoes.visited == 4
    assert shoes.seconds == pytest.approx(175, abs=20)
    assert not any(one.visited == 2 for one in hour.zones), "below the store's threshold"


def test_what_is_told_from_adverts_is_not_written_to_a_capture(tmp_path: Path) -> None:
    heard, _ = play(tmp_path, [advert(0, 1, "40409600"), advert(1, 2, "4002e803")])
    kinds = [type(one).__name__ for one in heard]
    assert kinds == ["Advert", "Reading", "Advert", "Reading"]
    written = [line for one in heard for line in capture_lines(one)]
    assert [json.loads(line)["kind"] for line in written] == ["advert", "advert"]
