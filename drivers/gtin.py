"""GTIN: 8, 12, 13 or 14 digits with a check digit, always answered as 14.

Source: GS1 General Specifications, section 7.9 (check digit), section 3.3.2 (GTIN in 14 digits).
"""

from __future__ import annotations

GTIN_LENGTHS = (8, 12, 13, 14)


class GtinError(ValueError):
    """The text is no GTIN; the message says why and, for a wrong check digit, the right one."""


def check_digit(body: str) -> int:
    """The check digit (0-9) of a GTIN's other digits, weights 3 and 1 from the right."""
    digits = body.encode("ascii")[::-1]
    # Characters are summed, not digits: 48 is the "0" in each of them.
    odd, even = digits[::2], digits[1::2]
    weighted = 3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)
    return -weighted % 10


def normalize_gtin(text: str) -> str:
    """The 14-digit form of `text`.

    Raises:
        GtinError: not digits, not 8, 12, 13 or 14 of them, or a wrong check digit.
    """
    if not (text.isascii() and text.isdigit()):
        raise GtinError(f"a GTIN has digits only, not {text[:40]!r}")
    if len(text) not in GTIN_LENGTHS:
        raise GtinError(f"a GTIN has 8, 12, 13 or 14 digits, not {len(text)}")
    right = check_digit(text[:-1])
    if int(text[-1]) != right:
        raise GtinError(f"wrong check digit in {text}: the last digit should be {right}")
    return text.zfill(14)
