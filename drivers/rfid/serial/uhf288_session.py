"""The conversation with a Chafon reader: an inventory on each antenna in turn.

The antenna goes with the inventory command, so nothing is set that the reader would remember. An
inventory has ended with status 01 (all heard) or 02 (its scan time is over, which is what a round
in a full field is); FB is an end without a tag. It is no round with 04 (the reader's memory was
full: tags were lost) nor F8 (no antenna). A round is a stretch of inventories on one antenna.

Source: UHFReader288MP user manual v1.14, sections 8.2.1 and 8.4; UHFReader18 user manual.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Generator

from drivers.rfid.serial import uhf288
from drivers.rfid.serial.conversation import TRIES, ReaderLost, ReaderSession
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.numbering import Numbering
from drivers.rfid.serial.uhf288 import Answer, Inventory, Notice, ReaderInfo, Uhf288Decoder

Q = 5
"""The reader adapts it; it begins with 32 slots."""
SPARE_SECONDS = 2.0
"""Longest silence beyond the scan time (UHFReader18 scans a second and more by itself)."""
TELLING_SECONDS = 15.0
"""An inventory that tells tags for longer than this after its scan time has no end."""
SHORTEST_SCAN = 3


class Uhf288Session(ReaderSession[Notice]):
    """One open line to a reader of the UHFReader288 or UHFReader18 family."""

    def __init__(self, settings: Settings, now: float, faults: Counter[str] | None = None) -> None:
        self._codec = Uhf288Decoder(faults)
        super().__init__(self._codec, settings, now)
        self._address = uhf288.EVERYBODY
        # 12- and 16-port readers say an index where the others say a bit mask.
        self._numbering = Numbering(lambda number: 1 << number - 1, lambda number: number - 1)
        tenths = math.ceil(settings.round_seconds / uhf288.SCAN_SECONDS)
        self._scan_time = min(max(tenths, SHORTEST_SCAN), 255)
        self._by_itself = False

    def _greet(self) -> Generator[float, Notice | None, dict[str, str]]:
        info: ReaderInfo | None = None
        for _ in range(TRIES):
            info = yield from self._try(uhf288.get_info(), _info)
            if info is not None:
                break
        else:
            raise ReaderLost(
                "the reader reads by itself; set it to answer mode"
                if self._by_itself
                else "the reader does not answer"
            )
        self._address, self._codec.antennas = info.address, info.antennas
        power = yield from self._set_power(info.power_dbm)
        return {
            "model": info.model,
            "firmware": info.firmware,
            "power": f"{power} dBm, all antennas",
        }

    def _set_power(self, now_dbm: int) -> Generator[float, Notice | None, int]:
        """Set the one power that there is, if it is not so already: the flash wears out."""
        wanted = {round(dbm) for dbm in self.settings.power_dbm.values()}
        if not wanted or max(wanted) == now_dbm:
            return now_dbm
        answer = yield from self._try(uhf288.set_power(self._address, max(wanted)), _power_set)
        if answer is not None and answer.status == uhf288.OK:
            return max(wanted)
        self.faults["power_refused"] += 1
        return now_dbm

    def _aside(self, notice: Notice) -> None:
        if isinstance(notice, Answer) and notice.command == uhf288.TAG_BY_ITSELF:
            self._by_itself = True
        super()._aside(notice)

    def _scan(self, antenna: int) -> Generator[float, Notice | None, bool]:
        if not self._codec.antennas and antenna > 1:
            self._missing(antenna, "this reader has one antenna")
            return False
        begun = self.now
        self._spoilt = False
        # A reader of the small family chooses its session itself.
        targets = (0, 1) if self.settings.session and self._codec.antennas else (0,)
        return (yield from self._by_targets(antenna, begun, self._inventory, targets))

    def _command(self, antenna: int, target: int) -> bytes:
        if not self._codec.antennas:
            return uhf288.plain_inventory(self._address)
        return uhf288.inventory(
            self._address,
            antenna - 1,
            q=Q,
            session=self.settings.session,
            target=target,
            scan_time=self._scan_time,
        )

    def _inventory(self, antenna: int, target: int) -> Generator[float, Notice | None, bool]:
        """Let the reader inventory once; whether it came to its end."""
        self._send(self._command(antenna, target))
        longest = self._scan_time * uhf288.SCAN_SECONDS + SPARE_SECONDS
        until = self.now + longest + TELLING_SECONDS
        while self.now < until and (heard := (yield longest)) is not None:
            if not isinstance(heard, Inventory):
                self._aside(heard)
                continue
            self._read(antenna, heard)
            if heard.status != uhf288.MORE:
                return self._over(antenna, heard.status)
        self._silent()
        return False

    def _over(self, antenna: int, status: int) -> bool:
        match status:
            case uhf288.DONE | uhf288.TIME_OVER | uhf288.NO_TAG:
                return True
            case uhf288.MEMORY_FULL:
                self.faults["memory_full"] += 1
                self._spoilt = True
                return True
            case uhf288.ANTENNA_ERROR:
                self._missing(antenna, "the reader finds no antenna on this port")
            case _:
                self._refused()
        return False

    def _read(self, antenna: int, part: Inventory) -> None:
        named = part.antenna
        if part.tags and named is not None and not self._numbering.agrees(named, antenna):
            self.faults["other_antenna"] += len(part.tags)
            return
        for tag in part.tags:
            self._heard(antenna, tag.epc, math.nan)


def _info(notice: Notice) -> ReaderInfo | None:
    return notice if isinstance(notice, ReaderInfo) else None


def _power_set(notice: Notice) -> Answer | None:
    if isinstance(notice, Answer) and notice.command == uhf288.SET_POWER:
        return notice
    return None
