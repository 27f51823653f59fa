"""The config read again while running: `/api/v1/config/reload`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from gateway.web.context import AWeb
from gateway.web.guard import ADMINISTERING
from gateway.web.models import ConfigFault, ProblemDetails, ReloadOut
from gateway.web.problems import Problem

_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails} for status in (401, 403, 409, 422, 429, 503)
}

router = APIRouter(prefix="/api/v1/config", tags=["config"], dependencies=ADMINISTERING)


@router.post("/reload", responses=_ANSWERS)
async def reload(web: AWeb) -> ReloadOut:
    """Apply what can be applied without a restart. What does not check changes nothing (422)."""
    done = await web.desk.reload()
    if done is None:
        raise Problem(409, "no_config", "this gateway was not started from a config file")
    faults = [ConfigFault.model_validate(fault) for fault in done.faults]
    if not done.checks:
        shown = [fault.model_dump() for fault in faults]
        detail = f"the config has {len(faults)} faults; nothing was changed"
        raise Problem(422, "config_faults", detail, more={"faults": shown})
    return ReloadOut(
        applied=list(done.applied), restart_needed=list(done.restart_needed), faults=faults
    )
