"""Serial ports, and who answers there: each family is asked its version by its own driver.

A port that somebody else has open is left alone. Asking sends a few bytes of each protocol: a
device of another kind on that port may take them for something else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from serial.tools import list_ports

from drivers.door.source import DoorSource
from drivers.observations import Device, DeviceState, Observation
from drivers.rfid.m100_source import m100_source
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.lines import SerialLine
from drivers.rfid.serial.readers import a0_source, chainway_source, m6e_source, uhf288_source
from drivers.serialport import open_serial
from drivers.source import Clock, Source, SourceLost
from gateway.discovery.found import Found, quoted

BY_ID = Path("/dev/serial/by-id")
NAME = "asked"
FACTS_SECONDS = 2.0
"""A counter's first frame may come before it has said who it is."""
NO_BEAMS = "0"
"""The lanes of a board that carries shelf scales alone."""
_ONE = Settings(antennas=(1,))


@dataclass(frozen=True, slots=True)
class Family:
    """Who may answer: the config's word, how to ask, how long to wait (three tries and a boot)."""

    kind: str
    driver: str
    source: Callable[[str], Source]
    seconds: float


FAMILIES: Sequence[Family] = (
    Family("door", "shelfcast", lambda port: DoorSource(NAME, port), 5.0),
    Family("reader", "m100", lambda port: m100_source(NAME, SerialLine(port)), 2.5),
    Family("reader", "a0", lambda port: a0_source(NAME, SerialLine(port), _ONE), 2.5),
    Family("reader", "chainway", lambda port: chainway_source(NAME, SerialLine(port), _ONE), 2.5),
    Family("reader", "m6e", lambda port: m6e_source(NAME, SerialLine(port), _ONE), 2.5),
    Family("reader", "uhf288", lambda port: uhf288_source(NAME, SerialLine(port), _ONE), 2.5),
)

Answered: TypeAlias = Found | str
"""Who answered, or one plain line why nobody did."""


def ports(by_id: Path = BY_ID) -> list[str]:
    """Every serial port, by the name that stays when cables move where it has one."""
    lasting = {str(link.resolve()): str(link) for link in sorted(by_id.glob("*"))}
    devices = sorted(port.device for port in list_ports.comports())
    return [lasting.get(str(Path(device).resolve()), device) for device in devices]


async def ask(port: str, clock: Clock, families: Sequence[Family] = FAMILIES) -> Answered:
    """Ask each family in turn who is there."""
    try:
        async with open_serial(port, 9_600):
            pass
    except OSError as error:
        return f"{port} does not open ({error.strerror or error}); is the gateway running?"
    for family in families:
        source = family.source(port)
        if await _answers(source, clock, family.seconds):
            keys = (f"port = {quoted(port)}",)
            kind = "scale" if source.facts.get("lanes") == NO_BEAMS else family.kind
            return Found(kind, port, family.driver, dict(source.facts), keys)
    return f"{port}: nobody answers that we know"


async def _answers(source: Source, clock: Clock, seconds: float) -> bool:
    online = asyncio.Event()

    def emit(obs: Observation) -> None:
        if isinstance(obs, Device) and obs.antenna is None and obs.state is DeviceState.ONLINE:
            online.set()

    running = asyncio.create_task(source.run(emit, clock), name="asking")
    there = asyncio.create_task(online.wait(), name="answered")
    try:
        await asyncio.wait({running, there}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if online.is_set():
            await _facts(source, running)
    finally:
        there.cancel()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError, SourceLost, OSError):
            await running
    return online.is_set()


async def _facts(source: Source, running: asyncio.Task[None]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FACTS_SECONDS):
            # A source says its facts in a plain dictionary: there is nothing to wait on.
            while "firmware" not in source.facts and not running.done():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
