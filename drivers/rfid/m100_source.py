"""An M100-family module on a serial port as a source: its one antenna in the serial readers' shell.

The module has one antenna and does not say which, so the store's number for it is put in here.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.rfid.m100 import Tag
from drivers.rfid.m100_session import Event as ModuleEvent
from drivers.rfid.m100_session import M100Session, ModuleLost, Wish
from drivers.rfid.m100_session import Ready as ModuleReady
from drivers.rfid.serial.events import AntennaChanged, Event, Read, Ready, RoundEnded
from drivers.rfid.serial.lines import Line, on_line
from drivers.rfid.serial.source import ReaderSource

BAUD = 115_200
ROUND_SECONDS = 0.4


def m100_source(
    name: str,
    line: Line,
    antennas: tuple[int, ...] = (1,),
    round_seconds: float = ROUND_SECONDS,
    wanted: Sequence[Wish] = (),
) -> ReaderSource:
    """One module with one antenna, the first of `antennas`; the others are told to be missing."""
    return on_line(
        name,
        line,
        BAUD,
        lambda now, faults: _OneAntenna(antennas, M100Session(round_seconds, now, faults, wanted)),
    )


class _OneAntenna:
    """The module's conversation in the words of the shell."""

    def __init__(self, antennas: tuple[int, ...], session: M100Session) -> None:
        self.lost: str | None = None
        self._antenna, *self._others = antennas
        self._session = session
        self.outgoing, self.close = session.outgoing, session.close

    def feed(self, data: bytes, now: float) -> list[Event]:
        return [told for event in self._session.feed(data, now) for told in self._told(event)]

    def tick(self, now: float) -> list[Event]:
        try:
            self._session.tick(now)
        except ModuleLost as lost:
            self.lost = str(lost)
        return []

    def _told(self, event: ModuleEvent) -> list[Event]:
        match event:
            case Tag():
                return [Read(self._antenna, event.epc, event.rssi)]
            case ModuleReady():
                missing = "this module has one antenna"
                return [
                    Ready(event.facts),
                    AntennaChanged(self._antenna, connected=True),
                    *(
                        AntennaChanged(other, connected=False, detail=missing)
                        for other in self._others
                    ),
                ]
            case _:
                return [RoundEnded(self._antenna)]
