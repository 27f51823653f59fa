"""Which antennas are there, and of which the round that goes on may be called heard."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.rfid.llrp.events import AntennaChanged, RoundEnded, Stamp
from drivers.rfid.llrp.reports import TagColumns
from drivers.rfid.llrp.template import Clock


class Antennas:
    """The antennas of one reader.

    Attributes:
        connected: by number, as the reader sees them and tags prove.
    """

    def __init__(self, connected: dict[int, bool]) -> None:
        self.connected = connected
        self._spoilt: set[int] = set()

    def spoil(self) -> None:
        """Reads were lost: no antenna's present round may be called heard."""
        self._spoilt.update(self.connected)

    def proven(self, columns: TagColumns) -> list[AntennaChanged]:
        """Readers guess by reflection whether an antenna is there; tags heard on it prove it."""
        if False not in self.connected.values():
            return []
        found = set(columns.antenna.tolist())
        back = [antenna for antenna in found if self.connected.get(antenna) is False]
        for antenna in back:
            self.connected[antenna] = True
            self._spoilt.add(antenna)
        return [AntennaChanged(one, connected=True, at=Stamp(0, Clock.NONE)) for one in back]

    def turned(self, antenna: int, at: Stamp, *, connected: bool) -> list[AntennaChanged]:
        """The reader says that an antenna came or went; of one that we do not use it is nothing."""
        if antenna not in self.connected:
            return []
        self.connected[antenna] = connected
        self._spoilt.add(antenna)
        return [AntennaChanged(antenna, connected, at)]

    def round(self, group: Iterable[int], at: Stamp) -> list[RoundEnded]:
        """These antennas have scanned once more."""
        scanned = tuple(group)
        heard = tuple(a for a in scanned if a not in self._spoilt and self.connected[a])
        self._spoilt.difference_update(scanned)
        return [RoundEnded(heard, at)] if heard else []
