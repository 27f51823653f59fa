"""The conversation with a Chainway: choose one antenna, read for a while, stop, next.

The reader reads without end, changes antennas by itself when several are chosen, and says neither
when it changes nor when a round is over. So only one antenna is chosen at a time and it reads for a
round's time; the line keeps order, so when the stop is answered every tag of that stretch has come.
While it reads it answers nothing but stop; so nothing else is asked then.

Health: the return loss of a port without an antenna is 0 dB. It is asked for between two rounds. A
reader that does not tell it is believed to have its antennas; a tag heard proves that it has.

Its Gen2 target is A alone, so in other sessions than 0 a tag's silence means nothing and no rounds
are told.

Source: Chainway UHF RFID application-layer communication protocol V2.x.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator

from drivers.rfid.serial import chainway
from drivers.rfid.serial.chainway import Answer, ChainwayDecoder, Notice, Tag
from drivers.rfid.serial.conversation import ReaderSession
from drivers.rfid.serial.events import Settings
from drivers.rfid.serial.numbering import Numbering

HEALTH_SECONDS = 30.0


class ChainwaySession(ReaderSession[Notice]):
    """One open line to a Chainway reader."""

    def __init__(self, settings: Settings, now: float, faults: Counter[str] | None = None) -> None:
        super().__init__(ChainwayDecoder(faults), settings, now)
        # The maker's papers count antennas from 1 in one place and from 0 in another.
        self._numbering = Numbering(lambda number: number, lambda number: number - 1)
        self._scanning: int | None = None
        self._health_due = now
        self._tells_loss = True

    def close(self) -> None:
        """Let the reader rest."""
        self._send(chainway.stop())

    def _greet(self) -> Generator[float, Notice | None, dict[str, str]]:
        # It may still be reading for whoever had it before us, and then answers nothing but stop.
        version = yield from self._ask(
            chainway.stop() + chainway.get_version(), _payload(chainway.GET_VERSION)
        )
        facts = {"firmware": ".".join(str(byte) for byte in version)}
        for frame in self._wishes():
            command = frame[4]
            answer = yield from self._try(frame, _payload(command))
            if answer != chainway.OK:
                self.faults[f"refused_{command:02x}"] += 1
        yield from self._set_session()
        if self.settings.session:
            facts["rounds"] = f"none: in session {self.settings.session} silence means nothing"
        return facts

    def _wishes(self) -> list[bytes]:
        """Settings that are asked for once; a reader may refuse them and still be of use."""
        wishes = [chainway.set_epc_only(), chainway.tag_focus_off()]
        powers = {
            antenna: max(dbm, 0.0)
            for antenna, dbm in self.settings.power_dbm.items()
            if antenna <= self.ANTENNAS
        }
        return [*wishes, chainway.set_power(powers)] if powers else wishes

    def _set_session(self) -> Generator[float, Notice | None, None]:
        now = yield from self._try(chainway.get_gen2(), _payload(chainway.GET_GEN2))
        if now is None or len(now) != 4:
            return
        wanted = chainway.with_session(now, self.settings.session)
        if wanted != now:
            yield from self._try(chainway.set_gen2(wanted), _payload(chainway.SET_GEN2))

    def _scan(self, antenna: int) -> Generator[float, Notice | None, bool]:
        if self._tells_loss and self.now >= self._health_due:
            yield from self._examine()
        chosen = yield from self._ask(
            chainway.set_antennas((antenna,)), _payload(chainway.SET_ANTENNAS)
        )
        if chosen != chainway.OK:
            self._missing(antenna, f"the reader has no antenna port {antenna}")
            return False
        self._spoilt = self.settings.session > 0
        self._scanning = antenna
        self._send(chainway.start())
        yield from self._rest(self.settings.round_seconds)
        stopped = yield from self._ask(chainway.stop(), _payload(chainway.STOP))
        self._scanning = None
        if stopped != chainway.OK:
            self._refused()
        if self._connected.get(antenna) is not False:
            self._round(antenna)
        return True

    def _aside(self, notice: Notice) -> None:
        """Tags come whenever they come, also while the stop is on its way."""
        if not isinstance(notice, Tag):
            super()._aside(notice)
        elif self._scanning is None or not self._numbering.agrees(notice.antenna, self._scanning):
            self.faults["other_antenna"] += 1
        else:
            self._there(self._scanning)
            self._heard(self._scanning, notice.epc, notice.rssi)

    def _examine(self) -> Generator[float, Notice | None, None]:
        """Ask for the return loss of all our ports: only a port that is chosen has one."""
        self._health_due = self.now + HEALTH_SECONDS
        ours = tuple(number for number in self.settings.antennas if number <= self.ANTENNAS)
        yield from self._ask(chainway.set_antennas(ours), _payload(chainway.SET_ANTENNAS))
        payload = yield from self._try(chainway.return_loss(), _payload(chainway.RETURN_LOSS))
        if payload is None:
            self._tells_loss = False
            return
        losses = chainway.losses(payload)
        for antenna in ours:
            if losses.get(antenna) == 0:
                self._missing(antenna, "the reader measures no antenna on this port")
            elif antenna in losses and self._connected.get(antenna) is False:
                self._there(antenna)


def _payload(command: int) -> Callable[[Notice], bytes | None]:
    """Picks the payload of the answer to `command`."""

    def payload(notice: Notice) -> bytes | None:
        return notice.payload if isinstance(notice, Answer) and notice.command == command else None

    return payload
