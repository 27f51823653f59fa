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
from drivers.rfid.llrp.framing import VERSION, Message, ProtocolError
from drivers.rfid.llrp.modes import Modes
from drivers.rfid.llrp.parameters import Body, Parameter, decode, first, message
from drivers.rfid.llrp.power import Powers
from drivers.rfid.llrp.rospec import SEARCH_MODE, Settings, add_ro_spec, gpi_config, reader_config
from drivers.rfid.llrp.shapes import CAN_HOLD_REPORTS, TOP_BIT, MessageType, P
from drivers.rfid.llrp.template import IMPINJ

LATEST = 2
"""LLRP 1.1, in a header and in the messages about versions."""
ANSWER_SECONDS = 10.0
VERSION_SECONDS = 2.0
_ANTENNA_PROPERTIES, _ANTENNA_CONFIGURATION = 2, 3
_GPI_STATES, _HIGH = 9, 1
_ENABLE_EXTENSIONS = 21
_LONG_SESSION = 2
"""From this session on a tag stays silent for at least 2 s without a carrier (Gen2, 6.3.2.2)."""
SILENCING = {1: "single target", 3: "single target with suppression (TagFocus)"}
"""Search modes in which silence means nothing."""


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
        inputs: whether each general-purpose input was closed at the start, by its number.
        note: what a person should look at, though the reader works; one plain line or nothing.
    """

    def __init__(self, settings: Settings, *, ask_version: bool = True) -> None:
        self.version = VERSION
        self.facts: dict[str, str] = {}
        self.connected = dict.fromkeys(settings.antennas, True)
        self.groups: list[tuple[int, ...]] = []
        self.inputs: dict[int, bool] = {}
        self.note = ""
        self._settings: Final = settings
        self._ask_version = ask_version
        self._powers, self._modes = Powers(), Modes()
        self._newer = self._impinj = self._extensions = self._added = False
        self._hold = True
        self._max_specs = self._pins = 0

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
        if self._settings.power_dbm or self._extensions:
            yield Step(_ask_config(_ANTENNA_CONFIGURATION), needed=False, done=self._set_before)
        self._judge_target()
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
        if self._pins:
            yield Step(lambda n: gpi_config(self._pins, n), needed=False)
        if settings.trigger is not None:
            yield Step(_ask_config(_GPI_STATES), needed=False, done=self._pinned)
        yield Step(lambda n: message(MessageType.DELETE_ROSPEC, n, ro_spec=0), needed=False)
        yield Step(lambda n: message(MessageType.DELETE_ACCESSSPEC, n, access_spec=0), needed=False)

    def _scanning(self) -> Iterator[Step]:
        settings = self._settings
        self.groups = settings.groups(self._max_specs)
        control = self._modes.control(settings.mode, self.facts)
        if control is not None and settings.mode is None:
            # Our own choice, which nobody insists on.
            yield Step(self._adding(control), needed=False, done=self._took)
            if not self._added:
                self.facts["mode"] = f"the reader's own: it refused {control.number('mode')}"
                control = None
        if not self._added:
            yield Step(self._adding(control))
        yield Step(lambda n: message(MessageType.ENABLE_ROSPEC, n, ro_spec=settings.ro_spec_id))

    def _adding(self, control: Parameter | None) -> Callable[[int], Message]:
        transmit = self._powers.transmit(self._settings.power_dbm, self.facts)
        return lambda n: add_ro_spec(
            self._settings,
            n,
            max_specs=self._max_specs,
            impinj=self._extensions,
            transmit=transmit,
            control=control,
        )

    def _took(self, _body: Body) -> None:
        self._added = True

    def _judge_target(self) -> None:
        """Whether a tag that was heard once may keep silent afterwards, which it must not."""
        if self._extensions:
            self.facts["target"] = "both, by turns"
        elif self._impinj:
            self.note = (
                "its search mode cannot be set: single target or TagFocus would keep tags silent "
                "that are there; set dual target on the reader"
            )
        elif self._settings.session >= _LONG_SESSION:
            self.note = (
                f"session {self._settings.session} keeps a tag silent for a while after it was "
                "heard; take session out of the config, or set it to 0 or 1"
            )

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
        regulatory = body.parameter(P.REGULATORY_CAPABILITIES)
        self._powers.learn_table(regulatory)
        self._modes.learn_table(regulatory, impinj=self._impinj)

    def _describe(self, device: Parameter) -> None:
        self._impinj = device.number("maker") == IMPINJ
        self.facts |= {
            "maker": "Impinj" if self._impinj else str(device.number("maker")),
            "model": str(device.number("model")),
            "firmware": device.text("firmware")[:80],
            "antennas": str(device.number("antennas")),
        }
        pins = device.child(P.GPIO_CAPABILITIES)
        self._pins = 0 if pins is None else pins.number("inputs")
        trigger = self._settings.trigger
        if trigger is not None and trigger > self._pins:
            raise SessionLost(f"the reader has {self._pins} inputs, there is no input {trigger}")
        self._check_antennas(device.number("antennas"))

    def _check_antennas(self, available: int) -> None:
        beyond = [a for a in self._settings.antennas if a > available]
        if beyond and available:
            raise SessionLost(
                f"the reader has {available} antennas, there is no antenna {beyond[0]}"
            )

    def _extended(self, body: Body) -> None:
        """The answer is a custom message, too, and its status stands in its data."""
        data = body.values.get("data", b"")
        try:
            said = decode(data) if isinstance(data, bytes) else ()
        except ProtocolError:
            said = ()
        status = first(said, P.LLRP_STATUS)
        self._extensions = status is not None and status.number("code") == 0

    def _configured(self, body: Body) -> None:
        for said in body.parameters:
            antenna = said.number("antenna")
            if said.type == P.ANTENNA_PROPERTIES and antenna in self.connected:
                self.connected[antenna] = bool(said.number("flags") & TOP_BIT)

    def _pinned(self, body: Body) -> None:
        for said in body.parameters:
            if said.type == P.GPI_PORT_CURRENT_STATE:
                self.inputs[said.number("port")] = said.number("state") == _HIGH

    def _set_before(self, body: Body) -> None:
        self._powers.learn_channels(body.parameters)
        modes = {_search_mode(said) for said in body.parameters} & SILENCING.keys()
        if modes:
            said = ", ".join(SILENCING[mode] for mode in sorted(modes))
            self.facts["search mode"] = f"dual target; {said}, which the reader was set to, is not"


def _of_1_1(asked: Message) -> Message:
    """The messages about versions bear 1.1 in their header before anything is agreed."""
    return asked._replace(version=LATEST)


def _search_mode(antenna: Parameter) -> int:
    """The InventorySearchMode in an AntennaConfiguration; 0 where none is set."""
    command = antenna.child(P.C1G2_INVENTORY_COMMAND)
    for said in () if command is None else command.children:
        data = said.values.get("data", b"")
        ours = said.type == P.CUSTOM and said.number("vendor") == IMPINJ
        if ours and said.number("subtype") == SEARCH_MODE and isinstance(data, bytes):
            return int.from_bytes(data[:2], "big")
    return 0


def _ask_config(requested: int) -> Callable[[int], Message]:
    return lambda n: message(MessageType.GET_READER_CONFIG, n, requested=requested)


def _enable_extensions(number: int) -> Message:
    return message(
        MessageType.CUSTOM_MESSAGE, number, vendor=IMPINJ, subtype=_ENABLE_EXTENSIONS, data=bytes(4)
    )
