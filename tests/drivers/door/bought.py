"""Bodies of bought counters, as their makers print them or as they were seen in the field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

SERIAL = "6384E16179950009"
UUID = "9a0440de-3188-4f6d-b886-bb20c97bd26b"


def stamp(seconds: float) -> str:
    """A time as a VS125 in UTC writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def milesight(
    end: float,
    *,
    window: tuple[int, int] | None = None,
    trigger: tuple[int, int] | None = None,
    total: tuple[int, int] | None = None,
    running: int | None = 141,
    line: int = 1,
    serial: str = SERIAL,
    capacity: int = 0,
    groups: int = 9,
) -> bytes:
    """A VS125 report; each block only where it is given."""
    info: dict[str, Any] = {"device_sn": serial, "firmware_version": "V_125-LW.1.0.3-r2"}
    if running is not None:
        info["running_time"] = running
    who = {"line": line, "line_name": f"Line{line}", "line_uuid": UUID}
    body: dict[str, Any] = {"device_info": info}
    if trigger is None:
        body["time_info"] = {"start_time": stamp(end - 60), "end_time": stamp(end)}
    else:
        body["time_info"] = {"time": stamp(end)}
        numbers = {"in": trigger[0], "out": trigger[1]}
        body["line_trigger_data"] = [{**who, "total": numbers}]
    if window is not None:
        numbers = {"in": window[0], "out": window[1]}
        body["line_periodic_data"] = [{**who, "total": numbers, "group": {"in": groups, "out": 9}}]
    if total is not None:
        counted = {"in_counted": total[0], "out_counted": total[1], "capacity_counted": capacity}
        body["line_total_data"] = [{**who, "total": counted}]
    return json.dumps(body).encode()


def xovis(*records: tuple[int, int, int, int], logic: int = 2, name: str = "Line 0") -> bytes:
    """A push of Xovis 5: (from ms, to ms, forward, backward) a record."""
    written = [
        {
            "from": begun,
            "to": ended,
            "counts": [
                {"id": 2, "name": "fw", "value": forward},
                {"id": 3, "name": "bw", "value": backward},
            ],
        }
        for begun, ended, forward, backward in records
    ]
    line = {"id": logic, "name": name, "info": "XLT_4X_LINE_IN_OUT_COUNT", "records": written}
    zone = {
        "id": 1,
        "name": "Zone 0",
        "info": "XLT_4X_ZONE_COUNT",
        "records": [{"from": 1, "to": 2, "counts": [{"id": 1, "name": "balance", "value": 5}]}],
    }
    data = {
        "package_info": {"version": "5.0", "id": 28, "agent_id": 1008},
        "sensor_info": {"serial_number": "80:1F:12:D5:30:DC", "type": "SINGLE_SENSOR"},
        "logics": [zone, line],
    }
    return json.dumps({"logics_data": data}).encode()
