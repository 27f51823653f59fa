"""The door counter on a Raspberry Pi Pico under MicroPython: a thin shell around `counter.step`.

Lane 1 is on GP2 (beam A) and GP3 (B), lane 2 on GP4 and GP5, and so on; the line is the board's USB
port. `unit.txt` beside this file holds the unit's serial number and, behind a blank, its lanes.
Source: RP2040 datasheet, 2.3.1.7 (SIO: GPIO_IN) and 4.7 (watchdog: scratch registers).
"""

import select
import sys
import time

import machine
import micropython
from counter import Counter, Totals
from edges import Edges
from kept import WORDS, boot_id, pack, unpack

GPIO_IN = 0xD0000004
SCRATCH = (0x4005800C, 0x40058010, 0x40058014, 0x40058018, 0x40058020, 0x40058024)
"""Scratch 0 to 3, 5 and 6; the boot loader owns 4 and 7."""
FIRST_PIN = 2
QUEUE_BYTES = 512
PIECE = 16
"""Bytes handed to USB at once: few, so that it never waits for room."""
WATCHDOG_MS = 4_000
POWER_ON, WATCHDOG, UNKNOWN = 1, 4, 0

U32 = 0xFFFF_FFFF


def identity():
    """(serial number, lanes) from `unit.txt`; (0, 1) where there is none."""
    try:
        with open("unit.txt") as file:  # noqa: PTH123
            words = file.read().split()
    except OSError:
        return 0, 1
    return int(words[0]), int(words[1]) if len(words) > 1 else 1


def next_life():
    """One more than ever before, in the older of two files: a torn one leaves the other."""
    lives = [_life("life.a"), _life("life.b")]
    life = max(lives) + 1
    with open("life.a" if lives[0] <= lives[1] else "life.b", "w") as file:  # noqa: PTH123
        file.write(str(life))
    return life


def _life(name):
    try:
        with open(name) as file:  # noqa: PTH123
            return int(file.read())
    except (OSError, ValueError):
        return 0


def recall(unit):
    """(totals, boot id, reset cause): those that outlived the reset, or a new life."""
    found = unpack([machine.mem32[SCRATCH[i]] & U32 for i in range(WORDS)])
    cause = WATCHDOG if machine.reset_cause() == machine.WDT_RESET else POWER_ON
    if found is not None:
        cause = cause if cause == WATCHDOG else UNKNOWN
        return found + (cause,)  # noqa: RUF005
    return Totals(), boot_id(next_life(), unit), cause


def remember(totals, boot):
    """Keep the totals where a reset does not clear them."""
    words = pack(totals, boot)
    machine.mem32[SCRATCH[WORDS - 1]] = 0
    for i in range(WORDS):
        machine.mem32[SCRATCH[i]] = words[i]


class Usb:
    """The USB port without waiting: what came in, and a queue for what goes out."""

    def __init__(self):
        micropython.kbd_intr(-1)  # a 3 in a frame is not Ctrl-C
        self._poll_in, self._poll_out = select.poll(), select.poll()
        self._poll_in.register(sys.stdin, select.POLLIN)
        self._poll_out.register(sys.stdout, select.POLLOUT)
        self._queue = b""

    def take(self):
        """At most 8 bytes of what came in."""
        chunk = b""
        while len(chunk) < 8 and self._poll_in.poll(0):
            chunk += sys.stdin.buffer.read(1)
        return chunk

    def room(self):
        """Bytes that `send` takes."""
        return QUEUE_BYTES - len(self._queue)

    def send(self, data):
        """Queue `data` and hand some of the queue to USB where it is ready."""
        self._queue += data
        if self._queue and self._poll_out.poll(0):
            sys.stdout.buffer.write(self._queue[:PIECE])
            self._queue = self._queue[PIECE:]


def watch(lanes):
    """The queue of edges behind the pins' interrupts. A receiver that sees its light pulls low."""
    mask = (1 << 2 * lanes) - 1
    edges = Edges((machine.mem32[GPIO_IN] >> FIRST_PIN) & mask)

    def changed(_):
        edges.note((machine.mem32[GPIO_IN] >> FIRST_PIN) & mask, time.ticks_ms())

    for i in range(2 * lanes):
        pin = machine.Pin(FIRST_PIN + i, machine.Pin.IN, machine.Pin.PULL_UP)
        pin.irq(changed, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING, hard=True)
    changed(None)
    return edges


def run():
    """Count until the power goes."""
    unit, lanes = identity()
    totals, boot, cause = recall(unit)
    remember(totals, boot)
    usb, edges = Usb(), watch(lanes)
    counter = Counter(unit, boot, lanes, cause, totals)
    dog = machine.WDT(timeout=WATCHDOG_MS)
    kept = totals.numbers()
    ticks, now = time.ticks_ms(), 0
    while True:
        dog.feed()
        # Behind by one: the edges of a millisecond are all in when the next one has begun.
        while time.ticks_diff(time.ticks_ms(), ticks) > 1:
            ticks, now = time.ticks_add(ticks, 1), (now + 1) & U32
            level = edges.level(ticks)
            usb.send(counter.step(level, usb.take(), now, usb.room(), edges.dropped()))
            if totals.numbers() != kept:
                kept = totals.numbers()
                remember(totals, boot)


run()
