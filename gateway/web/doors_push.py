"""Counters that call us: `POST /api/v1/doors/{door}/push`, the body in the maker's own shape.

What a counter says is not answered in JSON, and not by what became of it: a counter that is refused
for what it counted would only send it again. It is answered 204 once it is taken, and 422 when the
body is none of its make's, which is a mistake in the device's settings.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from gateway.web.bodies import read_raw
from gateway.web.context import AWeb
from gateway.web.guard import PUSHING
from gateway.web.models import ProblemDetails
from gateway.web.problems import Problem

ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails} for status in (401, 403, 404, 408, 413, 422, 429, 503)
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}}
RETRY_SECONDS = 5

router = APIRouter(prefix="/api/v1", tags=["doors"], dependencies=PUSHING)


@router.post("/doors/{door}/push", status_code=204, responses=ANSWERS, openapi_extra=BODY)
async def push(door: Annotated[str, Path(max_length=64)], request: Request, web: AWeb) -> Response:
    """What a door's counter says, as its maker has it say it."""
    take = web.pushes.get(door)
    if take is None:
        raise Problem(404, "not_found", f"there is no door {door} whose counter calls us")
    body = await read_raw(request)
    try:
        taken = take(body, web.desk.now())
    except ValueError as wrong:
        raise Problem(422, "invalid", str(wrong), errors=[("body", str(wrong))]) from wrong
    if not taken:
        wait = {"Retry-After": str(RETRY_SECONDS)}
        raise Problem(503, "not_ready", f"{door} is not listening yet", headers=wait)
    return Response(status_code=204)
