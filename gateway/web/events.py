"""Live events: `/api/v1/events`, server-sent (HTML standard, section 9.2).

Events: `stock`, `item`, `footfall`, `occupancy`, `conversion`, `device`, `alert`, each with an id
to resume from by `Last-Event-ID` (or `?after=`, for a page's first connect). `hello` opens a stream
and gives the id that it starts from; `reset` says that what was missed is no longer known in full:
read the state anew. `beat` comes when nothing else does, so that a page sees a dead stream.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.board import Told
from gateway.changes import (
    Alert,
    Change,
    Conversion,
    DeviceChanged,
    ItemEvent,
    OccupancyChanged,
    StockChanged,
    StoreMinute,
)
from gateway.web.availability import availability
from gateway.web.context import AWeb, Web
from gateway.web.guard import READING
from gateway.web.models import ProblemDetails
from gateway.web.moments import rfc3339
from gateway.web.problems import Problem

LISTENERS_MAX = 64
BEAT_SECONDS = 10.0
SEND_SECONDS = 30.0
"""A listener whose network takes nothing for so long is gone, or as good as."""
RETRY_MS = 2_000

router = APIRouter(prefix="/api/v1/events", tags=["events"], dependencies=READING)


@router.get(
    "",
    response_class=Response,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        503: {"model": ProblemDetails},
    },
)
async def events(
    web: AWeb,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
    after: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """What changes, as it changes."""
    if web.listeners >= LISTENERS_MAX:
        web.counts["listeners_refused_total", ""] += 1
        raise Problem(
            503,
            "too_many_listeners",
            f"{LISTENERS_MAX} live streams are open, no more are served",
            headers={"Retry-After": "10"},
        )
    return EventStream(web, last_event_id or after)


class EventStream(Response):
    """One listener's stream; it ends when the listener goes, is too slow, or the board closes."""

    def __init__(self, web: Web, resume: str | None) -> None:
        super().__init__(
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        del self.headers["content-length"]
        self._web = web
        self._resume = resume

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Stream until the first of: listener gone, listener too slow, nothing more to come."""
        self._web.listeners += 1
        try:
            async with asyncio.TaskGroup() as group:
                gone = group.create_task(_gone(receive), name="listener gone")
                told = group.create_task(self._stream(send), name="listener told")
                await asyncio.wait({gone, told}, return_when=asyncio.FIRST_COMPLETED)
                gone.cancel()
                told.cancel()
        finally:
            self._web.listeners -= 1

    async def _stream(self, send: Send) -> None:
        try:
            await _send(
                send,
                {"type": "http.response.start", "status": 200, "headers": self.raw_headers},
            )
            async for text in told_to(self._web, self._resume):
                await _send(
                    send, {"type": "http.response.body", "body": text.encode(), "more_body": True}
                )
            await _send(send, {"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            self._web.counts["listeners_dropped_total", ""] += 1


async def _send(send: Send, message: dict[str, Any]) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send(message)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def told_to(web: Web, resume: str | None) -> AsyncIterator[str]:
    """The text of one stream: what was missed, then what is told, until the board drops it."""
    board = web.desk.board
    queue = board.listen()
    # Both in one turn of the loop: nothing is told between the backlog and the queue.
    missed = _missed(web, resume)
    try:
        yield f"retry: {RETRY_MS}\n\n" + _opening(web, resume, missed)
        for told in missed or ():
            yield event_text(web, told)
        while True:
            try:
                next_told = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
            except TimeoutError:
                yield f": still here\nevent: beat\ndata: {_stamp(web.desk.now())}\n\n"
                continue
            if next_told is None:
                web.counts["listeners_dropped_total", ""] += 1
                return
            yield event_text(web, next_told)
    finally:
        board.leave(queue)


def stream_id(web: Web, number: int) -> str:
    """The id of an event: this run's name and the event's number in it."""
    return f"{web.stream}-{number}"


def _missed(web: Web, resume: str | None) -> list[Told] | None:
    if resume is None:
        return []
    run, _, number = resume.rpartition("-")
    if run != web.stream or not (number.isascii() and number.isdigit()):
        return None
    return web.desk.board.since(int(number))


def _opening(web: Web, resume: str | None, missed: list[Told] | None) -> str:
    # With a backlog to come the listener's own id stays the one to resume from.
    event = "reset" if missed is None else "hello"
    at = resume if missed and resume else stream_id(web, web.desk.board.version)
    return f"id: {at}\nevent: {event}\ndata: {_stamp(web.desk.now())}\n\n"


def _stamp(t: float) -> str:
    return json.dumps({"t": rfc3339(t)})


def event_text(web: Web, told: Told) -> str:
    """One event as it goes over the wire."""
    name, data = _event(web, told.change)
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"id: {stream_id(web, told.number)}\nevent: {name}\ndata: {text}\n\n"


def _event(web: Web, change: Change) -> tuple[str, dict[str, Any] | str]:
    match change:
        case StockChanged():
            # The present answer, not the one of then: absolute values, and newer is never wrong.
            return "stock", availability(web, change.gtin).model_dump_json()
        case DeviceChanged():
            return "device", {
                "t": rfc3339(change.t),
                "device": change.device,
                "antenna": change.antenna,
                "state": change.state,
                "detail": change.detail,
            }
        case Alert():
            return "alert", {
                "t": rfc3339(change.t),
                "kind": change.kind,
                "subject": change.subject,
                "detail": change.detail,
                "over": change.over,
            }
        case ItemEvent():
            return "item", _item(change)
        case _:
            return _people(change)


def _item(change: ItemEvent) -> dict[str, Any]:
    return {
        "t": rfc3339(change.t),
        "began": rfc3339(change.began),
        "epc": change.epc,
        "gtin": change.gtin,
        "event": change.event.value,
        "zone": change.zone,
        "from": change.source,
        "p": change.p,
    }


def _people(change: Change) -> tuple[str, dict[str, Any]]:
    match change:
        case StoreMinute():
            return "footfall", {
                "t": rfc3339(change.t),
                "in": change.entries,
                "out": change.exits,
                "visitors": change.visitors,
                "occupancy": change.occupancy,
                "transactions": change.transactions,
                "estimated": change.estimated,
            }
        case OccupancyChanged():
            return "occupancy", {"t": rfc3339(change.t), "occupancy": change.occupancy}
        case Conversion():
            return "conversion", {
                "from": rfc3339(change.since),
                "to": rfc3339(change.t),
                "visitors": change.visitors,
                "transactions": change.transactions,
                "rate": change.rate,
                "low": change.low,
                "high": change.high,
                "estimated": change.estimated,
            }
        case _:
            raise AssertionError(f"the board tells of no {type(change).__name__}")
