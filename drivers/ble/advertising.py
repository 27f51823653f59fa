"""The advertising payload: a row of AD structures, as it comes over the air.

Source: Bluetooth Core Specification 5.4, vol 3, part C, section 11; Supplement to it (CSS), part A.
BlueZ hands payloads over already taken apart; this is for radios that do not, and for test vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FLAGS, SHORT_NAME, NAME, SERVICE_16, SERVICE_32, SERVICE_128, MANUFACTURER = (
    0x01, 0x08, 0x09, 0x16, 0x20, 0x21, 0xFF
)  # fmt: skip
_UUID_BYTES = {SERVICE_16: 2, SERVICE_32: 4, SERVICE_128: 16}
_BASE_TAIL = "00001000800000805f9b34fb"


@dataclass(frozen=True, slots=True)
class Payload:
    """What an advertising payload says.

    Attributes:
        manufacturer: data by company id.
        service: data by UUID as `short_uuid` writes it.
        name: local name, None where there is none (or it is not UTF-8).
        torn: a structure was longer than the payload; what came before it stands.
    """

    manufacturer: dict[int, bytes] = field(default_factory=dict)
    service: dict[str, bytes] = field(default_factory=dict)
    name: str | None = None
    torn: bool = False


def parse_payload(data: bytes) -> Payload:
    """Take an advertising payload (or scan response) apart; never raises.

    A length of zero ends the payload early, as the specification says. Of two structures with the
    same company or UUID the last one stands, as with BlueZ.
    """
    manufacturer: dict[int, bytes] = {}
    service: dict[str, bytes] = {}
    name: str | None = None
    place = 0
    while place < len(data) and (length := data[place]):
        end = place + 1 + length
        if end > len(data):
            return Payload(manufacturer, service, name, torn=True)
        kind, body = data[place + 1], data[place + 2 : end]
        if kind == MANUFACTURER and len(body) >= 2:
            manufacturer[int.from_bytes(body[:2], "little")] = body[2:]
        elif size := _UUID_BYTES.get(kind):
            if len(body) >= size:
                service[short_uuid(body[size - 1 :: -1].hex())] = body[size:]
        elif kind == NAME or (kind == SHORT_NAME and name is None):
            name = _text(body)
        place = end
    return Payload(manufacturer, service, name)


def short_uuid(uuid: str) -> str:
    """A UUID as lower-case hex without hyphens: 4 digits where it has a 16-bit form, else 32.

    Text that is no UUID comes back lower-case, as it is: it then matches nothing.
    """
    plain = uuid.replace("-", "").lower()
    if len(plain) == 8:
        plain += _BASE_TAIL
    if len(plain) == 32 and plain.startswith("0000") and plain.endswith(_BASE_TAIL):
        return plain[4:8]
    return plain


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
