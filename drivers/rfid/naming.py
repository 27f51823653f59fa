"""EPCs to items of ours to count: the naming that the stock engine is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, TypeVar

from drivers.observations import Item
from drivers.rfid.bits import EpcError
from drivers.rfid.epc import decode_epc, parse_epc_text
from drivers.rfid.epc_identity import Epc

CACHE_ITEMS = 100_000
"""Twice the tags of a large store; about 30 MB when full."""

_Key = TypeVar("_Key", bytes, str)


class EpcNaming:
    """Names items by their EPC; what is no item of ours to count is None.

    Attributes:
        passed_over: distinct EPCs that are no SGTIN, by scheme (`invalid` where broken). One that
            fell out of the cache meanwhile counts again.
        items: items by EPC memory content; looking one up decodes it where it is new.
    """

    def __init__(self, cache_items: int = CACHE_ITEMS) -> None:
        self.passed_over: Final[Counter[str]] = Counter()
        self.items: Final = _Named(decode_epc, cache_items, self.passed_over)
        self._texts = _Named(parse_epc_text, cache_items, self.passed_over)

    def of_bytes(self, epc: bytes) -> Item | None:
        """The item of EPC memory content."""
        return self.items[epc]

    def of_text(self, epc: str) -> Item | None:
        """The item of an EPC written as hex, as a URN or as a GS1 Digital Link."""
        return self._texts[epc]


class _Named(dict[_Key, Item | None]):
    """Items by EPC; one that is not there is decoded, and the one longest there goes for it."""

    def __init__(
        self, decode: Callable[[_Key], Epc], limit: int, passed_over: Counter[str]
    ) -> None:
        super().__init__()
        self._decode: Final[Callable[[_Key], Epc]] = decode
        self._limit, self._passed_over = limit, passed_over

    def __missing__(self, key: _Key) -> Item | None:
        try:
            found = self._decode(key)
        except EpcError:
            item, scheme = None, "invalid"
        else:
            item = None if found.gtin is None else Item(found.urn, found.gtin)
            scheme = found.scheme
        if item is None:
            self._passed_over[scheme] += 1
        if len(self) >= self._limit:
            del self[next(iter(self))]
        self[key] = item
        return item
