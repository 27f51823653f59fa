"""Changes as lines of the replay timeline (contract: commands, "The replay timeline")."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from gateway.changes import (
    Change,
    Conversion,
    DoorMinute,
    ItemEvent,
    OccupancyChanged,
    StockChanged,
)


def timeline_line(change: Change) -> tuple[float, str] | None:
    """The event time of a change and its line (no newline); None for what is not told."""
    fields = _fields(change)
    if fields is None:
        return None
    return fields["t"], json.dumps(fields, ensure_ascii=False)


def timeline(changes: Iterable[Change]) -> list[str]:
    """All lines in event-time order; what happened in the same instant stays as it was said."""
    lines = [line for change in changes if (line := timeline_line(change)) is not None]
    lines.sort(key=lambda line: line[0])
    return [text for _, text in lines]


def _fields(change: Change) -> dict[str, Any] | None:
    match change:
        case StockChanged():
            return _stock(change)
        case ItemEvent():
            return _item(change)
        case DoorMinute():
            return {
                "t": _time(change.t),
                "kind": "footfall",
                "door": change.door,
                "in": change.entries,
                "out": change.exits,
            }
        case OccupancyChanged():
            left_over = {} if change.residual is None else {"residual": change.residual}
            told = {"t": _time(change.t), "kind": "occupancy", "occupancy": change.occupancy}
            return told | left_over
        case Conversion():
            return _conversion(change)
        case _:
            return None


def _stock(change: StockChanged) -> dict[str, Any]:
    return {
        "t": _time(change.t),
        "kind": "stock",
        "gtin": change.gtin,
        "on_hand": change.on_hand,
        "expected": change.expected,
        "p_available": change.p_available,
        "available": change.available,
        "state": str(change.state),
        "reserved": change.reserved,
        "unavailable": change.unavailable,
        "zones": dict(change.zones),
        "sources": list(change.sources),
    }


def _item(change: ItemEvent) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "t": _time(change.began),
        "kind": "item",
        "epc": change.epc,
        "zone": change.zone,
        "event": str(change.event),
        "p": round(change.p, 4),
        "said": _time(change.t),
    }
    if change.source is not None:
        fields["from"] = change.source
    return fields


def _conversion(change: Conversion) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "t": _time(change.t),
        "kind": "conversion",
        "from": _time(change.since),
        "visitors": change.visitors,
        "transactions": change.transactions,
        "rate": change.rate,
        "low": change.low,
        "high": change.high,
        "estimated": change.estimated,
    }
    if change.flags:
        fields["flags"] = list(change.flags)
    return fields


def _time(t: float) -> float:
    return round(float(t), 3)
