"""Totals that outlive a reset, as six 32-bit words with a check; runs on MicroPython and CPython.

On the board they stand in the watchdog's scratch registers, which only a loss of power clears.
"""

import struct

import wire
from counter import Totals

WORDS = 6
MARK = 0x5AFE
U16 = 0xFFFF


def pack(totals: Totals, boot: int) -> tuple:
    """The words that `unpack` reads back."""
    entries, exits, back, loiter, dropped, tx_lost = totals.numbers()
    body = (entries, exits, back | loiter << 16, dropped | tx_lost << 16, boot)
    return body + (MARK << 16 | _check(body),)  # noqa: RUF005


def unpack(words):
    """(totals, boot), or None where the words are not what `pack` made."""
    entries, exits, turned, lost, boot, last = words
    if last != MARK << 16 | _check(words[:5]):
        return None
    totals = Totals(entries, exits, turned & U16, turned >> 16, lost & U16, lost >> 16)
    return totals, boot


def _check(words) -> int:
    return wire.checksum(struct.pack("<IIIII", *words))


def boot_id(life: int, unit: int) -> int:
    """Unlike for each `life` of one unit: multiplying by an odd number sends no two to one."""
    return (life * 2_654_435_761 ^ unit * 2_246_822_519) & 0xFFFF_FFFF
