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
    """

    def __init__(self, cache_items: int = CACHE_ITEMS) -> None:
        self.passed_over: Final[Counter[str]] = Counter()
        self._limit = cache_items
        self._bytes: dict[bytes, Item | None] = {}
        self._texts: dict[str, Item | None] = {}

    def of_bytes(self, epc: bytes) -> Item | None:
        """The item of EPC memory content."""
        if epc in self._bytes:
            return self._bytes[epc]
        return self._name(self._bytes, epc, decode_epc)

    def of_text(self, epc: str) -> Item | None:
        """The item of an EPC written as hex or as a URN."""
        if epc in self._texts:
            return self._texts[epc]
        return self._name(self._texts, epc, parse_epc_text)

    def _name(
        self, cache: dict[_Key, Item | None], key: _Key, decode: Callable[[_Key], Epc]
    ) -> Item | None:
        try:
            found = decode(key)
        except EpcError:
            item, scheme = None, "invalid"
        else:
            item = None if found.gtin is None else Item(found.urn, found.gtin)
            scheme = found.scheme
        if item is None:
            self.passed_over[scheme] += 1
        if len(cache) >= self._limit:
            del cache[next(iter(cache))]
        cache[key] = item
        return item
