"""A source for each family: its conversation on its line, with its family's own defaults."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from drivers.rfid.serial.a0_session import A0Session
from drivers.rfid.serial.chainway_session import ChainwaySession
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.m6e_session import M6eSession
from drivers.rfid.serial.source import Link, NewSession, ReaderSource, Session
from drivers.rfid.serial.tcp import open_tcp
from drivers.rfid.serial.uhf288_session import Uhf288Session
from drivers.serialport import open_serial

A0_BAUD, UHF288_BAUD, M6E_BAUD, CHAINWAY_BAUD = 115_200, 57_600, 115_200, 115_200
"""As the readers leave the factory."""


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A serial port; `baud` None is the family's own."""

    port: str
    baud: int | None = None


@dataclass(frozen=True, slots=True)
class TcpLine:
    """The reader's own TCP port, or a serial-to-Ethernet converter's."""

    host: str
    port: int


Line = SerialLine | TcpLine


def a0_source(name: str, line: Line, settings: Settings) -> ReaderSource:
    """An Invelion, YR903 or R2000 module."""
    return _source(name, line, A0_BAUD, lambda now, faults: A0Session(settings, now, faults))


def uhf288_source(name: str, line: Line, settings: Settings) -> ReaderSource:
    """A Chafon CF-RU, UHFReader288 or UHFReader18."""
    return _source(
        name, line, UHF288_BAUD, lambda now, faults: Uhf288Session(settings, now, faults)
    )


def m6e_source(
    name: str, line: Line, settings: Settings, region: str | None = None
) -> ReaderSource:
    """A ThingMagic M6E or M7E; `region` is a key of `m6e.REGIONS`, None the module's own."""

    def session(now: float, faults: Counter[str]) -> Session:
        return M6eSession(settings, now, faults, region)

    return _source(name, line, M6E_BAUD, session)


def chainway_source(name: str, line: Line, settings: Settings) -> ReaderSource:
    """A Chainway UR4 or UR8."""
    return _source(
        name, line, CHAINWAY_BAUD, lambda now, faults: ChainwaySession(settings, now, faults)
    )


def _source(name: str, line: Line, baud: int, session: NewSession) -> ReaderSource:
    where = line.port if isinstance(line, SerialLine) else f"{line.host}:{line.port}"

    def open_line() -> AbstractAsyncContextManager[Link]:
        if isinstance(line, SerialLine):
            return open_serial(line.port, line.baud or baud)
        return open_tcp(line.host, line.port)

    return ReaderSource(name, where, open_line, session)
