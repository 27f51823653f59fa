"""A changed config beside the one in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config.layout import layout_of
from gateway.config.load import Store, load_store
from gateway.reload import plan

STORE = """
[store]
id = "PAR-01"
name = "Paris"
[catalogue]
file = "c.csv"
planogram = "p.csv"
[[zone]]
id = "a"
name = "Rayon A"
[[zone]]
id = "back"
kind = "backroom"
[[reader]]
id = "r"
address = "10.0.0.1"
antenna = [{number = 1, zone = "a"}]
[[door]]
id = "d"
port = "/dev/ttyUSB0"
[web]
listen = "0.0.0.0:8080"
[promise]
level = 0.95
"""
CATALOGUE = "gtin,name,low\n03453120000011,Jean,2\n03453120000028,Robe,1\n"
PLANOGRAM = "zone,gtin,capacity\na,03453120000011,6\n"


def lay(
    folder: Path, text: str = STORE, catalogue: str = CATALOGUE, plan: str = PLANOGRAM
) -> Store:
    (folder / "store.toml").write_text(text)
    (folder / "c.csv").write_text(catalogue)
    (folder / "p.csv").write_text(plan)
    return load_store(folder / "store.toml")


@pytest.fixture
def old(tmp_path: Path) -> Store:
    return lay(tmp_path)


def test_nothing_differs(old: Store, tmp_path: Path) -> None:
    done = plan(old, lay(tmp_path))
    assert (done.applied, done.restart_needed) == ((), ())
    assert layout_of(done.store) == layout_of(old)


@pytest.mark.parametrize(
    ("was", "now", "key"),
    [
        ('name = "Paris"', 'name = "Lyon"', "store.name"),
        ('name = "Rayon A"', 'name = "A"', "zone[a].name"),
        ("level = 0.95", "level = 0.99", "promise.level"),
        ("level = 0.95", "safety = 2", "promise.safety"),
        (
            'port = "/dev/ttyUSB0"',
            'port = "/dev/ttyUSB0"\ncalibration = 1.1',
            "door[d].calibration",
        ),
        ("[web]", "[web]\nopen_reading = false", "web.open_reading"),
        ("[web]", "[web]\nopen_callbacks = true", "web.open_callbacks"),
    ],
)
def test_what_is_applied(old: Store, tmp_path: Path, was: str, now: str, key: str) -> None:
    new = lay(tmp_path, STORE.replace(was, now))
    done = plan(old, new)
    assert (done.applied, done.restart_needed) == ((key,), ())
    assert done.store.config == new.config
    assert plan(done.store, new).applied == ()


@pytest.mark.parametrize(
    ("was", "now", "keys"),
    [
        ("10.0.0.1", "10.0.0.2", ("reader[r].address",)),
        ("number = 1", "number = 2", ("reader[r].antenna[1]", "reader[r].antenna[2]")),
        ("0.0.0.0:8080", "0.0.0.0:8081", ("web.listen",)),
        ('kind = "backroom"', 'kind = "shelf"', ("zone[back].kind",)),
        ('id = "back"', 'id = "store-room"', ("zone[back]", "zone[store-room]")),
        ("[promise]", '[uplink]\nurl = "mqtt://hq"\n[promise]', ("uplink",)),
        ("[promise]", "[ble]\nenabled = true\n[promise]", ("ble.enabled",)),
        ("[promise]", '[[reader]]\nid = "x"\naddress = "h"\n[promise]', ("reader[x]",)),
        ("[promise]", "[privacy]\nkeep_days = 7\n[promise]", ("privacy.keep_days",)),
        ('id = "PAR-01"', 'id = "PAR-02"', ("store.id",)),
    ],
)
def test_what_waits(old: Store, tmp_path: Path, was: str, now: str, keys: tuple[str, ...]) -> None:
    done = plan(old, lay(tmp_path, STORE.replace(was, now)))
    assert (done.applied, done.restart_needed) == ((), keys)
    assert done.store.config == old.config
    assert layout_of(done.store) == layout_of(old)


def test_the_files_beside_it(old: Store, tmp_path: Path) -> None:
    done = plan(old, lay(tmp_path, catalogue=CATALOGUE + "03453120000035,Pull,1\n"))
    assert (done.applied, done.restart_needed) == (("catalogue",), ())
    assert "03453120000035" in layout_of(done.store).articles
    assert done.store.digest != old.digest


def test_shelf_space_in_a_zone_that_waits_waits_with_it(old: Store, tmp_path: Path) -> None:
    text = STORE + '[[zone]]\nid = "new"\nname = "Nouveau"\n'
    done = plan(old, lay(tmp_path, text, plan=PLANOGRAM + "new,03453120000028,4\n"))
    assert (done.applied, done.restart_needed) == ((), ("zone[new]",))
    assert done.store.planogram == old.planogram
