"""`shelfcast run`: the gateway of one store, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from gateway.cli.signals import stop_on_signals
from gateway.clock import SystemClock
from gateway.config.load import Store, load_store
from gateway.program import Program


def run_command(config: Path, data: Path) -> None:
    """Run until SIGTERM or SIGINT; rows of the catalogue that cannot stand are said and left."""
    store = load_store(config)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for fault in (*store.warnings, *store.row_faults):
        print(fault, file=sys.stderr)  # noqa: T201
    asyncio.run(_run(store, data))


async def _run(store: Store, data: Path) -> None:
    stop = stop_on_signals()
    program = Program(store, data, SystemClock())
    await program.run(stop, started=_say_port)


def _say_port(port: int) -> None:
    print(f"page: http://localhost:{port}/", flush=True)  # noqa: T201
