"""Pages for the shop floor: seller, shopper's screen, landing page of a QR code.

The landing page and the screen show no number that is the store's own business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.web import glance
from gateway.web.availability import gtin_of, select
from gateway.web.codes import LONGEST, gtin_in
from gateway.web.context import AWeb, Web
from gateway.web.guard import READING
from gateway.web.pages import page_of
from gateway.web.problems import Problem
from gateway.web.render import render
from gateway.web.shop import ShopArticle
from gateway.web.shopper import available_models, model_of, names_of

MODELS_FOUND = 10
"""More than these on a phone are scrolled past, not read."""
MODELS_ON_SCREEN = 6
TURN_SECONDS = 12
"""A shopper reads six names and their sizes in this."""
HOLD_MINUTES = (30, 15, 60, 120)
"""What a seller may choose, the usual one first."""

router = APIRouter(include_in_schema=False)
_GET = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class Found:
    """A model that a seller looked for: its articles side by side, those that were meant marked."""

    title: str
    labels: Mapping[str, str]
    rows: Sequence[glance.Row]
    meant: frozenset[str]


@router.api_route("/seller", methods=_GET, dependencies=READING)
async def seller(
    request: Request, web: AWeb, q: Annotated[str, Query(max_length=LONGEST)] = ""
) -> HTMLResponse:
    """Search or scan, see the variants side by side, hold one with two taps."""
    shown = page_of(request, web, "seller")
    q = q.strip()
    found, more = _found(web, q, shown.speech.lang)
    return render(
        shown,
        "seller.html",
        q=q,
        found=found,
        more=more,
        is_code=gtin_in(q) is not None,
        minutes=HOLD_MINUTES,
        claimed=web.access.claimed(),
    )


@router.api_route("/kiosk", methods=_GET, dependencies=READING)
async def kiosk(
    request: Request, web: AWeb, page: Annotated[int, Query(ge=0, le=100_000)] = 0
) -> HTMLResponse:
    """What can be had now, in large type; turns its pages by itself."""
    shown = page_of(request, web, "kiosk")
    models = available_models(web, shown.speech.lang)
    pages = max(1, -(-len(models) // MODELS_ON_SCREEN))
    here = page % pages
    first = here * MODELS_ON_SCREEN
    given: dict[str, Any] = {
        "models": models[first : first + MODELS_ON_SCREEN],
        "place": here,
        "pages": pages,
        "turn": TURN_SECONDS,
    }
    return render(shown, "kiosk.html", **given)


@router.api_route("/p/{gtin}", methods=_GET, dependencies=READING)
async def landing(gtin: str, request: Request, web: AWeb) -> HTMLResponse:
    """One article for the shopper who scanned its code."""
    code = gtin_of(gtin)
    if code not in web.shop.articles:
        raise Problem(404, "unknown_gtin", f"{code} is not in the catalogue", more={"gtin": code})
    shown = page_of(request, web, "landing")
    model = model_of(web, code, shown.speech.lang)
    this = next(one for one in model.offers if one.article.gtin == code)
    return render(
        shown,
        "landing.html",
        **_of_one(this.article, this.label, model.title, shown.speech.lang),
        this=this,
        others=[one for one in model.offers if one is not this],
    )


@router.api_route("/01/{gtin}", methods=_GET)
@router.api_route("/01/{gtin}/{qualifiers:path}", methods=_GET)
async def digital_link(gtin: str, request: Request, qualifiers: str = "") -> RedirectResponse:
    """A GS1 Digital Link with whatever lot or serial number it carries: its article's page."""
    del qualifiers
    lang = {k: v for k, v in request.query_params.items() if k == "lang"}
    query = f"?{urlencode(lang)}" if lang else ""
    return RedirectResponse(f"/p/{gtin_of(gtin)}{query}", status_code=307)


def _of_one(article: ShopArticle, label: str, title: str, lang: str) -> dict[str, str]:
    """Heading and sub-heading of one article of a model."""
    named = article.named(lang)
    if named.startswith(title):
        return {"title": title, "own": "" if label == title else label}
    return {"title": named, "own": article.attributes}


def _found(web: Web, q: str, lang: str) -> tuple[list[Found], int]:
    """The models that fit `q`, and how many more there are."""
    meant = _meant(web, q, lang)
    models: dict[tuple[str, ...], list[str]] = {}
    for gtin in meant:
        models.setdefault(web.shop.model(gtin), []).append(gtin)
    stock = web.desk.board.stock
    found = [
        Found(
            *names_of(web.shop, model, lang),
            [glance.Row(web.shop.articles[gtin], stock.get(gtin)) for gtin in model],
            frozenset(hits if len(hits) < len(model) else ()),
        )
        for model, hits in list(models.items())[:MODELS_FOUND]
    ]
    return found, max(0, len(models) - MODELS_FOUND)


def _meant(web: Web, q: str, lang: str) -> Sequence[str]:
    if not q:
        return ()
    code = gtin_in(q)
    if code is not None:
        return (code,) if code in web.shop.articles else ()
    return select(web, web.shop.by_name[lang], zone=None, state=None, q=q)
