"""Capture lines become observations, in their order.

Lines that do not parse, kinds and fields that are not known and values that cannot be are counted
in a `CaptureFaults` and passed over; nothing here raises for what stands in a capture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from pydantic_core import from_json

from drivers.observations import Count, Device, DeviceState, Observation, Round, Weight
from drivers.pos.bodies import (
    BodyError,
    parse_delivery,
    parse_return,
    parse_sale,
    parse_stocktake,
)
from gateway.capture import fields
from gateway.capture.faults import CaptureFaults
from gateway.capture.fields import Fields, Refused
from gateway.capture.tags import TagRun

GRAMS_MAX = 10_000_000.0


class Hear(Protocol):
    """The scanner's ear: what an advert says, if its device is on the store's own list."""

    def __call__(
        self,
        *,
        addr: str,
        rssi: float,
        manufacturer: Mapping[int, bytes],
        service: Mapping[str, bytes],
        src: str,
        t: float,
        at: float,
    ) -> list[Observation]:
        """Observations of a listed device; none of any other."""


Reader: TypeAlias = Callable[[Fields, Hear], list[Observation]]


def deaf(**_advert: object) -> list[Observation]:
    """An ear for stores without beacons."""
    return []


def read_capture(
    lines: Iterable[bytes | str], hear: Hear, faults: CaptureFaults, *, by_second: bool = False
) -> Iterator[Observation]:
    """The observations of `lines`, in order.

    Consecutive `tag` lines of one source and one arrival time are one `TagReads`. Up to
    `tags.RUN_MAX` lines are held back, no more, however long the capture.

    Args:
        lines: one JSON object each; empty lines are passed over.
        hear: what an `advert` line is given to.
        faults: counts what is passed over, while the lines are read.
        by_second: gather `tag` lines that say no arrival time (each arrived at its own `t`) within
            whole seconds, as arrived with the last of them. Engines that are advanced on whole
            seconds see the same, many times faster; written again, the lines have an `at`.
    """
    run = TagRun(faults, by_second=by_second)
    for number, line in enumerate(lines, faults.lines + 1):
        faults.lines = number
        try:
            found = from_json(line, cache_strings="keys")
        except ValueError as error:
            if line.strip():
                faults.note(number, "not_json", str(error))
            continue
        if type(found) is not dict:
            faults.note(number, "not_json", "a line must be one JSON object")
            continue
        if found.get("kind") == "tag":
            src = found.get("src")
            if not run.takes(src):
                yield from run.take()
            run.add(number, found, src)
        else:
            yield from run.take()
            yield from _other(number, found, hear, faults)
    yield from run.take()


def _other(
    number: int, found: dict[str, Any], hear: Hear, faults: CaptureFaults
) -> list[Observation]:
    kind = found.get("kind")
    known = KINDS.get(kind) if isinstance(kind, str) else None
    if known is None or not isinstance(kind, str):
        faults.unknown_kind(number, kind)
        return []
    read, names = known
    for name in found.keys() - names - COMMON:
        faults.unknown_field(kind, name)
    try:
        return read(found, hear)
    except (Refused, BodyError) as refused:
        faults.note(number, "refused", f"{kind}: {refused}")
        return []


def _round(line: Fields, _hear: Hear) -> list[Observation]:
    t, at = fields.moment(line)
    antenna = fields.whole(line, "antenna", 0, fields.ANTENNA_MAX)
    return [Round(fields.words(line, "src"), t, at, antenna)]


def _advert(line: Fields, hear: Hear) -> list[Observation]:
    t, at = fields.moment(line)
    return hear(
        addr=fields.radio_address(line),
        rssi=fields.number(line, "rssi", -200, 100),
        manufacturer=fields.manufacturer(line),
        service=fields.service(line),
        src=fields.words(line, "src"),
        t=t,
        at=at,
    )


def _count(line: Fields, _hear: Hear) -> list[Observation]:
    t, at = fields.moment(line)
    boot, entries, exits = (
        fields.whole(line, name, 0, fields.INT_MAX) for name in ("boot", "in", "out")
    )
    groups = fields.whole(line, "groups", 0, 2**63 - 1) if "groups" in line else None
    return [Count(fields.words(line, "src"), t, at, boot, entries, exits, groups)]


def _weight(line: Fields, _hear: Hear) -> list[Observation]:
    t, at = fields.moment(line)
    # A scale may say a little less than nothing: its zero drifts.
    grams = fields.number(line, "grams", -GRAMS_MAX, GRAMS_MAX)
    return [Weight(fields.words(line, "src"), t, at, grams)]


def _device(line: Fields, _hear: Hear) -> list[Observation]:
    t, at = fields.moment(line)
    state = line.get("state")
    if state not in ("online", "offline"):
        raise Refused("state must be online or offline")
    antenna = (
        None
        if line.get("antenna") is None
        else fields.whole(line, "antenna", 0, fields.ANTENNA_MAX)
    )
    detail = fields.words(line, "detail", 500) if line.get("detail") else ""
    return [Device(fields.words(line, "src"), t, at, DeviceState(state), antenna, detail)]


def _fact(parse: Callable[..., Observation]) -> Reader:
    def read(line: Fields, _hear: Hear) -> list[Observation]:
        # t is needed here: unlike a till's body, a line has no moment at which it came.
        _, at = fields.moment(line)
        return [parse(line, src=fields.words(line, "src"), at=at)]

    return read


COMMON = frozenset({"kind", "t", "at", "src"})

KINDS: Mapping[str, tuple[Reader, frozenset[str]]] = {
    "round": (_round, frozenset({"antenna"})),
    "advert": (_advert, frozenset({"addr", "rssi", "manufacturer", "service"})),
    "count": (_count, frozenset({"boot", "in", "out", "groups"})),
    "weight": (_weight, frozenset({"grams"})),
    "device": (_device, frozenset({"state", "antenna", "detail"})),
    "sale": (_fact(parse_sale), frozenset({"id", "lines"})),
    "return": (_fact(parse_return), frozenset({"id", "lines"})),
    "delivery": (_fact(parse_delivery), frozenset({"id", "lines"})),
    "stocktake": (_fact(parse_stocktake), frozenset({"id", "zone", "gtin", "qty"})),
}
"""By kind: its reader, and the fields that it has besides those of every kind."""
