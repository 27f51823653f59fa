"""Where a serial reader's bytes come from: a serial port, or a TCP socket that carries the same."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeAlias

from drivers.rfid.serial.source import Link, NewSession, ReaderSource
from drivers.rfid.serial.tcp import open_tcp
from drivers.serialport import open_serial


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


Line: TypeAlias = SerialLine | TcpLine


def on_line(name: str, line: Line, baud: int, new_session: NewSession) -> ReaderSource:
    """A source that converses on `line`; `baud` is the family's own."""
    where = line.port if isinstance(line, SerialLine) else f"{line.host}:{line.port}"

    def open_line() -> AbstractAsyncContextManager[Link]:
        if isinstance(line, SerialLine):
            return open_serial(line.port, line.baud or baud)
        return open_tcp(line.host, line.port)

    return ReaderSource(name, where, open_line, new_session)
