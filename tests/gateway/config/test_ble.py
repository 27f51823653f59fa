"""What `[ble]` may say of beacons and receivers, and what it becomes for the engines."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from drivers.ble.pushing import Slide
from drivers.ble.roster import ListedBeacon
from gateway.conditions import Limits
from gateway.config.faults import ConfigError
from gateway.config.layout import PUSHED_UNIT_GRAMS, layout_of
from gateway.config.load import Store, load_store
from gateway.roster import _listed
from gateway.rules import core_rules
from gateway.stock.layout import Scale

SHOP = """[store]
id = "X"
[catalogue]
file = "catalogue.csv"
[[zone]]
id = "shoes"
[[zone]]
id = "exit"
kind = "exit"
[[door]]
id = "door-main"
port = "/dev/ttyUSB0"
[ble]
receivers = true
"""
GTIN = "03453120000028"
MATCH = 'match = { address = "C4:7C:8D:6A:11:0'


def load(folder: Path, more: str) -> Store:
    (folder / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Tin\n")
    (folder / "store.toml").write_text(SHOP + more, "utf-8")
    return load_store(folder / "store.toml")


def beacon(number: int, role: str, more: str = "") -> str:
    return f'[[ble.beacon]]\nid = "b{number}"\nrole = "{role}"\n{MATCH}{number}" }}\n{more}\n'


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (beacon(1, "pusher", 'zone = "shoes"'), "ble.beacon[b1].gtin: missing; a pusher needs"),
        (beacon(1, "staff", "warmest = 8"), 'with role "staff" has no warmest; it is for fridge'),
        (beacon(1, "basket", 'alarm_after = "5m"'), "it is for fridge and opener; take it out"),
        (beacon(1, "fridge", "warmest = 2\ncoldest = 4"), "warmest: no warmer than coldest (4)"),
        (beacon(1, "fridge", "unit_mm = 60"), 'with role "fridge" has no unit_mm'),
        (
            beacon(1, "pusher", f'zone = "shoes"\ngtin = "{GTIN}"\nempty_mm = 400'),
            "unit_mm: missing beside empty_mm",
        ),
        ('dongle = "hci1"', '"hci1" is no place of a dongle; write one of usb, pyusb, serial'),
        ('dongle = "usb:"', '"usb:" is no place of a dongle'),
        (beacon(1, "pushr"), 'did you mean "pusher"?'),
        ('[[ble.receiver]]\nid = "a"\nzone = "shoos"\n', 'did you mean "shoes"?'),
        ('[[ble.receiver]]\nid = "a"\ndoor = "door-man"\n', 'did you mean "door-main"?'),
        ('[[ble.receiver]]\nid = "a b"\n', "use 1 to 32 letters, digits, hyphens and underscores"),
        ('[[ble.receiver]]\nid = "a"\n[[ble.receiver]]\nid = "a"\n', '"a" stands twice'),
    ],
)
def test_what_does_not_check(tmp_path: Path, more: str, fault: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        load(tmp_path, more)
    assert fault in str(wrong.value)


def test_a_receiver_that_nobody_listens_to(tmp_path: Path) -> None:
    own = '[[ble.receiver]]\nid = "ble"\nzone = "shoes"\n'
    path = tmp_path / "store.toml"
    text = SHOP.replace("receivers = true\n", "").replace('[catalogue]\nfile = "catalogue.csv"', "")
    path.write_text(text + own)
    load_store(path)
    path.write_text(text + own.replace('"ble"', '"stockroom"'))
    with pytest.raises(ConfigError, match="add receivers = true to"):
        load_store(path)


def test_where_receivers_are(tmp_path: Path) -> None:
    store = load(
        tmp_path,
        '[[ble.receiver]]\nid = "ble"\nzone = "exit"\ndoor = "door-main"\n'
        '[[ble.receiver]]\nid = "shoes"\nzone = "shoes"\n'
        '[[ble.receiver]]\nid = "hall"\nzone = "exit"\n'
        '[[ble.receiver]]\nid = "somewhere"\n' + beacon(1, "basket") + beacon(2, "staff"),
    )
    rules = core_rules(store)
    assert rules.footfall.receivers == {"ble": "door-main", "ble-receivers/shoes": None}
    watched = rules.health.devices
    assert {name for name in watched if name.startswith("ble")} == {
        "ble",
        "ble-receivers",
        "ble-receivers/shoes",
        "ble-receivers/hall",
        "ble-receivers/somewhere",
    }
    assert watched["ble-receivers"] == math.inf
    assert "b1" in watched
    assert "b2" not in watched
    assert rules.health.discreet == {"b2"}


def test_limits_of_fridges_and_openers(tmp_path: Path) -> None:
    store = load(
        tmp_path,
        beacon(1, "fridge")
        + beacon(2, "fridge", 'coldest = -30\nwarmest = -15\nalarm_after = "1h"')
        + beacon(3, "fridge", "coldest = 2")
        + beacon(4, "opener", 'alarm_after = "2m"\nsilent_after = "2h"'),
    )
    rules = core_rules(store)
    assert rules.limits == {
        "b1": Limits(warmest=8.0),
        "b2": Limits(-15.0, -30.0, temperature_after=3_600.0),
        "b3": Limits(coldest=2.0),
        "b4": Limits(open_after=120.0),
    }
    assert rules.health.devices["b4"] == 7_200.0
    assert rules.health.exactly == {"b4"}


def test_a_pusher_is_a_shelf_that_counts(tmp_path: Path) -> None:
    goods = f'zone = "shoes"\ngtin = "{GTIN}"\nunit_mm = 60\nempty_mm = 400'
    store = load(tmp_path, beacon(1, "pusher", goods))
    layout = layout_of(store)
    assert layout.scales == {"b1": Scale("shoes", GTIN)}
    assert layout.articles[GTIN].unit_grams == PUSHED_UNIT_GRAMS
    listed = _listed(store, store.config.ble.beacon[0])
    assert isinstance(listed, ListedBeacon)
    assert listed.slide == Slide(60.0, 400.0)


@pytest.mark.parametrize(
    ("receiver", "warned"),
    [
        ("", False),
        ('[[ble.receiver]]\nid = "ble"\nzone = "shoes"\n', True),
        ('[[ble.receiver]]\nid = "ble"\nzone = "exit"\n', False),
        ('[[ble.receiver]]\nid = "ble"\nzone = "shoes"\ndoor = "door-main"\n', False),
        ('dongle = "usb:0"\n[[ble.receiver]]\nid = "ble"\nzone = "shoes"\n', False),
    ],
)
def test_a_door_where_no_badge_can_be_heard_is_warned_of(
    tmp_path: Path, receiver: str, *, warned: bool
) -> None:
    path = tmp_path / "store.toml"
    text = SHOP.replace("receivers = true\n", "").replace('[catalogue]\nfile = "catalogue.csv"', "")
    path.write_text(text + receiver + beacon(1, "staff"))
    warnings = [str(one) for one in load_store(path).warnings]
    assert any("no receiver is at this door" in one for one in warnings) == warned
    path.write_text(text + receiver + beacon(1, "basket"))
    assert not any("no receiver" in str(one) for one in load_store(path).warnings)
