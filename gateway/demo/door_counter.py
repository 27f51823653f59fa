"""Our door counter as a pure state machine: its totals, its frames, what it answers.

Source: `firmware/README.md`, sections "Messages" and "Boot id, totals and resets".
"""

from __future__ import annotations

from collections import Counter

from drivers.door.frames import FrameReader
from drivers.door.messages import (
    Event,
    Get,
    Hello,
    Message,
    Ping,
    Pong,
    State,
    read_message,
    write_message,
)
from drivers.observations import Count

STATE_SECONDS, HELLO_SECONDS = 1.0, 30.0
UNIT, NAME, VERSION = 4_711, "virtual", (1, 0, 0)
POWER_ON = 1
PASSED_IN, PASSED_OUT = 1, 2
PASSAGE_MS = 620
_U16, _U32 = 0xFFFF, 0xFFFF_FFFF


class VirtualCounter:
    """One counter. Times are seconds UTC of the virtual store.

    `heartbeat`: the seconds between two STATE that it promises; it says them each second all the
    same. In a store whose time is fast a short pause of this machine is a long one.
    """

    def __init__(self, now: float, heartbeat: float = STATE_SECONDS) -> None:
        self._began = now
        self._heartbeat_ms = round(1000 * heartbeat)
        self._boot = self._entries = self._exits = 0
        self._seq = 0
        self._frames = FrameReader(Counter())
        self._next_state = self._next_hello = now
        self._out = bytearray()

    def see(self, count: Count, now: float) -> None:
        """The totals are now these; each passage is an event, too."""
        same = self._boot == count.boot
        came, went = count.entries - self._entries, count.exits - self._exits
        if not same:
            self._boot, self._began, self._next_hello = count.boot, now, now
        self._entries, self._exits = count.entries, count.exits
        if same and (came or went):
            kind = PASSED_IN if came else PASSED_OUT
            self._say(Event(kind, PASSAGE_MS, self._entries & _U32, self._exits & _U32), now)

    def feed(self, data: bytes, now: float) -> None:
        """Take what the gateway sent."""
        for frame in self._frames.feed(data):
            match read_message(frame):
                case Get():
                    self._next_hello = self._next_state = now
                    self.tick(now)
                case Ping(token):
                    self._say(Pong(token), now)
                case _:
                    pass

    def due(self) -> float:
        """When `tick` has something to say next."""
        return min(self._next_hello, self._next_state)

    def tick(self, now: float) -> None:
        """Say HELLO and STATE when it is time."""
        if now >= self._next_hello:
            self._next_hello = now + HELLO_SECONDS
            self._say(Hello(UNIT, 1, POWER_ON, self._heartbeat_ms, NAME, VERSION), now)
        if now >= self._next_state:
            # From where it should have been said, so that the beat does not drift.
            self._next_state = max(self._next_state + STATE_SECONDS, now)
            self._say(State(self._entries & _U32, self._exits & _U32), now)

    def outgoing(self) -> bytes:
        """What is to be sent now; each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def _say(self, said: Message, now: float) -> None:
        self._seq = (self._seq + 1) & _U16
        uptime = round(1000 * (now - self._began)) & _U32
        self._out += write_message(said, seq=self._seq, boot=self._boot, uptime_ms=uptime)
