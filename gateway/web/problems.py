"""Errors as RFC 9457 problem details: one shape for every program; people get a page instead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from gateway.requests import NotStored
from gateway.web.apology import apology

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 2
"""When to try again after the disk refused: longer than a commit, shorter than a queue waits."""


class Problem(Exception):
    """An answer that is no success.

    Attributes:
        status: the HTTP status.
        code: a stable word for programs: the end of `type`, and the `title`.
        detail: one plain sentence for a person.
        errors: (field, what is wrong with it).
        more: further members of the answer.
        headers: further headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.more = dict(more or {})
        self.headers = dict(headers or {})
        super().__init__(detail)

    def response(self) -> Response:
        """The problem as an answer."""
        body: dict[str, Any] = {
            "type": f"urn:shelfcast:problem:{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [{"field": field, "problem": what} for field, what in self.errors]
        return Response(
            json.dumps(body | self.more, ensure_ascii=False),
            self.status,
            media_type=PROBLEM_JSON,
            headers=self.headers,
        )


def bad_field(field: str, what: str) -> Problem:
    """422 for one wrong field."""
    return Problem(422, "invalid", f"{field}: {what}", errors=[(field, what)])


def install(app: FastAPI) -> None:
    """Let every way in which a request can fail end in problem details, or in a page for people."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NotStored, _not_stored)
    app.add_exception_handler(ClientDisconnect, _gone)
    # The app's rim: a fault of ours must not show its traceback to whoever asked. Starlette raises
    # it again after the answer, so that the server's log has it whole; nothing is swallowed.
    app.add_exception_handler(Exception, _unexpected)


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return _answer(request, problem)


def _answer(request: Request, problem: Problem) -> Response:
    page = apology(request, problem.status, problem.code, problem.headers)
    return problem.response() if page is None else page


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = {
        404: f"there is nothing at {request.url.path[:200]}",
        405: f"{request.method} is not possible at {request.url.path[:200]}",
    }.get(status, str(error.detail))
    code = status.phrase.lower().replace(" ", "_")
    return _answer(request, Problem(status, code, detail, headers=error.headers))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [(field_path(fault["loc"][1:]), str(fault["msg"])) for fault in error.errors()]
    detail = "; ".join(f"{field}: {what}" for field, what in errors[:3])
    return _answer(request, Problem(422, "invalid", detail, errors=errors))


async def _not_stored(request: Request, error: Exception) -> Response:
    detail = f"the disk did not take it, nothing was promised: {error}"
    wait = {"Retry-After": str(RETRY_SECONDS)}
    return _answer(request, Problem(503, "not_stored", detail, headers=wait))


async def _gone(_: Request, __: Exception) -> Response:
    return Problem(400, "incomplete", "the request ended before its body did").response()


async def _unexpected(request: Request, _: Exception) -> Response:
    detail = "a fault of the gateway; its log has the details"
    return _answer(request, Problem(500, "internal_error", detail))


def field_path(path: Iterable[str | int]) -> str:
    """A field as a person writes it: `lines[2].gtin`; `body` for the whole."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "body"
