"""The application: every route behind one rim of error pages, headers and counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from fastapi import FastAPI

from gateway.desk import Desk
from gateway.web import (
    alerts,
    availability,
    clicker,
    described,
    devices,
    doors_push,
    events,
    faces,
    facts,
    footfall,
    health,
    holds,
    occupancy,
    pages,
    problems,
    reloading,
    setup,
    walk,
)
from gateway.web.access import Access
from gateway.web.assets import load_assets
from gateway.web.context import Extension, TakePush, Web
from gateway.web.plainly import Plainly
from gateway.web.rim import Rim
from gateway.web.setup_code import SetupCode
from gateway.web.shop import Shop

_ABOUT = (
    "What is on the shelf right now, and how many of those who came in bought. Times are RFC 3339"
    " UTC, errors RFC 9457 problem details."
)


def create_app(
    desk: Desk,
    shop: Shop,
    *,
    access: Access,
    extensions: Sequence[Extension] = (),
    pushes: Mapping[str, TakePush] | None = None,
    code: SetupCode | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """The ASGI application of one store.

    `monotonic` is the clock of rate limits and read rates, in seconds; `pushes` takes, by door id,
    what counters push.
    """
    # The built-in documentation pages load scripts from the internet: a store may have none.
    app = FastAPI(
        title="Shelfcast",
        version=version("shelfcast"),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    web = Web(
        desk, shop, access, monotonic, extensions=tuple(extensions), pushes=dict(pushes or {})
    )
    web.setup = code
    app.state.web = web
    app.state.assets = load_assets(one.script for one in extensions if one.script is not None)
    for room in (
        availability,
        footfall,
        occupancy,
        clicker,
        facts,
        holds,
        alerts,
        setup,
        reloading,
        devices,
        walk,
        doors_push,
        events,
        health,
        pages,
        faces,
    ):
        app.include_router(room.router)
    for extension in extensions:
        if extension.router is not None:
            app.include_router(extension.router)
    problems.install(app)
    described.describe(app)
    app.add_middleware(Plainly)
    app.add_middleware(Rim, web=web)
    return app
