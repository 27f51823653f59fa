"""The first token of a store, for whoever reads what the gateway prints: `POST /api/v1/setup`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from gateway.web.access import AccessError, Role
from gateway.web.bodies import read_checked
from gateway.web.context import AWeb
from gateway.web.described import takes
from gateway.web.guard import KNOCKING
from gateway.web.models import ProblemDetails, SetupBody, SetupOut
from gateway.web.problems import Problem, bad_field
from gateway.web.setup_code import Claimed, SetupCode, Spent, WrongCode

_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails}
    for status in (400, 403, 404, 408, 409, 410, 413, 415, 422, 429, 503)
}

router = APIRouter(prefix="/api/v1/setup", tags=["access"], dependencies=KNOCKING)


@router.post("", status_code=201, responses=_ANSWERS, openapi_extra=takes(SetupBody))
async def setup(request: Request, web: AWeb) -> SetupOut:
    """The first token, for the code that this start printed. It is shown this once."""
    body = await read_checked(request, SetupBody)
    if web.setup is None:
        raise _claimed_already()
    token = _claim(web.setup, body)
    return SetupOut(token=token, role=Role.ADMIN.value, name=body.name)


def _claimed_already() -> Problem:
    return Problem(409, "claimed", "there is a token already; an admin makes the others")


def _claim(code: SetupCode, body: SetupBody) -> str:
    try:
        return code.claim(body.code, body.name)
    except Claimed as wrong:
        raise _claimed_already() from wrong
    except Spent as wrong:
        what = "too many wrong codes; start the gateway anew"
        raise Problem(410, "code_spent", what) from wrong
    except WrongCode as wrong:
        what = "that is not the code that this start printed"
        raise Problem(403, "wrong_code", what) from wrong
    except ValueError as wrong:
        raise bad_field("name", str(wrong)) from wrong
    except AccessError as wrong:
        raise Problem(503, "not_stored", str(wrong)) from wrong
