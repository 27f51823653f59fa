"""The EPCs of virtual goods: SGTIN-96 with a company prefix of seven digits.

Source: GS1 TDS 2.3, section 14.6.1 (SGTIN-96 coding table, partition 5).
"""

from __future__ import annotations

HEADER, FILTER, PARTITION = 0x30, 1, 5


def memory_of(gtin: str, serial: int) -> bytes:
    """Twelve bytes of EPC memory for unit `serial` of a 14-digit GTIN."""
    company, item = int(gtin[1:8]), int(gtin[0] + gtin[8:13])
    word = HEADER
    for value, width in ((FILTER, 3), (PARTITION, 3), (company, 24), (item, 20), (serial, 38)):
        word = word << width | value
    return word.to_bytes(12, "big")


def urn_of(gtin: str, serial: int) -> str:
    """The pure identity of the same unit."""
    return f"urn:epc:id:sgtin:{gtin[1:8]}.{gtin[0]}{gtin[8:13]}.{serial}"
