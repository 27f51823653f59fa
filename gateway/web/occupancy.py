"""Somebody counted who is inside: `/api/v1/occupancy/reset`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gateway.web.bodies import no_body, read_checked
from gateway.web.context import AWeb
from gateway.web.described import takes
from gateway.web.guard import MANAGING
from gateway.web.models import OccupancyBody, OccupancyOut, ProblemDetails
from gateway.web.moments import rfc3339

_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails} for status in (400, 401, 403, 408, 413, 415, 422, 429, 503)
}

router = APIRouter(prefix="/api/v1/occupancy", tags=["footfall"], dependencies=MANAGING)


@router.post("/reset", responses=_ANSWERS, openapi_extra=takes(OccupancyBody, required=False))
async def reset(request: Request, web: AWeb) -> OccupancyOut:
    """So many people are inside now; nobody, without a body. When the answer arrives it is on disk.

    The residual is the error of the counters since the last reset: watch it to calibrate them.
    """
    body = OccupancyBody() if no_body(request) else await read_checked(request, OccupancyBody)
    before = await web.desk.reset_occupancy(body.occupancy)
    return OccupancyOut(
        occupancy=body.occupancy,
        before=before,
        residual=before - body.occupancy,
        t=rfc3339(web.desk.now()),
    )
