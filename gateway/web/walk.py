"""The installer's walk: `/walk` for a phone, and `/api/v1/walk` behind it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from gateway.requests import WalkAct, WalkState
from gateway.web.bodies import read_checked
from gateway.web.context import AWeb
from gateway.web.described import takes
from gateway.web.guard import MANAGING, READING
from gateway.web.models import ProblemDetails
from gateway.web.models_walk import (
    WalkAntennaOut,
    WalkBody,
    WalkHearingOut,
    WalkOut,
    WalkStopOut,
)
from gateway.web.pages import page_of
from gateway.web.problems import Problem, bad_field
from gateway.web.render import render

_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails}
    for status in (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
}
_FIELDS = ("tags", "count", "zone", "seconds")
"""Reasons of the engine that are a field's."""

router = APIRouter()


@router.get("/api/v1/walk", tags=["devices"], dependencies=READING)
async def state(web: AWeb) -> WalkOut:
    """How the walk stands: what each antenna hears, and what is said of it."""
    return walk_out(web.desk.walk_state())


@router.post(
    "/api/v1/walk",
    tags=["devices"],
    dependencies=MANAGING,
    responses=_ANSWERS,
    openapi_extra=takes(WalkBody),
)
async def step(request: Request, web: AWeb) -> WalkOut:
    """A step of the installer. When the answer arrives it is on disk.

    A step that cannot be taken now is refused (409) with the reason as `why`.
    """
    body = await read_checked(request, WalkBody)
    said = await web.desk.walk(
        WalkAct(body.do, tuple(body.tags), body.count, body.zone, body.seconds)
    )
    if said.why in _FIELDS:
        raise bad_field(said.why, said.detail)
    if said.why:
        raise Problem(409, "not_now", said.detail, more={"why": said.why})
    return walk_out(said)


@router.api_route("/walk", methods=["GET", "HEAD"], dependencies=READING, include_in_schema=False)
async def walk(request: Request, web: AWeb) -> HTMLResponse:
    """Lay known tags into each zone and see what every antenna makes of them."""
    said = web.desk.walk_state()
    return render(
        page_of(request, web, "walk"),
        "walk.html",
        walk=said,
        stops={one.zone: one for one in said.stops},
        hearing={(reader, antenna): tags for reader, antenna, tags in said.hearing},
        watched={one.zone for one in said.antennas},
        claimed=web.access.claimed(),
    )


def walk_out(said: WalkState) -> WalkOut:
    """A walk in the API's words."""
    return WalkOut(
        phase=said.phase,
        zone=said.zone,
        left=round(said.left, 1),
        count=said.count,
        # No EPC: before they are made out for sure, one may be of a passer-by's own clothes.
        known=len(said.tags),
        heard=said.heard,
        hearing=[
            WalkHearingOut(reader=reader, antenna=number, tags=tags)
            for reader, number, tags in said.hearing
        ],
        stops=[
            WalkStopOut(zone=one.zone, heard=one.heard, laid=one.laid, applied=one.applied)
            for one in said.stops
        ],
        antennas=[
            WalkAntennaOut(
                reader=one.reader,
                antenna=one.antenna,
                zone=one.zone,
                verdict=one.verdict,
                rounds=one.rounds,
                heard=one.heard,
                laid=one.laid,
                rate=None if one.rate is None else round(one.rate, 3),
                hears=one.hears,
            )
            for one in said.antennas
        ],
    )
