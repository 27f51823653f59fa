"""Our questions to a reader, one at a time and numbered, and all that we send it."""

from __future__ import annotations

from collections import Counter

from drivers.rfid.llrp.events import SessionLost, name, refusal
from drivers.rfid.llrp.framing import Message
from drivers.rfid.llrp.parameters import Body
from drivers.rfid.llrp.set_up import SetUp, Step
from drivers.rfid.llrp.shapes import MessageType, P


class Asking:
    """Asks what `reader` has to ask.

    Attributes:
        step: the question that waits for its answer; None before the first and after the last.
        sent_type: message type of the last question.
    """

    def __init__(self, reader: SetUp, faults: Counter[str]) -> None:
        self.step: Step | None = None
        self.sent_type = 0
        self._reader, self._faults = reader, faults
        self._steps = reader.steps()
        self._out = bytearray()
        self._asked = 0
        self._number = 0

    def outgoing(self) -> bytes:
        """What is to be sent now; each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def send(self, sent: Message) -> None:
        """Send a message in the version of LLRP that was agreed."""
        version = max(sent.version, self._reader.version)
        self._out += sent._replace(version=version).to_bytes()

    def number(self) -> int:
        """The id of the next message of ours."""
        self._number = self._number % 0xFFFF_FFFF + 1
        return self._number

    def proceed(self) -> Step | None:
        """Ask the next question; None when all are asked."""
        self.step = next(self._steps, None)
        if self.step is not None:
            self._asked = self.number()
            asked = self.step.make(self._asked)
            self.sent_type = asked.type
            self.send(asked)
        return self.step

    def answered(self, received: Message, body: Body) -> bool:
        """Whether the question that waits has its answer.

        Raises:
            SessionLost: it was refused, and we cannot do without.
        """
        if self.step is None or received.id != self._asked:
            if received.type == MessageType.ERROR_MESSAGE:
                self._faults["error_message"] += 1
            return False
        status = body.parameter(P.LLRP_STATUS)
        code = 0 if status is None else status.number("code")
        failed = code != 0 or received.type == MessageType.ERROR_MESSAGE
        if failed and self.step.needed:
            raise SessionLost(refusal(self.sent_type, status))
        if failed and not self.step.may_be_silent:
            self._faults[f"refused_{name(self.sent_type).lower()}"] += 1
        elif not failed and self.step.done is not None:
            self.step.done(body)
        return True
