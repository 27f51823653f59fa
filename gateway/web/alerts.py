"""Tell me when it is back on the shelf: `/api/v1/alerts`. Said once, then the wish is over."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request, Response

from gateway.requests import AlertRequest, AlertVerdict
from gateway.web.availability import gtin_of
from gateway.web.bodies import read_checked
from gateway.web.context import AWeb
from gateway.web.described import takes
from gateway.web.guard import WRITING
from gateway.web.models import AlertBody, AlertOut, ProblemDetails
from gateway.web.problems import Problem, bad_field

_PROBLEM: dict[str, Any] = {"model": ProblemDetails}

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"], dependencies=WRITING)


@router.post(
    "",
    status_code=201,
    openapi_extra=takes(AlertBody),
    responses={
        200: {"model": AlertOut, "description": "the same target waits for it already"},
        **dict.fromkeys((400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503), _PROBLEM),
    },
)
async def subscribe(request: Request, response: Response, web: AWeb) -> AlertOut:
    """Wait for a GTIN that is not on the shelf. When the answer arrives it is on disk."""
    asked = _asked(await read_checked(request, AlertBody))
    if asked.gtin not in web.shop.articles:
        what = f"{asked.gtin} is not in the catalogue"
        raise Problem(404, "unknown_gtin", what, more={"gtin": asked.gtin})
    answer = await web.desk.subscribe(asked)
    match answer.verdict:
        case AlertVerdict.REFUSED:
            raise bad_field("callback", answer.why)
        case AlertVerdict.FULL:
            raise Problem(409, "too_many_alerts", "too many wait already; take one off first")
        case AlertVerdict.KNOWN:
            response.status_code = 200
    kept = answer.alert
    assert kept is not None, f"{answer.verdict} comes with its alert"
    return AlertOut(
        id=kept.id, gtin=kept.gtin, callback=kept.callback or None, topic=kept.topic or None
    )


@router.delete(
    "/{alert_id}",
    status_code=204,
    response_class=Response,
    responses=dict.fromkeys((401, 403, 404, 429, 503), _PROBLEM),
)
async def unsubscribe(alert_id: str, web: AWeb) -> Response:
    """The wish is off."""
    if not await web.desk.unsubscribe(alert_id):
        raise Problem(404, "unknown_alert", f"nobody waits under {alert_id[:64]}")
    return Response(status_code=204)


def _asked(found: AlertBody) -> AlertRequest:
    callback, topic = found.callback or "", found.topic or ""
    if bool(callback) == bool(topic):
        raise bad_field("callback", "give a callback or a topic, one of the two")
    if topic and not _publishable(topic):
        raise bad_field("topic", "must be a topic to publish to: no wildcard, no space")
    return AlertRequest(secrets.token_hex(8), gtin_of(found.gtin), callback, topic)


def _publishable(topic: str) -> bool:
    return topic.isprintable() and " " not in topic and not set("+#") & set(topic)
