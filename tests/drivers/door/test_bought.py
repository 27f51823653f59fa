"""Bodies of bought counters as their makers print them, and what is none of theirs."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.door.axis import read_live_sum
from drivers.door.milesight import read_milesight
from drivers.door.report import BodyWrong, LineRef, Totals, Trigger, Window
from drivers.door.xovis import read_xovis
from tests.drivers.door.bought import UUID, milesight, xovis

PRINTED = b"""{"device_info":{"device_sn":"6384E16179950009","device_mac":"24:E1:24:FA:0C:6C",
"running_time":141},"time_info":{"start_time":"2024-05-30T20:20:49+08:00",
"end_time":"2024-05-30T20:21:49+08:00"},"line_periodic_data":[{"line":1,"line_name":"Line1",
"line_uuid":"9a0440de-3188-4f6d-b886-bb20c97bd26b","total":{"in":3,"out":1},
"group":{"in":0,"out":0}}],"line_total_data":[{"line":1,
"line_uuid":"9a0440de-3188-4f6d-b886-bb20c97bd26b",
"total":{"in_counted":8442,"out_counted":15583,"capacity_counted":-7141}}]}"""

PARIS = ZoneInfo("Europe/Paris")


def test_a_vs125_with_every_block() -> None:
    report = read_milesight(PRINTED)
    end = 1_717_071_709.0
    line = LineRef("1", frozenset({"1", "Line1", UUID}))
    assert report.serial == "6384E16179950009"
    assert report.running == 141.0
    assert report.clock == end
    assert report.windows == (Window(line, "2024-05-30T20:20:49+08:00", end - 60, end, 60.0, 3, 1),)
    assert report.totals == (Totals(LineRef("1", frozenset({"1", UUID})), 8442, 15583),)
    assert report.triggers == ()


@pytest.mark.parametrize(
    "missing", ["device_info", "time_info", "line_periodic_data", "line_total_data"]
)
def test_each_block_may_be_missing(missing: str) -> None:
    body = json.loads(PRINTED)
    del body[missing]
    report = read_milesight(json.dumps(body).encode())
    assert bool(report.serial) == (missing != "device_info")
    assert len(report.windows) == (missing != "line_periodic_data")
    assert len(report.totals) == (missing != "line_total_data")
    assert (report.clock is None) == (missing == "time_info")


def test_the_event_form() -> None:
    report = read_milesight(milesight(1000.0, trigger=(1, 0)))
    (trigger,) = report.triggers
    assert isinstance(trigger, Trigger)
    assert (trigger.time, trigger.entries, trigger.exits) == ("1970-01-01T00:16:40-00:00", 1, 0)


def test_a_vs135_writes_numbers_beside_and_times_without_offset() -> None:
    body = {
        "device_info": {"device_sn": "X", "firmware_version": "V_135.1.0.7-r1"},
        "time_info": {"start_time": "2026-07-16 06:40:00", "end_time": "2026-07-16 06:41:00"},
        "line_periodic_data": [{"line": 2, "in": 4, "out": 5}],
        "line_total_data": [
            {"line": 2, "in_counted": 12, "out_counted": 14, "capacity_counted": -2}
        ],
    }
    report = read_milesight(json.dumps(body).encode())
    (window,) = report.windows
    assert (window.line.key, window.entries, window.exits) == ("2", 4, 5)
    assert (window.begun, window.ended, window.seconds) == (None, None, 60.0)
    assert report.totals[0].entries == 12
    assert report.facts["firmware"] == "V_135.1.0.7-r1"


@pytest.mark.parametrize("value", [-1, 1.5, "3", None, True, 2**40])
def test_a_number_that_is_none_is_a_bad_line_and_never_a_count(value: object) -> None:
    body = json.loads(PRINTED)
    body["line_periodic_data"][0]["total"]["in"] = value
    report = read_milesight(json.dumps(body).encode())
    assert report.windows == ()
    assert report.bad_lines == 1
    assert len(report.totals) == 1


@pytest.mark.parametrize(
    "spelling", [("in_counted", "out_counted"), ("In", "Out"), ("People In", "People Out")]
)
def test_a_vs121_has_another_shape_and_two_spellings(spelling: tuple[str, str]) -> None:
    body = {
        "event": "Line Crossing People Counting",
        "report_type": "interval",
        "device_info": {"device": "Workplace Sensor", "device_sn": "369362028335"},
        "time_info": {
            "timezone": "UTC+8:00",
            "start_time": "2022/12/20 18:15:52",
            "end_time": "2022/12/20 19:15:52",
        },
        spelling[0]: 7,
        spelling[1]: 6,
        "snapshot": "/9j/4AAQSkZJRg",
    }
    report = read_milesight(json.dumps(body).encode())
    (window,) = report.windows
    assert (window.entries, window.exits, window.seconds) == (7, 6, 3600.0)
    assert window.start == "2022/12/20 18:15:52"


def test_a_vs121_that_says_who_is_in_sight_counts_nobody() -> None:
    body = {
        "event": "Region People Counting",
        "report_type": "interval",
        "device_info": {"device": "Workplace Sensor", "device_sn": "369362028335"},
        "current_total": 10,
        "Max_counted": 12,
    }
    report = read_milesight(json.dumps(body).encode())
    assert (report.windows, report.triggers, report.totals) == ((), (), ())
    assert report.facts == {"model": "Workplace Sensor", "in sight": "10"}


def test_xovis_reads_person_lines_and_no_zones() -> None:
    report = read_xovis(
        xovis((1645792860000, 1645792920000, 1, 0), (1645792920000, 1645792980000, 2, 3))
    )
    assert report.serial == "80:1F:12:D5:30:DC"
    line = LineRef("2", frozenset({"2", "Line 0"}))
    assert report.windows == (
        Window(line, "1645792860000", 1645792860.0, 1645792920.0, 60.0, 1, 0),
        Window(line, "1645792920000", 1645792920.0, 1645792980.0, 60.0, 2, 3),
    )
    assert not report.triggers_too
    assert report.clock == 1645792980.0


@pytest.mark.parametrize("info", ["XLT_GROUP_LINE_IN_OUT_COUNT", "XLT_BICYCLE_LINE_IN_OUT_COUNT"])
def test_what_is_no_person_is_not_counted(info: str) -> None:
    body = xovis((1, 2, 1, 1)).replace(b"XLT_4X_LINE_IN_OUT_COUNT", info.encode())
    assert read_xovis(body).windows == ()


def test_a_xovis_record_that_is_torn_is_a_bad_line() -> None:
    body = xovis((5, 2, 1, 1), (1, 2, -1, 1)).replace(b'"bw"', b'"xx"', 1)
    assert read_xovis(body).bad_lines == 2


def test_axis_live_sum_is_local_time() -> None:
    body = b"""{"serial":"00408CAC512B","name":"Exit south","timestamp":"20170503112756",
    "in":12,"out":318}"""
    report = read_live_sum(body, PARIS)
    assert report.serial == "00408CAC512B"
    assert report.totals == (Totals(LineRef("1", frozenset({"1", "Exit south"})), 12, 318),)
    assert report.clock == 1_493_803_676.0


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{", b"{}", b'{"a": NaN}', b"[" * 90_000])
def test_what_is_nobodys_is_refused_plainly(body: bytes) -> None:
    for read in (read_milesight, read_xovis, lambda one: read_live_sum(one, PARIS)):
        with pytest.raises(BodyWrong):
            read(body)


KEYS = (
    *("device_info", "device_sn", "running_time", "report_type", "timestamp", "serial"),
    *("line_periodic_data", "line_trigger_data", "line_total_data", "line", "total"),
    *("in", "out", "in_counted", "out_counted", "total_in", "total_out"),
    *("time_info", "time", "start_time", "end_time"),
    *("logics_data", "logics", "records", "counts", "name", "value", "from", "to", "info"),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_a_report_or_refused(value: object) -> None:
    body = json.dumps(value).encode()
    for read in (read_milesight, read_xovis, lambda one: read_live_sum(one, PARIS)):
        try:
            report = read(body)
        except BodyWrong:
            continue
        for part in (*report.windows, *report.triggers, *report.totals):
            assert part.entries >= 0
            assert part.exits >= 0
