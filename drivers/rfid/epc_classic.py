"""The classic schemes that are no trade item to count, told apart and decoded to their URN.

Source: GS1 EPC Tag Data Standard 2.3, sections 6.3 (pure identity URNs), 14.6 (coding tables of
SSCC-96 to ITIP-212), table 14-10 (6-bit characters).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from drivers.rfid.bits import Bits, EpcError
from drivers.rfid.epc_identity import (
    COMPANY_DIGITS,
    ITEM_BITS,
    SCHEMES,
    Epc,
    check_serial,
    company_and_reference,
    escape,
    text_of_7_bits,
)

_COMPANY_BITS = tuple(44 - bits for bits in ITEM_BITS)


def decode_classic(header: int, bits: Bits) -> Epc | None:
    """The identity behind a classic header; None where its layout is not known here.

    Raises:
        EpcError: cut short, partition 7, digits or characters that cannot be, bits after the end.
    """
    decode = _DECODERS.get(header)
    if decode is None:
        return None
    scheme = SCHEMES[header]
    urn = f"urn:epc:id:{scheme.partition('-')[0]}:{decode(bits)}"
    bits.check_rest()
    return Epc(scheme, urn)


def _parts(bits: Bits, both_bits: int, digits: int) -> str:
    """Company prefix and reference, `digits` in all, with a point between."""
    bits.take(3)  # filter: no part of the identity
    partition = bits.take(3)
    both = bits.take(both_bits)
    reference_bits = both_bits - _COMPANY_BITS[min(partition, 6)]
    return ".".join(company_and_reference(partition, both, reference_bits, digits))


def _no_serial(bits: Bits) -> str:
    """SSCC-96, GSRN-96 and GSRNP-96: company and reference have 17 digits; 24 bits are zero."""
    return _parts(bits, 58, 17)


def _serial_number(bits: Bits, both_bits: int, digits: int, serial_bits: int) -> str:
    return f"{_parts(bits, both_bits, digits)}.{bits.take(serial_bits)}"


def _serial_text(bits: Bits, both_bits: int, digits: int, characters: int) -> str:
    parts = _parts(bits, both_bits, digits)
    return f"{parts}.{_text(bits, characters)}"


def _sgcn_96(bits: Bits) -> str:
    """The coupon's serial keeps its zeros behind a leading 1 (section 14.5.4, numeric string)."""
    parts, numeric = _parts(bits, 41, 12), str(bits.take(41))
    if numeric[0] != "1" or len(numeric) < 2:
        raise EpcError("a numeric string begins with 1")
    return f"{parts}.{numeric[1:]}"


def _company(bits: Bits) -> tuple[str, int]:
    """Company prefix alone and its partition."""
    bits.take(3)
    partition = bits.take(3)
    company = bits.take(_COMPANY_BITS[min(partition, 6)])
    digits, _ = company_and_reference(partition, company, 0, COMPANY_DIGITS[min(partition, 6)])
    return digits, partition


def _giai_96(bits: Bits) -> str:
    company, partition = _company(bits)
    return f"{company}.{bits.take(82 - _COMPANY_BITS[partition])}"


def _giai_202(bits: Bits) -> str:
    company, partition = _company(bits)
    left = 188 - _COMPANY_BITS[partition]
    text = _text(bits, left // 7, most=30 - len(company))
    bits.take(left % 7)
    return f"{company}.{text}"


def _itip(bits: Bits, serial: Callable[[Bits], str]) -> str:
    """Company, item and indicator, then which piece of how many, then the serial."""
    parts = _parts(bits, 44, 13)
    piece, total = bits.take(7), bits.take(7)
    if max(piece, total) > 99:
        raise EpcError(f"piece {piece} of {total}: two digits each")
    return f"{parts}.{piece:02d}.{total:02d}.{serial(bits)}"


def _cpi_96(bits: Bits) -> str:
    company, partition = _company(bits)
    reference = bits.take(51 - _COMPANY_BITS[partition])
    if reference >= 10 ** (15 - len(company)):
        raise EpcError("a part reference with too many digits")
    return f"{company}.{reference}.{bits.take(31)}"


def _cpi_var(bits: Bits) -> str:
    company, _ = _company(bits)
    reference = _text_of_6_bits(bits, 30 - len(company))
    return f"{company}.{escape(reference)}.{bits.take(40)}"


def _gid_96(bits: Bits) -> str:
    return f"{bits.take(28)}.{bits.take(24)}.{bits.take(36)}"


def _usdod_96(bits: Bits) -> str:
    bits.take(4)
    cage = "".join(chr(bits.take(8)) for _ in range(6)).lstrip(" ")
    if not (cage.isascii() and cage.isalnum()):
        raise EpcError(f"{cage!r} is no CAGE code")
    return f"{cage}.{bits.take(36)}"


def _adi_var(bits: Bits) -> str:
    bits.take(6)
    cage = "".join(_character(bits.take(6)) for _ in range(6)).lstrip(" ")
    if not cage.isalnum():
        raise EpcError(f"{cage!r} is no CAGE code")
    part, serial = _text_of_6_bits(bits, 32, least=0), _text_of_6_bits(bits, 30)
    return f"{cage}.{escape(part)}.{escape(serial)}"


def _text(bits: Bits, characters: int, most: int = 0) -> str:
    text = text_of_7_bits(bits, characters)
    check_serial(text, most or characters)
    return escape(text)


def _text_of_6_bits(bits: Bits, most: int, least: int = 1) -> str:
    """Characters up to six zero bits."""
    text = ""
    while code := bits.take(6):
        text += _character(code)
    if not least <= len(text) <= most or " " in text:
        raise EpcError(f"{text[:40]!r} is no reference of {least}-{most} characters")
    return text


def _character(code: int) -> str:
    """Table 14-10: the lowest six bits of the ASCII code."""
    character = chr(code if code >= 0x20 else code + 0x40)
    if not (character.isalnum() or character in " #-/"):
        raise EpcError(f"a 6-bit character of {code:#x}")
    return character


def _number_38(bits: Bits) -> str:
    return str(bits.take(38))


def _text_20(bits: Bits) -> str:
    return _text(bits, 20)


_DECODERS: dict[int, Callable[[Bits], str]] = {
    0x2C: partial(_serial_number, both_bits=41, digits=12, serial_bits=41),
    0x2D: _no_serial,
    0x2E: _no_serial,
    0x2F: _usdod_96,
    0x31: _no_serial,
    0x32: partial(_serial_number, both_bits=41, digits=12, serial_bits=41),
    0x33: partial(_serial_number, both_bits=44, digits=12, serial_bits=38),
    0x34: _giai_96,
    0x35: _gid_96,
    0x37: partial(_serial_text, both_bits=44, digits=12, characters=16),
    0x38: _giai_202,
    0x39: partial(_serial_text, both_bits=41, digits=12, characters=20),
    0x3B: _adi_var,
    0x3C: _cpi_96,
    0x3D: _cpi_var,
    0x3E: partial(_serial_text, both_bits=41, digits=12, characters=17),
    0x3F: _sgcn_96,
    0x40: partial(_itip, serial=_number_38),
    0x41: partial(_itip, serial=_text_20),
}
"""GDTI-113 is withdrawn: it is told apart by name alone."""
