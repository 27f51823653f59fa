"""What the demo's page has beyond any other: the truth, as JSON and beside each estimate."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter

from gateway.web.context import Extension

Truth = Callable[[], dict[str, object]]


def truth_extension(truth: Truth) -> Extension:
    """`GET /demo/truth`, and the script that shows it. `truth` says what is so right now."""
    router = APIRouter(prefix="/demo", include_in_schema=False)

    @router.get("/truth")
    async def _truth() -> dict[str, object]:
        return truth()

    return Extension(router, Path(str(files("gateway.demo") / "truth.js")))
