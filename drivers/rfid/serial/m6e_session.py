"""The conversation with a ThingMagic module: choose a port, read for a while, fetch the buffer.

The module can also read without end and send tags as they come, but then nothing says when an
antenna's turn is over. So it is asked to read for one round's time: its answer is the round's end,
and says how many tags lie in the buffer. It is a round when all of them were fetched.

A module that has just got power may know no region; then it must not send, and refuses. The region
is the store's to say.

Source: the maker's Mercury API (serial reader): boot, region, read plan of one antenna, buffer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Generator

from drivers.rfid.serial import m6e
from drivers.rfid.serial.conversation import ReaderLost, ReaderSession
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.m6e import Answer, M6eDecoder, Notice, ReadOver, Tags

SPARE_SECONDS = 2.0
_NO_ANTENNA = {
    m6e.NO_ANTENNA: "the reader finds no antenna on this port",
    m6e.HIGH_RETURN_LOSS: "the antenna on this port sends the power back: cable or antenna broken",
}
_REGION_BY_CODE = {code: name for name, code in m6e.REGIONS.items()}


class M6eSession(ReaderSession[Notice]):
    """One open line to a ThingMagic module. `region` is a key of `m6e.REGIONS`."""

    def __init__(
        self,
        settings: Settings,
        now: float,
        faults: Counter[str] | None = None,
        region: str | None = None,
    ) -> None:
        super().__init__(M6eDecoder(faults), settings, now)
        self._region = region
        self._power: float | None = None

    def _greet(self) -> Generator[float, Notice | None, dict[str, str]]:
        # It may still be streaming for whoever had the port before us.
        version = yield from self._ask(
            m6e.stop_streaming() + m6e.command(m6e.GET_VERSION), _answer(m6e.GET_VERSION)
        )
        # In its firmware already it refuses to boot, which is as good.
        yield from self._try(m6e.command(m6e.BOOT_FIRMWARE), _answer(m6e.BOOT_FIRMWARE))
        yield from self._must(m6e.set_protocol(), m6e.SET_PROTOCOL, "does not speak Gen2")
        region = yield from self._set_region()
        for frame in (
            m6e.set_session(self.settings.session),
            m6e.set_target(both=self.settings.session > 0),
        ):
            yield from self._must(frame, m6e.SET_PROTOCOL_PARAMETER, "refuses its session")
        firmware = ".".join(f"{byte:x}" for byte in version.data[12:16])
        return {"firmware": firmware, "region": region}

    def _set_region(self) -> Generator[float, Notice | None, str]:
        if self._region is not None:
            code = m6e.REGIONS[self._region]
            yield from self._must(
                m6e.set_region(code), m6e.SET_REGION, f"does not know region {self._region!r}"
            )
            return self._region
        answer = yield from self._ask(m6e.command(m6e.GET_REGION), _answer(m6e.GET_REGION))
        if answer.status != m6e.OK or not any(answer.data):
            raise ReaderLost("the reader has no region set, so it may not send")
        return _REGION_BY_CODE.get(answer.data[-1], f"{answer.data[-1]:#04x}")

    def _must(
        self, frame: bytes, opcode: int, otherwise: str
    ) -> Generator[float, Notice | None, None]:
        answer = yield from self._ask(frame, _answer(opcode))
        if answer.status != m6e.OK:
            raise ReaderLost(f"the reader {otherwise} (status {answer.status:#06x})")

    def _scan(self, antenna: int) -> Generator[float, Notice | None, bool]:
        chosen = yield from self._ask(m6e.set_antenna(antenna), _answer(m6e.SET_ANTENNA))
        if chosen.status != m6e.OK:
            self._missing(antenna, f"the reader has no antenna port {antenna}")
            return False
        yield from self._set_power(antenna)
        yield from self._ask(m6e.command(m6e.CLEAR_TAGS), _answer(m6e.CLEAR_TAGS))
        self._spoilt = False
        milliseconds = min(max(round(self.settings.round_seconds * 1000), 10), 60_000)
        over = yield from self._ask(
            m6e.read_multiple(milliseconds), _read_over, milliseconds / 1000 + SPARE_SECONDS
        )
        if over.status not in (m6e.OK, m6e.NO_TAGS):
            return self._failed(antenna, over.status)
        yield from self._fetch(antenna, over.found)
        self._round(antenna)
        return True

    def _set_power(self, antenna: int) -> Generator[float, Notice | None, None]:
        dbm = self.settings.power_dbm.get(antenna)
        if dbm is None or dbm == self._power or dbm < 0:
            return
        self._power = dbm
        answer = yield from self._ask(m6e.set_read_power(dbm), _answer(m6e.SET_READ_POWER))
        if answer.status != m6e.OK:
            self.faults["power_refused"] += 1

    def _failed(self, antenna: int, status: int) -> bool:
        if status in _NO_ANTENNA:
            self._missing(antenna, _NO_ANTENNA[status])
        else:
            self.faults["too_hot" if status == m6e.TOO_HOT else "refused"] += 1
        return False

    def _fetch(self, antenna: int, found: int) -> Generator[float, Notice | None, None]:
        """Read the buffer until all `found` tags have come; what does not come spoils the round."""
        while found > 0:
            part = yield from self._try(m6e.get_tags(), _tags)
            if part is None or not part.tags:
                self._spoilt = True
                return
            found -= len(part.tags)
            for tag in part.tags:
                if tag.antenna == antenna:
                    rssi = math.nan if tag.rssi is None else tag.rssi
                    self._heard(antenna, tag.epc, rssi, tag.n)
                else:
                    self.faults["other_antenna"] += 1

    def close(self) -> None:
        """Nothing: it reads only when asked."""


def _answer(opcode: int) -> Callable[[Notice], Answer | None]:
    """Picks the answer to `opcode`."""

    def answer(notice: Notice) -> Answer | None:
        return notice if isinstance(notice, Answer) and notice.opcode == opcode else None

    return answer


def _read_over(notice: Notice) -> ReadOver | None:
    return notice if isinstance(notice, ReadOver) else None


def _tags(notice: Notice) -> Tags | None:
    match notice:
        case Tags(streamed=False):
            return notice
        case Answer(opcode=m6e.GET_TAGS):
            # Refused: no more tags, though more were announced.
            return Tags(())
    return None
