"""Signals: SIGTERM and SIGINT become an event, a second one ends at once; SIGHUP reloads."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

from gateway.desk import Reloaded
from gateway.requests import NotStored

log = logging.getLogger(__name__)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets. Call it in a running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _ask, stop, loop, number)
    return stop


def reload_on_hangup(reload: Callable[[], Awaitable[Reloaded]]) -> None:
    """SIGHUP reads the config again; what came of it is logged. Call it in a running loop."""
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()

    def begin() -> None:
        task = loop.create_task(_reload(reload), name="reload")
        # The loop keeps no hold of its tasks.
        running.add(task)
        task.add_done_callback(running.discard)

    loop.add_signal_handler(signal.SIGHUP, begin)


async def _reload(reload: Callable[[], Awaitable[Reloaded]]) -> None:
    try:
        done = await reload()
    except NotStored as error:
        log.error("the config was not read again: %s", error)  # noqa: TRY400 - the trace says no more
        return
    for fault in done.faults:
        where = f"{fault['file']}:{fault['line']}: {fault['key']}"
        log.error("%s: %s; %s", where, fault["wrong"], fault["right"])
    if not done.checks:
        log.error("the config does not check; nothing was changed")


def _ask(stop: asyncio.Event, loop: asyncio.AbstractEventLoop, number: signal.Signals) -> None:
    stop.set()
    loop.remove_signal_handler(number)
