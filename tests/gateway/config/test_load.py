from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.faults import ConfigError
from gateway.config.layout import layout_of
from gateway.config.load import load_store, parse_config
from gateway.stock.layout import Article, Scale, Zone, ZoneKind

STORES = Path(__file__).parents[3] / "config"

SMALL = """\
[store]
id = "PAR-01"
[catalogue]
file = "catalogue.csv"
planogram = "planogram.csv"
[[zone]]
id = "shelf-a"
[[reader]]
id = "reader-1"
address = "10.0.0.9"
[[reader.antenna]]
number = 1
zone = "shelf-a"
[[ble.beacon]]
id = "scale-3"
role = "scale"
match = { address = "C4:7C:8D:6A:11:02" }
zone = "shelf-a"
gtin = "3453120000028"
[promise]
safety = 2
"""
CATALOGUE = "gtin,name,unit_grams,low\n03453120000028,Café,262,6\n"
PLANOGRAM = "zone,gtin,capacity\nshelf-a,03453120000028,24\n"


def written(
    folder: Path, store: str = SMALL, catalogue: str = CATALOGUE, planogram: str = PLANOGRAM
) -> Path:
    (folder / "catalogue.csv").write_text(catalogue, "utf-8")
    (folder / "planogram.csv").write_text(planogram, "utf-8")
    (folder / "store.toml").write_text(store, "utf-8")
    return folder / "store.toml"


@pytest.mark.parametrize("name", ["example", "minimal"])
def test_the_stores_that_we_ship_check_clean(name: str) -> None:
    store = load_store(STORES / name / "store.toml", env={})
    assert store.row_faults == ()
    assert store.warnings == ()
    layout = layout_of(store)
    assert set(layout.antennas.values()) <= {zone.id for zone in layout.zones}


def test_the_three_files_become_a_store_and_a_layout(tmp_path: Path) -> None:
    store = load_store(written(tmp_path), env={})
    assert store.digest == "sha256:" + hashlib.sha256(CATALOGUE.encode()).hexdigest()
    layout = layout_of(store)
    assert layout.zones == (Zone("shelf-a", ZoneKind.SHELF),)
    assert layout.antennas == {("reader-1", 1): "shelf-a"}
    assert layout.articles == {"03453120000028": Article("03453120000028", 6, None, 262.0)}
    assert layout.planogram == {("shelf-a", "03453120000028"): 24}
    assert layout.scales == {"scale-3": Scale("shelf-a", "03453120000028")}
    assert (layout.level, layout.safety, layout.stale_after) == (0.95, 2, 600.0)
    assert store.path("x.pem") == tmp_path / "x.pem"
    assert store.path("/etc/x.pem") == Path("/etc/x.pem")


def test_faults_in_rows_do_not_stop_a_store(tmp_path: Path) -> None:
    path = written(tmp_path, planogram=PLANOGRAM + "shelf-b,03453120000028,1\n")
    (fault,) = load_store(path, env={}).row_faults
    assert str(fault) == 'planogram.csv:3: zone: no zone "shelf-b"; did you mean "shelf-a"?'


def test_files_that_are_not_there_are_named_with_the_other_faults(tmp_path: Path) -> None:
    path = written(tmp_path, store=SMALL.replace("safety = 2", "safety = -2"))
    (tmp_path / "catalogue.csv").unlink()
    (tmp_path / "planogram.csv").unlink()
    with pytest.raises(ConfigError) as caught:
        load_store(path, env={})
    assert [(f.line, f.key) for f in caught.value.faults] == [
        (4, "catalogue.file"),
        (5, "catalogue.planogram"),
        (21, "promise.safety"),
    ]
    assert "no such file" in caught.value.faults[0].wrong


def test_a_scale_carries_an_article_of_the_catalogue(tmp_path: Path) -> None:
    other = "gtin,name\n03453120000011,Pull\n"
    with pytest.raises(ConfigError) as caught:
        load_store(written(tmp_path, catalogue=other), env={})
    fault, planned = caught.value.faults
    assert (fault.line, fault.key) == (19, "ble.beacon[scale-3].gtin")
    assert (planned.file, planned.line) == ("planogram.csv", 2), "the same, of another file"
    light = load_store(written(tmp_path, catalogue=CATALOGUE.replace("262", "")), env={})
    assert "unit_grams" in str(light.warnings[0])


def test_the_faults_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    store = (
        SMALL.replace("safety = 2", "safty = 2")
        .replace('address = "C4:7C:8D:6A:11:02"', "eid = 0, since = 1700000000")
        .replace('role = "scale"', 'role = "fridge"\nkey_file = "nowhere.key"')
    )
    path = written(
        tmp_path, store, CATALOGUE + "123,Pull,,\n", PLANOGRAM + "shelf-b,03453120000028,1\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_store(path, env={})
    said = {(fault.file, fault.key) for fault in caught.value.faults}
    assert {
        ("store.toml", "promise.safty"),
        ("store.toml", "ble.beacon[scale-3].key_file"),
        ("catalogue.csv", "gtin"),
        ("planogram.csv", "zone"),
    } <= said


def test_a_key_file_must_hold_a_key(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL.replace('role = "scale"', 'role = "scale"\nkey_file = "a.key"'))
    for text, wrong in (("00" * 15, "15 bytes"), ("no key", "hex digits"), ("é", "no text")):
        (tmp_path / "a.key").write_text(text, "utf-8")
        with pytest.raises(ConfigError, match=wrong):
            load_store(path, env={})
    (tmp_path / "a.key").write_text("0F" * 16 + "\n", "utf-8")
    load_store(path, env={})


def test_an_empty_catalogue_lacks_its_header(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"catalogue\.csv:1: gtin: missing column"):
        load_store(written(tmp_path, catalogue=""), env={})


def test_a_list_whose_only_item_is_wrong_is_not_called_empty(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_store(written(tmp_path, '[store]\nid = "A"\n[[zone]]\nid = "z"\nkind = "shlf"\n'))
    assert [fault.key for fault in caught.value.faults] == ["zone[z].kind"]


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_store_that_cannot_be_read_is_a_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"no such file|cannot be read"):
        load_store(tmp_path / name)


def test_a_store_in_another_encoding_says_so_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "store.toml"
    path.write_bytes('[store]\nid = "A"\nname = "Café"\n'.encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        load_store(path)
    assert (caught.value.faults[0].line, caught.value.faults[0].wrong) == (3, "not UTF-8")


def test_a_file_from_windows_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_store(path, env={}).config.store.id == "PAR-01"


def test_what_is_hardly_meant_is_a_warning(tmp_path: Path) -> None:
    gln = SMALL.replace('id = "PAR-01"', 'id = "PAR-01"\ngln = "3012345000018"')
    (warning,) = load_store(written(tmp_path, store=gln), env={}).warnings
    assert str(warning) == (
        "store.toml:3: store.gln: wrong check digit; the last digit should be 7"
    )
    bare = '[store]\nid = "A"\n[[zone]]\nid = "z"\n'
    (warning,) = load_store(written(tmp_path, store=bare), env={}).warnings
    assert "no device" in warning.wrong


@pytest.mark.parametrize(("kind", "warned"), [("shelf", True), ("backroom", True), ("exit", False)])
def test_a_reader_that_waits_for_an_input_is_not_for_goods(
    tmp_path: Path, kind: str, warned: bool
) -> None:
    waiting = SMALL.replace('id = "shelf-a"', f'id = "shelf-a"\nkind = "{kind}"', 1)
    waiting = waiting.replace('address = "10.0.0.9"', 'address = "10.0.0.9"\ntrigger = 1')
    warnings = load_store(written(tmp_path, store=waiting), env={}).warnings
    assert [warning.key for warning in warnings] == ["reader[reader-1].trigger"] * warned
    assert all("nothing is known of shelf-a" in warning.wrong for warning in warnings)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    try:
        parse_config(text, "store.toml", {})
    except ConfigError as error:
        assert error.faults  # noqa: PT017 - either way is fine, but a fault is said


VALUES = st.recursive(
    st.sampled_from(
        [
            "1979-05-27T07:32:00Z",
            "07:32:00",
            "nan",
            "inf",
            "-1",
            "0",
            "9" * 30,
            "true",
            '""',
            '"${X}"',
            "1.5",
            '"a"',
        ]
    )
    | st.text("ab-${}: 0", max_size=8).map(lambda text: f'"{text}"'),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | inner.map(lambda value: f"{{ id = {value}, zone = {value} }}")
    ),
    max_leaves=5,
)
TABLES = ["store", "zone", "reader", "door", "ble", "ble.beacon", "till", "web", "uplink", "x"]
WITHIN_STORE = ["store.id", "store.hours", "store.timezone", "store.gln", "zone.id", "zone.kind"]
WITHIN_DEVICES = ["reader.address", "reader.antenna", "ble.beacon.match", "till.sources"]
WITHIN_OTHERS = ["uplink.url", "uplink.outbox_bytes", "web.listen", "promise.stale_after"]
KEYS = st.sampled_from(TABLES + WITHIN_STORE + WITHIN_DEVICES + WITHIN_OTHERS)


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.sampled_from(["", SMALL]))
def test_no_value_is_too_strange(values: dict[str, str], rest: str) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in values.items()) + rest
    try:
        parse_config(text, "store.toml", {})
    except ConfigError as error:
        assert error.faults  # noqa: PT017
        assert not any("pydantic" in str(fault).lower() for fault in error.faults)  # noqa: PT017
