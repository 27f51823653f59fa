"""What every handler has at hand, made once by `app.create_app`."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Request

from gateway.desk import Desk
from gateway.web.access import Access
from gateway.web.rates import Buckets
from gateway.web.reads import ReadRates
from gateway.web.setup_code import SetupCode
from gateway.web.shop import Shop
from gateway.web.today import Today


@dataclass(frozen=True, slots=True)
class Extension:
    """What an outer program adds to API and page: routes, and one script that every page loads.

    The script is served from this host as `/static/NAME`. It finds articles as rows with
    `data-gtin` and their values as cells with `data-field`, and hears `shelfcast:live` on
    `document` after every change of the page.
    """

    router: APIRouter | None = None
    script: Path | None = None


TakePush: TypeAlias = Callable[[bytes, float], bool]
"""Takes a body that a device pushed and its arrival time; false while nobody can take it.

Raises `ValueError` with one plain line for a body that is none of that device's.
"""


@dataclass(slots=True)
class Web:
    """The program, the store, who may do what, and what the web itself counts.

    Attributes:
        monotonic: seconds of a clock that never steps, for rate limits.
        pushes: by door id, who takes what its counter pushes.
        stream: names this run's numbering of live events; a resume from another run is a new start.
        counts: what happened at the rim, by (metric, label value); only ever growing.
        listeners: live streams that are open now.
        setup: the code for the first token, None when there was one at the start.
    """

    desk: Desk
    shop: Shop
    access: Access
    monotonic: Callable[[], float]
    extensions: tuple[Extension, ...] = ()
    pushes: Mapping[str, TakePush] = field(default_factory=dict)
    buckets: Buckets = field(default_factory=Buckets)
    reads: ReadRates = field(default_factory=ReadRates)
    today: Today = field(default_factory=Today)
    stream: str = field(default_factory=lambda: secrets.token_hex(4))
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    listeners: int = 0
    setup: SetupCode | None = None


def web_of(request: Request) -> Web:
    """The `Web` of the app that got the request."""
    web = request.app.state.web
    assert isinstance(web, Web)
    return web


AWeb = Annotated[Web, Depends(web_of)]
