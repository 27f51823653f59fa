"""Ruuvi data format 5 (RAWv2) in the manufacturer data of company 0x0499.

Source: docs.ruuvi.com, "Data format 5 (RAWv2)". What the sensor does not have is None.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

RUUVI = 0x0499
"""Ruuvi's company id."""
FORMAT = 5
SIZE = 24

_body = struct.Struct(">BhHHhhhHBH6s")
_NO_SIGNED, _NO_U16, _NO_U8 = -0x8000, 0xFFFF, 0xFF
_NO_VOLTS, _NO_POWER = 0x7FF, 0x1F


@dataclass(frozen=True, slots=True)
class Ruuvi:
    """One measurement: °C, % relative humidity, Pa, g, V, dBm; `sequence` tells repeats apart."""

    temperature: float | None
    humidity: float | None
    pressure: int | None
    acceleration: tuple[float | None, float | None, float | None]
    volts: float | None
    power: int | None
    movements: int | None
    sequence: int | None
    address: bytes | None


def decode_ruuvi(data: bytes) -> Ruuvi | None:
    """The measurement in Ruuvi's manufacturer data (company id taken off); None where it is none.

    Values beyond what the format allows a sensor (humidity over 100 %) are given as they stand.
    """
    if len(data) < SIZE or data[0] != FORMAT:
        return None
    _, temperature, humidity, pressure, x, y, z, power, movements, sequence, address = (
        _body.unpack_from(data)
    )
    volts, dbm = power >> 5, power & 0x1F
    return Ruuvi(
        temperature=None if temperature == _NO_SIGNED else temperature / 200,
        humidity=None if humidity == _NO_U16 else humidity / 400,
        pressure=None if pressure == _NO_U16 else pressure + 50_000,
        acceleration=(_g(x), _g(y), _g(z)),
        volts=None if volts == _NO_VOLTS else (volts + 1600) / 1000,
        power=None if dbm == _NO_POWER else 2 * dbm - 40,
        movements=None if movements == _NO_U8 else movements,
        sequence=None if sequence == _NO_U16 else sequence,
        address=None if address == b"\xff" * 6 else address,
    )


def _g(steps: int) -> float | None:
    return None if steps == _NO_SIGNED else steps / 1000
