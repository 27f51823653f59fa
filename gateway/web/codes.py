"""What a person types or a scanner says, as the GTIN that is in it. Pure."""

from __future__ import annotations

import re

from drivers.gtin import GtinError, normalize_gtin

LONGEST = 300
"""A GS1 Digital Link with lot, serial and date is half of this."""

_LINK = re.compile(r"/(?:01|gtin)/(\d{8}|\d{12,14})(?:[/?#]|$)", re.ASCII)
_BRACKETS = re.compile(r"\(01\)(\d{14})", re.ASCII)
_ELEMENTS = re.compile(r"^\x1d?01(\d{14})", re.ASCII)
_SYMBOLOGY = re.compile(r"^\][A-Za-z]\d", re.ASCII)
_GAPS = re.compile(r"[\s-]+")
_ELEMENTS_LEAST = 16
"""Application identifier 01 and its 14 digits: more than any GTIN has."""


def gtin_in(text: str) -> str | None:
    """The GTIN, as 14 digits, of `text`; None when it is not all one code with a right check digit.

    Understood are the digits of a barcode (spaces and hyphens between them do not matter), a GS1
    Digital Link address (GS1 Digital Link URI syntax 1.4, section 4.7), and a GS1 element string
    as scanners hand it over, with or without brackets and symbology identifier (GS1 General
    Specifications, section 7.8).
    """
    text = _SYMBOLOGY.sub("", text.strip())
    if len(text) > LONGEST:
        return None
    bare = _GAPS.sub("", text)
    if bare.isascii() and bare.isdigit() and len(bare) < _ELEMENTS_LEAST:
        return _checked(bare)
    for pattern in (_LINK, _BRACKETS, _ELEMENTS):
        if (found := pattern.search(text)) is not None:
            return _checked(found[1])
    return None


def _checked(digits: str) -> str | None:
    try:
        return normalize_gtin(digits)
    except GtinError:
        return None
