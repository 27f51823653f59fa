"""The door counter as one step: pins and bytes of a millisecond in, bytes out.

The same as `door_counter/counter.c`; runs on MicroPython and CPython.
"""

import struct

import beams
import wire

HEARTBEAT_MS = 1_000
HELLO_MS = 30_000
NAME, RELEASE = b"shelfcast-pico", (1, 0, 0)
U16, U32 = 0xFFFF, 0xFFFF_FFFF


class Totals:
    """Never reset while the boot id stays; each wraps at its width on the wire."""

    def __init__(self, entries=0, exits=0, back=0, loiter=0, dropped=0, tx_lost=0):
        self.entries, self.exits = entries, exits
        self.back, self.loiter = back, loiter
        self.dropped, self.tx_lost = dropped, tx_lost

    def numbers(self) -> tuple:
        """As they are kept and compared."""
        return (self.entries, self.exits, self.back, self.loiter, self.dropped, self.tx_lost)

    def add(self, tally: int) -> None:
        """One more, by a kind of EVENT; other kinds are no total."""
        if tally == beams.IN:
            self.entries = (self.entries + 1) & U32
        elif tally == beams.OUT:
            self.exits = (self.exits + 1) & U32
        elif tally == beams.BACK:
            self.back = (self.back + 1) & U16
        elif tally == beams.LOITER:
            self.loiter = (self.loiter + 1) & U16


class Counter:
    """One unit. `unit` is its serial number, `boot` the life of `totals`, `cause` that of HELLO."""

    def __init__(self, unit, boot, lanes, cause, totals):
        self.totals = totals
        self._who = (unit, lanes, cause)
        self._boot = boot
        self._lanes = [beams.Lane() for _ in range(lanes)]
        self._reader = wire.Reader()
        self._seq = 0
        self._begun = False
        self._hello_at = self._beat_at = 0
        self._out = b""
        self._room = 0

    def step(self, level: int, chunk: bytes, now: int, room: int, dropped: int = 0) -> bytes:
        """What is to be sent, at most `room` bytes; frames that do not fit are lost and counted.

        Args:
            level: broken beams, bit 2 × lane + beam.
            chunk: what came over the line.
            now: ms since the reset; call it once for each.
            room: bytes that the line takes now.
            dropped: edges that were lost before they came here.
        """
        self._out, self._room = b"", room
        self.totals.dropped = (self.totals.dropped + dropped) & U16
        for lane in self._lanes:
            for kind, tally, took in lane.step(level & beams.BOTH, now):
                self.totals.add(tally)
                self._say_event(kind, took, now)
            level >>= 2
        self._speak(chunk, now)
        return self._out

    def _speak(self, chunk: bytes, now: int) -> None:
        asked = False
        for kind, _, _, _, body in self._reader.feed(chunk) if chunk else ():
            if kind == wire.GET:
                asked = True
            elif kind == wire.PING and len(body) >= 4:
                self._say(wire.PONG, body[:4], now)
        if asked or not self._begun or (now - self._hello_at) & U32 >= HELLO_MS:
            self._say_hello(now)
        if not self._begun:
            self._begun = True
            self._beat_at = now
        if asked or (now - self._beat_at) & U32 >= HEARTBEAT_MS:
            self._beat_at = now
            self._say_state(now)

    def _say(self, kind: int, body: bytes, now: int) -> None:
        # A frame is never longer than this; the same bound as in C.
        if len(body) + wire.HEADER_BYTES + wire.CHECK_BYTES + 3 > self._room - len(self._out):
            self.totals.tx_lost = (self.totals.tx_lost + 1) & U16
            return
        self._out += wire.write_frame(kind, self._seq, self._boot, now, body)
        self._seq = (self._seq + 1) & U16

    def _say_hello(self, now: int) -> None:
        unit, lanes, cause = self._who
        name = NAME + bytes(16 - len(NAME))
        body = struct.pack("<IBBH", unit, lanes, cause, HEARTBEAT_MS) + name + bytes(RELEASE)
        self._say(wire.HELLO, body, now)
        self._hello_at = now

    def _say_state(self, now: int) -> None:
        level = stuck = 0
        for i, lane in enumerate(self._lanes):
            level |= lane.level << 2 * i
            stuck |= lane.stuck << 2 * i
        t = self.totals
        body = struct.pack("<IIHHBB", t.entries, t.exits, t.back, t.loiter, level, stuck)
        self._say(wire.STATE, body + struct.pack("<HH", t.dropped, t.tx_lost), now)

    def _say_event(self, kind: int, took: int, now: int) -> None:
        took = min(took, U16)
        body = struct.pack("<BHII", kind, took, self.totals.entries, self.totals.exits)
        self._say(wire.EVENT, body, now)
