"""What every EPC scheme shares: the identity it gives, the header values, the rules of serials.

Source: GS1 EPC Tag Data Standard 2.3: table 14-1 (header values), table A-1 (characters of a
serial, GS1's set 82, and their escapes in a URI), section 12.3 (company prefix and what follows).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from drivers.rfid.bits import Bits, EpcError

SCHEMES = {
    0x00: "unprogrammed", 0xE2: "unprogrammed",
    0x2C: "gdti-96", 0x2D: "gsrn-96", 0x2E: "gsrnp-96", 0x2F: "usdod-96", 0x30: "sgtin",
    0x31: "sscc-96", 0x32: "sgln-96", 0x33: "grai-96", 0x34: "giai-96", 0x35: "gid-96",
    0x36: "sgtin", 0x37: "grai-170", 0x38: "giai-202", 0x39: "sgln-195", 0x3A: "gdti-113",
    0x3B: "adi-var", 0x3C: "cpi-96", 0x3D: "cpi-var", 0x3E: "gdti-174", 0x3F: "sgcn-96",
    0x40: "itip-110", 0x41: "itip-212",
    0xE6: "cpi++", 0xE7: "gsrn++", 0xE8: "gsrnp++", 0xE9: "sgln++", 0xEA: "gdti++", 0xEB: "grai++",
    0xEC: "sgcn++", 0xED: "itip++", 0xEE: "giai++", 0xEF: "sscc++",
    0xF0: "cpi+", 0xF1: "grai+", 0xF2: "sgln+", 0xF3: "itip+", 0xF4: "gsrn+", 0xF5: "gsrnp+",
    0xF6: "gdti+", 0xF7: "sgtin+", 0xF8: "sgcn+", 0xF9: "sscc+", 0xFA: "giai+", 0xFB: "dsgtin+",
    0xFC: "dsgtin++", 0xFD: "sgtin++",
}  # fmt: skip
"""By header byte. E2 is how TID memory begins: a tag whose EPC was never written."""
UNKNOWN = "unknown"

ITEM_BITS = (4, 7, 10, 14, 17, 20, 24)
"""By partition: bits of the item reference (with indicator); the company has 44 less these."""
COMPANY_DIGITS = (12, 11, 10, 9, 8, 7, 6)
"""By partition."""

SERIAL = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
"""Characters of an alphanumeric serial: GS1 AI encodable character set 82 (TDS 2.3, table A-1)."""
_ESCAPED = str.maketrans({c: f"%{ord(c):02X}" for c in '"%&/<>?#'})
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


class Epc(NamedTuple):
    """One identity.

    Attributes:
        scheme: `sgtin` for SGTIN-96, SGTIN-198 and their URNs, otherwise as in `SCHEMES`.
        urn: the pure identity URN; the GS1 Digital Link of a `+` or `++` scheme (these have no
            URN: they do not say how long the company prefix is); the raw URN of what is none of
            GS1's keys.
        gtin: 14 digits; None where the scheme is no trade item with a serial.
        serial: as it is, not escaped.
    """

    scheme: str
    urn: str
    gtin: str | None = None
    serial: str | None = None


def escape(text: str) -> str:
    """A serial as it stands in a URN or a link."""
    return text.translate(_ESCAPED)


def unescape(text: str) -> str:
    """A serial of a URN or a link as it is. Raises `EpcError` for a broken escape."""
    if "%" in _ESCAPE.sub("", text):
        raise EpcError("a % in a serial begins an escape of two hex digits")
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def check_serial(serial: str, most: int = 20) -> None:
    """Raises `EpcError` unless `serial` has 1 to `most` characters of GS1's set 82."""
    if len(serial) > most or not SERIAL.fullmatch(serial):
        raise EpcError(f"a serial has 1-{most} characters of GS1's set 82, not {serial[:40]!r}")


def company_and_reference(
    partition: int, both: int, reference_bits: int, digits: int
) -> tuple[str, str]:
    """Company prefix and reference of their common bits, as `digits` digits together.

    Raises:
        EpcError: partition 7, or a number with more digits than its partition has.
    """
    if partition > 6:
        raise EpcError("partition 7 does not exist")
    ours = COMPANY_DIGITS[partition]
    company, reference = both >> reference_bits, both & (1 << reference_bits) - 1
    if company >= 10**ours or reference >= 10 ** (digits - ours):
        raise EpcError(
            f"company {company} or item {reference} has too many digits for its partition"
        )
    return f"{company:0{ours}d}", f"{reference:0{digits - ours}d}" if digits > ours else ""


def text_of_7_bits(bits: Bits, count: int) -> str:
    """A string of at most `count` 7-bit characters that ends with the first zero.

    Raises:
        EpcError: anything but zeros after that.
    """
    codes = [bits.take(7) for _ in range(count)]
    length = codes.index(0) if 0 in codes else count
    if any(codes[length:]):
        raise EpcError("characters after the end of the serial")
    return "".join(map(chr, codes[:length]))
