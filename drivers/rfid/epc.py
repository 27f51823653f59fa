"""EPC memory and written EPCs to identities: what a tag says it is.

SGTINs (96, 198, the `+` and `++` schemes) are decoded to GTIN and serial; every other GS1 key to
its URN or link, so that nobody counts a pallet or an asset as goods. All of one trade item's
encodings give the same GTIN and serial (filter, partition, date and hostname are no identity).

Source: GS1 EPC Tag Data Standard 2.3: sections 6.3 (pure identity URNs), 14.2 (header values),
14.6 (coding tables of SGTIN-96 and SGTIN-198).
"""

from __future__ import annotations

import re

from drivers.gtin import GtinError, check_digit, normalize_gtin
from drivers.rfid.bits import Bits, EpcError
from drivers.rfid.epc_classic import decode_classic
from drivers.rfid.epc_identity import (
    COMPANY_DIGITS,
    ITEM_BITS,
    SCHEMES,
    UNKNOWN,
    Epc,
    check_serial,
    company_and_reference,
    escape,
    text_of_7_bits,
    unescape,
)
from drivers.rfid.epc_plus import decode_plus, other_link, trade_item

SERIAL_96_LIMIT = 1 << 38
SERIAL_CHARACTERS = 20

_FIRST_PLUS = 0xE6
_HEX = re.compile(r"(?:[0-9A-Fa-f]{4}){1,62}")
_SGTIN_URN = re.compile(
    r"urn:epc:(?:id:sgtin:|tag:sgtin-(?P<bits>96|198):[0-7]\.)"
    r"(?P<company>\d{6,12})\.(?P<item>\d{1,7})\.(?P<serial>.+)",
    re.ASCII,
)
_OTHER_URN = re.compile(r"urn:epc:(?P<kind>id|tag|raw):(?P<scheme>[a-z0-9-]+)[:.](?P<rest>.+)")
_DIGITS_IN_ALL = {
    "sscc": 17, "sgln": 12, "grai": 12, "gsrn": 17, "gsrnp": 17, "gdti": 12, "sgcn": 12, "itip": 13,
}  # fmt: skip
"""Of company prefix and reference together, in a pure identity URN."""
_DIGITAL_LINK = re.compile(
    r"https?://[^/?#]+(?:/[^?#]*)?/01/(?P<gtin>\d{8,14})(?:/22/[^/?#]+)?(?:/10/[^/?#]+)?"
    r"/21/(?P<serial>[^/?#]+)(?:[?#].*)?",
    re.ASCII,
)
"""Variant and batch may stand before the serial, attributes such as a date behind it."""

_BY_PARTITION = tuple(
    (bits, (1 << bits) - 1, 10**digits, 10 ** (13 - digits), 10 ** (12 - digits), digits)
    for bits, digits in zip(ITEM_BITS, COMPANY_DIGITS, strict=True)
)
"""Bits and mask of the item; one past the largest company and item; the indicator's place; digits
of the company."""


def decode_epc(memory: bytes) -> Epc:
    """The identity of EPC memory content (whole words from the header on, as PC says).

    Raises:
        EpcError: empty, or bytes that break their scheme's rules.
    """
    if not memory:
        raise EpcError("no EPC memory")
    header = memory[0]
    if header == 0x30:
        return _sgtin_96(memory)
    bits = Bits(memory[1:])
    if header == 0x36:
        return _sgtin_198(bits)
    if header >= _FIRST_PLUS and header in SCHEMES:
        return decode_plus(header, bits)
    return decode_classic(header, bits) or Epc(
        SCHEMES.get(header, UNKNOWN), f"urn:epc:raw:{8 * len(memory)}.x{memory.hex().upper()}"
    )


def parse_epc_text(text: str) -> Epc:
    """The identity of an EPC written as hex, as an EPC URN or as a GS1 Digital Link.

    Raises:
        EpcError: none of these, or a trade item that breaks its scheme's rules.
    """
    text = text.strip()
    if _HEX.fullmatch(text):
        return decode_epc(bytes.fromhex(text))
    found = _SGTIN_URN.fullmatch(text)
    if found:
        serial = unescape(found["serial"])
        if found["bits"] == "96":
            _check_serial_96(serial)
        return sgtin(found["company"], found["item"], serial)
    found = _DIGITAL_LINK.fullmatch(text)
    if found:
        return trade_item("sgtin+", found["gtin"], unescape(found["serial"]))
    other = other_link(text)
    if other is not None:
        return other
    found = _OTHER_URN.fullmatch(text)
    if found and not found["scheme"].startswith("sgtin"):
        if found["kind"] == "id":
            _check_parts(found["scheme"], found["rest"])
        return Epc(found["scheme"], text)
    raise EpcError(f"{text[:60]!r} is no EPC in hex, no EPC URN and no GS1 Digital Link")


def sgtin(company: str, item: str, serial: str) -> Epc:
    """An SGTIN of its parts; `item` begins with the GTIN's indicator digit.

    Raises:
        EpcError: company and item have not 13 digits, or a serial that cannot be.
    """
    if not 6 <= len(company) <= 12 or len(company) + len(item) != 13:
        raise EpcError(f"company {company} and item {item} have not 13 digits, 6-12 and the rest")
    check_serial(serial)
    body = item[0] + company + item[1:]
    urn = f"urn:epc:id:sgtin:{company}.{item}.{escape(serial)}"
    return Epc("sgtin", urn, body + str(check_digit(body)), serial)


def encode_sgtin96(gtin: str, company_digits: int, serial: int, filter_value: int = 1) -> bytes:
    """The 12 bytes of an SGTIN-96. Filter 1 is "point of sale trade item" (TDS table 14.1).

    Raises:
        EpcError: no GTIN, a company prefix not of 6-12 digits, a serial beyond 38 bits.
    """
    if not 0 <= serial < SERIAL_96_LIMIT:
        raise EpcError(f"serial {serial} does not fit into 38 bits")
    head = _encode_head(0x30, gtin, company_digits, filter_value)
    return (head << 38 | serial).to_bytes(12, "big")


def encode_sgtin198(gtin: str, company_digits: int, serial: str, filter_value: int = 1) -> bytes:
    """The 26 bytes (198 bits and 10 zero bits) of an SGTIN-198.

    Raises:
        EpcError: no GTIN, a company prefix not of 6-12 digits, a serial that cannot be.
    """
    check_serial(serial)
    packed = 0
    for character in serial.ljust(SERIAL_CHARACTERS, "\0"):
        packed = packed << 7 | ord(character)
    head = _encode_head(0x36, gtin, company_digits, filter_value)
    return ((head << 140 | packed) << 10).to_bytes(26, "big")


def _encode_head(header: int, gtin: str, company_digits: int, filter_value: int) -> int:
    try:
        digits = normalize_gtin(gtin)
    except GtinError as error:
        raise EpcError(str(error)) from error
    if company_digits not in COMPANY_DIGITS:
        raise EpcError(f"a company prefix has 6 to 12 digits, not {company_digits}")
    if not 0 <= filter_value <= 7:
        raise EpcError(f"a filter value is 0 to 7, not {filter_value}")
    partition = COMPANY_DIGITS.index(company_digits)
    company = int(digits[1 : 1 + company_digits])
    item = int(digits[0] + digits[1 + company_digits : 13])
    packed = (header << 3 | filter_value) << 3 | partition
    return packed << 44 | company << ITEM_BITS[partition] | item


def _sgtin_96(memory: bytes) -> Epc:
    """The one decoder that is run often: plain shifts."""
    if len(memory) < 12:
        raise EpcError("an SGTIN that is cut short")
    if len(memory) > 12 and any(memory[12:]):
        raise EpcError("bits after the end are not zero")
    value = int.from_bytes(memory[:12], "big")
    partition = value >> 82 & 7
    if partition > 6:
        raise EpcError("partition 7 does not exist")
    bits, mask, company_limit, item_limit, place, digits = _BY_PARTITION[partition]
    both = value >> 38 & (1 << 44) - 1
    company, item = both >> bits, both & mask
    if company >= company_limit or item >= item_limit:
        raise EpcError(f"company {company} or item {item} has too many digits for its partition")
    serial = str(value & SERIAL_96_LIMIT - 1)
    indicator, reference = divmod(item, place)
    body = f"{indicator * 10**12 + company * place + reference:013d}"
    urn = f"urn:epc:id:sgtin:{body[1 : digits + 1]}.{body[0]}{body[digits + 1 :]}.{serial}"
    return Epc("sgtin", urn, body + str(check_digit(body)), serial)


def _sgtin_198(bits: Bits) -> Epc:
    bits.take(3)  # filter: where in the packaging, no part of the identity
    partition, both = bits.take(3), bits.take(44)
    company, item = company_and_reference(partition, both, ITEM_BITS[min(partition, 6)], 13)
    serial = text_of_7_bits(bits, SERIAL_CHARACTERS)
    bits.check_rest()
    return sgtin(company, item, serial)


def _check_serial_96(serial: str) -> None:
    digits = serial.isascii() and serial.isdigit()
    if not digits or (serial[0] == "0" and serial != "0") or int(serial) >= SERIAL_96_LIMIT:
        raise EpcError(f"an SGTIN-96 has a serial number of 38 bits, not {serial[:40]!r}")


def _check_parts(scheme: str, rest: str) -> None:
    """Raises `EpcError` unless company prefix and reference have the digits that the key has."""
    wanted = _DIGITS_IN_ALL.get(scheme)
    if wanted is None:
        return
    company, _, reference = rest.partition(".")
    digits = company + reference.partition(".")[0]
    sound = digits.isascii() and digits.isdecimal()
    if not (sound and 6 <= len(company) <= 12 and len(digits) == wanted):
        raise EpcError(f"a {scheme} has {wanted} digits with its company, not {digits[:40]!r}")
