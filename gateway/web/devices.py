"""Every device and antenna: `/api/v1/devices`."""

from __future__ import annotations

from fastapi import APIRouter

from gateway.board import DeviceStatus
from gateway.web.context import AWeb, Web
from gateway.web.guard import READING
from gateway.web.models import AntennaOut, DeviceOut, DevicesOut
from gateway.web.moments import maybe_rfc3339

router = APIRouter(prefix="/api/v1/devices", tags=["devices"], dependencies=READING)


@router.get("")
async def devices(web: AWeb) -> DevicesOut:
    """State, last heard, rates, faults, firmware and battery of each device and antenna."""
    return DevicesOut(devices=devices_out(web))


def devices_out(web: Web) -> list[DeviceOut]:
    """Every device in the API's words, by id; an antenna whose reader nobody named gets one."""
    known = web.desk.board.devices
    web.reads.look(web.monotonic(), known.values())
    names = sorted({name for name, _ in known})
    return [_device(web, known.get((name, None)) or DeviceStatus(name, None)) for name in names]


def _device(web: Web, status: DeviceStatus) -> DeviceOut:
    antennas = [
        _antenna(web, one, one.antenna)
        for _, one in sorted(web.desk.board.devices.items(), key=lambda kept: kept[0][1] or 0)
        if one.device == status.device and one.antenna is not None
    ]
    return DeviceOut(
        id=status.device,
        driver=status.driver,
        zone=status.zone,
        state=status.state,
        since=maybe_rfc3339(status.since),
        heard=maybe_rfc3339(status.heard),
        reads=status.reads,
        rate=_rate(web, status),
        faults=dict(status.faults),
        facts=status.facts,
        firmware=status.facts.get("firmware"),
        battery=status.facts.get("battery"),
        detail=status.detail,
        antennas=antennas,
    )


def _antenna(web: Web, status: DeviceStatus, antenna: int) -> AntennaOut:
    return AntennaOut(
        antenna=antenna,
        zone=status.zone,
        state=status.state,
        since=maybe_rfc3339(status.since),
        heard=maybe_rfc3339(status.heard),
        reads=status.reads,
        rate=_rate(web, status),
        faults=dict(status.faults),
        detail=status.detail,
    )


def _rate(web: Web, status: DeviceStatus) -> float | None:
    rate = web.reads.rate(status.device, status.antenna)
    return None if rate is None else round(rate, 2)
