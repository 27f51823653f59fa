"""`shelfcast run`: the gateway of one store, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import sys
from functools import partial
from pathlib import Path

from gateway.cli.signals import reload_on_hangup, stop_on_signals
from gateway.clock import SystemClock
from gateway.config.load import Store, load_store
from gateway.program import Program


def run_command(config: Path, data: Path) -> None:
    """Run until SIGTERM or SIGINT; rows of the catalogue that cannot stand are said and left."""
    store = load_store(config)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for fault in (*store.warnings, *store.row_faults):
        print(fault, file=sys.stderr)  # noqa: T201
    asyncio.run(_run(store, data, config))


async def _run(store: Store, data: Path, config: Path) -> None:
    stop = stop_on_signals()
    program = Program(
        store, data, SystemClock(), load=partial(load_store, config), config_file=config
    )

    def say(port: int) -> None:
        reload_on_hangup(program.reload)
        print(f"page: http://localhost:{port}/", flush=True)  # noqa: T201
        if program.setup is not None:
            print(f"setup code: {program.setup.code} (makes the first token, once)", flush=True)  # noqa: T201

    await program.run(stop, started=say)
