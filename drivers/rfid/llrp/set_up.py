"""What a reader is asked before it scans, one question at a time, and what its answers say.

Version (LLRP 1.1 section 9.1; who knows 1.0.1 only answers ERROR_MESSAGE or nothing, and 1.0.1 it
is), capabilities, Impinj's extensions where the maker is Impinj, antennas, settings, GPI ports;
then what was there is deleted and our ROSpec added and enabled. Pure: who sends and waits is
`session`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from drivers.rfid.llrp.events import SessionLost
from drivers.rfid.llrp.framing import VERSION, Message
from drivers.rfid.llrp.parameters import Body, Parameter, message
from drivers.rfid.llrp.power import Powers
from drivers.rfid.llrp.rospec import Settings, add_ro_spec, gpi_config, reader_config
from drivers.rfid.llrp.shapes import CAN_HOLD_REPORTS, TOP_BIT, MessageType, P
from drivers.rfid.llrp.template import IMPINJ

LATEST = 2
"""LLRP 1.1, in a header and in the messages about versions."""
ANSWER_SECONDS = 10.0
VERSION_SECONDS = 2.0
_ANTENNA_PROPERTIES, _ANTENNA_CONFIGURATION = 2, 3
_ENABLE_EXTENSIONS = 21


@dataclass(frozen=True, slots=True)
class Step:
    """One question.

    Attributes:
        make: the message by its id.
        needed: a refusal ends the session; otherwise it is counted.
        done: what the answer's body is given to.
        seconds: how long the answer may take.
        may_be_silent: a refusal is as good as an answer, and so is silence.
    """

    make: Callable[[int], Message]
    needed: bool = True
    done: Callable[[Body], None] | None = None
    seconds: float = ANSWER_SECONDS
    may_be_silent: bool = False


class SetUp:
    """The questions, and what is known of the reader.

    Attributes:
        version: of the headers of what we send.
        facts: for the page.
        connected: antennas of the settings, as the reader sees them.
        groups: antennas of each AISpec of our ROSpec.
    """

    def __init__(self, settings: Settings, *, ask_version: bool = True) -> None:
        self.version = VERSION
        self.facts: dict[str, str] = {}
        self.connected = dict.fromkeys(settings.antennas, True)
        self.groups: list[tuple[int, ...]] = []
        self._settings: Final = settings
        self._ask_version = ask_version
        self._powers = Powers()
        self._newer = self._impinj = self._extensions = False
        self._hold = True
        self._max_specs = self._inputs = 0

    def steps(self) -> Iterator[Step]:
        """The questions in their order; each may depend on the answers before it."""
        yield from self._versions()
        yield Step(
            lambda n: message(MessageType.GET_READER_CAPABILITIES, n, requested=0),
            done=self._capable,
        )
        if self._impinj:
            yield Step(_enable_extensions, needed=False, done=self._extended)
        yield Step(_ask_config(_ANTENNA_PROPERTIES), needed=False, done=self._configured)
        if self._settings.power_dbm:
            yield Step(_ask_config(_ANTENNA_CONFIGURATION), needed=False, done=self._powered)
        yield from self._settling()
        yield from self._scanning()

    def _versions(self) -> Iterator[Step]:
        if not self._ask_version:
            return
        yield Step(
            lambda n: _of_1_1(message(MessageType.GET_SUPPORTED_VERSION, n)),
            needed=False,
            done=self._versed,
            seconds=VERSION_SECONDS,
            may_be_silent=True,
        )
        if self._newer:
            yield Step(
                lambda n: _of_1_1(message(MessageType.SET_PROTOCOL_VERSION, n, version=LATEST)),
                needed=False,
                done=self._agreed,
            )

    def _settling(self) -> Iterator[Step]:
        settings = self._settings
        yield Step(lambda n: reader_config(settings, n, hold=self._hold, impinj=self._extensions))
        if self._inputs:
            yield Step(lambda n: gpi_config(self._inputs, n), needed=False)
        yield Step(lambda n: message(MessageType.DELETE_ROSPEC, n, ro_spec=0), needed=False)
        yield Step(lambda n: message(MessageType.DELETE_ACCESSSPEC, n, access_spec=0), needed=False)

    def _scanning(self) -> Iterator[Step]:
        settings = self._settings
        self.groups = settings.groups(self._max_specs)
        transmit = self._powers.transmit(settings.power_dbm, self.facts)
        yield Step(
            lambda n: add_ro_spec(
                settings,
                n,
                max_specs=self._max_specs,
                impinj=self._extensions,
                transmit=transmit,
            )
        )
        yield Step(lambda n: message(MessageType.ENABLE_ROSPEC, n, ro_spec=settings.ro_spec_id))

    def _versed(self, body: Body) -> None:
        if body.number("current") >= LATEST:
            self._agreed(body)
        self._newer = body.number("current") < LATEST <= body.number("supported")

    def _agreed(self, _body: Body) -> None:
        self.version = LATEST
        self.facts["protocol"] = "LLRP 1.1"

    def _capable(self, body: Body) -> None:
        device = body.parameter(P.GENERAL_DEVICE_CAPABILITIES)
        if device is not None:
            self._describe(device)
        limits = body.parameter(P.LLRP_CAPABILITIES)
        if limits is not None:
            self._hold = bool(limits.number("flags") & CAN_HOLD_REPORTS)
            self._max_specs = limits.number("specs_per_ro_spec")
        self._powers.learn_table(body.parameter(P.REGULATORY_CAPABILITIES))

    def _describe(self, device: Parameter) -> None:
        self._impinj = device.number("maker") == IMPINJ
        self.facts |= {
            "maker": "Impinj" if self._impinj else str(device.number("maker")),
            "model": str(device.number("model")),
            "firmware": device.text("firmware")[:80],
            "antennas": str(device.number("antennas")),
        }
        pins = device.child(P.GPIO_CAPABILITIES)
        self._inputs = 0 if pins is None else pins.number("inputs")
        self._check_antennas(device.number("antennas"))

    def _check_antennas(self, available: int) -> None:
        beyond = [a for a in self._settings.antennas if a > available]
        if beyond and available:
            raise SessionLost(
                f"the reader has {available} antennas, there is no antenna {beyond[0]}"
            )

    def _extended(self, _body: Body) -> None:
        self._extensions = True

    def _configured(self, body: Body) -> None:
        for said in body.parameters:
            antenna = said.number("antenna")
            if said.type == P.ANTENNA_PROPERTIES and antenna in self.connected:
                self.connected[antenna] = bool(said.number("flags") & TOP_BIT)

    def _powered(self, body: Body) -> None:
        self._powers.learn_channels(body.parameters)


def _of_1_1(asked: Message) -> Message:
    """The messages about versions bear 1.1 in their header before anything is agreed."""
    return asked._replace(version=LATEST)


def _ask_config(requested: int) -> Callable[[int], Message]:
    return lambda n: message(MessageType.GET_READER_CONFIG, n, requested=requested)


def _enable_extensions(number: int) -> Message:
    return message(
        MessageType.CUSTOM_MESSAGE, number, vendor=IMPINJ, subtype=_ENABLE_EXTENSIONS, data=bytes(4)
    )
