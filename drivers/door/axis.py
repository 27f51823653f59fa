"""AXIS People Counter: the answer to `live-sum.json`, totals of the device's own day.

Source: developer.axis.com, VAPIX, "People counter API", "Request real-time data". The time is local
to the device and has no offset, so nothing but a skew is made of it.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from drivers.door.report import BodyWrong, LineRef, Report, Totals, count, read_object, words

PATHS = ("/local/people-counter/.api?live-sum.json", "/local/tvpc/.api?live-sum.json")
"""Where it is, by the application's version."""


def read_live_sum(body: bytes, zone: ZoneInfo) -> Report:
    """The report in an answer; `zone` is where the device stands.

    Raises:
        BodyWrong: it is none.
    """
    found = read_object(body)
    came, left = count(found.get("in")), count(found.get("out"))
    if came is None or left is None:
        raise BodyWrong("the answer has no in and out: is this an AXIS People Counter?")
    name = words(found.get("name"))
    line = LineRef("1", frozenset({"1", name} - {""}))
    return Report(
        words(found.get("serial")),
        totals=(Totals(line, came, left),),
        clock=_local(words(found.get("timestamp")), zone),
        facts={"name": name} if name else {},
    )


def _local(text: str, zone: ZoneInfo) -> float | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None
