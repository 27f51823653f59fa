"""Xovis 5 data push: logics with their records, several of them after an outage.

Source: Xovis, "Data Push" of the API of firmware 5 (`logics_data`). Times are milliseconds since
the Unix epoch, UTC. Of the many templates only lines that count persons in and out are read;
groups, bicycles, prams and zones are other things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drivers.door.report import (
    RECORDS_MOST,
    BodyWrong,
    LineRef,
    Report,
    Window,
    count,
    read_object,
    rows,
    table,
    words,
)

PERSON_LINES = ("XLT_LINE_IN_OUT_COUNT", "XLT_4X_LINE_IN_OUT_COUNT")
FORWARD, BACKWARD = "fw", "bw"


def read_xovis(body: bytes) -> Report:
    """The report in a pushed body.

    Raises:
        BodyWrong: it is none.
    """
    data = read_object(body).get("logics_data")
    if not isinstance(data, dict):
        raise BodyWrong("the body has no logics_data: let the agent push line counts as JSON")
    sensor, package = table(data.get("sensor_info")), table(data.get("package_info"))
    windows: list[Window] = []
    bad = 0
    for logic in rows(data.get("logics")):
        if logic.get("info") not in PERSON_LINES:
            continue
        for window in _records(logic):
            if window is None:
                bad += 1
            else:
                windows.append(window)
    facts = {
        "model": words(sensor.get("type")),
        "address": words(sensor.get("ip_address")),
        "format": words(package.get("version")),
    }
    return Report(
        words(sensor.get("serial_number")),
        tuple(windows),
        clock=max((w.ended for w in windows if w.ended is not None), default=None),
        bad_lines=bad,
        facts={word: text for word, text in facts.items() if text},
    )


def _records(logic: Mapping[str, Any]) -> Iterator[Window | None]:
    names = [words(logic.get("id")), words(logic.get("name"))]
    line = LineRef(names[0] or names[1] or "1", frozenset(name for name in names if name))
    for record in rows(logic.get("records"), RECORDS_MOST):
        counts = {row.get("name"): count(row.get("value")) for row in rows(record.get("counts"))}
        came, left = counts.get(FORWARD), counts.get(BACKWARD)
        begun, ended = _seconds(record.get("from")), _seconds(record.get("to"))
        if came is None or left is None or begun is None or ended is None or ended < begun:
            yield None
        else:
            yield Window(line, str(record["from"]), begun, ended, ended - begun, came, left)


def _seconds(value: object) -> float | None:
    milliseconds = _whole(value)
    return None if milliseconds is None else milliseconds / 1000


def _whole(value: object) -> int | None:
    fine = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**14
    return value if fine and isinstance(value, int) else None
