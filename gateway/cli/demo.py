"""`shelfcast demo`: the same gateway on a virtual store, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging

from gateway.cli.failure import CommandFailed
from gateway.cli.signals import stop_on_signals
from gateway.demo.broker import HOST
from gateway.demo.stage import Playing, play


def demo_command(port: int, speed: float, hours: float | None) -> None:
    """Run the demo; what a person needs to look at it is printed once it can be looked at."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_play(port, speed, hours))
    except OSError as error:
        raise CommandFailed(f"shelfcast demo: {error.strerror or error}") from error


async def _play(port: int, speed: float, hours: float | None) -> None:
    await play(stop_on_signals(), _say, port=port, speed=speed, hours=hours)


def _say(playing: Playing) -> None:
    lines = (
        f"page:   http://localhost:{playing.page}/",
        f"feed:   mosquitto_sub -h {HOST} -p {playing.broker} -t 'shelfcast/#' -v",
        f"broker: mqtt://{HOST}:{playing.broker}",
        "A virtual store; Ctrl-C ends it and leaves nothing behind.",
    )
    print("\n".join(lines), flush=True)  # noqa: T201
