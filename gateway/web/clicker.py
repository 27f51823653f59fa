"""The person with the clicker: `/clicker`, and `/api/v1/doors/{door}/manual` behind it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse

from gateway.requests import FlowFactor, ManualAct, ManualCount, ManualStep, Tap
from gateway.web.bodies import read_checked
from gateway.web.context import AWeb, Web
from gateway.web.described import takes
from gateway.web.guard import MANAGING, READING
from gateway.web.models import ProblemDetails
from gateway.web.models_people import FlowFactorOut, ManualBody, ManualOut
from gateway.web.pages import page_of
from gateway.web.problems import Problem
from gateway.web.render import render

_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails}
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)
}
Door = Annotated[str, Path(max_length=64)]

router = APIRouter()


@router.get("/api/v1/doors/{door}/manual", tags=["doors"], dependencies=READING)
async def manual(door: Door, web: AWeb) -> ManualOut:
    """How the count by hand at a door stands."""
    return manual_out(_found(web, door))


@router.post(
    "/api/v1/doors/{door}/manual",
    tags=["doors"],
    dependencies=MANAGING,
    responses=_ANSWERS,
    openapi_extra=takes(ManualBody),
)
async def step(door: Door, request: Request, web: AWeb) -> ManualOut:
    """A step of the person who counts. When the answer arrives it is on disk.

    `apply` without factors that can be believed is refused (409) with the reason.
    """
    body = await read_checked(request, ManualBody)
    taps = tuple(Tap(one.n, one.way, one.age, one.undo) for one in body.taps)
    _found(web, door)
    state = await web.desk.count_by_hand(door, ManualAct(body.do, body.phone, taps))
    if body.do is ManualStep.APPLY and not state.offered:
        raise Problem(409, "not_calibrated", state.text, more={"why": state.why})
    return manual_out(state)


@router.api_route(
    "/clicker", methods=["GET", "HEAD"], dependencies=READING, include_in_schema=False
)
async def clicker(
    request: Request, web: AWeb, door: Annotated[str, Query(max_length=64)] = ""
) -> HTMLResponse:
    """Count by hand at a door, and calibrate it by that."""
    counts = web.desk.manual_counts()
    known = {one.door: one for one in counts}
    return render(
        page_of(request, web, "clicker"),
        "clicker.html",
        doors=list(known),
        count=known.get(door) or (counts[0] if counts else None),
        claimed=web.access.claimed(),
    )


def manual_out(count: ManualCount) -> ManualOut:
    """A count by hand in the API's words."""
    return ManualOut(
        door=count.door,
        watching=count.watching,
        entries=count.entries,
        exits=count.exits,
        crossings=count.crossings,
        counted=count.counted,
        seconds=count.seconds,
        needed=count.needed,
        calibration=count.calibration,
        offered=[_factor(one) for one in count.offered],
        in_force=[_factor(one) for one in count.in_force],
        why=count.why,
        detail=count.text,
    )


def _factor(one: FlowFactor) -> FlowFactorOut:
    return FlowFactorOut(flow=one.flow, factor=one.factor, low=one.low, high=one.high)


def _found(web: Web, door: str) -> ManualCount:
    for count in web.desk.manual_counts():
        if count.door == door:
            return count
    raise Problem(404, "not_found", f"there is no door {door[:64]}")
