"""An LLRP 1.0.1 reader as a pure state machine: bytes in, bytes out, time an argument.

It speaks first, answers, runs the AISpecs of its ROSpec antenna by antenna, reports what the air
gave at the end of each and then says AISpecEvent. It goes on scanning while nobody is connected,
keeps what it would have said (bounded: what finds no room is lost, and an overflow event says so)
and delivers it in a burst: at once, or after ENABLE_EVENTS_AND_REPORTS where it was told to hold.

Source: LLRP 1.0.1, sections 11 (operation), 13 (events and reports held), 14.2 (reports).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from drivers.rfid.llrp.framing import VERSION, Framing, Message, ProtocolError
from drivers.rfid.llrp.parameters import Body, Parameter, decode_body, make, message
from drivers.rfid.llrp.shapes import TOP_BIT, Notify, P
from drivers.rfid.llrp.shapes import MessageType as M
from gateway.demo import llrp_words as words
from gateway.demo.llrp_run import Report, Run, Said, ScanEnded
from gateway.demo.llrp_scan import Refused, ScanPlan, plan_of
from gateway.demo.llrp_settings import WARN_PERCENT, Held, Settings

KEPT_BYTES = 1 << 20
_ALL, _ANTENNA_PROPERTIES = 0, 2
_BAD, _NO_SUCH, _MISSING, _TOO_MANY, _NO_SUCH_MESSAGE, _VERSION = 100, 101, 103, 105, 109, 110
_CLIENT_HOLDS_IT, _OTHER_CLIENT_TRIED = 2, 4

Hears: TypeAlias = Callable[[int, float, float], Sequence[words.Sighting]]
"""What the air gives to an antenna between two times, seconds UTC."""
_Act: TypeAlias = Callable[[Body, float], Sequence[Parameter]]


class LlrpReader:
    """One reader. All times are true seconds UTC; its own clock is `ahead` of that.

    Attributes:
        connected: whether a client holds it.
        closing: the connection is to be closed once `outgoing` is sent.
    """

    def __init__(
        self, hears: Hears, *, antennas: int = 8, ahead: float = 0.0, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self.connected = self.closing = False
        self._hears: Final = hears
        self._antennas = [True] * antennas
        self._ahead = ahead
        self._framing = Framing()
        self._settings = Settings()
        self._held = Held(kept_bytes)
        self._holding = self._warned = False
        self._out = bytearray()
        self._number = 0
        self._next_keepalive = 0.0
        self._plan: ScanPlan | None = None
        self._enabled = False
        self._run: Run | None = None
        self._acts: dict[int, tuple[M, _Act]] = {
            M.GET_READER_CAPABILITIES: (M.GET_READER_CAPABILITIES_RESPONSE, self._capabilities),
            M.GET_READER_CONFIG: (M.GET_READER_CONFIG_RESPONSE, self._config),
            M.SET_READER_CONFIG: (M.SET_READER_CONFIG_RESPONSE, self._set_config),
            M.ADD_ROSPEC: (M.ADD_ROSPEC_RESPONSE, self._add),
            M.DELETE_ROSPEC: (M.DELETE_ROSPEC_RESPONSE, self._delete),
            M.ENABLE_ROSPEC: (M.ENABLE_ROSPEC_RESPONSE, self._enable),
            M.DISABLE_ROSPEC: (M.DISABLE_ROSPEC_RESPONSE, self._disable),
            M.START_ROSPEC: (M.START_ROSPEC_RESPONSE, self._start),
            M.STOP_ROSPEC: (M.STOP_ROSPEC_RESPONSE, self._stop),
            M.DELETE_ACCESSSPEC: (M.DELETE_ACCESSSPEC_RESPONSE, lambda _body, _now: ()),
            M.CLOSE_CONNECTION: (M.CLOSE_CONNECTION_RESPONSE, self._close),
        }

    # The wire

    def connect(self, now: float) -> None:
        """A client is there: greet it."""
        self.connected, self.closing, self._framing = True, False, Framing()
        self._holding = self._settings.hold
        self._next_keepalive = now + (self._settings.keepalive or 0.0)
        self._out.clear()
        self._send(self._event(now, make(P.CONNECTION_ATTEMPT_EVENT, status=0)))
        self._deliver()

    def refuse(self, now: float) -> bytes:
        """What a second client is told; the first one hears of the attempt."""
        self._send(self._event(now, make(P.CONNECTION_ATTEMPT_EVENT, status=_OTHER_CLIENT_TRIED)))
        refused = make(P.CONNECTION_ATTEMPT_EVENT, status=_CLIENT_HOLDS_IT)
        return self._event(now, refused).to_bytes()

    def disconnect(self) -> None:
        """The client is gone; scanning goes on."""
        self.connected = False
        self._out.clear()

    def feed(self, data: bytes, now: float) -> None:
        """Take what the client sent."""
        try:
            messages = self._framing.feed(data)
        except ProtocolError:
            self.closing = True
            return
        for asked in messages:
            self._take(asked, now)

    def outgoing(self) -> bytes:
        """What is to be sent now; each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    # Time and the world

    def due(self) -> float | None:
        """When `tick` has something to do next; None: not before somebody says something."""
        times = [] if self._run is None else [self._run.ends]
        if self.connected and self._settings.keepalive:
            times.append(self._next_keepalive)
        return min(times, default=None)

    def tick(self, now: float) -> None:
        """Let time pass: finish the rounds that are over, show that it lives."""
        while self._run is not None and self._run.ends <= now:
            run = self._run
            there = self._antennas[run.antenna - 1]
            heard = self._hears(run.antenna, run.began, run.ends) if there else ()
            self._say_all(run, run.finish(heard, now))
        period = self._settings.keepalive
        if self.connected and period and now >= self._next_keepalive:
            self._next_keepalive = now + period
            self._send(message(M.KEEPALIVE, self._next()))

    def pull(self, antenna: int, now: float, *, connected: bool) -> None:
        """Somebody pulls an antenna's cable, or puts it back."""
        self._antennas[antenna - 1] = connected
        said = make(P.ANTENNA_EVENT, event=int(connected), antenna=antenna)
        self._say(Notify.ANTENNA, now, said)

    # What it says by itself

    def _say_all(self, run: Run, said: Sequence[Said]) -> None:
        for one in said:
            match one:
                case Report(index, heard):
                    report = words.tag_report(self._next(), run.plan, index, heard, self._ahead)
                    self._tell(report, heard[-1][1].last)
                case ScanEnded(index, t):
                    ended = make(P.AI_SPEC_EVENT, event=0, id=run.plan.id, spec_index=index)
                    self._say(Notify.AI_SPEC, t, ended)
                case _:
                    self._end(one.t)
                    if run.plan.immediate:
                        self._begin(one.t)

    def _say(self, kind: Notify, now: float, said: Parameter) -> None:
        if kind in self._settings.notify:
            self._tell(self._event(now, said), now)

    def _tell(self, said: Message, now: float) -> None:
        """Send, or keep for later. What warns of the buffer always finds room in it."""
        if self.connected and not self._holding:
            self._send(said)
            return
        already_full = self._held.full
        if not self._held.keep(said.to_bytes()) and not already_full:
            lost = self._event(now, make(P.REPORT_BUFFER_OVERFLOW))
            self._held.keep(lost.to_bytes(), at_any_rate=True)
        percent = self._held.percent
        if percent >= WARN_PERCENT and not self._warned:
            self._warned = True
            if Notify.BUFFER_WARNING in self._settings.notify:
                warning = make(P.REPORT_BUFFER_LEVEL_WARNING, percent=percent)
                self._held.keep(self._event(now, warning).to_bytes(), at_any_rate=True)

    def _deliver(self) -> None:
        if not self._holding:
            self._out += self._held.take()
            self._warned = False

    # What it is asked

    def _take(self, asked: Message, now: float) -> None:
        if asked.version != VERSION:
            self._error(asked, _VERSION, "this reader speaks LLRP 1.0.1")
            return
        try:
            body = decode_body(asked)
        except ProtocolError as wrong:
            self._error(asked, _BAD, str(wrong))
            return
        match asked.type:
            case M.KEEPALIVE_ACK:
                pass
            case M.ENABLE_EVENTS_AND_REPORTS:
                self._holding = False
                self._deliver()
            case M.GET_REPORT:
                if self._run is not None:
                    self._say_all(self._run, self._run.report())
            case kind if kind in self._acts:
                self._answer(asked, body, now)
            case _:
                self._error(asked, _NO_SUCH_MESSAGE, f"no message {asked.type} here")

    def _answer(self, asked: Message, body: Body, now: float) -> None:
        kind, act = self._acts[asked.type]
        try:
            said = (words.status(), *act(body, now))
        except Refused as refused:
            said = (words.status(refused.code, str(refused)),)
        self._send(message(kind, asked.id, *said))
        # An answer comes before what it sets going.
        if asked.type == M.ENABLE_ROSPEC and self._plan is not None and self._plan.immediate:
            self._begin(now)

    def _error(self, asked: Message, code: int, why: str) -> None:
        self._send(message(M.ERROR_MESSAGE, asked.id, words.status(code, why)))

    def _capabilities(self, _body: Body, _now: float) -> Sequence[Parameter]:
        return words.capabilities(len(self._antennas))

    def _config(self, body: Body, _now: float) -> Sequence[Parameter]:
        wanted, settings = body.number("requested"), self._settings
        said: list[Parameter] = []
        if wanted in (_ALL, _ANTENNA_PROPERTIES):
            said += words.antenna_properties(self._antennas)
        if wanted == _ALL:
            period = round(1000 * (settings.keepalive or 0))
            said += [
                make(P.KEEPALIVE_SPEC, trigger=int(period > 0), period_ms=period),
                make(P.EVENTS_AND_REPORTS, flags=TOP_BIT if settings.hold else 0),
            ]
        return said

    def _set_config(self, body: Body, now: float) -> Sequence[Parameter]:
        self._settings.take(body)
        self._next_keepalive = now + (self._settings.keepalive or 0.0)
        return ()

    def _add(self, body: Body, _now: float) -> Sequence[Parameter]:
        spec = body.parameter(P.RO_SPEC)
        if spec is None:
            raise Refused(_MISSING, "ADD_ROSPEC needs an ROSpec")
        if self._plan is not None:
            raise Refused(_TOO_MANY, "this reader keeps one ROSpec; delete the other first")
        self._plan, self._enabled = plan_of(spec, len(self._antennas), self._settings.usual), False
        return ()

    def _delete(self, body: Body, now: float) -> Sequence[Parameter]:
        if body.number("ro_spec"):
            self._check(body)
        self._end(now)
        self._plan, self._enabled = None, False
        return ()

    def _enable(self, body: Body, _now: float) -> Sequence[Parameter]:
        self._check(body)
        self._enabled = True
        return ()

    def _disable(self, body: Body, now: float) -> Sequence[Parameter]:
        self._check(body)
        self._end(now)
        self._enabled = False
        return ()

    def _start(self, body: Body, now: float) -> Sequence[Parameter]:
        self._check(body)
        if not self._enabled:
            raise Refused(_NO_SUCH, "the ROSpec is disabled")
        self._begin(now)
        return ()

    def _stop(self, body: Body, now: float) -> Sequence[Parameter]:
        self._check(body)
        self._end(now)
        return ()

    def _close(self, _body: Body, _now: float) -> Sequence[Parameter]:
        self.closing = True
        return ()

    def _check(self, body: Body) -> None:
        if self._plan is None or self._plan.id != body.number("ro_spec"):
            raise Refused(_NO_SUCH, "there is no such ROSpec")

    # Runs

    def _begin(self, now: float) -> None:
        if self._run is None and self._plan is not None:
            self._say(Notify.RO_SPEC, now, make(P.RO_SPEC_EVENT, event=0, id=self._plan.id))
            self._run = Run(self._plan, now)

    def _end(self, now: float) -> None:
        run, self._run = self._run, None
        if run is not None:
            self._say_all(run, run.report())
            self._say(Notify.RO_SPEC, now, make(P.RO_SPEC_EVENT, event=1, id=run.plan.id))

    # Messages

    def _event(self, now: float, said: Parameter) -> Message:
        return words.event(self._next(), round((now + self._ahead) * 1e6), said)

    def _next(self) -> int:
        self._number = self._number % 0xFFFF_FFFF + 1
        return self._number

    def _send(self, sent: Message) -> None:
        self._out += sent.to_bytes()
