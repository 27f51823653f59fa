"""The conversation with an A0 reader: choose an antenna, inventory, hear the end of it, next.

A round is a stretch of inventories on one antenna, each of which the reader ended with its round
end frame. The session inventory (0x8B) is used because it names session and target; a reader whose
firmware does not know it gets the plain one (0x89).

Source: UHF RFID Reader Serial Interface Protocol V3.7, sections 2.1 and 2.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from typing import TypeAlias

from drivers.rfid.serial import a0
from drivers.rfid.serial.a0 import A0Decoder, Answer, InventoryOver, Notice, Tag
from drivers.rfid.serial.conversation import TRIES, ReaderLost, ReaderSession
from drivers.rfid.serial.events import Settings

INVENTORY_SECONDS = 3.0
"""Longest silence within an inventory: with many tags a reader may take more than a second."""
LONGEST_SECONDS = 15.0
"""An inventory that tells tags for longer than this has no end."""

Waits: TypeAlias = Generator[float, Notice | None, None]


class A0Session(ReaderSession[Notice]):
    """One open line to an A0 reader."""

    ANTENNAS = 8

    def __init__(self, settings: Settings, now: float, faults: Counter[str] | None = None) -> None:
        super().__init__(A0Decoder(faults), settings, now)
        self._address = a0.ADDRESS
        self._power: int | None = None
        self._plain = False
        self._proven = False

    def _greet(self) -> Generator[float, Notice | None, dict[str, str]]:
        for address in (a0.ADDRESS, a0.EVERYBODY) * TRIES:
            answer = yield from self._try(a0.get_firmware(address), _firmware)
            if answer is not None:
                self._address = answer.address
                return {"firmware": ".".join(str(byte) for byte in answer.data)}
        raise ReaderLost("the reader does not answer")

    def _scan(self, antenna: int) -> Generator[float, Notice | None, bool]:
        begun = self.now
        chosen = yield from self._ask(
            a0.set_work_antenna(self._address, antenna - 1), _code(a0.SET_WORK_ANTENNA)
        )
        self._spoilt = False
        if chosen != a0.SUCCESS:
            self._missing(antenna, f"the reader has no antenna port {antenna}")
            return False
        yield from self._set_power(antenna)
        targets = (0, 1) if self.settings.session else (0,)
        return (yield from self._by_targets(antenna, begun, self._inventory, targets))

    def _set_power(self, antenna: int) -> Waits:
        dbm = self.settings.power_dbm.get(antenna)
        if dbm is None or round(dbm) == self._power:
            return
        self._power = round(dbm)
        code = yield from self._ask(
            a0.set_temporary_power(self._address, self._power), _code(a0.SET_TEMPORARY_POWER)
        )
        if code != a0.SUCCESS:
            self.faults["power_refused"] += 1

    def _inventory(self, antenna: int, target: int) -> Generator[float, Notice | None, bool]:
        """Let the reader inventory once; whether it came to its end."""
        if self._plain:
            self._send(a0.real_time_inventory(self._address, 1))
        else:
            self._send(a0.session_inventory(self._address, self.settings.session, target, 1))
        until = self.now + LONGEST_SECONDS
        while self.now < until and (heard := (yield INVENTORY_SECONDS)) is not None:
            match heard:
                case Tag():
                    self._read(antenna, heard)
                case InventoryOver():
                    self._proven = True
                    return True
                case Answer(command=command, data=data) if command in a0.INVENTORIES:
                    return self._failed(antenna, data[0])
                case _:
                    self._aside(heard)
        return self._unheard()

    def _read(self, antenna: int, tag: Tag) -> None:
        if tag.antenna == antenna - 1:
            self._heard(antenna, tag.epc, tag.rssi)
        else:
            self.faults["other_antenna"] += 1

    def _failed(self, antenna: int, code: int) -> bool:
        if code == a0.ANTENNA_MISSING:
            self._missing(antenna, "the reader finds no antenna on this port")
        elif self._proven or self._plain:
            self._refused()
        else:
            self._plain = True
        return False

    def _unheard(self) -> bool:
        self._plain |= not self._proven
        self._silent()
        return False


def _firmware(notice: Notice) -> Answer | None:
    match notice:
        case Answer(command=a0.GET_FIRMWARE):
            return notice
    return None


def _code(command: int) -> Callable[[Notice], int | None]:
    """Picks the error code of the answer to `command`."""

    def code(notice: Notice) -> int | None:
        if isinstance(notice, Answer) and notice.command == command and notice.data:
            return notice.data[0]
        return None

    return code
