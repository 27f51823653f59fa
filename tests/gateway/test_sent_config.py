"""A config from HQ: checked like the files, written whole or not at all, never all-mighty."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.config.faults import ConfigError
from gateway.config.load import Texts, load_store
from gateway.sent_config import put_in_place
from gateway.uplink.commands import ConfigRefused

GTIN = "03453120000011"
TOML = """\
[store]
id = "PAR-01"
name = "Rivoli"
[catalogue]
file = "catalogue.csv"
planogram = "planogram.csv"
[[zone]]
id = "shelf-a"
[uplink]
url = "mqtt://hq.example"
password = "${HQ_PASSWORD}"
"""

EVIL_TILL = '[till]\nsources = ["mqtt"]\nmqtt_url = "mqtt://evil.example"\n'


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HQ_PASSWORD", "secret")
    (tmp_path / "catalogue.csv").write_text(f"gtin,name\n{GTIN},Jean\n")
    (tmp_path / "planogram.csv").write_text(f"zone,gtin,capacity\nshelf-a,{GTIN},9\n")
    path = tmp_path / "store.toml"
    path.write_text(TOML)
    path.chmod(0o640)
    return path


def faults(store: Path, texts: Texts) -> list[str]:
    before = {file: file.read_bytes() for file in store.parent.iterdir()}
    with pytest.raises(ConfigError) as raised:
        put_in_place(store, texts)
    assert {file: file.read_bytes() for file in store.parent.iterdir()} == before
    return [str(fault) for fault in raised.value.faults]


def test_what_checks_is_put_in_place_and_the_one_before_is_kept(store: Path) -> None:
    put_in_place(store, Texts(toml=TOML.replace("Rivoli", "Opéra")))
    assert load_store(store).config.store.name == "Opéra"
    assert store.with_name("store.toml.before").read_text() == TOML
    assert store.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in store.parent.iterdir()) == [
        "catalogue.csv",
        "planogram.csv",
        "store.toml",
        "store.toml.before",
    ]


def test_what_comes_again_leaves_the_one_before(store: Path) -> None:
    for _ in range(2):
        put_in_place(store, Texts(toml=TOML.replace("Rivoli", "Opéra")))
    assert store.with_name("store.toml.before").read_text() == TOML


def test_a_catalogue_and_a_planogram_may_come_alone(store: Path) -> None:
    put_in_place(store, Texts(catalogue=f"gtin,name\n{GTIN},Pantalon\n"))
    put_in_place(store, Texts(planogram=f"zone,gtin,capacity\nshelf-a,{GTIN},4\n"))
    loaded = load_store(store)
    assert loaded.catalogue[GTIN].name == "Pantalon"
    assert loaded.planogram == {("shelf-a", GTIN): 4}


def test_a_fault_is_said_with_its_line_and_nothing_changes(store: Path) -> None:
    (said,) = faults(store, Texts(toml=TOML.replace("[store]", "[store]\ncolour = 1")))
    assert said.startswith("store.toml:2: store.colour:")
    (said,) = faults(store, Texts(toml=TOML + "[["))
    assert said.startswith("store.toml:12: not TOML")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hq.example", "evil.example", "store.toml:9: uplink: HQ cannot change the line"),
        ("[uplink]", "[till]", "store.toml:1: uplink: HQ cannot change the line"),
        ('id = "PAR-01"', 'id = "PAR-02"', "store.toml:2: store.id: HQ cannot rename"),
        ("catalogue.csv", "/etc/hostname", "store.toml:5: catalogue.file: HQ cannot name"),
        ("Rivoli", "${HOME}", "store.toml:3: store.name: HQ cannot read a variable"),
        ("[uplink]", EVIL_TILL + "[uplink]", "store.toml:11: till.mqtt_url: HQ cannot name"),
    ],
)
def test_hq_cannot_bend_its_own_line_nor_read_this_machine(
    store: Path, old: str, new: str, said: str
) -> None:
    text = TOML.replace(old, new)
    if new == "[till]":
        text = TOML.split("[uplink]")[0]
    assert any(said in fault for fault in faults(store, Texts(toml=text)))


def test_a_variable_that_the_present_file_reads_may_stay(store: Path) -> None:
    put_in_place(store, Texts(toml=TOML.replace("Rivoli", "Opéra")))


def test_hq_writes_only_beside_the_store_s_file(store: Path) -> None:
    outside = store.parent / "shared" / "catalogue.csv"
    outside.parent.mkdir()
    outside.write_text("gtin,name\n")
    store.write_text(TOML.replace("catalogue.csv", "shared/catalogue.csv"))
    with pytest.raises(ConfigRefused, match=r"only beside store\.toml"):
        put_in_place(store, Texts(catalogue="gtin,name\n"))
    assert outside.read_text() == "gtin,name\n"


def test_a_file_that_the_config_does_not_name_is_nobody_s(store: Path) -> None:
    store.write_text(TOML.replace('planogram = "planogram.csv"\n', ""))
    with pytest.raises(ConfigRefused, match="names no such file"):
        put_in_place(store, Texts(planogram="zone,gtin,capacity\n"))


def test_a_disk_that_takes_nothing_is_said(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigRefused, match=r"store\.toml cannot be written: No space left"):
        put_in_place(store, Texts(toml=TOML.replace("Rivoli", "Opéra")))
    assert store.read_text() == TOML
    assert len(list(store.parent.iterdir())) == 3
