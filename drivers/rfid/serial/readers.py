"""A source for each family: its conversation on its line, with its family's own baud rate."""

from __future__ import annotations

from drivers.rfid.serial.a0_session import A0Session
from drivers.rfid.serial.chainway_session import ChainwaySession
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.lines import Line, on_line
from drivers.rfid.serial.m6e_session import M6eSession
from drivers.rfid.serial.source import ReaderSource
from drivers.rfid.serial.uhf288_session import Uhf288Session

A0_BAUD, UHF288_BAUD, M6E_BAUD, CHAINWAY_BAUD = 115_200, 57_600, 115_200, 115_200
"""As the readers leave the factory."""


def a0_source(name: str, line: Line, settings: Settings) -> ReaderSource:
    """An Invelion, YR903 or R2000 module."""
    return on_line(name, line, A0_BAUD, lambda now, faults: A0Session(settings, now, faults))


def uhf288_source(name: str, line: Line, settings: Settings) -> ReaderSource:
    """A Chafon CF-RU, UHFReader288 or UHFReader18."""
    return on_line(
        name, line, UHF288_BAUD, lambda now, faults: Uhf288Session(settings, now, faults)
    )


def m6e_source(
    name: str, line: Line, settings: Settings, region: str | None = None
) -> ReaderSource:
    """A ThingMagic M6E or M7E; `region` is a key of `m6e.REGIONS`, None the module's own."""
    return on_line(
        name, line, M6E_BAUD, lambda now, faults: M6eSession(settings, now, faults, region)
    )


def chainway_source(name: str, line: Line, settings: Settings) -> ReaderSource:
    """A Chainway UR4 or UR8."""
    return on_line(
        name, line, CHAINWAY_BAUD, lambda now, faults: ChainwaySession(settings, now, faults)
    )
