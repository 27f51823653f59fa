"""Promises to somebody: `/api/v1/holds`. Two callers can never be promised the same item."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter, Request, Response

from drivers.gtin import GtinError, normalize_gtin
from gateway.requests import Hold, HoldAnswer, HoldRequest, HoldState, HoldVerdict
from gateway.web.bodies import read_checked
from gateway.web.context import AWeb
from gateway.web.described import takes
from gateway.web.guard import WRITING
from gateway.web.models import HoldBody, HoldOut, ProblemDetails
from gateway.web.moments import rfc3339
from gateway.web.problems import Problem, bad_field

_PROBLEM: dict[str, Any] = {"model": ProblemDetails}

router = APIRouter(prefix="/api/v1/holds", tags=["holds"], dependencies=WRITING)


@router.post(
    "",
    status_code=201,
    openapi_extra=takes(HoldBody),
    responses={
        200: {"model": HoldOut, "description": "known already, nothing changed"},
        409: {**_PROBLEM, "description": "`insufficient`, with what is `available`; or `conflict`"},
        **dict.fromkeys((400, 401, 403, 404, 408, 413, 415, 422, 429, 503), _PROBLEM),
    },
)
async def hold(request: Request, response: Response, web: AWeb) -> HoldOut:
    """Put goods aside. When the answer arrives it is on disk."""
    asked = _asked(await read_checked(request, HoldBody))
    if asked.gtin not in web.shop.articles:
        raise _no_such_gtin(asked.gtin)
    answer = await web.desk.hold(asked)
    match answer.verdict:
        case HoldVerdict.NEW:
            return _out(answer)
        case HoldVerdict.KNOWN:
            response.status_code = 200
            return _out(answer)
        case HoldVerdict.INSUFFICIENT:
            raise Problem(
                409,
                "insufficient",
                f"{asked.qty} asked for, {answer.available} can be promised",
                more={"available": answer.available, "gtin": asked.gtin},
            )
        case HoldVerdict.MISSING:
            raise _no_such_gtin(asked.gtin)
        case HoldVerdict.OVER:
            raise _over(answer, asked.id)
        case HoldVerdict.CONFLICT:
            what = f"id {asked.id} is known with another body; nothing changed"
            raise Problem(409, "conflict", what, errors=[("id", "is known with another body")])


_ENDS: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 409, 429, 503), _PROBLEM)


@router.post("/{hold_id}/collect", responses=_ENDS)
async def collect(hold_id: str, web: AWeb) -> HoldOut:
    """The shopper took the goods. Said twice it is done once."""
    answer = await web.desk.collect(hold_id)
    return _ended(answer, hold_id, done=(HoldState.COLLECTED,))


@router.delete("/{hold_id}", responses=_ENDS)
async def release(hold_id: str, web: AWeb) -> HoldOut:
    """The hold is off. Said twice it is done once."""
    answer = await web.desk.release(hold_id)
    # One that ran out is off, which is all that the caller wants.
    return _ended(answer, hold_id, done=(HoldState.RELEASED, HoldState.EXPIRED))


def _asked(found: HoldBody) -> HoldRequest:
    for field in ("id", "channel", "order"):
        if not (getattr(found, field) or "").isprintable():
            raise bad_field(field, "must have printable characters only")
    if "/" in found.id:
        raise bad_field("id", "must not have a slash: it stands in addresses")
    if not math.isfinite(found.minutes):
        raise bad_field("minutes", "must be a number")
    try:
        gtin = normalize_gtin(found.gtin)
    except GtinError as wrong:
        raise bad_field("gtin", str(wrong)) from wrong
    return HoldRequest(
        found.id, gtin, found.qty, found.minutes, found.channel or "", found.order or ""
    )


def _ended(answer: HoldAnswer, hold_id: str, *, done: tuple[HoldState, ...]) -> HoldOut:
    if answer.hold is None or answer.verdict is HoldVerdict.MISSING:
        raise Problem(404, "unknown_hold", f"there is no hold {hold_id[:64]}")
    if answer.hold.state not in done:
        raise _over(answer, hold_id)
    return _out(answer)


def _out(answer: HoldAnswer) -> HoldOut:
    held = answer.hold
    assert held is not None, f"{answer.verdict} comes with its hold"
    return HoldOut(
        id=held.id,
        gtin=held.gtin,
        qty=held.qty,
        state=held.state,
        channel=held.channel,
        order=held.order,
        created=rfc3339(held.created),
        expires=rfc3339(held.expires),
        available=answer.available,
    )


def _no_such_gtin(gtin: str) -> Problem:
    return Problem(404, "unknown_gtin", f"{gtin} is not in the catalogue", more={"gtin": gtin})


def _over(answer: HoldAnswer, hold_id: str) -> Problem:
    state = _state(answer.hold)
    what = f"hold {hold_id[:64]} is {state} already"
    return Problem(409, "over", what, more={"state": state})


def _state(held: Hold | None) -> str:
    return held.state.value if held else "over"
