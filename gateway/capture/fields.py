"""Checks of the fields of one capture line. Each answers a safe value or raises `Refused`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from drivers.pos.fields import EPC_WORDS_MAX, T_MAX

Fields: TypeAlias = Mapping[str, Any]

INT_MAX = 2**53
"""What every JSON reader can hold exactly."""
ANTENNA_MAX = 65_535
N_MAX = 2**31 - 1
EPC_BYTES_MAX = 2 * EPC_WORDS_MAX
ADVERT_BYTES_MAX = 1650
"""An extended advert's data at most (Bluetooth Core 5.4, Vol 6, Part B, section 2.3.4.9)."""

_ADDRESS = re.compile(r"([0-9A-F]{2}:){5}[0-9A-F]{2}")
_SHORT_UUID = re.compile(r"0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb")
_UUID = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Refused(ValueError):
    """A field that cannot stand; the message says which and why."""


def number(fields: Fields, name: str, least: float, most: float) -> float:
    """A finite number from `least` to `most`."""
    value = fields.get(name)
    if type(value) is not float and type(value) is not int:
        raise Refused(f"{name} must be a number")
    if not least <= value <= most:  # false for NaN too
        raise Refused(f"{name} must be from {least:g} to {most:g}")
    return float(value)


def whole(fields: Fields, name: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`, written without a fraction."""
    value = fields.get(name)
    if type(value) is not int:
        raise Refused(f"{name} must be a whole number")
    if not least <= value <= most:
        raise Refused(f"{name} must be from {least} to {most}")
    return value


def words(fields: Fields, name: str, most: int = 200) -> str:
    """Text that is not empty."""
    value = fields.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise Refused(f"{name} must be text of 1 to {most} characters")
    return value


def moment(fields: Fields) -> tuple[float, float]:
    """Event and arrival time; what says no arrival time arrived at once."""
    t = number(fields, "t", 0, T_MAX)
    return t, number(fields, "at", 0, T_MAX) if fields.get("at") is not None else t


def epc(fields: Fields) -> bytes:
    """EPC memory of 1 to 31 words."""
    text = fields.get("epc")
    if not isinstance(text, str):
        raise Refused("epc must be hex text")
    data = _hex(text, "epc")
    if len(data) % 2 or not 2 <= len(data) <= EPC_BYTES_MAX:
        raise Refused(f"epc must be 1 to {EPC_WORDS_MAX} words of 16 bits")
    return data


def radio_address(fields: Fields) -> str:
    """A Bluetooth address, upper-case with colons."""
    text = words(fields, "addr").upper()
    if not _ADDRESS.fullmatch(text):
        raise Refused("addr must be a Bluetooth address")
    return text


def manufacturer(fields: Fields) -> dict[int, bytes]:
    """Payload by company id."""
    found: dict[int, bytes] = {}
    for company, payload in _payloads(fields, "manufacturer"):
        if not (company.isascii() and company.isdigit() and len(company) <= 5):
            raise Refused("manufacturer must be named by decimal company ids")
        if int(company) > 0xFFFF:
            raise Refused("a company id has 16 bits")
        found[int(company)] = payload
    return found


def service(fields: Fields) -> dict[str, bytes]:
    """Payload by UUID, in the 4-digit form where there is one."""
    found: dict[str, bytes] = {}
    for name, payload in _payloads(fields, "service"):
        uuid = name.lower()
        if not _UUID.fullmatch(uuid):
            raise Refused("service must be named by UUIDs")
        short = _SHORT_UUID.fullmatch(uuid)
        found[short[1] if short else uuid] = payload
    return found


def _payloads(fields: Fields, name: str) -> list[tuple[str, bytes]]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise Refused(f"{name} must be an object of hex texts")
    return [(key, _hex(text, name)) for key, text in value.items()]


def _hex(text: str, name: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise Refused(f"{name} must be hex text") from None
    # fromhex passes over spaces, which no writer of ours puts there.
    if 2 * len(data) != len(text) or len(data) > ADVERT_BYTES_MAX:
        raise Refused(f"{name} must be hex text of at most {ADVERT_BYTES_MAX} bytes")
    return data
