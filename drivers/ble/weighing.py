"""What a shelf scale's BTHome packet weighs, whoever made the scale.

Object 06 (mass, kg) or 07 (mass, lb), the first of them; where a packet has neither, the first
signed count (59, 5A, 5B) counts grams, for goods so light that the 10 g steps of 06 are too coarse.
Unsigned counts (09, 3D, 3E) are no weight: sensors number their events with them.
"""

from __future__ import annotations

from drivers.ble.bthome import Packet

GRAMS_PER_POUND = 453.59237
GRAMS_MOST = 10_000_000.0
"""Ten tonnes on a shelf: what says more, or less than nothing by as much, is no weight."""

_MASS_KG, _MASS_LB = 0x06, 0x07
_SIGNED_COUNTS = (0x59, 0x5A, 0x5B)


def grams_of(packet: Packet) -> float | None:
    """Grams by the rule at the head of this module; None where the packet has no weight."""
    count: float | None = None
    for reading in packet.readings:
        if isinstance(reading.value, int | float):
            if reading.object_id == _MASS_KG:
                # Hundredths of a kilogram: back to whole grams, which the float no longer is.
                return float(round(reading.value * 1000))
            if reading.object_id == _MASS_LB:
                return reading.value * GRAMS_PER_POUND
            if count is None and reading.object_id in _SIGNED_COUNTS:
                count = float(reading.value)
    return count
