"""The HTTP server inside the program's own loop: starts, says its port, stops within 2 s."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from gateway.web.context import Web

GRACE_SECONDS = 1
"""How long open requests may take to end when the program stops; live streams are told at once."""
BACKLOG = 128


async def serve(
    app: FastAPI,
    listening: socket.socket,
    stop: asyncio.Event,
    *,
    started: Callable[[int], None] | None = None,
) -> None:
    """Serve `app` on the socket until `stop` is set; `started` is told the port.

    Closes the board when it stops, so that listeners of live events go first, and the socket.
    """
    web = app.state.web
    assert isinstance(web, Web)
    # Signals belong to the program, and a proxy's word about who is asking to nobody.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        ws="none",
        http="h11",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([listening]), name="web server")
    stopping = asyncio.create_task(stop.wait(), name="web stop")
    if started is not None:
        started(listening.getsockname()[1])
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        web.desk.board.close()
        await running
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the program has its own."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket for `serve`; port 0 takes a free one.

    Raises:
        OSError: the address cannot be had; the message names it and says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6 and host == "::":
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise OSError(error.errno, _why(error, host, port)) from error
    return listening


def _why(error: OSError, host: str, port: int) -> str:
    reason = {
        errno.EADDRINUSE: "another program listens there already",
        errno.EACCES: "this user may not use that port (below 1024 needs a capability)",
        errno.EADDRNOTAVAIL: "this machine has no such address",
    }.get(error.errno or 0, str(error.strerror))
    return f"the page cannot be served at {host}:{port}: {reason}"
