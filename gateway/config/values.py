"""Values with a written form of their own: durations, sizes, opening hours, addresses, names.

Each function takes what stood in the file and answers with what the program uses, or raises
`WrongValue`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from drivers.gtin import GtinError, normalize_gtin
from gateway.config.faults import WrongValue, proposal, shown

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
BYTES = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
}
RF_MODES = ("dense", "fast", "own")
MINUTES_OF_A_DAY = 24 * 60
DURATION_RIGHT = 'write a number of seconds, or for example "30s", "10m", "2h"'
SIZE_RIGHT = 'write a number of bytes, or for example "256MB", "1GB"'
OPENING_RIGHT = 'write for example "10:00-20:00", over midnight "18:00-02:00"'


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a day, in minutes since its local midnight; `end` > 1440 is after midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HostPort:
    """A TCP address; `port` is None where the text named none."""

    host: str
    port: int | None


def duration(value: object) -> float:
    """Seconds of `"10m"`, `"30s"`, `"1h30m"` or a plain number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value) if abs(value) < 1e12 else -1.0
    elif isinstance(value, str):
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*", value.strip(), flags=re.ASCII)
        if not parts or "".join(n + u for n, u in parts) != re.sub(r"\s+", "", value):
            raise WrongValue(f"{shown(value)} is no duration", DURATION_RIGHT)
        if any(unit not in SECONDS for _, unit in parts):
            raise WrongValue(f"{shown(value)} has an unknown unit", "units are ms, s, m, h and d")
        seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    else:
        raise WrongValue(f"{shown(value)} is no duration", DURATION_RIGHT)
    if not 0 < seconds < 1e12:
        raise WrongValue(f"{shown(value)} is no duration", "a duration is longer than nothing")
    return seconds


def size(value: object) -> int:
    """Bytes of `"256MB"` or a plain whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        count = float(value) if abs(value) < 2**60 else -1.0
    elif isinstance(value, str):
        match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,3})?)\s*([A-Za-z]+)", value.strip(), re.ASCII)
        if match is None or match[2].upper() not in BYTES:
            raise WrongValue(f"{shown(value)} is no size", SIZE_RIGHT)
        count = float(match[1]) * BYTES[match[2].upper()]
    else:
        raise WrongValue(f"{shown(value)} is no size", SIZE_RIGHT)
    if not 1 <= count < 2**60:
        raise WrongValue(f"{shown(value)} is no size", SIZE_RIGHT)
    return int(count)


def opening(value: object) -> Opening:
    """`"10:00-20:00"`; an end at or before the start is on the next day."""
    if isinstance(value, Opening):
        return value
    match = (
        re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", value.strip(), re.ASCII)
        if isinstance(value, str)
        else None
    )
    if match is None:
        raise WrongValue(f"{shown(value)} is no opening", OPENING_RIGHT)
    h1, m1, h2, m2 = (int(part) for part in match.groups())
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if m1 > 59 or m2 > 59 or start >= MINUTES_OF_A_DAY or end > MINUTES_OF_A_DAY:
        raise WrongValue(f"{shown(value)} is no time of day", "times go from 00:00 to 24:00")
    return Opening(start, end if end > start else end + MINUTES_OF_A_DAY)


def day(value: object) -> date:
    """A day of the calendar, `"2026-12-25"`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise WrongValue(f"{shown(value)} is no date", 'write for example "2026-12-25" = []')


def rf_mode(value: object) -> str | int | None:
    """A way to speak with tags by its word, or a mode of the reader's own table by its number."""
    if value is None or (isinstance(value, str) and value in RF_MODES):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF:
        return value
    words = ", ".join(f'"{word}"' for word in RF_MODES)
    raise WrongValue(f"{shown(value)} is no mode", f"write {words}, or a number of its table")


def timezone(value: str) -> str:
    """A name of the IANA time zone database that this machine can read."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        names = available_timezones()
        if not names:
            raise WrongValue(
                "this machine has no time zone database", "install it: apt install tzdata"
            ) from None
        near = proposal(value, sorted(names))
        right = near if near.startswith("did") else 'write for example "Europe/Paris"'
        raise WrongValue(f"no time zone {shown(value)}", right) from None
    return value


def moment(value: object) -> float | None:
    """Seconds UTC of a date and time with its offset, or of a number of seconds."""
    right = 'write for example "2026-11-01T10:00:00Z"'
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e11:
        return float(value)
    try:
        found = datetime.fromisoformat(str(value).strip().upper())
    except ValueError:
        raise WrongValue(f"{shown(value)} is no date and time", right) from None
    if found.tzinfo is None:
        raise WrongValue(f"{shown(value)} does not say in which time zone", right)
    return found.timestamp()


def gtin(value: str) -> str:
    """The 14 digits of a GTIN."""
    try:
        return normalize_gtin(value)
    except GtinError as error:
        raise WrongValue(str(error), "write the 8, 12, 13 or 14 digits of the barcode") from None


def gln(value: str) -> str:
    """13 digits; the check digit is judged apart, as a warning (`checks.warnings_of`)."""
    if not re.fullmatch(r"\d{13}", value, re.ASCII):
        raise WrongValue(f"{shown(value)} is no GLN", "a GLN has 13 digits")
    return value


def host_port(value: str) -> HostPort:
    """`host`, `host:port`, `[ipv6]:port`."""
    right = 'write for example "192.168.1.20:5084"'
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?", value)
    if match is None:
        raise WrongValue(f"{shown(value)} is no address", right)
    port = int(match[2]) if match[2] else None
    if port is not None and not 1 <= port <= 65535:
        raise WrongValue(f"{port} is no TCP port", "a port is a number from 1 to 65535")
    return HostPort(match[1].strip("[]"), port)


def address(value: str) -> str:
    """The text of a TCP address as it was written, once it reads as one."""
    host_port(value)
    return value


def listen(value: str) -> str:
    """`host:port`, both named (port 0 is any free one)."""
    text = value[:-2] + ":1" if value.endswith(":0") else value
    if host_port(text).port is None:
        raise WrongValue(f"{shown(value)} names no port", 'write for example "0.0.0.0:8080"')
    return value


def pins(value: str) -> tuple[int, int]:
    """The pins of a door's outer and inner beam, written `17,27`."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*,\s*(\d{1,3})\s*", value, re.ASCII)
    if match is None or int(match[1]) == int(match[2]):
        right = "write the outer beam's pin and the inner one's, as in \"17,27\""
        raise WrongValue(f"{shown(value)} is not two pins", right)
    return int(match[1]), int(match[2])


def currency(value: str) -> str:
    """Three capital letters of ISO 4217."""
    if not re.fullmatch(r"[A-Z]{3}", value):
        right = 'write the three letters of ISO 4217, as in "EUR"'
        raise WrongValue(f"{shown(value)} is no currency", right)
    return value


BROKER_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}


def broker_url(value: str) -> str:
    """`mqtt://host[:port]`, `mqtts://…`, or over web sockets `ws://…`, `wss://…`."""
    right = 'write for example "mqtts://hq.example:8883"'
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise WrongValue(f"{shown(value)} is no broker address", right) from None
    if parts.scheme not in BROKER_PORTS:
        named = f"{shown(parts.scheme)} is no broker scheme" if parts.scheme else "no scheme"
        raise WrongValue(named, f"use mqtt or mqtts: {right}")
    if not parts.hostname or port == 0:
        raise WrongValue(f"{shown(value)} names no host", right)
    if parts.username is not None or parts.password is not None:
        raise WrongValue(
            "a user or password stands in the address", "use username and password_file"
        )
    return value


def till_broker_url(value: str) -> str:
    """`mqtt://host[:port]` or `mqtts://…`: what is in the store needs no web sockets."""
    if urlsplit(broker_url(value)).scheme not in ("mqtt", "mqtts"):
        raise WrongValue(f"{shown(value)} is not mqtt or mqtts", 'write "mqtt://127.0.0.1:1883"')
    return value


def radio_address(value: str) -> str:
    """A Bluetooth address, upper-case with colons."""
    text = value.upper().replace("-", ":")
    if not re.fullmatch(r"([0-9A-F]{2}:){5}[0-9A-F]{2}", text, re.ASCII):
        raise WrongValue(
            f"{shown(value)} is no Bluetooth address", 'write for example "C4:7C:8D:6A:11:02"'
        )
    return text


def uuid(value: str) -> str:
    """A UUID in its usual lower-case form, with hyphens."""
    try:
        return str(UUID(value))
    except ValueError:
        raise WrongValue(
            f"{shown(value)} is no UUID",
            'write 32 hex digits, "f7826da6-4fa2-4e98-8024-bc5b71e0893e"',
        ) from None


def hex_of(value: str, size: int) -> str:
    """`size` bytes as lower-case hex."""
    text = value.lower().removeprefix("0x").replace("-", "")
    if not re.fullmatch(r"[0-9a-f]*", text, re.ASCII) or len(text) != 2 * size:
        raise WrongValue(f"{shown(value)} is not {size} bytes of hex", f"write {2 * size} digits")
    return text
