"""Deterministic JSON: the same values give the same bytes, on every machine and in every run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

Json: TypeAlias = (
    "bool | int | float | str | list[Json] | tuple[Json, ...] | Mapping[str, Json] | None"
)

P_DECIMALS = 4
"""A probability to a hundredth of a per cent: finer is noise and costs bytes."""
SECONDS_DECIMALS = 3
AGE_DECIMALS = 1


def compact(value: Json) -> str:
    """JSON text with sorted keys and no white space; what is no JSON number raises ValueError."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
