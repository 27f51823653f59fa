"""Faults and warnings of `[[scale]]`, and of two scales that weigh the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config.faults import ConfigError
from gateway.config.layout import layout_of
from gateway.config.load import load_store, parse_config
from gateway.stock.layout import Scale

GTIN = "03453120000011"
STORE = """
[store]
id = "S-01"
[[zone]]
id = "shelf-a"
[[scale]]
id = "scale-1"
port = "/dev/a"
zone = "shelf-a"
gtin = "03453120000011"
empty = 10
loaded = 20
grams = 500
"""
SECOND = """
[[scale]]
id = "scale-2"
port = "/dev/a"
cell = 1
zone = "shelf-a"
gtin = "03453120000028"
"""
RADIO = """
[ble]
[[ble.beacon]]
id = "scale-3"
role = "scale"
match = { address = "C4:7C:8D:6A:11:02" }
zone = "shelf-a"
gtin = "3453120000011"
"""


def test_a_clean_one() -> None:
    (scale,) = parse_config(STORE, "store.toml", {}).scale
    assert (scale.cell, scale.baud, scale.tare) == (0, 57_600, None)


@pytest.mark.parametrize(
    ("text", "key", "wrong", "right"),
    [
        (STORE.replace('port = "/dev/a"', ""), "scale[scale-1].port", "missing", "by-id"),
        (STORE.replace(f'gtin = "{GTIN}"', ""), "scale[scale-1].gtin", "missing", "03453"),
        (
            STORE.replace('zone = "shelf-a"', 'zone = "shelf"'),
            "scale[scale-1].zone",
            "no zone",
            "shelf-a",
        ),
        (STORE.replace("loaded = 20", ""), "scale[scale-1].loaded", "beside empty", "together"),
        (STORE.replace("= 20", "= 10"), "scale[scale-1].loaded", "same with and", "heavier"),
        (STORE.replace("= 500", "= 0"), "scale[scale-1].grams", "0", "more than 0"),
        (STORE.replace("= 10", "= 8_388_608"), "scale[scale-1].empty", "8388608", "at most"),
        (STORE + SECOND + "tare = 5\n", "scale[scale-2].empty", "beside tare", "together"),
        (
            STORE + SECOND.replace("cell = 1", ""),
            "scale[scale-2].cell",
            'cell 0 of that board is "scale-1" already',
            "from 0",
        ),
        (STORE + SECOND + "baud = 9600\n", "scale[scale-2].baud", "57600 baud", "57600"),
        (
            STORE + '[[door]]\nid = "d"\ndriver = "gpio"\nunit = "1,2"\nport = "/dev/a"\n',
            "scale[scale-1].port",
            '"d" is on that port, with driver "gpio"',
            "own board",
        ),
        (
            STORE + SECOND.replace("scale-2", "scale-1"),
            "scale[scale-1].id",
            "another device",
            "own",
        ),
    ],
)
def test_a_fault_says_what_would_be_right(text: str, key: str, wrong: str, right: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "store.toml", {})
    (fault,) = caught.value.faults
    assert fault.key == key
    assert wrong in fault.wrong
    assert right in fault.right


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        ('port = "/dev/a"', 'port = ["/dev/a"]', ["port"]),
        ('port = "/dev/a"', "port = { a = 1 }", ["port"]),
        ('zone = "shelf-a"', 'zone = "shelf-a"\ncell = [0]', ["cell"]),
        ('gtin = "03453120000011"', "gtin = [1]", ["gtin"]),
        ("empty = 10", "empty = [10]", ["empty"]),
        ("grams = 500", "grams = {}", ["grams"]),
    ],
)
def test_what_has_the_wrong_type_is_one_fault_and_no_crash(
    old: str, new: str, keys: list[str]
) -> None:
    text = STORE.replace(old, new, 1) + '[[door]]\nid = "d"\nport = [1]\n'
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "store.toml", {})
    found = [fault.key for fault in caught.value.faults if fault.key.startswith("scale")]
    assert found == [f"scale[scale-1].{key}" for key in keys]


def warnings(folder: Path, text: str) -> list[tuple[str, str]]:
    (folder / "store.toml").write_text(text)
    return [(one.key, one.wrong) for one in load_store(folder / "store.toml").warnings]


def test_two_scales_in_one_zone_are_nothing_to_warn_of(tmp_path: Path) -> None:
    calibrated = SECOND + "empty = 1\nloaded = 2\ngrams = 3\n"
    assert warnings(tmp_path, STORE + calibrated) == []


def test_a_scale_that_nobody_calibrated(tmp_path: Path) -> None:
    assert warnings(tmp_path, STORE + SECOND) == [
        ("scale[scale-2]", "not calibrated, it says no weight")
    ]


def test_two_scales_for_one_article(tmp_path: Path) -> None:
    assert warnings(tmp_path, STORE + RADIO) == [], "they are added up"
    shared = STORE + RADIO + 'also = ["03453120000028"]\n'
    ((key, wrong),) = warnings(tmp_path, shared)
    assert key == "ble.beacon[scale-3].gtin"
    assert '"scale-1" weighs 3453120000011 already' in wrong
    turned = STORE + RADIO.replace("0000011", "0000028") + 'also = ["03453120000011"]\n'
    ((key, _),) = warnings(tmp_path, turned)
    assert key == "ble.beacon[scale-3].also"


def test_what_lies_on_it_must_be_an_article_with_a_weight(tmp_path: Path) -> None:
    with_file = STORE + '[catalogue]\nfile = "c.csv"\n'
    (tmp_path / "c.csv").write_text(f"gtin,name\n{GTIN},A\n")
    ((key, wrong),) = warnings(tmp_path, with_file)
    assert (key, wrong) == ("scale[scale-1].gtin", "A has no unit_grams")
    (tmp_path / "c.csv").write_text("gtin,name\n03453120000028,B\n")
    with pytest.raises(ConfigError, match="no article"):
        warnings(tmp_path, with_file)


def test_what_else_lies_on_it_must_be_an_article_with_a_weight_too(tmp_path: Path) -> None:
    text = STORE + 'also = ["3453120000028"]\n[catalogue]\nfile = "c.csv"\n'
    (tmp_path / "c.csv").write_text(f"gtin,name,unit_grams\n{GTIN},A,250\n03453120000028,B,\n")
    ((key, wrong),) = warnings(tmp_path, text)
    assert (key, wrong) == ("scale[scale-1].also", "B has no unit_grams")
    (tmp_path / "c.csv").write_text(f"gtin,name,unit_grams\n{GTIN},A,250\n03453120000028,B,410\n")
    assert warnings(tmp_path, text) == []
    scales = layout_of(load_store(tmp_path / "store.toml", env={})).scales
    assert scales == {"scale-1": Scale("shelf-a", GTIN, ("03453120000028",))}
