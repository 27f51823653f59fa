"""`shelfcast record`: a capture of what the sensors say. Only what is on the store's list."""

from __future__ import annotations

import asyncio
import logging
import random
import sys
from collections.abc import Callable
from pathlib import Path

from drivers.observations import Observation
from gateway.capture.files import CaptureFile, CaptureUnreadable
from gateway.cli.failure import CommandFailed
from gateway.cli.signals import stop_on_signals
from gateway.clock import SystemClock
from gateway.config.load import Store, load_store
from gateway.devices import sources_of
from gateway.supervisor import supervise_all


def record_command(config: Path, out: Path, seconds: float | None) -> None:
    """Write what all devices of the store say to `out`, for `seconds` or until told to stop."""
    store = load_store(config)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    beacons = {beacon.id for beacon in store.config.ble.beacon}
    try:
        with CaptureFile(out, beacons) as file:
            written = asyncio.run(_record(store, file.write, seconds))
    except CaptureUnreadable as error:
        raise CommandFailed(str(error)) from error
    print(f"{written} observations written to {out}", file=sys.stderr)  # noqa: T201


async def _record(store: Store, write: Callable[[Observation], None], seconds: float | None) -> int:
    stop = stop_on_signals()
    written = 0

    def take(obs: Observation) -> None:
        nonlocal written
        written += 1
        write(obs)

    # Back-off only needs to differ between machines.
    work = supervise_all(sources_of(store), take, SystemClock(), random.Random())  # noqa: S311
    task = asyncio.create_task(work, name="sources")
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        stop.set()
    finally:
        task.cancel()
        await asyncio.wait({task})
    return written
