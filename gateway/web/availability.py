"""What can be promised: `/api/v1/availability`."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from drivers.gtin import GtinError, normalize_gtin
from gateway.changes import StockChanged, StockState
from gateway.web.context import AWeb, Web
from gateway.web.guard import READING
from gateway.web.models import (
    Availability,
    AvailabilityPage,
    ProblemDetails,
    Shape,
    Variant,
    ZoneCount,
)
from gateway.web.moments import maybe_rfc3339, rfc3339
from gateway.web.problems import Problem, bad_field
from gateway.web.shop import folded

PAGE_DEFAULT = 100
PAGE_MAX = 500
IN_ZONE = 0.5
"""An article counts as being in a zone from this expected number on, or if it has shelf space."""

router = APIRouter(prefix="/api/v1/availability", tags=["stock"], dependencies=READING)


@router.get(
    "/{gtin}",
    response_model=Availability,
    responses={304: {}, 404: {"model": ProblemDetails}, 422: {"model": ProblemDetails}},
)
async def one(gtin: str, request: Request, web: AWeb) -> Response:
    """What can be promised of one GTIN."""
    code = gtin_of(gtin)
    if code not in web.shop.articles:
        raise Problem(404, "unknown_gtin", f"{code} is not in the catalogue", more={"gtin": code})
    return tagged(request, availability(web, code))


@router.get(
    "", response_model=AvailabilityPage, responses={304: {}, 422: {"model": ProblemDetails}}
)
async def many(
    request: Request,
    web: AWeb,
    zone: Annotated[str | None, Query(max_length=64)] = None,
    state: StockState | None = None,
    q: Annotated[str, Query(max_length=100, description="words of a name, or of a GTIN")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=14)] = None,
) -> Response:
    """A page of the catalogue with what can be promised of each article."""
    if zone is not None and zone not in web.shop.zone:
        raise bad_field("zone", "is no zone of this store")
    found = select(web, web.shop.ordered, zone=zone, state=state, q=q)
    begin = 0
    if cursor is not None:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) == 14):
            raise bad_field("cursor", "is not one that a page gave")
        begin = bisect_right(found, cursor)
    page = found[begin : begin + limit]
    more = begin + limit < len(found)
    return tagged(
        request,
        AvailabilityPage(
            items=[availability(web, gtin) for gtin in page],
            total=len(found),
            next=page[-1] if more else None,
        ),
    )


def gtin_of(text: str) -> str:
    """The 14 digits of a GTIN in an address.

    Raises:
        Problem: 422, and why it is no GTIN.
    """
    try:
        return normalize_gtin(text)
    except GtinError as wrong:
        raise bad_field("gtin", str(wrong)) from wrong


def select(
    web: Web, gtins: Sequence[str], *, zone: str | None, state: StockState | None, q: str
) -> Sequence[str]:
    """Those of `gtins` that fit all that is asked, in the same order."""
    if zone is None and state is None and not q:
        return gtins
    words = folded(q)
    stock = web.desk.board.stock
    return [
        gtin
        for gtin in gtins
        if (state is None or state_of(stock.get(gtin)) is state)
        and (zone is None or _in_zone(web, gtin, zone))
        and web.shop.matches(gtin, words)
    ]


def state_of(change: StockChanged | None) -> StockState:
    """The state of an answer; an article that was never answered for is unknown."""
    return StockState.UNKNOWN if change is None else change.state


def availability(web: Web, gtin: str) -> Availability:
    """The present answer for a GTIN in the API's words."""
    change = web.desk.board.stock.get(gtin)
    row = web.shop.articles.get(gtin)
    name = row.name if row else gtin
    others = [_variant(web, other) for other in web.shop.variants(gtin)]
    if change is None:
        return Availability(gtin=gtin, name=name, variants=others)
    return Availability(
        gtin=gtin,
        name=name,
        state=change.state,
        available=change.available,
        on_hand=change.on_hand,
        expected=round(change.expected, 3),
        p_available=round(change.p_available, 6),
        holds=change.reserved,
        unavailable=change.unavailable,
        as_of=rfc3339(change.t),
        heard=maybe_rfc3339(change.heard),
        sources=list(change.sources),
        zones=_zones(web, change),
        variants=others,
    )


def _zones(web: Web, change: StockChanged) -> list[ZoneCount]:
    space = web.shop.planogram
    return [
        ZoneCount(zone=zone, expected=round(expected, 3), capacity=space.get((zone, change.gtin)))
        for zone, expected in sorted(change.zones.items())
    ]


def _variant(web: Web, gtin: str) -> Variant:
    change = web.desk.board.stock.get(gtin)
    return Variant(
        gtin=gtin,
        name=web.shop.articles[gtin].name,
        state=state_of(change),
        available=0 if change is None else change.available,
    )


def _in_zone(web: Web, gtin: str, zone: str) -> bool:
    if (zone, gtin) in web.shop.planogram:
        return True
    change = web.desk.board.stock.get(gtin)
    return change is not None and change.zones.get(zone, 0.0) >= IN_ZONE


def tagged(request: Request, answer: Shape) -> Response:
    """The answer with a tag of its content, or 304 for somebody who has it already."""
    body = answer.model_dump_json(by_alias=True).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _has(held: str, tag: str) -> bool:
    tags = [one.strip().removeprefix("W/") for one in held.split(",")]
    return "*" in tags or tag in tags
