"""SGTIN-96 and -198 in columns: thousands of EPCs to GTIN and serial at once, in numpy.

The same rules as `epc.decode_epc`, for the schemes that nearly every tag on goods has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.rfid.epc_identity import COMPANY_DIGITS, ITEM_BITS, SERIAL

_HEADER, _LONG_HEADER = 0x30, 0x36
_ITEM_BITS = np.array((*ITEM_BITS, 0), np.int64)
_COMPANY_LIMIT = np.array([10**d for d in COMPANY_DIGITS] + [0], np.int64)
_ITEM_LIMIT = np.array([10 ** (13 - d) for d in COMPANY_DIGITS] + [0], np.int64)
_REFERENCE = np.array([10 ** (12 - d) for d in COMPANY_DIGITS] + [1], np.int64)
"""By partition: one past the largest item reference without its indicator digit."""


def _weighed(first: int, second: int) -> NDArray[np.uint8]:
    """For every five-digit number: its digits weighed from the right, modulo 10."""
    number = np.arange(100_000)
    weights = (first, second, first, second, first)
    total = sum(number // 10**i % 10 * weight for i, weight in enumerate(weights))
    return np.asarray(total % 10, np.uint8)


_ALLOWED = np.array([bool(SERIAL.fullmatch(chr(code))) for code in range(128)])
_SERIAL_AT, _CHARACTERS, _CHARACTER_BITS = 58, 20, 7
_PLACES = (1 << np.arange(_CHARACTER_BITS)[::-1]).astype(np.uint8)
_ODD = _weighed(3, 1)
_EVEN = _weighed(1, 3)


def sgtin96_columns(
    epc: NDArray[np.uint8],
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.uint64]]:
    """Decode `epc`, uint8[n, 12]: which rows are a valid SGTIN-96, GTIN-14 as a number, serial.

    GTIN and serial of rows that are not valid mean nothing.
    """
    rows = np.ascontiguousarray(epc)
    high = _high(rows)
    valid, gtin = _gtin(high)
    low = np.ascontiguousarray(rows[:, 8:12]).view(">u4")[:, 0].astype(np.uint64)
    serial = (high & 0x3F).astype(np.uint64) << np.uint64(32) | low
    return valid & (rows[:, 0] == _HEADER), gtin, serial


def sgtin198_columns(
    epc: NDArray[np.uint8],
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bytes_]]:
    """Decode `epc`, uint8[n, 25 or more]: which rows are a valid SGTIN-198, GTIN-14, serial.

    Serials are ASCII, bytes[n] of at most 20. GTIN and serial of invalid rows mean nothing.
    """
    rows = np.ascontiguousarray(epc[:, :25])
    valid, gtin = _gtin(_high(rows))
    end = _SERIAL_AT + _CHARACTERS * _CHARACTER_BITS
    bits = np.unpackbits(rows, axis=1)[:, _SERIAL_AT:end]
    codes = bits.reshape(len(rows), _CHARACTERS, _CHARACTER_BITS) @ _PLACES
    used = codes != 0
    valid &= (rows[:, 0] == _LONG_HEADER) & used[:, 0]
    valid &= (_ALLOWED[codes] | ~used).all(axis=1)
    # After the serial's end there are only zeros.
    valid &= (used[:, :-1] >= used[:, 1:]).all(axis=1)
    serial = np.ascontiguousarray(codes.astype(np.uint8)).view(f"S{_CHARACTERS}")[:, 0]
    return valid, gtin, serial


def _high(rows: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The first 64 bits, the lowest 6 of which begin the serial."""
    return np.ascontiguousarray(rows[:, :8]).view(">u8")[:, 0].astype(np.int64)


def _gtin(high: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which have a partition, company and item within their digits, and the GTIN-14."""
    partition = high >> 50 & 7
    both = high >> 6 & ((1 << 44) - 1)
    item_bits = _ITEM_BITS[partition]
    company, item = both >> item_bits, both & ((1 << item_bits) - 1)
    valid = (company < _COMPANY_LIMIT[partition]) & (item < _ITEM_LIMIT[partition])
    reference = _REFERENCE[partition]
    indicator, rest = np.divmod(item, reference)
    body = np.where(valid, indicator * 10**12 + company * reference + rest, 0)
    return valid, body * 10 + _check_digits(body)


def _check_digits(body: NDArray[np.int64]) -> NDArray[np.int64]:
    upper, right = np.divmod(body, 100_000)
    left, middle = np.divmod(upper, 100_000)
    total = _ODD[right].astype(np.int64) + _EVEN[middle] + _ODD[left]
    digits: NDArray[np.int64] = -total % 10
    return digits
