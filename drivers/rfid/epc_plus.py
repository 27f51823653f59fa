"""The `+` and `++` schemes: GS1 keys digit by digit, serials in the encoding that suits them.

They do not say how long the company prefix is, so their identity is a GS1 Digital Link. What may
follow (the hostname of a `++` scheme, AIDC data) is no part of the identity and is passed over.

Source: GS1 EPC Tag Data Standard 2.3: sections 14.5.1-14.5.16 (encoding methods), 14.6 (coding
tables), tables 14-7 and 14-8 (base 64 and URN code 40).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from drivers.gtin import GtinError, check_digit, normalize_gtin
from drivers.rfid.bits import Bits, EpcError
from drivers.rfid.epc_identity import SCHEMES, Epc, check_serial, escape

_LINK = "https://id.gs1.org"
_OTHER_LINK = re.compile(
    r"https?://[^/?#]+(?:/[^?#]*?)?(?P<path>/(?P<ai>00|253|255|414|80(?:03|04|06|10|17|18))"
    r"/(?P<key>[^/?#]+)(?:/(?:254|21|8011)/[^/?#]+)?)(?:[?#].*)?",
    re.ASCII,
)
_KEY_OF_AI = {
    "00": ("sscc+", 18), "253": ("gdti+", 13), "255": ("sgcn+", 13), "414": ("sgln+", 13),
    "8003": ("grai+", 14), "8004": ("giai+", 0), "8006": ("itip+", 14), "8010": ("cpi+", 0),
    "8017": ("gsrnp+", 18), "8018": ("gsrn+", 18),
}  # fmt: skip
"""By application identifier: the scheme, and where in the key its check digit stands, if any."""
_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_URN_40 = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
_END_OF_DIGITS, _END_OF_ALL = 0xE, 0xF
_DATE_KINDS = 7
"""Production, packaging, best before, sell by, expiry, first freeze, harvest."""
TRADE_ITEMS: Final = frozenset({0xF7, 0xFB, 0xFC, 0xFD})


def decode_plus(header: int, bits: Bits) -> Epc:
    """The identity behind a `+` or `++` header; `bits` are what follows the header.

    Raises:
        EpcError: cut short, digits that are none, a serial that cannot be.
    """
    scheme = SCHEMES[header]
    more = bits.take(1) or scheme.endswith("++")
    bits.take(3)  # filter: where in the packaging, no part of the identity
    if header in TRADE_ITEMS:
        if scheme.startswith("d"):
            _check_date(bits)
        found = trade_item(scheme, _digits(bits, 14), _alphanumeric(bits, 20))
    else:
        found = Epc(scheme, _LINK + _KEYS[scheme.rstrip("+")](bits))
    if not more:
        bits.check_rest()
    return found


def trade_item(scheme: str, digits: str, serial: str) -> Epc:
    """A GTIN and a serial as an identity of a `+` scheme.

    Raises:
        EpcError: no GTIN, or a serial that cannot be.
    """
    try:
        gtin = normalize_gtin(digits)
    except GtinError as error:
        raise EpcError(str(error)) from error
    check_serial(serial)
    return Epc(scheme, f"{_LINK}/01/{gtin}/21/{escape(serial)}", gtin, serial)


def other_link(text: str) -> Epc | None:
    """The identity of a GS1 Digital Link that is no trade item's; None where it is no such link.

    Raises:
        EpcError: a key without its digits, or with a wrong check digit.
    """
    found = _OTHER_LINK.fullmatch(text)
    if found is None:
        return None
    scheme, size = _KEY_OF_AI[found["ai"]]
    digits = found["key"][:size]
    if size and not (len(digits) == size and digits.isascii() and digits.isdecimal()):
        raise EpcError(f"a {scheme} begins with {size} digits, not {digits!r}")
    if size:
        _checked(digits)
    return Epc(scheme, _LINK + found["path"])


def _sscc(bits: Bits) -> str:
    return f"/00/{_checked(_digits(bits, 18))}"


def _gsrn(bits: Bits) -> str:
    return f"/8018/{_checked(_digits(bits, 18))}"


def _gsrnp(bits: Bits) -> str:
    return f"/8017/{_checked(_digits(bits, 18))}"


def _sgln(bits: Bits) -> str:
    return f"/414/{_checked(_digits(bits, 13))}/254/{escape(_alphanumeric(bits, 20))}"


def _grai(bits: Bits) -> str:
    digits = _digits(bits, 14)
    if digits[0] != "0":
        raise EpcError("a GRAI begins with 0")
    return f"/8003/{_checked(digits)}{escape(_alphanumeric(bits, 16))}"


def _gdti(bits: Bits) -> str:
    return f"/253/{_checked(_digits(bits, 13))}{escape(_alphanumeric(bits, 17))}"


def _sgcn(bits: Bits) -> str:
    return f"/255/{_checked(_digits(bits, 13))}{_number(bits, bits.take(4), 12)}"


def _giai(bits: Bits) -> str:
    return f"/8004/{escape(_digits_then_text(bits, 30))}"


def _cpi(bits: Bits) -> str:
    part = escape(_digits_then_text(bits, 30))
    return f"/8010/{part}/8011/{_number(bits, bits.take(4), 12)}"


def _itip(bits: Bits) -> str:
    digits = _digits(bits, 18)
    _checked(digits[:14])
    return f"/8006/{digits}/21/{escape(_alphanumeric(bits, 20))}"


_KEYS: dict[str, Callable[[Bits], str]] = {
    "sscc": _sscc, "gsrn": _gsrn, "gsrnp": _gsrnp, "sgln": _sgln, "grai": _grai, "gdti": _gdti,
    "sgcn": _sgcn, "giai": _giai, "cpi": _cpi, "itip": _itip,
}  # fmt: skip


def _digits(bits: Bits, count: int) -> str:
    digits = [bits.take(4) for _ in range(count)]
    if max(digits) > 9:
        raise EpcError("a digit above 9")
    return "".join(map(str, digits))


def _checked(digits: str) -> str:
    right = check_digit(digits[:-1])
    if int(digits[-1]) != right:
        raise EpcError(f"wrong check digit in {digits}: the last digit should be {right}")
    return digits


def _digits_then_text(bits: Bits, most: int) -> str:
    """Section 14.5.10: digits to a delimiter that says whether anything comes after."""
    digits = ""
    while (nibble := bits.take(4)) <= 9:
        digits += str(nibble)
    if nibble == _END_OF_ALL:
        text = digits
    elif nibble == _END_OF_DIGITS:
        text = digits + _alphanumeric(bits, most, also="#")
    else:
        raise EpcError("a digit above 9")
    if not 1 <= len(text) <= most:
        raise EpcError(f"a reference of {len(text)} characters")
    return text


def _alphanumeric(bits: Bits, most: int, also: str = "") -> str:
    """Section 14.5.6: three bits of encoding, five of length, then the characters."""
    encoding, length = bits.take(3), bits.take(5)
    if not 1 <= length <= most:
        raise EpcError(f"a serial of {length} characters")
    match encoding:
        case 0:
            text = _number(bits, length, most)
        case 1 | 2:
            text = "".join(f"{bits.take(4):x}" for _ in range(length))
            text = text.upper() if encoding == 1 else text
        case 3:
            text = "".join(_BASE64URL[bits.take(6)] for _ in range(length))
        case 4:
            text = "".join(chr(bits.take(7)) for _ in range(length))
        case 5:
            text = _urn_40(bits, length)
        case _:
            raise EpcError(f"serial encoding {encoding} is not known")
    check_serial("".join(c for c in text if c not in also) if also else text, most)
    return text


def _number(bits: Bits, length: int, most: int) -> str:
    """Section 14.5.5: as many bits as that many digits need; leading zeros are digits, too."""
    if not 1 <= length <= most:
        raise EpcError(f"a serial of {length} characters")
    value = bits.take(math.ceil(length * math.log2(10)))
    if value >= 10**length:
        raise EpcError("a serial number with more digits than it says")
    return f"{value:0{length}d}"


def _urn_40(bits: Bits, length: int) -> str:
    text = ""
    for _ in range(math.ceil(length / 3)):
        value = bits.take(16) - 1
        if not 0 <= value < 40**3:
            raise EpcError("three characters that are none of URN code 40")
        text += "".join(_URN_40[value // each % 40] for each in (1600, 40, 1))
    if text[length:].strip("\0"):
        raise EpcError("characters after the end of the serial")
    return text[:length]


def _check_date(bits: Bits) -> None:
    kind, _, month, day = (bits.take(count) for count in (4, 7, 4, 5))
    if kind >= _DATE_KINDS or not 1 <= month <= 12 or day > 31:
        raise EpcError(f"date of kind {kind}, month {month}, day {day}")
