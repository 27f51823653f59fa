"""From the config's devices to the sources that hear them."""

from __future__ import annotations

import ssl
import sys
from collections import Counter
from importlib.util import find_spec

from drivers.ble.scan import Adapters
from drivers.ble.scanner import BleSource
from drivers.rfid.llrp.source import LlrpSource
from drivers.rfid.m100_session import wishes
from drivers.rfid.m100_source import m100_source
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.lines import Line, SerialLine, TcpLine
from drivers.rfid.serial.readers import a0_source, chainway_source, m6e_source, uhf288_source
from drivers.source import Clock, Emit, Source, SourceLost
from gateway.config.load import Store
from gateway.config.model_ble import OWN_RADIOS
from gateway.config.model_devices import ReaderSection
from gateway.doors import door_source_of
from gateway.roster import roster_of
from gateway.scales import scale_sources_of

ROUND_MS = 400
"""How long an antenna is scanned before the next, when the store does not say."""

BLE, DONGLE = OWN_RADIOS
WITHOUT_BUMBLE = "a dongle needs bumble: pip install 'shelfcast[bumble]'"


class NotInThisVersion:
    """Stands for a device whose driver this version does not have: shown as offline, and why."""

    def __init__(self, name: str, driver: str, why: str = "") -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._why = why or f"this version has no driver {driver!r} yet"

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Raises `SourceLost` at once."""
        del emit, clock
        raise SourceLost(self._why)


def sources_of(store: Store) -> list[Source]:
    """A source for each device of `store`. Raises `ConfigError` for a key file that is no key."""
    config = store.config
    sources: list[Source] = [_reader(reader) for reader in config.reader]
    sources += [
        door_source_of(store, door) or NotInThisVersion(door.id, door.driver)
        for door in config.door
    ]
    sources += scale_sources_of(store)
    return sources + _radios(store)


def _adapters() -> Adapters | None:
    """Whoever switches and finds adapters; BlueZ is Linux's, elsewhere there is nobody."""
    if sys.platform != "linux":
        return None
    from drivers.ble.bluez_adapters import BluezAdapters

    return BluezAdapters()


def _radios(store: Store) -> list[Source]:
    """This machine's own adapters; they share one list, so that a packet counts once."""
    ble, radios = store.config.ble, list[Source]()
    roster = roster_of(store)
    if ble.enabled:
        radios.append(BleSource(BLE, ble.adapter, roster, adapters=_adapters()))
    if ble.dongle is not None:
        if find_spec("bumble") is None:
            radios.append(NotInThisVersion(DONGLE, "bumble", WITHOUT_BUMBLE))
        else:
            # A store without a dongle needs no bumble.
            from drivers.ble.bumble_scan import BumbleScan

            own = Counter[str]() if ble.enabled else None
            radios.append(BleSource(DONGLE, ble.dongle, roster, scan=BumbleScan, faults=own))
    return radios


def _reader(reader: ReaderSection) -> Source:
    antennas = [antenna.number for antenna in reader.antenna] or [1]
    if reader.driver == "llrp" and reader.host_port is not None:
        host, port = reader.host_port
        tls = ssl.create_default_context() if reader.tls else None
        return LlrpSource(
            reader.id,
            host,
            port,
            antennas,
            round_ms=reader.round_ms or ROUND_MS,
            session=reader.session or 0,
            power_dbm=_powers(reader),
            mode=reader.mode,
            trigger=reader.trigger,
            tls=tls,
        )
    line = _line(reader)
    if line is None:
        return NotInThisVersion(reader.id, reader.driver)
    return _serial_reader(reader, line, tuple(antennas))


def _line(reader: ReaderSection) -> Line | None:
    if reader.port is not None:
        return SerialLine(reader.port, reader.baud)
    return None if reader.host_port is None else TcpLine(*reader.host_port)


def _serial_reader(reader: ReaderSection, line: Line, antennas: tuple[int, ...]) -> Source:
    round_seconds = (reader.round_ms or ROUND_MS) / 1000
    settings = Settings(antennas, _powers(reader), round_seconds, reader.session or 0)
    match reader.driver:
        case "m100":
            power = settings.power_dbm.get(antennas[0])
            return m100_source(
                reader.id, line, antennas, round_seconds, wishes(reader.region, power)
            )
        case "a0":
            return a0_source(reader.id, line, settings)
        case "uhf288":
            return uhf288_source(reader.id, line, settings)
        case "m6e":
            return m6e_source(reader.id, line, settings, reader.region)
        case "chainway":
            return chainway_source(reader.id, line, settings)
        case _:
            return NotInThisVersion(reader.id, reader.driver)


def _powers(reader: ReaderSection) -> dict[int, float]:
    """dBm by antenna, of those for which the store says one."""
    wanted = {
        antenna.number: reader.power_dbm if antenna.power_dbm is None else antenna.power_dbm
        for antenna in reader.antenna
    }
    return {number: dbm for number, dbm in wanted.items() if dbm is not None}
