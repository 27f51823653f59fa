from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.observations import Advert, Observation, Round, Sale, Stocktake, TagReads, Weight
from gateway.capture.faults import MAX_NAMED, CaptureFaults
from gateway.capture.lines import Hear, deaf, read_capture
from gateway.capture.tags import RUN_MAX
from gateway.capture.writing import capture_lines
from tests.gateway.capture.strange import OBSERVATIONS

TAG: dict[str, Any] = {
    "kind": "tag",
    "t": 1763740800.123,
    "src": "reader-1",
    "antenna": 1,
    "epc": "3034F4A1C000004000000A4D",
    "rssi": -54.5,
    "n": 3,
}
COUNT: dict[str, Any] = {"kind": "count", "t": 1.0, "src": "d", "boot": 1, "in": 2, "out": 3}
SALE: dict[str, Any] = {
    "kind": "sale",
    "t": 1.0,
    "src": "till",
    "id": "R-1",
    "lines": [{"gtin": "03453120000011", "qty": 1}],
}
ADVERT: dict[str, Any] = {
    "kind": "advert",
    "t": 1.0,
    "src": "ble",
    "addr": "C4:7C:8D:6A:11:02",
    "rssi": -71,
}


def everybody(
    *,
    addr: str,
    rssi: float,
    manufacturer: Mapping[int, bytes],
    service: Mapping[str, bytes],
    src: str,
    t: float,
    at: float,
) -> list[Observation]:
    return [Advert(src, t, at, "badge-7", addr, rssi, manufacturer, service)]


def read(
    *lines: Mapping[str, Any] | bytes | str, hear: Hear = deaf, by_second: bool = False
) -> tuple[list[Observation], CaptureFaults]:
    faults = CaptureFaults()
    texts = [line if isinstance(line, bytes | str) else json.dumps(line) for line in lines]
    return list(read_capture(texts, hear, faults, by_second=by_second)), faults


def tags_of(found: list[Observation]) -> list[TagReads]:
    return [obs for obs in found if isinstance(obs, TagReads)]


def told(obs: Observation) -> object:
    """An observation as a value that can be compared: columns are not."""
    if not isinstance(obs, TagReads):
        return obs
    strengths = [None if np.isnan(r) else float(r) for r in obs.rssi]
    columns = (obs.t.tolist(), obs.antenna.tolist(), obs.epcs(), strengths, obs.n.tolist())
    return (obs.src, obs.at, *columns)


GTIN = '"gtin": "03453120000011"'
CONTRACT = [
    (
        '{"kind": "tag", "t": 1763740800.123, "src": "reader-1", "antenna": 1, '
        '"epc": "3034F4A1C000004000000A4D", "rssi": -54.5, "n": 3}'
    ),
    '{"kind": "round", "t": 1763740800.95, "src": "reader-1", "antenna": 1}',
    (
        '{"kind": "advert", "t": 1763740800.2, "src": "ble", "addr": "C4:7C:8D:6A:11:02", '
        '"rssi": -71, "manufacturer": {"76": "0215"}, "service": {"fcd2": "40"}}'
    ),
    '{"kind": "count", "t": 1763740801.0, "src": "door-main", "boot": 17, "in": 1204, "out": 118}',
    '{"kind": "weight", "t": 1763740801.0, "src": "scale-3", "grams": 1840.0}',
    (
        '{"kind": "sale", "t": 1763740830.0, "src": "till", "id": "R-1", '
        f'"lines": [{{{GTIN}, "qty": 1, "epc": null}}]}}'
    ),
    (
        '{"kind": "sale", "t": 1763740830.0, "src": "till", "id": "R-3", '
        f'"lines": [{{{GTIN}, "qty": 2, "amount": "19.90"}}]}}'
    ),
    (
        '{"kind": "return", "t": 1763740900.0, "src": "till", "id": "R-2", '
        f'"lines": [{{{GTIN}, "qty": 1}}]}}'
    ),
    (
        '{"kind": "delivery", "t": 1763730000.0, "src": "backoffice", "id": "ASN-77", '
        f'"lines": [{{{GTIN}, "qty": 24, "epcs": ["3034F4A1C000004000000A4D"]}}]}}'
    ),
    f'{{"kind": "stocktake", "t": 1763730000.0, "src": "b", "zone": "shelf-a", {GTIN}, "qty": 7}}',
    '{"kind": "device", "t": 1763740800.0, "src": "reader-1", "state": "online"}',
    '{"kind": "device", "t": 1763740800.0, "src": "reader-1", "antenna": 3, "state": "offline"}',
]


def test_every_kind_of_the_format_is_read_and_written_again() -> None:
    found, faults = read(*CONTRACT, hear=everybody)
    assert not faults.counts
    assert len(found) == len(CONTRACT)
    written = [line for obs in found for line in capture_lines(obs)]
    expected = [line.replace(', "epc": null', "") for line in CONTRACT]
    assert [json.loads(line) for line in written] == [json.loads(line) for line in expected]


@given(st.lists(OBSERVATIONS, max_size=6))
def test_what_is_written_reads_as_the_same_lines(given: list[Observation]) -> None:
    written = [line for obs in given for line in capture_lines(obs)]
    found, faults = read(*written, hear=everybody)
    assert not faults.counts, faults.named
    assert [line for obs in found for line in capture_lines(obs)] == written


@given(OBSERVATIONS)
def test_one_observation_comes_back_bit_for_bit(given: Observation) -> None:
    found, _ = read(*capture_lines(given), hear=everybody)
    # Reads whose t is their batch's at are written without at, which says the same.
    assert [told(obs) for obs in found] == [told(given)]


def test_neighbours_of_one_source_and_arrival_are_one_batch_in_place() -> None:
    arrived = [TAG | {"at": 1763740801.0, "antenna": n} for n in (1, 2, 3)]
    later = TAG | {"at": 1763740802.0}
    other = TAG | {"at": 1763740802.0, "src": "reader-2"}
    ended = {"kind": "round", "t": 1763740802.0, "src": "reader-1", "antenna": 1}
    found, _ = read(*arrived, later, other, ended, later)
    assert [type(obs) for obs in found] == [TagReads, TagReads, TagReads, Round, TagReads]
    first, second, third, fourth = tags_of(found)
    assert first.antenna.tolist() == [1, 2, 3]
    assert [first.at, second.at, third.at] == [1763740801.0, 1763740802.0, 1763740802.0]
    assert [second.src, third.src, fourth.src] == ["reader-1", "reader-2", "reader-1"]


def test_without_an_arrival_time_a_read_arrived_when_it_happened() -> None:
    lines = [TAG, TAG | {"t": 1763740800.2}, TAG | {"t": 1763740801.1}]
    found, _ = read(*lines)
    assert [obs.at for obs in found] == [1763740800.123, 1763740800.2, 1763740801.1]
    found, _ = read(*lines, by_second=True)
    assert [obs.at for obs in found] == [1763740800.2, 1763740801.1]
    assert tags_of(found)[0].t.tolist() == [1763740800.123, 1763740800.2]
    mixed, _ = read(TAG, TAG | {"at": 1763740800.9}, by_second=True)
    assert [obs.at for obs in mixed] == [1763740800.123, 1763740800.9]


def test_long_runs_are_told_in_bounded_pieces() -> None:
    found, faults = read(*[TAG] * (2 * RUN_MAX + 1))
    assert [len(obs) for obs in tags_of(found)] == [RUN_MAX, RUN_MAX, 1]
    assert faults.lines == 2 * RUN_MAX + 1


def test_short_and_long_epcs_stand_together() -> None:
    found, _ = read(TAG, TAG | {"epc": "ABCD"}, TAG | {"epc": "00" * 62})
    assert [epc for obs in tags_of(found) for epc in obs.epcs()] == [
        bytes.fromhex("3034F4A1C000004000000A4D"),
        b"\xab\xcd",
        bytes(62),
    ]


def test_what_a_reader_does_not_say_has_its_default() -> None:
    bare = {key: TAG[key] for key in ("kind", "t", "src", "antenna", "epc")}
    found, _ = read(bare, bare | {"rssi": None})
    (reads,) = tags_of(found)
    assert reads.n.tolist() == [1, 1]
    assert np.isnan(reads.rssi).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"t": None}, "t must be a number"),
        ({"t": "1763740800"}, "t must be a number"),
        ({"t": True}, "t must be a number"),
        ({"t": 1763740800123}, "t must be from 0"),
        ({"t": -1}, "t must be from 0"),
        ({"t": float("nan")}, "t must be from 0"),
        ({"t": 10**400}, "t must be from 0"),
        ({"at": "now"}, "at must be a number"),
        ({"src": ""}, "src must be text"),
        ({"src": 5}, "src must be text"),
        ({"antenna": 1.0}, "antenna must be a whole number"),
        ({"antenna": -1}, "antenna must be from 0"),
        ({"antenna": 10**30}, "antenna must be from 0"),
        ({"epc": "3034F"}, "epc must be hex"),
        ({"epc": "3034F4"}, "words of 16 bits"),
        ({"epc": ""}, "words of 16 bits"),
        ({"epc": "30 4"}, "epc must be hex"),
        ({"epc": "30  34F4"}, "epc must be hex"),
        ({"epc": "XYZW"}, "epc must be hex"),
        ({"epc": "00" * 64}, "words of 16 bits"),
        ({"epc": None}, "epc must be hex"),
        ({"rssi": "strong"}, "rssi must be a number"),
        ({"rssi": float("inf")}, "rssi must be from"),
        ({"n": 0}, "n must be from 1"),
        ({"n": 2**31}, "n must be from 1"),
        ({"n": None}, "n must be a whole number"),
    ],
)
def test_one_bad_tag_line_takes_no_other_with_it(change: Mapping[str, Any], said: str) -> None:
    found, faults = read(TAG, {**TAG, **change}, TAG | {"antenna": 2})
    assert [n for obs in tags_of(found) for n in obs.antenna.tolist()] == [1, 2]
    assert faults.counts == {"refused": 1}
    assert faults.named[0].number == 2
    assert said in faults.named[0].detail


@pytest.mark.parametrize(
    "line",
    [
        COUNT | {"in": -1},
        COUNT | {"in": 1.5},
        COUNT | {"boot": None},
        COUNT | {"src": None},
        SALE | {"lines": [{"gtin": "03453120000012", "qty": 1}]},
        SALE | {"lines": [{"gtin": "03453120000011", "qty": 0}]},
        SALE | {"lines": []},
        SALE | {"id": ""},
        SALE | {"t": None},
        {"kind": "stocktake", "t": 1.0, "src": "b", "gtin": "03453120000011", "qty": -1},
        {"kind": "weight", "t": 1.0, "src": "s", "grams": float("nan")},
        {"kind": "weight", "t": 1.0, "src": "s", "grams": 1e300},
        {"kind": "round", "t": 1.0, "src": "r"},
        {"kind": "device", "t": 1.0, "src": "r", "state": "asleep"},
        {"kind": "device", "t": 1.0, "src": "r", "state": []},
        ADVERT | {"addr": "C4:7C"},
        ADVERT | {"rssi": None},
        ADVERT | {"manufacturer": {"Apple": "00"}},
        ADVERT | {"manufacturer": {"70000": "00"}},
        ADVERT | {"manufacturer": ["00"]},
        ADVERT | {"service": {"fcd2": "4"}},
        ADVERT | {"service": {"battery": "40"}},
    ],
)
def test_values_that_cannot_be_are_refused_and_counted(line: Mapping[str, Any]) -> None:
    found, faults = read(line, hear=everybody)
    assert found == []
    assert faults.counts == {"refused": 1}


@pytest.mark.parametrize(
    "line", ['{"kind": "tag", "t": 17', "", "[]", "null", b"\xff\xfe", b"\x00", "[" * 5000, "{}{}"]
)
def test_lines_that_are_no_json_object(line: str | bytes) -> None:
    found, faults = read(TAG, line, TAG)
    assert sum(map(len, tags_of(found))) == 2
    assert faults.counts == ({"not_json": 1} if line else {})
    assert [fault.number for fault in faults.named] == ([2] if line else [])


def test_what_this_version_does_not_know_is_counted_and_passed_over() -> None:
    found, faults = read(
        TAG | {"phase": 3},
        COUNT | {"firmware": "2"},
        {"kind": "laser", "t": 1.0, "src": "x"},
        {"t": 1.0},
        {"kind": ["tag"]},
    )
    assert len(found) == 2
    assert faults.counts == {"unknown_field": 2, "unknown_kind": 3}
    assert faults.unknown["tag.phase"] == 1
    assert str(faults.named[0]) == "line 3: unknown_kind: laser"


def test_what_is_named_is_bounded_and_what_is_counted_is_not() -> None:
    _, faults = read(*["?"] * 1000, *[{"kind": f"k{n}"} for n in range(1000)])
    assert faults.counts == {"not_json": 1000, "unknown_kind": 1000}
    assert len(faults.named) == MAX_NAMED
    assert len(faults.unknown) <= MAX_NAMED


def test_services_and_addresses_are_given_in_one_form() -> None:
    short, long = "0000FCD2-0000-1000-8000-00805F9B34FB", "12345678-0000-1000-8000-00805f9b34fb"
    line = ADVERT | {"addr": "c4:7c:8d:6a:11:02", "service": {short: "40", long: "41"}}
    (heard,) = read(line, hear=everybody)[0]
    assert isinstance(heard, Advert)
    assert heard.addr == "C4:7C:8D:6A:11:02"
    assert heard.service == {"fcd2": b"\x40", long: b"\x41"}


def test_a_weight_that_an_advert_says_again_is_written_once() -> None:
    weight = Weight("scale-3", 1.0, 1.0, 1840.0)
    assert capture_lines(weight, {"scale-3"}) == []
    assert len(capture_lines(weight, {"badge-7"})) == 1


def test_a_facts_arrival_is_that_of_its_line() -> None:
    sale, count = read(SALE | {"at": 9.0}, COUNT)[0]
    assert isinstance(sale, Sale)
    assert (sale.t, sale.at, count.at) == (1.0, 9.0, 1.0)
    line = {"kind": "stocktake", "t": 1.0, "src": "b", "gtin": "3453120000011", "qty": 0}
    assert read(line)[0] == [Stocktake("b", 1.0, 1.0, "03453120000011", 0)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
SOUND = COUNT | SALE | ADVERT | TAG | {"state": "online", "grams": 1, "qty": 1}
FIELDS = st.sampled_from([*SOUND, "at", "manufacturer", "service", "zone", "gtin", "detail"])
FACTS = ["sale", "return", "delivery", "stocktake"]
KINDS = st.sampled_from(["tag", "round", "advert", "count", "weight", "device", "x", *FACTS])


@given(st.lists(st.tuples(KINDS, st.dictionaries(FIELDS, JSON, max_size=3)), max_size=5))
def test_every_line_is_either_told_or_counted(given: list[tuple[str, dict[str, Any]]]) -> None:
    lines = [{**SOUND, **fields, "kind": kind} for kind, fields in given]
    found, faults = read(*lines, hear=everybody)
    counted = sum(faults.counts[name] for name in ("refused", "not_json", "unknown_kind"))
    heard = sum(len(obs) if isinstance(obs, TagReads) else 1 for obs in found)
    assert heard + counted == len(lines)


@given(st.lists(st.binary(max_size=40) | st.text(max_size=40), max_size=5))
def test_no_bytes_are_too_strange(lines: list[bytes | str]) -> None:
    found, faults = read(*lines)
    assert found == []
    assert faults.lines == len(lines)


def test_a_days_tag_lines_are_read_at_speed() -> None:
    lines = [
        json.dumps(TAG | {"at": 1763740801.0 + n // 20, "epc": f"3034F4A1C0{n:014X}"}).encode()
        for n in range(60_000)
    ]
    begun = time.process_time()
    count = sum(map(len, tags_of(list(read_capture(lines, deaf, CaptureFaults())))))
    assert count == 60_000
    assert time.process_time() - begun < 1.2  # 0.12 s measured; room for a slow machine
