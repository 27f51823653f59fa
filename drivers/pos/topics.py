"""What a till publishes and what it is answered: topics and bodies, no broker and no clock.

`shelfcast/till/{store}/{sales|returns|deliveries|stocktakes}` carries one fact as JSON, in the
shapes of `POST /api/v1/…`. What became of it goes to `shelfcast/till/{store}/answers` as
`{"kind", "id", "status": "recorded" | "known" | "conflict" | "refused", "errors": [{"field",
"problem"}]}`: when it says `recorded` or `known` the fact is on disk. `id` is null where the body
had none that could be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from drivers.observations import Fact
from drivers.pos.bodies import (
    BodyError,
    parse_delivery,
    parse_return,
    parse_sale,
    parse_stocktake,
)
from drivers.pos.receipts import BACK_OFFICE, TILL

BODY_BYTES = 1 << 20

KINDS: Mapping[str, tuple[str, Callable[..., Fact], str]] = {
    "sales": ("sale", parse_sale, TILL),
    "returns": ("return", parse_return, TILL),
    "deliveries": ("delivery", parse_delivery, BACK_OFFICE),
    "stocktakes": ("stocktake", parse_stocktake, BACK_OFFICE),
}
"""By the last part of the topic: kind, parser, `src`."""


def topics_of(store: str) -> tuple[str, ...]:
    """The topics that a store's till publishes on."""
    return tuple(f"shelfcast/till/{store}/{part}" for part in KINDS)


def answers_of(store: str) -> str:
    """The topic of the answers."""
    return f"shelfcast/till/{store}/answers"


def read_message(topic: str, payload: bytes, *, at: float) -> Fact:
    """The fact in a message that arrived at `at`.

    Raises:
        BodyError: it is none; what is wrong, field by field.
    """
    known = KINDS.get(topic.rpartition("/")[2])
    if known is None:
        raise BodyError("topic", "must end in sales, returns, deliveries or stocktakes")
    if len(payload) > BODY_BYTES:
        raise BodyError("body", f"must have at most {BODY_BYTES} bytes")
    try:
        body = json.loads(payload.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise BodyError("body", f"is not JSON: {str(wrong)[:100]}") from wrong
    _, parse, src = known
    return parse(body, src=src, at=at)


def answer_text(
    topic: str, fact_id: str | None, status: str, errors: Iterable[tuple[str, str]] = ()
) -> str:
    """An answer as it is published."""
    kind = KINDS.get(topic.rpartition("/")[2], ("",))[0]
    named = [{"field": field, "problem": problem} for field, problem in errors]
    return json.dumps(
        {"kind": kind, "id": fact_id, "status": status, "errors": named}, ensure_ascii=False
    )


def id_in(payload: bytes) -> str | None:
    """The id of a body that was refused, as far as there is one, so that its till finds it."""
    try:
        body = json.loads(payload[:BODY_BYTES])
    except (ValueError, RecursionError):
        return None
    name = body.get("id") if isinstance(body, dict) else None
    return name if isinstance(name, str) and len(name) <= 64 else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
