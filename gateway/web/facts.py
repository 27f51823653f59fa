"""What the till and the back office say: `POST /api/v1/{sales,returns,deliveries,stocktakes}`.

A GTIN that the catalogue does not have refuses nothing: the goods went over the counter, and a till
that is blocked costs more than a line that cannot be counted. The fact is taken whole, the answer
names such GTINs in `unknown_gtins`, and `/metrics` counts them. A stocktake of a zone that is not
there is refused: that is a slip of the person who counts, and can be mended at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from drivers.observations import Fact, Stocktake
from drivers.pos.bodies import BodyError, parse_delivery, parse_return, parse_sale, parse_stocktake
from gateway.requests import Verdict
from gateway.web.bodies import read_json
from gateway.web.context import AWeb, Web
from gateway.web.described import takes
from gateway.web.guard import WRITING
from gateway.web.models import DeliveryBody, FactAnswer, ProblemDetails, StocktakeBody, TillBody
from gateway.web.problems import Problem, bad_field

TILL = "till"
BACK_OFFICE = "backoffice"

Answers = dict[int | str, dict[str, Any]]

ANSWERS: Answers = {
    200: {"model": FactAnswer, "description": "known already, nothing changed"},
    **{
        status: {"model": ProblemDetails}
        for status in (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
    },
}

router = APIRouter(prefix="/api/v1", tags=["facts"], dependencies=WRITING)


@router.post("/sales", status_code=201, responses=ANSWERS, openapi_extra=takes(TillBody))
async def sales(request: Request, response: Response, web: AWeb) -> FactAnswer:
    """Goods sold. When the answer arrives it is on disk."""
    return await _record(web, request, response, parse_sale, TILL)


@router.post("/returns", status_code=201, responses=ANSWERS, openapi_extra=takes(TillBody))
async def returns(request: Request, response: Response, web: AWeb) -> FactAnswer:
    """Goods brought back. When the answer arrives it is on disk."""
    return await _record(web, request, response, parse_return, TILL)


@router.post("/deliveries", status_code=201, responses=ANSWERS, openapi_extra=takes(DeliveryBody))
async def deliveries(request: Request, response: Response, web: AWeb) -> FactAnswer:
    """Goods received into the building. When the answer arrives it is on disk."""
    return await _record(web, request, response, parse_delivery, BACK_OFFICE)


@router.post("/stocktakes", status_code=201, responses=ANSWERS, openapi_extra=takes(StocktakeBody))
async def stocktakes(request: Request, response: Response, web: AWeb) -> FactAnswer:
    """A person's count. When the answer arrives it is on disk."""
    return await _record(web, request, response, parse_stocktake, BACK_OFFICE)


async def _record(
    web: Web, request: Request, response: Response, parse: Callable[..., Fact], src: str
) -> FactAnswer:
    body = await read_json(request)
    try:
        fact = parse(body, src=src, at=web.desk.now())
    except BodyError as wrong:
        raise Problem(422, "invalid", str(wrong), errors=wrong.faults) from wrong
    if isinstance(fact, Stocktake) and fact.zone is not None and fact.zone not in web.shop.zone:
        raise bad_field("zone", "is no zone of this store")
    verdict = await web.desk.record(fact)
    if verdict is Verdict.CONFLICT:
        what = f"id {fact.id} is known with another body; nothing changed"
        raise Problem(409, "conflict", what, errors=[("id", "is known with another body")])
    unknown = _unknown(web, fact)
    if verdict is Verdict.KNOWN:
        response.status_code = 200
        return FactAnswer(id=fact.id, status="known", unknown_gtins=unknown)
    web.counts["unknown_gtin_total", type(fact).__name__.lower()] += len(unknown)
    return FactAnswer(id=fact.id, status="recorded", unknown_gtins=unknown)


def _unknown(web: Web, fact: Fact) -> list[str]:
    gtins = [fact.gtin] if isinstance(fact, Stocktake) else [line.gtin for line in fact.lines]
    return sorted({gtin for gtin in gtins if gtin not in web.shop.articles})
