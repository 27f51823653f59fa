"""What a listed device says of itself beside being there: battery, temperature, a door.

The same few words whatever the make: BTHome, Eddystone TLM or Ruuvi. They are shown as facts of the
device. What they mean for the store (too warm, open for too long) is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.ble import eddystone, ruuvi
from drivers.ble.bthome import Packet

LOW_PERCENT, WELL_PERCENT = 15, 20
LOW_VOLTS, WELL_VOLTS = 2.4, 2.5
"""A 3 V lithium cell at rest; below this few weeks are left. Well again only from the second on."""

_SHOWN = {
    "battery": "battery",
    "temperature": "temperature",
    "humidity": "humidity",
    "opening": "door",
    "door": "door",
    "window": "door",
    "battery_low": "battery low",
    "distance": "distance",
}
"""By the BTHome name of an object: the word it is shown under."""


@dataclass(slots=True)
class Sensed:
    """One advert's say; None where nothing was said.

    Attributes:
        percent, volts, low: of the battery; `low` is the device's own word.
        temperature: °C.
        opened: whether its door, window or lid is open.
    """

    percent: int | None = None
    volts: float | None = None
    low: bool | None = None
    temperature: float | None = None
    opened: bool | None = None
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def battery(self) -> str:
        """How it stands with the battery, in words."""
        if self.percent is not None:
            return f"{self.percent} %"
        return "by its own word" if self.volts is None else f"{self.volts:.2f} V"

    def battery_low(self, *, before: bool) -> bool:
        """Whether the battery is low, given that it was, or was not, before."""
        if self.low is not None:
            return self.low
        if self.percent is not None:
            return self.percent < (WELL_PERCENT if before else LOW_PERCENT + 1)
        if self.volts is not None:
            return self.volts < (WELL_VOLTS if before else LOW_VOLTS)
        return before


def of_bthome(packet: Packet) -> Sensed:
    """What a BTHome packet says."""
    said = Sensed()
    for reading in packet.readings:
        word = _SHOWN.get(reading.name)
        value = reading.value
        if word is None or word in said.facts:
            continue
        if word == "battery" and isinstance(value, int):
            # 0x01 is a percentage; a value past 100 is no battery.
            if reading.unit != "%" or value > 100:
                continue
            said.percent = value
        if word == "battery low":
            said.low = bool(value)
        if word == "temperature" and isinstance(value, int | float):
            said.temperature = float(value)
        if word == "door":
            said.opened = bool(value)
        said.facts[word] = _written(word, value, reading.unit)
    return said


def of_tlm(frame: eddystone.Tlm) -> Sensed:
    """What Eddystone telemetry says."""
    return _measured(frame.volts, frame.temperature, None)


def of_ruuvi(measured: ruuvi.Ruuvi) -> Sensed:
    """What a RuuviTag says."""
    return _measured(measured.volts, measured.temperature, measured.humidity)


def sensed_in(manufacturer: Mapping[int, bytes], service: Mapping[str, bytes]) -> Sensed | None:
    """What an advert of a listed device says, BTHome left out; `service` by short UUIDs."""
    if (data := manufacturer.get(ruuvi.RUUVI)) is not None:
        measured = ruuvi.decode_ruuvi(data)
        return None if measured is None else of_ruuvi(measured)
    if (data := service.get(eddystone.SERVICE)) is not None:
        frame = eddystone.decode_eddystone(data)
        return of_tlm(frame) if isinstance(frame, eddystone.Tlm) else None
    return None


def _measured(volts: float | None, temperature: float | None, humidity: float | None) -> Sensed:
    said = Sensed(volts=volts, temperature=temperature)
    for word, value, unit in (
        ("battery", volts, "V"),
        ("temperature", temperature, "°C"),
        ("humidity", humidity, "%"),
    ):
        if value is not None:
            said.facts[word] = f"{value:.2f} {unit}"
    return said


def _written(word: str, value: object, unit: str) -> str:
    if word == "door":
        return "open" if value else "closed"
    if word == "battery low":
        return "yes" if value else "no"
    return f"{value} {unit}"
