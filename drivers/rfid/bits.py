"""EPC memory as a row of bits, taken from the left."""

from __future__ import annotations


class EpcError(ValueError):
    """The bytes or the text are no valid EPC; the message says why."""


class Bits:
    """The bits of some bytes; `len` is how many are left."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def __len__(self) -> int:
        return self._left

    def take(self, count: int) -> int:
        """The next `count` bits as a number. Raises `EpcError` when there are fewer."""
        if count > self._left:
            raise EpcError(f"cut short: {count} bits wanted, {self._left} left")
        self._left -= count
        found = self._value >> self._left
        self._value &= (1 << self._left) - 1
        return found

    def check_rest(self) -> None:
        """Raises `EpcError` unless all that is left is zero."""
        if self._value:
            raise EpcError("bits after the end are not zero")
