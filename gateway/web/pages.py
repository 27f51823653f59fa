"""The pages: rendered here, live by the script, whole without it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from gateway.changes import StockState
from gateway.web import glance
from gateway.web.availability import gtin_of
from gateway.web.context import AWeb, Web
from gateway.web.devices import devices_out
from gateway.web.events import stream_id
from gateway.web.guard import READING
from gateway.web.moments import midnight
from gateway.web.plot import hour_bars
from gateway.web.problems import Problem
from gateway.web.render import Page, render

ROWS_AT_A_GLANCE = 40
ROWS_OF_STOCK = 80
"""Keeps the first view of either page well under 100 KB."""
HISTORY_LINES = 60
KEPT = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)
_GET = ["GET", "HEAD"]


@router.api_route("/", methods=_GET, dependencies=READING)
async def home(
    request: Request,
    web: AWeb,
    q: Annotated[str, Query(max_length=100)] = "",
    state: str = "",
    zone: str = "",
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:
    """The store at a glance."""
    shown = page_of(request, web, "glance")
    hours = await web.today.hours(web.desk, web.shop)
    devices = devices_out(web)
    return render(
        shown,
        "glance.html",
        people=glance.people(web, hours),
        shelves=glance.shelves(web),
        devices=devices,
        not_well=glance.not_well(devices),
        alerts=glance.alerts(web),
        called=partial(glance.called, web, speech=shown.speech),
        feed=glance.feed(web),
        **_articles(web, shown, _asked(web, q, state, zone, page), ROWS_AT_A_GLANCE),
    )


@router.api_route("/stock", methods=_GET, dependencies=READING)
async def stock(
    request: Request,
    web: AWeb,
    q: Annotated[str, Query(max_length=100)] = "",
    state: str = "",
    zone: str = "",
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:
    """Every article."""
    shown = page_of(request, web, "stock")
    asked = _asked(web, q, state, zone, page)
    return render(shown, "stock.html", **_articles(web, shown, asked, ROWS_OF_STOCK))


@router.api_route("/stock/{gtin}", methods=_GET, dependencies=READING)
async def article(gtin: str, request: Request, web: AWeb) -> HTMLResponse:
    """One article: where it is, how sure, and what happened to it."""
    code = gtin_of(gtin)
    row = web.shop.articles.get(code)
    if row is None:
        raise Problem(404, "unknown_gtin", f"{code} is not in the catalogue", more={"gtin": code})
    board = web.desk.board.stock
    return render(
        page_of(request, web, "stock"),
        "article.html",
        row=glance.Row(row, board.get(code)),
        variants=[
            glance.Row(web.shop.articles[other], board.get(other))
            for other in web.shop.variants(code)
        ],
        history=await web.desk.history(code, HISTORY_LINES),
    )


@router.api_route("/devices", methods=_GET, dependencies=READING)
async def devices(request: Request, web: AWeb) -> HTMLResponse:
    """Every device and antenna: who hears what."""
    return render(page_of(request, web, "devices"), "devices.html", devices=devices_out(web))


@router.api_route("/doors", methods=_GET, dependencies=READING)
async def doors(request: Request, web: AWeb) -> HTMLResponse:
    """Footfall and conversion of today."""
    shown = page_of(request, web, "doors")
    hours = await web.today.hours(web.desk, web.shop)
    now = web.desk.now()
    return render(
        shown,
        "doors.html",
        people=glance.people(web, hours),
        hours=hours,
        trade=glance.trade(hours, web.shop.minimum_count),
        draws=glance.draws(await web.desk.zone_visits(midnight(now, web.shop.clock), now)),
        bars=hour_bars(hours, shown.speech),
        residual=web.desk.residual(),
    )


@router.api_route("/static/{name}", methods=_GET)
async def static(name: str, request: Request) -> Response:
    """A style, script or sign of the pages."""
    asset = request.app.state.assets.get(name)
    if asset is None:
        raise Problem(404, "not_found", "there is no such file")
    return Response(asset.content, media_type=asset.kind, headers={"Cache-Control": KEPT})


def page_of(request: Request, web: Web, name: str) -> Page:
    """The view of the page `name` that `request` asks for."""
    return Page.of(
        request,
        web.shop,
        web.desk.now(),
        name=name,
        after=stream_id(web, web.desk.board.version),
        scripts=[one.script.name for one in web.extensions if one.script is not None],
    )


def _asked(web: Web, q: str, state: str, zone: str, page: int) -> glance.Asked:
    # A person's old bookmark with a zone that is gone shows everything, not an error.
    return glance.Asked(
        q.strip(),
        StockState(state) if state in set(StockState) else None,
        zone if zone in web.shop.zone else None,
        page,
    )


def _articles(web: Web, page: Page, asked: glance.Asked, limit: int) -> dict[str, Any]:
    return {
        "asked": asked,
        "found": glance.rows(web, asked, limit, page.speech.lang),
        "counts": glance.states(web),
    }
