"""An error as a page, for people: in their language, with a way back. Programs get problem details.

Who asks for a page is seen by the address (no part of the API) and by the browser's `Accept`.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from gateway.web.context import web_of
from gateway.web.render import Page, render

FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")
_SAID = {401: "lost_token", 404: "lost_nothing", 422: "lost_code", 405: "lost_nothing"}


def apology(
    request: Request, status: int, code: str, headers: Mapping[str, str]
) -> Response | None:
    """The page for an answer that is no success; None where a program asked."""
    if request.method not in ("GET", "HEAD") or request.url.path.startswith(FOR_PROGRAMS):
        return None
    if "text/html" not in request.headers.get("accept", ""):
        return None
    web = web_of(request)
    page = Page.of(request, web.shop, web.desk.now(), name="lost", after="", scripts=())
    said = "lost_article" if code == "unknown_gtin" else _SAID.get(status, "lost_other")
    answer = render(page, "lost.html", said=said, status=status)
    answer.status_code = status
    for name, value in headers.items():
        answer.headers[name] = value
    return answer
