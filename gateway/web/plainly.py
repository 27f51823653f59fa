"""What a request asks, as plainly as routes take it: `HEAD` is `GET`, an empty value is none."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_API = "/api/"
_ENDLESS = "/api/v1/events"
"""A stream has no end, so nobody gets its head alone."""


class Plainly:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = dict(scope)
        if scope["path"].startswith(_API):
            parts = scope.get("query_string", b"").split(b"&")
            asked["query_string"] = b"&".join(part for part in parts if not part.endswith(b"="))
        if scope["method"] != "HEAD" or scope["path"] == _ENDLESS:
            await self._app(asked, receive, send)
            return
        asked["method"] = "GET"

        async def head_alone(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(asked, receive, head_alone)
