"""From what a page shows to its HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gateway.web.shop import Shop
from gateway.web.speech import Speech
from gateway.web.words import language

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True)
class Page:
    """One view of one page.

    Attributes:
        name: which page, a word of `words`.
        speech: the reader's language and the store's time.
        after: the live event that the page already contains.
        scripts: file names of the extensions' scripts.
        query: what stands in the address now.
    """

    name: str
    shop: Shop
    speech: Speech
    after: str
    scripts: Sequence[str]
    assets: Any
    path: str
    query: dict[str, str]

    @classmethod
    def of(
        cls,
        request: Request,
        shop: Shop,
        now: float,
        *,
        name: str,
        after: str,
        scripts: Sequence[str],
    ) -> Page:
        """The page that `request` asks for, in its reader's language."""
        asked = request.query_params.get("lang")
        lang = language(asked, request.headers.get("accept-language", ""))
        return cls(
            name,
            shop,
            Speech(lang, shop.clock, now),
            after,
            scripts,
            request.app.state.assets,
            request.url.path,
            dict(request.query_params),
        )

    def link(self, path: str | None = None, **change: object) -> str:
        """An address on this host: this page with `change`, or another page in the same language.

        A language that was asked for stays asked for; None takes a parameter away.
        """
        kept = self.query if path is None else {k: v for k, v in self.query.items() if k == "lang"}
        query = {k: str(v) for k, v in (kept | change).items() if v is not None and v != ""}
        here = path or self.path
        return f"{here}?{urlencode(query)}" if query else here

    def local_time(self, t: str | None) -> float | None:
        """Seconds UTC of one of the API's own times."""
        return None if t is None else datetime.fromisoformat(t).timestamp()


def render(page: Page, template: str, **given: Any) -> HTMLResponse:
    """The page's HTML; said to depend on the language that was asked for."""
    text = _TEMPLATES.get_template(template).render(
        page=page, speech=page.speech, say=page.speech.say, shop=page.shop, **given
    )
    return HTMLResponse(
        text,
        headers={
            "Cache-Control": "no-store",
            "Content-Language": page.speech.lang,
            "Vary": "Accept-Language",
        },
    )
