"""Tags of the store's own goods: everybody else's cost no more than a note."""

from __future__ import annotations

from collections.abc import Collection

from gateway.stock.layout import Item, Naming


class OwnNaming:
    """A naming that knows only items of the catalogue; without a catalogue, every item."""

    def __init__(self, naming: Naming, articles: Collection[str]) -> None:
        self._naming, self._articles = naming, articles

    def of_bytes(self, epc: bytes) -> Item | None:
        """The item of EPC memory content; None for another retailer's, too."""
        return self._own(self._naming.of_bytes(epc))

    def of_text(self, epc: str) -> Item | None:
        """The item of an EPC written as hex or as a URN; None for another retailer's, too."""
        return self._own(self._naming.of_text(epc))

    def _own(self, item: Item | None) -> Item | None:
        if item is None or not self._articles or item.gtin in self._articles:
            return item
        return None
