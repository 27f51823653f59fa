"""EPC memory and written EPCs to identities: what a tag says it is.

SGTINs (96, 198 and the `+` schemes) are decoded to GTIN and serial; other schemes are told apart
by name. All of one trade item's encodings give the same `Epc` (filter and partition are no
identity).

Source: GS1 EPC Tag Data Standard 2.3: sections 6.3.1 (SGTIN URI), 14.2 (header values), 14.4-14.6
(SGTIN-96, SGTIN-198, SGTIN+, DSGTIN+), table A-1 (serial characters).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from drivers.gtin import GtinError, check_digit, normalize_gtin
from drivers.rfid.bits import Bits, EpcError

SCHEMES = {
    0x00: "unprogrammed", 0xE2: "unprogrammed",
    0x2C: "gdti-96", 0x2D: "gsrn-96", 0x2E: "gsrnp-96", 0x2F: "usdod-96", 0x30: "sgtin",
    0x31: "sscc-96", 0x32: "sgln-96", 0x33: "grai-96", 0x34: "giai-96", 0x35: "gid-96",
    0x36: "sgtin", 0x37: "grai-170", 0x38: "giai-202", 0x39: "sgln-195", 0x3A: "gdti-113",
    0x3B: "adi-var", 0x3C: "cpi-96", 0x3D: "cpi-var", 0x3E: "gdti-174", 0x3F: "sgcn-96",
    0x40: "itip-110", 0x41: "itip-212",
    0xF0: "cpi+", 0xF1: "grai+", 0xF2: "sgln+", 0xF3: "itip+", 0xF4: "gsrn+", 0xF5: "gsrnp+",
    0xF6: "gdti+", 0xF7: "sgtin+", 0xF8: "sgcn+", 0xF9: "sscc+", 0xFA: "giai+", 0xFB: "dsgtin+",
    0xFD: "sgtin++",
}  # fmt: skip
"""By header byte. E2 is how TID memory begins: a tag whose EPC was never written."""
UNKNOWN = "unknown"

ITEM_BITS = (4, 7, 10, 14, 17, 20, 24)
"""By partition: bits of the item reference (with indicator); the company has 44 less these."""
COMPANY_DIGITS = (12, 11, 10, 9, 8, 7, 6)
"""By partition."""
SERIAL_96_LIMIT = 1 << 38
SERIAL_CHARACTERS = 20

_SERIAL = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")
_ESCAPED = str.maketrans({c: f"%{ord(c):02X}" for c in '"%&/<>?'})
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{4}){1,62}")
_SGTIN_URN = re.compile(
    r"urn:epc:(?:id:sgtin:|tag:sgtin-(?P<bits>96|198):[0-7]\.)"
    r"(?P<company>\d{6,12})\.(?P<item>\d{1,7})\.(?P<serial>.+)",
    re.ASCII,
)
_OTHER_URN = re.compile(r"urn:epc:(?:id|tag|raw):(?P<scheme>[a-z0-9-]+)[:.]")
_DIGITAL_LINK = re.compile(
    r"https?://[^/?#]+(?:/[^?#]*)?/01/(?P<gtin>\d{8,14})/21/(?P<serial>[^/?#]+)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Epc:
    """One identity.

    Attributes:
        scheme: `sgtin` for SGTIN-96, SGTIN-198 and their URNs, otherwise as in `SCHEMES`.
        urn: pure identity URN of an SGTIN; the GS1 Digital Link of a `+` scheme (these have no
            URN: they do not say how long the company prefix is); the raw URN of anything else.
        gtin: 14 digits; None where the scheme is no trade item with a serial.
        serial: as it is, not escaped.
    """

    scheme: str
    urn: str
    gtin: str | None = None
    serial: str | None = None


def decode_epc(memory: bytes) -> Epc:
    """The identity of EPC memory content (whole words from the header on, as PC says).

    Raises:
        EpcError: empty, or a trade item that breaks its scheme's rules.
    """
    if not memory:
        raise EpcError("no EPC memory")
    header = memory[0]
    if header == 0x30:
        return _sgtin_96(memory)
    bits = Bits(memory[1:])
    match header:
        case 0x36:
            return _sgtin_198(bits)
        case 0xF7 | 0xFB | 0xFD:
            return _sgtin_plus(bits, header)
        case _:
            scheme = SCHEMES.get(header, UNKNOWN)
            return Epc(scheme, f"urn:epc:raw:{8 * len(memory)}.x{memory.hex().upper()}")


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
        serial = _unescape(found["serial"])
        if found["bits"] == "96":
            _check_serial_96(serial)
        return sgtin(found["company"], found["item"], serial)
    found = _DIGITAL_LINK.fullmatch(text)
    if found:
        return _plus("sgtin+", found["gtin"], _unescape(found["serial"]))
    found = _OTHER_URN.match(text)
    if found and not found["scheme"].startswith("sgtin"):
        return Epc(found["scheme"], text)
    raise EpcError(f"{text[:60]!r} is no EPC in hex, no EPC URN and no GS1 Digital Link")


def sgtin(company: str, item: str, serial: str) -> Epc:
    """An SGTIN of its parts; `item` begins with the GTIN's indicator digit.

    Raises:
        EpcError: company and item have not 13 digits, or a serial that cannot be.
    """
    if not 6 <= len(company) <= 12 or len(company) + len(item) != 13:
        raise EpcError(f"company {company} and item {item} have not 13 digits, 6-12 and the rest")
    _check_serial(serial)
    body = item[0] + company + item[1:]
    urn = f"urn:epc:id:sgtin:{company}.{item}.{serial.translate(_ESCAPED)}"
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
    _check_serial(serial)
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
    if any(memory[12:]):
        raise EpcError("bits after the end are not zero")
    value = int.from_bytes(memory[:12], "big")
    company, item = _company_item(value >> 82 & 7, value >> 38 & (1 << 44) - 1)
    serial = str(value & SERIAL_96_LIMIT - 1)
    body = item[0] + company + item[1:]
    urn = f"urn:epc:id:sgtin:{company}.{item}.{serial}"
    return Epc("sgtin", urn, body + str(check_digit(body)), serial)


def _sgtin_198(bits: Bits) -> Epc:
    if len(bits) < 190:
        raise EpcError("an SGTIN that is cut short")
    bits.take(3)  # filter: where in the packaging, no part of the identity
    company, item = _company_item(bits.take(3), bits.take(44))
    serial = _serial_198(bits)
    bits.check_rest()
    return sgtin(company, item, serial)


def _company_item(partition: int, both: int) -> tuple[str, str]:
    """Company prefix and item reference (with indicator) of their 44 bits, as digits."""
    if partition > 6:
        raise EpcError("partition 7 does not exist")
    digits, item_bits = COMPANY_DIGITS[partition], ITEM_BITS[partition]
    company, item = both >> item_bits, both & (1 << item_bits) - 1
    if company >= 10**digits or item >= 10 ** (13 - digits):
        raise EpcError(f"company {company} or item {item} has too many digits for its partition")
    return str(company).zfill(digits), str(item).zfill(13 - digits)


def _serial_198(bits: Bits) -> str:
    codes = [bits.take(7) for _ in range(SERIAL_CHARACTERS)]
    length = codes.index(0) if 0 in codes else SERIAL_CHARACTERS
    if any(codes[length:]):
        raise EpcError("characters after the end of the serial")
    return "".join(map(chr, codes[:length]))


def _sgtin_plus(bits: Bits, header: int) -> Epc:
    more = bits.take(1) or header == 0xFD
    bits.take(3)
    if header == 0xFB:
        _check_date(bits.take(4), bits.take(7), bits.take(4), bits.take(5))
    digits = [bits.take(4) for _ in range(14)]
    if max(digits) > 9:
        raise EpcError("a GTIN digit above 9")
    serial = _serial_plus(bits)
    if not more:
        bits.check_rest()
    return _plus(SCHEMES[header], "".join(map(str, digits)), serial)


def _plus(scheme: str, digits: str, serial: str) -> Epc:
    try:
        gtin = normalize_gtin(digits)
    except GtinError as error:
        raise EpcError(str(error)) from error
    _check_serial(serial)
    link = f"https://id.gs1.org/01/{gtin}/21/{serial.translate(_ESCAPED)}"
    return Epc(scheme, link, gtin, serial)


def _serial_plus(bits: Bits) -> str:
    encoding, length = bits.take(3), bits.take(5)
    if not 1 <= length <= SERIAL_CHARACTERS:
        raise EpcError(f"a serial of {length} characters")
    match encoding:
        case 0:
            value = bits.take(math.ceil(length * math.log2(10)))
            if value >= 10**length:
                raise EpcError("a serial number with more digits than it says")
            return str(value)
        case 1 | 2:
            digits = "".join(f"{bits.take(4):x}" for _ in range(length))
            return digits.upper() if encoding == 1 else digits
        case 3:
            return "".join(_BASE64URL[bits.take(6)] for _ in range(length))
        case 4:
            return "".join(chr(bits.take(7)) for _ in range(length))
        case _:
            raise EpcError(f"serial encoding {encoding} is not known")


def _check_date(kind: int, year: int, month: int, day: int) -> None:
    del kind, year
    if not 1 <= month <= 12 or day > 31:
        raise EpcError(f"month {month}, day {day}")


def _check_serial(serial: str) -> None:
    if not _SERIAL.fullmatch(serial):
        raise EpcError(f"a serial has 1-20 characters of GS1's set 82, not {serial[:40]!r}")


def _check_serial_96(serial: str) -> None:
    digits = serial.isascii() and serial.isdigit()
    if not digits or (serial[0] == "0" and serial != "0") or int(serial) >= SERIAL_96_LIMIT:
        raise EpcError(f"an SGTIN-96 has a serial number of 38 bits, not {serial[:40]!r}")


def _unescape(serial: str) -> str:
    if "%" in _ESCAPE.sub("", serial):
        raise EpcError("a % in a serial begins an escape of two hex digits")
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), serial)
