"""The table of BTHome v2 object ids: name, unit, width, and what to make of the raw number.

Source: bthome.io/format, "Sensor data", "Binary sensor data", "Events", "Device information".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """How the bytes of an object are read."""

    UINT = "uint"
    SINT = "sint"
    BINARY = "binary"
    TEXT = "text"
    RAW = "raw"
    BUTTON = "button"
    DIMMER = "dimmer"
    COMMAND = "command"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Object:
    """One row. The value of a number is `raw * times / over`; `size` 0: a length byte leads."""

    name: str
    unit: str
    size: int
    form: Form = Form.UINT
    over: int = 1
    times: int = 1


_FROM_0F = "generic power opening"
_FROM_15 = """
    battery_low charging carbon_monoxide cold connectivity door garage_door gas heat light lock
    moisture_found motion moving occupancy plug presence problem running safety smoke sound tamper
    vibration window
"""


def _binaries(first: int, names: str) -> dict[int, Object]:
    return {
        object_id: Object(name, "", 1, Form.BINARY)
        for object_id, name in enumerate(names.split(), first)
    }


SINT = Form.SINT

OBJECTS: dict[int, Object] = {
    0x00: Object("packet_id", "", 1),
    0x01: Object("battery", "%", 1),
    0x02: Object("temperature", "°C", 2, SINT, 100),
    0x03: Object("humidity", "%", 2, over=100),
    0x04: Object("pressure", "hPa", 3, over=100),
    0x05: Object("illuminance", "lx", 3, over=100),
    0x06: Object("mass", "kg", 2, over=100),
    0x07: Object("mass", "lb", 2, over=100),
    0x08: Object("dew_point", "°C", 2, SINT, 100),
    0x09: Object("count", "", 1),
    0x0A: Object("energy", "kWh", 3, over=1000),
    0x0B: Object("power", "W", 3, over=100),
    0x0C: Object("voltage", "V", 2, over=1000),
    0x0D: Object("pm2_5", "µg/m³", 2),
    0x0E: Object("pm10", "µg/m³", 2),
    0x12: Object("co2", "ppm", 2),
    0x13: Object("tvoc", "µg/m³", 2),
    0x14: Object("moisture", "%", 2, over=100),
    0x2E: Object("humidity", "%", 1),
    0x2F: Object("moisture", "%", 1),
    0x3A: Object("button", "", 1, Form.BUTTON),
    0x3B: Object("command", "", 0, Form.COMMAND),
    0x3C: Object("dimmer", "", 2, Form.DIMMER),
    0x3D: Object("count", "", 2),
    0x3E: Object("count", "", 4),
    0x3F: Object("rotation", "°", 2, SINT, 10),
    0x40: Object("distance", "mm", 2),
    0x41: Object("distance", "m", 2, over=10),
    0x42: Object("duration", "s", 3, over=1000),
    0x43: Object("current", "A", 2, over=1000),
    0x44: Object("speed", "m/s", 2, over=100),
    0x45: Object("temperature", "°C", 2, SINT, 10),
    0x46: Object("uv_index", "", 1, over=10),
    0x47: Object("volume", "L", 2, over=10),
    0x48: Object("volume", "mL", 2),
    0x49: Object("volume_flow_rate", "m³/h", 2, over=1000),
    0x4A: Object("voltage", "V", 2, over=10),
    0x4B: Object("gas", "m³", 3, over=1000),
    0x4C: Object("gas", "m³", 4, over=1000),
    0x4D: Object("energy", "kWh", 4, over=1000),
    0x4E: Object("volume", "L", 4, over=1000),
    0x4F: Object("water", "L", 4, over=1000),
    0x50: Object("timestamp", "s", 4),
    0x51: Object("acceleration", "m/s²", 2, over=1000),
    0x52: Object("gyroscope", "°/s", 2, over=1000),
    0x53: Object("text", "", 0, Form.TEXT),
    0x54: Object("raw", "", 0, Form.RAW),
    0x55: Object("volume_storage", "L", 4, over=1000),
    0x56: Object("conductivity", "µS/cm", 2),
    0x57: Object("temperature", "°C", 1, SINT),
    0x58: Object("temperature", "°C", 1, SINT, 100, 35),
    0x59: Object("count", "", 1, SINT),
    0x5A: Object("count", "", 2, SINT),
    0x5B: Object("count", "", 4, SINT),
    0x5C: Object("power", "W", 4, SINT, 100),
    0x5D: Object("current", "A", 2, SINT, 1000),
    0x5E: Object("direction", "°", 2, over=100),
    0x5F: Object("precipitation", "mm", 2, over=10),
    0x60: Object("channel", "", 1),
    0x61: Object("rotational_speed", "rpm", 2),
    0x62: Object("speed", "m/s", 4, SINT, 1_000_000),
    0x63: Object("acceleration", "m/s²", 4, SINT, 1_000_000),
    0x64: Object("light_level", "", 1),
    0x65: Object("settings_revision", "", 1),
    0xF0: Object("device_type", "", 2),
    0xF1: Object("firmware", "", 4, Form.VERSION),
    0xF2: Object("firmware", "", 3, Form.VERSION),
    **_binaries(0x0F, _FROM_0F),
    **_binaries(0x15, _FROM_15),
}  # fmt: skip

BUTTONS = {
    0x00: "none",
    0x01: "press",
    0x02: "double_press",
    0x03: "triple_press",
    0x04: "long_press",
    0x05: "long_double_press",
    0x06: "long_triple_press",
    0x80: "hold_press",
    0x81: "hold_release",
}
DIMMERS = {0x00: "none", 0x01: "rotate_left", 0x02: "rotate_right"}
