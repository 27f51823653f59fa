"""Request bodies: JSON, bounded in size, depth and time, and nothing that JSON does not have."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from gateway.web.problems import Problem, field_path

Model = TypeVar("Model", bound=BaseModel)

BODY_BYTES = 1 << 20
BODY_SECONDS = 20.0
"""A till on a bad network gets this long; a caller who drips bytes does not hold us for ever."""


def no_body(request: Request) -> bool:
    """Whether the request says that it has no body (RFC 9112, section 6.3)."""
    headers = request.headers
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


async def read_json(request: Request) -> Any:
    """The body as Python values.

    Raises:
        Problem: 408 too slow, 413 too large, 415 not said to be JSON, 400 not JSON.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        said = f"not {kind[:60]}" if kind else "and the request did not say what it is"
        raise Problem(415, "unsupported_media_type", f"the body must be application/json, {said}")
    return parse_json(await read_raw(request))


async def read_checked(request: Request, model: type[Model]) -> Model:
    """The body as `model`, its own rules checked.

    Raises:
        Problem: as `read_json`, or 422 with the fields that are wrong.
    """
    body = await read_json(request)
    try:
        return model.model_validate(body)
    except ValidationError as wrong:
        errors = [(field_path(fault["loc"]), str(fault["msg"])) for fault in wrong.errors()]
        detail = "; ".join(f"{field}: {what}" for field, what in errors[:3])
        raise Problem(422, "invalid", detail, errors=errors) from wrong


async def read_raw(request: Request) -> bytes:
    """The body as it came. Raises `Problem`: 408 too slow, 413 too large."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_BYTES:
                    raise Problem(
                        413, "content_too_large", f"a body has at most {BODY_BYTES} bytes"
                    )
    except TimeoutError as slow:
        raise Problem(408, "request_timeout", "the body took too long to arrive") from slow
    return bytes(body)


def parse_json(raw: bytes) -> Any:
    """Strict JSON (RFC 8259): UTF-8, finite numbers, no key twice, no half of a surrogate pair.

    Raises:
        Problem: 400, with what is wrong.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_once_each,
        )
        # Half a surrogate pair is text that nothing behind us could write down.
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError as wrong:
        raise _malformed("it is not UTF-8 text") from wrong
    except RecursionError as deep:
        raise _malformed("it is nested too deeply") from deep
    except ValueError as wrong:
        raise _malformed(str(wrong)[:200]) from wrong
    return value


def _malformed(why: str) -> Problem:
    what = f"the body is not JSON: {why}"
    return Problem(400, "malformed", what, errors=[("body", why)])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found
