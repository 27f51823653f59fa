"""Milesight VS125, VS135 and VS121: the JSON that they send by HTTP POST or MQTT.

Source: milesight.com, VS125 and VS135 user guides, "Communication Protocol" (`device_info`,
`time_info`, `line_periodic_data`, `line_trigger_data`, `line_total_data`; each may be missing, the
numbers stand in `total` or, in some firmwares, beside it), and VS121-P "Communication Protocol"
(`event`, `report_type`; keys in two spellings). `capacity_counted` and `current_total` are the
device's own idea of who is inside and are not used. A picture (`snapshot`) is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drivers.door.report import (
    BodyWrong,
    LineRef,
    Report,
    Totals,
    Trigger,
    Window,
    count,
    moment,
    read_object,
    rows,
    span,
    table,
    words,
)

PERIODIC, TRIGGER, TOTAL = "line_periodic_data", "line_trigger_data", "line_total_data"
_VS121_PAIRS = (("in", "out"), ("in_counted", "out_counted"), ("people_in", "people_out"))
_VS121_TOTALS = (("total_in", "total_out"), ("in_total", "out_total"))
_FACTS = {
    "device_name": "model",
    "device": "model",
    "firmware_version": "firmware",
    "ip_address": "address",
}


def read_milesight(body: bytes) -> Report:
    """The report in a body, of any of the three models.

    Raises:
        BodyWrong: it is none.
    """
    found = read_object(body)
    if not any(key in found for key in ("device_info", "time_info", PERIODIC, TRIGGER, TOTAL)):
        raise BodyWrong("the body has no device_info: is this a Milesight counter?")
    if "report_type" in found or "event" in found:
        return _vs121(found)
    return _vs125(found)


def _vs125(found: Mapping[str, Any]) -> Report:
    time = table(found.get("time_info"))
    start, end = words(time.get("start_time")), words(time.get("end_time"))
    at = words(time.get("time")) or words(time.get("trigger_time"))
    read = _Lines()
    windows = tuple(
        Window(
            line, start, moment(start), moment(end), span(start, end), *counts, _groups(row, counts)
        )
        for row in rows(found.get(PERIODIC))
        for line, counts in read.pairs([row], "in", "out")
    )
    triggers = tuple(
        Trigger(line, at, *counts) for line, counts in read.pairs(found.get(TRIGGER), "in", "out")
    )
    totals = tuple(
        Totals(line, *counts)
        for line, counts in read.pairs(found.get(TOTAL), "in_counted", "out_counted")
    )
    info = table(found.get("device_info"))
    return Report(
        words(info.get("device_sn")),
        windows,
        triggers,
        totals,
        running=_running(info),
        clock=moment(end) or moment(at),
        triggers_too=True,
        bad_lines=read.bad,
        facts=_facts(info),
    )


class _Lines:
    """Reads blocks of lines, and counts those that cannot be read."""

    def __init__(self) -> None:
        self.bad = 0

    def pairs(
        self, block: object, entries: str, exits: str
    ) -> Iterator[tuple[LineRef, tuple[int, int]]]:
        """Each line of a block with its two numbers."""
        for row in rows(block):
            inner = table(row.get("total")) or row
            came, left = count(inner.get(entries)), count(inner.get(exits))
            if came is None or left is None:
                self.bad += 1
            else:
                yield _line(row), (came, left)


def _groups(row: Mapping[str, Any], counts: tuple[int, int]) -> int | None:
    """Groups that came in, one person being a group, too.

    People without any group are a device that does not count groups, or not those of one.
    """
    groups = count(table(row.get("group")).get("in"))
    return None if groups == 0 and counts[0] else groups


def _line(row: Mapping[str, Any]) -> LineRef:
    names = [words(row.get(key)) for key in ("line", "line_uuid", "line_name")]
    # The number is what both forms always have; the UUID changes when a line is drawn anew.
    key = names[0] or names[1] or "1"
    return LineRef(key, frozenset(name for name in names if name))


def _vs121(found: Mapping[str, Any]) -> Report:
    """One line a device, its numbers at the top, keys written in capitals or not."""
    plain = {str(key).strip().lower().replace(" ", "_"): value for key, value in found.items()}
    time = table(plain.get("time_info"))
    start, end = words(time.get("start_time")), words(time.get("end_time"))
    line = LineRef("1", frozenset({"1"}))
    periodic = str(plain.get("report_type", "")).lower() in ("interval", "periodic", "period")
    pair, totals = _pair(plain, _VS121_PAIRS), _pair(plain, _VS121_TOTALS)
    info = table(plain.get("device_info"))
    facts = _facts(info)
    if (inside := count(plain.get("current_total"))) is not None:
        facts["in sight"] = str(inside)
    return Report(
        words(info.get("device_sn")),
        (Window(line, start, moment(start), moment(end), span(start, end), *pair),)
        if pair and periodic
        else (),
        (Trigger(line, words(time.get("time")), *pair),) if pair and not periodic else (),
        (Totals(line, *totals),) if totals else (),
        running=_running(info),
        triggers_too=True,
        facts=facts,
    )


def _pair(plain: Mapping[str, Any], names: tuple[tuple[str, str], ...]) -> tuple[int, int] | None:
    for entries, exits in names:
        came, left = count(plain.get(entries)), count(plain.get(exits))
        if came is not None and left is not None:
            return came, left
    return None


def _running(info: Mapping[str, Any]) -> float | None:
    seconds = info.get("running_time")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return float(seconds) if 0 <= seconds < 1e10 else None


def _facts(info: Mapping[str, Any]) -> dict[str, str]:
    return {word: text for key, word in _FACTS.items() if (text := words(info.get(key)))}
