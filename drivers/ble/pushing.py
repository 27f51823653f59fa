"""How many units a shelf pusher holds, whoever made it.

A pusher is the sprung slide that brings the next unit to the front of the shelf. It says either
how many units it holds (a BTHome count, 09, 3D, 3E, or a signed one, 59, 5A, 5B), or how far the
slide stands (distance, 40 in mm or 41 in m), of which the depth of a unit makes a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ble.bthome import Packet

UNITS_MOST = 1_000
"""On one pusher; what says more is no count of goods."""
SLACK_UNITS = 0.3
"""Of a unit: how far the slide may stand from a whole number of units and still mean it."""

_COUNTS = (0x09, 0x3D, 0x3E, 0x59, 0x5A, 0x5B)
_MILLIMETRES, _METRES = 0x40, 0x41


@dataclass(frozen=True, slots=True)
class Slide:
    """How a pusher's distance becomes units.

    Attributes:
        unit_mm: depth of one unit, more than 0.
        empty_mm: what the sensor says with nothing on the pusher. 0: the distance grows with the
            goods. More: the sensor looks at the slide from behind, and goods make it smaller.
    """

    unit_mm: float
    empty_mm: float = 0.0

    def units_at(self, mm: float) -> int | None:
        """Units at a distance; None while the slide is between two numbers or out of reach."""
        depth = self.empty_mm - mm if self.empty_mm else mm
        units = round(depth / self.unit_mm)
        if not 0 <= units <= UNITS_MOST or abs(depth / self.unit_mm - units) > SLACK_UNITS:
            return None
        return units


def units_of(packet: Packet, slide: Slide | None) -> int | None:
    """Units by the rule at the head of this module; a count goes before a distance.

    None where the packet says neither, or nothing that can be.
    """
    mm: float | None = None
    for reading in packet.readings:
        if not isinstance(reading.value, int | float):
            continue
        if reading.object_id in _COUNTS:
            return int(reading.value) if 0 <= reading.value <= UNITS_MOST else None
        if reading.object_id == _MILLIMETRES:
            mm = float(reading.value)
        elif reading.object_id == _METRES:
            mm = reading.value * 1000
    return None if mm is None or slide is None else slide.units_at(mm)
