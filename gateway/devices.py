"""From the config's devices to the sources that hear them."""

from __future__ import annotations

import ssl
from collections import Counter

from drivers.ble.scanner import BleSource
from drivers.door.source import DoorSource
from drivers.rfid.llrp.source import LlrpSource
from drivers.rfid.m100_source import M100Source
from drivers.source import Clock, Emit, Source, SourceLost
from gateway.config.load import Store
from gateway.config.model import DoorSection, ReaderSection
from gateway.roster import roster_of

BLE = "ble"
"""The scanner's name as a device and as the `src` of adverts."""


class NotInThisVersion:
    """Stands for a device whose driver this version does not have: shown as offline, and why."""

    def __init__(self, name: str, driver: str) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._driver = driver

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Raises `SourceLost` at once."""
        del emit, clock
        raise SourceLost(f"this version has no driver {self._driver!r} yet")


def sources_of(store: Store) -> list[Source]:
    """A source for each device of `store`. Raises `ConfigError` for a key file that is no key."""
    config = store.config
    sources: list[Source] = [_reader(reader) for reader in config.reader]
    sources += [_door(door) for door in config.door]
    if config.ble.enabled:
        sources.append(BleSource(BLE, config.ble.adapter, roster_of(store)))
    return sources


def _reader(reader: ReaderSection) -> Source:
    antennas = [antenna.number for antenna in reader.antenna] or [1]
    match reader.driver:
        case "llrp" if reader.host_port is not None:
            host, port = reader.host_port
            tls = ssl.create_default_context() if reader.tls else None
            return LlrpSource(
                reader.id,
                host,
                port,
                antennas,
                round_ms=reader.round_ms or 400,
                session=reader.session or 0,
                tls=tls,
            )
        case "m100" if reader.port is not None:
            return M100Source(reader.id, reader.port, baud=reader.baud, antenna=antennas[0])
        case _:
            return NotInThisVersion(reader.id, reader.driver)


def _door(door: DoorSection) -> Source:
    if door.driver == "shelfcast" and door.port is not None:
        return DoorSource(door.id, door.port, baud=door.baud)
    return NotInThisVersion(door.id, door.driver)
