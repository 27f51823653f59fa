"""What SET_READER_CONFIG has set, and what the reader keeps back while nobody may hear it."""

from __future__ import annotations

from collections import deque

from drivers.rfid.llrp.parameters import Body, Parameter
from drivers.rfid.llrp.shapes import TOP_BIT, P
from gateway.demo.llrp_scan import ReportRule, report_rule

WARN_PERCENT = 80


class Settings:
    """Attributes: `hold` reports and events after a reconnect; `keepalive` period in seconds or
    None; `notify` kinds of events that the client wants; `usual` report rule.
    """

    def __init__(self) -> None:
        self.hold = False
        self.keepalive: float | None = None
        self.notify: set[int] = set()
        self.usual = ReportRule()

    def take(self, body: Body) -> None:
        """Do what a SET_READER_CONFIG says; what it does not name stays."""
        if body.number("flags") & TOP_BIT:
            self.hold, self.keepalive, self.notify = False, None, set()
            self.usual = ReportRule()
        self.usual = report_rule(body.parameters, self.usual)
        for said in body.parameters:
            self._take(said)

    def _take(self, said: Parameter) -> None:
        match said.type:
            case P.KEEPALIVE_SPEC:
                period = said.number("period_ms") if said.number("trigger") else 0
                self.keepalive = period / 1000 or None
            case P.EVENTS_AND_REPORTS:
                self.hold = bool(said.number("flags") & TOP_BIT)
            case P.READER_EVENT_NOTIFICATION_SPEC:
                for state in said.children:
                    wanted = bool(state.number("flags") & TOP_BIT)
                    (self.notify.add if wanted else self.notify.discard)(state.number("event"))
            case _:
                pass


class Held:
    """Messages that wait for a client. `full`: something was lost since the last `take`."""

    def __init__(self, most_bytes: int) -> None:
        self.full = False
        self._most = most_bytes
        self._kept: deque[bytes] = deque()
        self._bytes = 0

    def keep(self, data: bytes, *, at_any_rate: bool = False) -> bool:
        """Keep a message; False when there is no room and it is lost."""
        if self._bytes + len(data) > self._most and not at_any_rate:
            self.full = True
            return False
        self._kept.append(data)
        self._bytes += len(data)
        return True

    @property
    def percent(self) -> int:
        """How full it is."""
        return min(100, 100 * self._bytes // self._most)

    def take(self) -> bytes:
        """All of it, in order."""
        data = b"".join(self._kept)
        self._kept.clear()
        self._bytes, self.full = 0, False
        return data
