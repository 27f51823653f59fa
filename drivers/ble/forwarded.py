"""What other receivers hear and forward: another Pi, or an ESP32, by MQTT. Pure: bytes in.

A receiver named `door` publishes to `shelfcast/ble/{store}/door`, at most a few times a second and
with QoS 0 (an advert that comes late is worth nothing):

    {"adverts": [{"addr": "C4:7C:8D:6A:11:02", "rssi": -71, "data": "020106…", "age": 0.2}]}

`data` is the advertising payload as it came over the air (AD structures), in hex; `age` is how many
seconds ago it was heard, 0 when it is not there, so that the receiver needs no clock. Further keys
are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from drivers.ble.advertising import Payload, parse_payload

BODY_BYTES = 1 << 18
ADVERTS_MOST = 1_000
PAYLOAD_BYTES = 1_650
"""Of an extended advert, Core 5.4, vol 6, part B, section 2.3.4.9."""
AGE_MOST = 60.0
RECEIVERS_MOST = 64
_RECEIVER = re.compile(r"[A-Za-z0-9_-]{1,32}")
_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


class ForwardWrong(ValueError):
    """A message that is not of this shape; one plain line says why."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """One advert as a receiver heard it, `age` seconds ago."""

    addr: str
    rssi: float
    payload: Payload
    age: float


def topic_of(store: str) -> str:
    """The topic of all receivers of a store."""
    return f"shelfcast/ble/{store}/+"


def receiver_in(topic: str) -> str | None:
    """The receiver whose topic this is; None for a name that cannot be."""
    name = topic.rpartition("/")[2]
    return name if _RECEIVER.fullmatch(name) else None


def read_forwarded(body: bytes) -> tuple[list[Forwarded], int]:
    """The adverts in a message, and how many in it could not be read.

    Raises:
        ForwardWrong: the message as a whole is none.
    """
    if len(body) > BODY_BYTES:
        raise ForwardWrong(f"the message has more than {BODY_BYTES} bytes")
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise ForwardWrong(f"the message is not JSON: {str(wrong)[:100]}") from wrong
    rows = found.get("adverts") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise ForwardWrong("the message has no list of adverts")
    adverts = [_advert(row) for row in rows[:ADVERTS_MOST] if isinstance(row, dict)]
    good = [advert for advert in adverts if advert is not None]
    return good, len(rows) - len(good)


def _advert(row: Mapping[str, Any]) -> Forwarded | None:
    addr, data = row.get("addr"), row.get("data")
    rssi, age = _number(row.get("rssi"), -127.0, 20.0), _number(row.get("age", 0), 0.0, AGE_MOST)
    if not isinstance(addr, str) or not _ADDRESS.fullmatch(addr) or rssi is None or age is None:
        return None
    if not isinstance(data, str) or len(data) > 2 * PAYLOAD_BYTES:
        return None
    try:
        payload = parse_payload(bytes.fromhex(data))
    except ValueError:
        return None
    return None if payload.torn else Forwarded(addr, rssi, payload, age)


def _number(value: object, least: float, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if least <= value <= most else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
